"""The columns of the sample, described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from analysis.results.fitted import Fitted


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """
    A column of the sample, described.

    Parameters
    ----------
    level : int
        1, or 2 where a group counts once.
    n : int
        Values that are not missing, over the whole sample.
    low, high, mean : float
    deviation : float or None
        Standard deviation with divisor n - 1; None of a single value.
    whole : bool
        Whether all values are whole numbers.
    """

    level: int
    n: int
    low: float
    high: float
    mean: float
    deviation: float | None
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """
    A category of the sample.

    Parameters
    ----------
    level : int
        1, or 2 where a group counts once.
    n : int
        Values that are not missing, over the whole sample.
    names : tuple of str
        Of its own levels, in order.
    """

    level: int
    n: int
    names: tuple[str, ...]


def categories(fitted: Fitted) -> dict[str, Levels]:
    """Return the study's categories, by name, over the whole sample."""
    study, table = fitted.study, fitted.sample.table
    by_group = table.groupby(study.group)
    found = {}
    for name in study.categories:
        steady = int(by_group[name].nunique().max()) < 2
        values = (by_group[name].first() if steady else table[name]).dropna()
        names = sorted(values.unique())
        found[name] = Levels(
            level=2 if steady else 1,
            n=len(values),
            names=tuple(f"{each:g}" if isinstance(each, float) else str(each) for each in names),
        )
    return found


def variables(fitted: Fitted) -> dict[str, Described]:
    """Describe the study's columns of numbers, by name, over the whole sample."""
    study, table = fitted.study, fitted.sample.table
    by_group = table.groupby(study.group)
    return {
        name: described(2, by_group[name].first())
        if name in study.group_covariates
        else described(1, table[name])
        for name in (study.outcome, *study.predictors)
    }


def described(level: int, column: pd.Series[float]) -> Described:
    """Describe the values of a column that are not missing."""
    values = column.dropna()
    return Described(
        level=level,
        n=len(values),
        low=float(values.min()),
        high=float(values.max()),
        mean=float(values.mean()),
        deviation=float(values.std()) if len(values) > 1 else None,
        whole=bool((values % 1 == 0).all()),
    )
