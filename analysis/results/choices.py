"""The covariate values that the panels of a figure, and a reader of the page, are for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.results.fitted import Fitted

Value = float | str
"""Of a covariate: a number, or the level of a category."""

ALL = "all"
"""Key of the choice that holds the covariates at their means: a group's own, or those of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """
    Values to hold covariates at.

    Parameters
    ----------
    fixed : Mapping of str to (float or str)
        By column; the other covariates are held at their means.
    absent : tuple of str
        Groups without a row that has these values, among the rows that the models use.
    """

    fixed: Mapping[str, Value] = field(default_factory=dict)
    absent: tuple[str, ...] = ()


def choices(fitted: Fitted) -> dict[str, Choice]:
    """
    Return the choices of a study.

    Parameters
    ----------
    fitted : Fitted

    Returns
    -------
    dict of str to Choice
        By key. The first, `ALL`, fixes nothing; one more follows for each value of the covariate
        with panels of its own.
    """
    column = panel_column(fitted)
    if column is None:
        return {ALL: Choice()}
    return {ALL: Choice()} | {
        key(value): Choice(fixed={column: value}, absent=_without(fitted, column, value))
        for value in panel_values(fitted, column)
    }


def panel_column(fitted: Fitted) -> str | None:
    """
    Return the covariate whose values have panels of their own.

    Parameters
    ----------
    fitted : Fitted

    Returns
    -------
    str or None
        The only level 1 covariate with two values, or category with two levels, in the rows that
        the models use; None if there is none, or several.
    """
    rows, study = fitted.of_models, fitted.study
    columns = (*study.covariates, *study.level_1_categories)
    binary = [name for name in columns if rows.pair(name) is not None]
    return binary[0] if len(binary) == 1 else None


def panel_values(fitted: Fitted, column: str) -> tuple[Value, ...]:
    """Return the values of a covariate in the rows that the models use, rising."""
    return tuple(sorted(fitted.of_models.distinct(column)))


def key(value: Value) -> str:
    """
    Return the key of the choice that holds a covariate at a value.

    Parameters
    ----------
    value : float or str

    Returns
    -------
    str
        With all its digits, so that no two values share a key; of a text none that is `ALL`.

    Examples
    --------
    >>> key(1.0), key(1000001.0), key(0.1), key("all")
    ('1', '1000001', '0.1', '=all')
    """
    if isinstance(value, str):
        return f"={value}"
    return repr(float(value)).removesuffix(".0")


def _without(fitted: Fitted, column: str, value: Value) -> tuple[str, ...]:
    present = fitted.of_models.having(column, value).sizes
    return tuple(group for group in fitted.sample.groups if group not in present)
