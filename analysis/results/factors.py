"""What the predictors of a model are made of: columns, levels, what is computed of a column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analysis.mixed.fit import MixedFit
    from analysis.results.lines import Lines
    from analysis.results.rows import Rows

_CALL = re.compile(r"(center|scale|within|group_mean|log|sqrt|exp)\((.*)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """
    A predictor, or what a product multiplies.

    Parameters
    ----------
    name : str
        In the model.
    columns : tuple of str
        Of the table.
    function : str
        What is computed of a column, such as "log"; "other" of what has no name in words; empty of
        a column itself.
    level, reference : str or None
        Of a category; None of a number, and where the model has no reference.
    values : tuple of two floats or None
        The two that a number has in the rows that the model uses, rising; None if there are more.
    of_groups : bool
        Whether it is of level 2.
    """

    name: str
    columns: tuple[str, ...]
    function: str = ""
    level: str | None = None
    reference: str | None = None
    values: tuple[float, float] | None = None
    of_groups: bool = False

    @property
    def known(self) -> bool:
        """Whether words can name it."""
        return self.function != "other" and (self.level is None or self.reference is not None)

    @property
    def contrast(self) -> bool:
        """Whether it tells two values or levels from each other."""
        return self.level is not None or self.values is not None

    @property
    def step(self) -> float:
        """Distance between the two values of a number that has no others; 1 of other predictors."""
        return 1.0 if self.values is None else self.values[1] - self.values[0]


def factors_of(lines: Lines, fit: MixedFit, term: str) -> tuple[Factor, ...]:
    """
    Take a term of a fit apart.

    Parameters
    ----------
    lines : Lines
    fit : MixedFit
    term : str

    Returns
    -------
    tuple of Factor
        One, or as many as a product has.
    """
    rung = lines.fitted.ladder.rung(fit.name)
    made, table = rung.made, lines.fitted.own_rows(rung)
    if made is None:
        return (_column(lines, term, table),)
    columns = made.formula.columns
    levels = _levels(fit, columns, table)

    def factor(name: str) -> Factor | None:
        if name in columns:
            return _column(lines, name, table)
        for column, of_column in levels.items():
            found = next((each for each in of_column if name == f"{column}[{each}]"), None)
            if found is not None:
                return Factor(
                    name=name,
                    columns=(column,),
                    level=found,
                    reference=_reference(fit, column, of_column),
                    of_groups=_steady(lines, column, table),
                )
        call = _CALL.fullmatch(name)
        if call and (column := call[2].strip("`")) in columns:
            steady = call[1] == "group_mean" or _steady(lines, column, table)
            return Factor(name=name, columns=(column,), function=call[1], of_groups=steady)
        return None

    return _split(term, factor) or (_other(lines, term, columns, table),)


def _split(term: str, factor: Callable[[str], Factor | None]) -> tuple[Factor, ...] | None:
    """Take a product apart into factors that are known; names may have colons of their own."""
    whole = factor(term)
    if whole is not None:
        return (whole,)
    for colon in re.finditer(":", term):
        first = factor(term[: colon.start()])
        if first is not None and (rest := _split(term[colon.end() :], factor)):
            return (first, *rest)
    return None


def _column(lines: Lines, name: str, table: Rows) -> Factor:
    found = table.pair(name)
    values = None if found is None else (float(found[0]), float(found[1]))
    return Factor(name=name, columns=(name,), values=values, of_groups=_steady(lines, name, table))


def _other(lines: Lines, term: str, columns: tuple[str, ...], table: Rows) -> Factor:
    named = [
        column for column in columns if re.search(rf"(?<![\w.]){re.escape(column)}(?![\w.])", term)
    ]
    return Factor(
        name=term,
        columns=tuple(named),
        function="other",
        of_groups=bool(named) and all(_steady(lines, column, table) for column in named),
    )


def _steady(lines: Lines, column: str, table: Rows) -> bool:
    """Whether a column has one value in each group."""
    if column in lines.study.group_covariates:
        return True
    if column in lines.study.level_1:
        return False
    return table.steady(column)


def _levels(fit: MixedFit, columns: tuple[str, ...], table: Rows) -> Mapping[str, list[str]]:
    """Return the levels of the columns that are categories in a fit."""
    return {
        column: [
            f"{each:g}" if isinstance(each, float) else str(each) for each in table.distinct(column)
        ]
        for column in columns
        if any(f"{column}[" in name for name in fit.fixed_effects)
    }


def _reference(fit: MixedFit, column: str, levels: list[str]) -> str | None:
    """Return the level without an effect of its own; None if the others have none either."""
    without = [each for each in levels if f"{column}[{each}]" not in fit.fixed_effects]
    return without[0] if len(without) == 1 and len(levels) > 1 else None
