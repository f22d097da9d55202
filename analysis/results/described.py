"""The columns of the sample, described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from analysis.results.fitted import Fitted
    from analysis.results.rows import Rows


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
    rows, found = fitted.of_sample, {}
    for name in fitted.study.categories:
        steady = rows.steady(name)
        found[name] = Levels(
            level=2 if steady else 1,
            n=len(_of_groups(rows, name)) if steady else rows.n(name),
            names=tuple(
                f"{each:g}" if isinstance(each, float) else str(each)
                for each in sorted(rows.distinct(name))
            ),
        )
    return found


def variables(fitted: Fitted) -> dict[str, Described]:
    """Describe the study's columns of numbers, by name, over the whole sample."""
    study, rows = fitted.study, fitted.of_sample
    return {
        name: described(2, _of_groups(rows, name))
        if name in study.group_covariates
        else _of_rows(rows, name)
        for name in (study.outcome, *study.predictors)
    }


def _of_groups(rows: Rows, name: str) -> pd.Series[Any]:
    return pd.Series(rows.first_by_group(name)).dropna()


def _of_rows(rows: Rows, name: str) -> Described:
    (low, high), n = rows.range(name), rows.n(name)
    return Described(
        level=1,
        n=n,
        low=low,
        high=high,
        mean=rows.mean(name),
        deviation=rows.deviation(name) if n > 1 else None,
        whole=rows.whole(name),
    )


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
