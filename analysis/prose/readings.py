"""Readings: sentences on a study's results, each only where the numbers bear it out."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analysis.prose.accounts import (
    cautions,
    comparison,
    effects,
    further,
    groups,
    pooling,
    sample,
    variance,
    verdict,
)
from analysis.prose.phrases import Phrases
from analysis.writing.words import an

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analysis.results.results import Results

READINGS: Mapping[str, Callable[[Results, Phrases], dict[str, Any]]] = {
    "sample": sample.facts,
    "pooling": pooling.facts,
    "variance": variance.facts,
    "effects": effects.facts,
    "groups": groups.facts,
    "comparison": comparison.facts,
    "cautions": cautions.facts,
    "further": further.facts,
    "verdict": verdict.facts,
}
"""What the template of each reading knows, by the reading's name, in the order of a report."""


def readings(results: Results) -> dict[str, str]:
    """
    Return every reading of a study.

    Parameters
    ----------
    results : Results

    Returns
    -------
    dict of str to str
        Markdown by name, a sentence a line; none is empty, whatever the study has.
    """
    return {name: reading(results, name) for name in READINGS}


def reading(results: Results, name: str) -> str:
    """
    Return one reading of a study.

    Parameters
    ----------
    results : Results
    name : str
        One of `READINGS`.
    """
    phrases = Phrases(results)
    study, words = results.study, results.study.words
    nouns = {
        "outcome": phrases.label(study.outcome),
        "Outcome": phrases.heading(study.outcome),
        "a_group": phrases.escaped(an(words.group)),
        **{
            name: phrases.escaped(getattr(words, name))
            for name in ("unit", "units", "group", "groups", "point", "points", "everyone")
        },
    }
    facts = READINGS[name](results, phrases)
    return _tidy(_template(name).render(nouns | facts))


def _tidy(text: str) -> str:
    """Leave one empty line between paragraphs, and none at either end."""
    return re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


def _template(name: str) -> Any:  # noqa: ANN401
    return _environment().get_template(f"readings/{name}.md.j2")


@cache
def _environment() -> Environment:
    # What is put in is escaped for Markdown where it is made; that of HTML would be in the way.
    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
