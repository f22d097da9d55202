"""The words of a study: what its rows, its groups and the points of its outcome are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

Regression = Literal["names", "labels"]
"""What the regression table calls its columns."""

_PAIRS = {"units": "unit", "points": "point"}
_TEXTS = ("unit", "units", "group", "groups", "outcome", "point", "points", "everyone")
_OF_THE_REPORT = ("report", "credit")

KEYS = (*_TEXTS, "plurals", "regression", *_OF_THE_REPORT)
"""Keys of the section."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """
    The nouns that sentences about a study use.

    Parameters
    ----------
    unit, units : str
        A row of the table (level 1), and several.
    group, groups : str
        A group (level 2), and several.
    point, points : str
        What a difference of the outcome is counted in.
    everyone : str
        All rows, whatever the values of their covariates.
    plurals : Mapping of str to str
        Plural by the name of a covariate's value, such as "girls" of "girl".
    regression : {"names", "labels"}
        Whether the regression table goes by the columns' names or by their labels.
    report : str
        Title of the report that the interactive page belongs to; may be empty.
    credit : str
        Where the table is from, with ``*title*`` and `` `code` ``; may be empty.

    Examples
    --------
    >>> words = Words.of({"unit": "patient", "group": "ward"}, group="ward_id")
    >>> words.units, words.groups, words.everyone
    ('patients', 'wards', 'all patients')
    """

    unit: str
    units: str
    group: str
    groups: str
    point: str
    points: str
    everyone: str
    plurals: Mapping[str, str]
    regression: Regression
    report: str
    credit: str

    @classmethod
    def of(cls, given: Mapping[str, Any], *, group: str) -> Words:
        """Complete the words that a study gives, with the group's label for want of a noun."""
        unit, point = given.get("unit", "observation"), given.get("point", "unit")
        group = given.get("group", group)
        units = given.get("units", plural(unit))
        return cls(
            unit=unit,
            units=units,
            group=group,
            groups=given.get("groups", plural(group)),
            point=point,
            points=given.get("points", plural(point)),
            everyone=given.get("everyone", f"all {units}"),
            plurals=given.get("plurals", {}),
            regression=given.get("regression", "names"),
            report=given.get("report", ""),
            credit=given.get("credit", ""),
        )


def plural(noun: str) -> str:
    """
    Return the plural of a regular English noun, and a noun in another script as it is.

    Examples
    --------
    >>> plural("class"), plural("school"), plural("country"), plural("班级")
    ('classes', 'schools', 'countries', '班级')
    """
    if not re.search(r"[A-Za-z]$", noun):
        return noun
    if re.search(r"(s|x|z|ch|sh)$", noun):
        return noun + "es"
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + "s"


def check_words(given: Mapping[str, Any]) -> None:
    """
    Check the section's values; its keys are known.

    Raises
    ------
    ValueError
        If a value is no text, or one of two that belong together is missing.
    """
    for key in (*_TEXTS, *_OF_THE_REPORT):
        if key in given:
            _refuse_other_than_text(given[key], key)
    plurals = given.get("plurals", {})
    if not isinstance(plurals, dict):
        msg = f'[words] plurals is {plurals!r}; write {{child = "children"}}'
        raise ValueError(msg)
    for name, text in plurals.items():
        _refuse_other_than_text(text, f"plurals.{name}")
    if given.get("regression", "names") not in get_args(Regression):
        msg = (
            f'[words] regression is {given["regression"]!r}; write "names" for a table that goes '
            'by the columns\' names, or "labels"'
        )
        raise ValueError(msg)
    for several, one in _PAIRS.items():
        if several in given and one not in given:
            msg = f"[words] has {several} without {one}; write both"
            raise ValueError(msg)


def _refuse_other_than_text(value: object, key: str) -> None:
    if not isinstance(value, str) or not value.strip() or len(value.splitlines()) > 1:
        msg = f"[words] {key} is {value!r}; write a text in quotes, on one line"
        raise ValueError(msg)
