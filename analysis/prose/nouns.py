"""What a study calls its rows, groups and columns, as documents call for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.writing.words import an, as_markdown, heading

if TYPE_CHECKING:
    from analysis.results.results import Study


def nouns(study: Study) -> dict[str, dict[str, str]]:
    """
    Return the words of a study, and the labels of its columns within a sentence and before one.

    Parameters
    ----------
    study : Study

    Returns
    -------
    dict of str to (dict of str to str)
        Texts that mean nothing in Markdown.
    """
    words = study.words
    texts = {
        "unit": words.unit,
        "units": words.units,
        "group": words.group,
        "groups": words.groups,
        "point": words.point,
        "points": words.points,
        "a_unit": an(words.unit),
        "a_group": an(words.group),
        "Unit": heading(words.unit),
        "Units": heading(words.units),
        "Group": heading(words.group),
        "Groups": heading(words.groups),
    }
    return {
        "words": {name: as_markdown(text) for name, text in texts.items()},
        "label": {column: as_markdown(study.label(column)) for column in study.columns},
        "heading": {column: as_markdown(study.heading(column)) for column in study.columns},
    }
