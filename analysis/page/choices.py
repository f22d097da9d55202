"""The names of the covariate values that a reader can choose between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.results.choices import panel_values
from analysis.writing.notation import Notation
from analysis.writing.words import heading, plural, value_names

if TYPE_CHECKING:
    from analysis.results.choices import Choice
    from analysis.results.results import Results


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosable:
    """
    A choice, as the templates call it.

    Parameters
    ----------
    name, heading : str
        Within a sentence, for example "girls", and as it begins a line.
    absent : tuple of str
        Groups without a row of it.
    """

    name: str
    heading: str
    absent: tuple[str, ...]


def choosable(results: Results) -> dict[str, Choosable]:
    """
    Return the choices by key.

    The covariate's unit, such as "0 = boy, 1 = girl", names them.
    """
    found = {}
    for key, choice in results.lines.choices.items():
        name, begins = _names(results, choice)
        found[key] = Choosable(name=name, heading=begins, absent=choice.absent)
    return found


def _names(results: Results, choice: Choice) -> tuple[str, str]:
    """Return what a choice is called within a sentence, and as it begins a line."""
    if not choice.fixed:
        return "everyone", "Everyone"
    [(column, value)] = choice.fixed.items()
    study = results.study
    known = value_names(study.unit(column))
    if value in known:
        name = plural(known[value])
        return name, heading(name)
    equal = f" = {Notation.spanning(panel_values(results, column)).in_prose(value)}"
    return study.label(column) + equal, study.heading(column) + equal
