"""The names of the covariate values that a reader can choose between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.results.choices import panel_values
from analysis.writing.notation import Notation
from analysis.writing.words import heading, value_names

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
        Groups on the page without a row of it.
    """

    name: str
    heading: str
    absent: tuple[str, ...]


def choosable(results: Results) -> dict[str, Choosable]:
    """
    Return the choices by key.

    The covariate's unit, such as "0 = boy, 1 = girl", names them, and the study their plurals.
    """
    found, shown = {}, set(results.on_page.drawn.groups)
    for key, choice in results.lines.choices.items():
        name, begins = _names(results, choice)
        absent = tuple(group for group in choice.absent if group in shown)
        found[key] = Choosable(name=name, heading=begins, absent=absent)
    return found


def _names(results: Results, choice: Choice) -> tuple[str, str]:
    """Return what a choice is called within a sentence, and as it begins a line."""
    study, words = results.study, results.study.words
    if not choice.fixed:
        return words.everyone, heading(words.everyone)
    [(column, value)] = choice.fixed.items()
    known = value_names(study.unit(column))
    called = value if isinstance(value, str) else known.get(value, "")
    name = words.plurals.get(called)
    if name is not None:
        return name, heading(name)
    if called or isinstance(value, str):
        equal = f": {called}"
    else:
        values = [float(each) for each in panel_values(results, column)]
        equal = f" = {Notation.spanning(values).write(value)}"
    return f"{words.units} ({study.label(column)}{equal})", study.heading(column) + equal
