r"""
Sums by group of a table's columns: all that the models need to know of it, in two passes.

The first pass finds each group's size, means and ranges, the second the products of deviations from
these means, so that nothing cancels where groups lie far apart or values far from 0. What the means
lack of digits, the sums of the deviations tell (Chan, Golub & LeVeque 1983, the corrected two-pass
algorithm). The engine adds; how it divides the rows among its threads or workers is its own affair.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.engines.source import Source

    Array = NDArray[np.float64]

# Names of columns that no table has, since they begin with a control character.
_N, _COLUMN, _TAKEN = "\x01n", "\x01c{}", "\x01t{}_{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """
    The groups of a table: their sizes, and their means and ranges of columns.

    Parameters
    ----------
    keys : Series, shape (n_groups,)
        The groups as the table has them, in their own order.
    sizes : ndarray of int, shape (n_groups,)
    counts : ndarray of int, shape (k, n_groups)
        Values that are not missing, of the k columns.
    means, lows, highs : ndarray, shape (k, n_groups)
        Of these, in the columns' units; NaN of none.
    """

    keys: pd.Series[Any]
    sizes: NDArray[np.int64]
    counts: NDArray[np.int64]
    means: Array
    lows: Array
    highs: Array

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.sizes.sum())

    @property
    def missing(self) -> NDArray[np.int64]:
        """Number of rows without a value of each column, shape (k,)."""
        missing: NDArray[np.int64] = self.n_rows - self.counts.sum(axis=1)
        return missing

    def mean(self, place: int) -> float:
        """Return the mean of a column over all rows with a value of it."""
        has = self.counts[place] > 0
        means, counts = self.means[place][has], self.counts[place][has]
        # About a mean of the means, which is near: the rest has all its digits.
        with np.errstate(invalid="ignore", over="ignore"):
            near = float(means.mean()) if len(means) else math.nan
            return near + float((means - near) @ counts) / max(1, int(counts.sum()))

    @property
    def overall(self) -> Array:
        """Means of the columns over all rows, shape (k,)."""
        # One by one, or the last digits of a column would depend on which others there are.
        return np.array([self.mean(place) for place in range(len(self.means))])

    def of_groups(self, chosen: NDArray[np.bool_]) -> Described:
        """Return the same of some of the groups."""
        return Described(
            keys=self.keys[chosen].reset_index(drop=True),
            sizes=self.sizes[chosen],
            counts=self.counts[:, chosen],
            means=self.means[:, chosen],
            lows=self.lows[:, chosen],
            highs=self.highs[:, chosen],
        )

    def of_columns(self, places: Sequence[int]) -> Described:
        """Return the same of some of the columns."""
        at = list(places)
        return replace(
            self,
            counts=self.counts[at],
            means=self.means[at],
            lows=self.lows[at],
            highs=self.highs[at],
        )


def described(source: Source, group: str, columns: Sequence[str]) -> Described:
    """
    Describe the groups of a table, in one pass.

    Parameters
    ----------
    source : Source
        Rows without a group are one of their own.
    group : str
    columns : sequence of str
        Columns of floating-point numbers.

    Returns
    -------
    Described
    """
    asked = [
        getattr(nw.col(column), what)().alias(f"{what}{j}")
        for j, column in enumerate(columns)
        for what in ("count", "mean", "min", "max")
    ]
    by_group = source.frame.select(group, *columns).group_by(group)
    found = source.collected(by_group.agg(nw.len().alias(_N), *asked))
    found = found.sort_values(group, ignore_index=True)

    def stacked(what: str) -> Array:
        taken = [found[f"{what}{j}"].to_numpy(dtype=float) for j in range(len(columns))]
        return np.array(taken).reshape(len(columns), len(found))

    return Described(
        keys=found[group],
        sizes=found[_N].to_numpy(dtype=np.int64),
        counts=stacked("count").astype(np.int64),
        means=stacked("mean"),
        lows=stacked("min"),
        highs=stacked("max"),
    )


def _coordinates(
    source: Source, group: str, columns: Sequence[str], basis: Array
) -> nw.LazyFrame[Any]:
    """Return the columns in a basis, named by their place; those that are 0 are left out."""
    frame = source.frame.select(group, *columns)
    for j, column in enumerate(columns, start=1):
        if basis[j, j] in {0.0, math.inf}:
            continue
        rest = nw.col(column) - float(basis[0, j])
        for i in range(1, j):
            if basis[i, j] and basis[i, i] not in {0.0, math.inf}:
                rest = rest - nw.col(_COLUMN.format(i)) * float(basis[i, j])
        frame = frame.with_columns(**{_COLUMN.format(j): rest / float(basis[j, j])})
    return frame


def products(
    source: Source,
    group: str,
    columns: Sequence[str],
    basis: Array,
    *,
    keys: pd.Series[Any],
    means: Array,
    slopes: Array | None = None,
) -> tuple[Array, Array]:
    """
    Sum the products of what is left of the columns within groups, in one pass.

    Parameters
    ----------
    source : Source
        None of its columns lacks a value.
    group : str
    columns : sequence of str
    basis : ndarray, shape (k, k)
        Upper triangular, the intercept first: columns are ``coordinates @ basis``. One with 0 or
        infinity on the diagonal is left out.
    keys : Series, shape (n_groups,)
        The groups, in their own order.
    means : ndarray, shape (k - 1, n_groups)
        What is taken out of each coordinate first.
    slopes : ndarray, shape (s, k - 1, n_groups), optional
        What is taken out of the coordinates after the first s then: so many times these.

    Returns
    -------
    sums : ndarray, shape (k - 1, n_groups)
    products : ndarray, shape (k - 1, k - 1, n_groups)
    """
    k, used = len(basis), [j for j in range(1, len(basis)) if basis[j, j] not in {0.0, math.inf}]
    sums, found = np.zeros((k - 1, len(keys))), np.zeros((k - 1, k - 1, len(keys)))
    if not used:
        return sums, found
    names = {j: _COLUMN.format(j) for j in used}
    taken = {j: _TAKEN.format(0, j) for j in used}
    by_group: dict[str, Any] = {group: keys}
    deviations, left, n_first = {}, {}, 0 if slopes is None else len(slopes)
    for j, name in names.items():
        by_group[taken[j]] = means[j - 1]
        deviations[name] = nw.col(name) - nw.col(taken[j])
        left[name] = nw.col(name)
        for a, of_group in enumerate(() if slopes is None else slopes[:, j - 1], start=1):
            if j > n_first and a in names and of_group.any():
                by_group[_TAKEN.format(a, j)] = of_group
                left[name] = left[name] - nw.col(_TAKEN.format(a, j)) * nw.col(names[a])
    kept = [name for name in by_group if name not in {group, *taken.values()}]
    joined = _coordinates(source, group, columns, basis).join(
        source.lift(pd.DataFrame(by_group)), on=group, how="inner"
    )
    rest = joined.select(group, *kept, **deviations)
    if kept:
        rest = rest.select(group, **left)
    pairs = {f"{i}_{j}": (i, j) for i in used for j in used if i <= j}
    multiplied = {pair: nw.col(names[i]) * nw.col(names[j]) for pair, (i, j) in pairs.items()}
    totals = rest.with_columns(**multiplied).group_by(group)
    asked = [nw.col(name).sum() for name in (*names.values(), *pairs)]
    table = source.collected(totals.agg(*asked)).sort_values(group, ignore_index=True)
    for j, name in names.items():
        sums[j - 1] = table[name].to_numpy(dtype=float)
    for pair, (i, j) in pairs.items():
        found[i - 1, j - 1] = found[j - 1, i - 1] = table[pair].to_numpy(dtype=float)
    return sums, found
