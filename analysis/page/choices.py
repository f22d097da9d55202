"""The names of the covariate values that a reader can choose between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.results.choices import ALL
from analysis.writing.notation import Notation
from analysis.writing.words import heading, plural, value_names

if TYPE_CHECKING:
    from analysis.results.results import Results


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosable:
    """
    A choice, as the templates call it.

    Parameters
    ----------
    name : str
        Within a sentence, for example "girls".
    absent : tuple of str
        Groups without a row of it.
    """

    name: str
    absent: tuple[str, ...]

    @property
    def heading(self) -> str:
        """What it is called as it begins a line."""
        return heading(self.name)


def choosable(results: Results) -> dict[str, Choosable]:
    """
    Return the choices by key.

    The covariate's unit, such as "0 = boy, 1 = girl", names them.
    """
    found = {}
    for key, choice in results.lines.choices.items():
        names = [_name(results, column, value) for column, value in choice.fixed.items()]
        name = "everyone" if key == ALL else ", ".join(names)
        found[key] = Choosable(name=name, absent=choice.absent)
    return found


def _name(results: Results, column: str, value: float) -> str:
    study = results.study
    known = value_names(study.unit(column))
    if value in known:
        return plural(known[value])
    values = [v for choice in results.lines.choices.values() for v in choice.fixed.values()]
    return f"{study.label(column)} = {Notation.spanning(values).in_prose(value)}"
