"""The sums by group of columns in memory."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from analysis.mixed.basis import standard_basis
from analysis.mixed.groupsums import GroupSums, Sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.mixed.crossproducts import CrossProducts
    from analysis.mixed.grouping import Grouping

    Array = NDArray[np.float64]

# Rows of a block: what is computed of them stays in a processor's cache.
_BLOCK_ROWS = 8192


def cross_products(
    sources: Sequence[NDArray[np.generic]],
    grouping: Grouping,
    *,
    n_random: int,
    rows: NDArray[np.int64] | None = None,
) -> CrossProducts:
    """
    Sum the products of a design's columns by group.

    Parameters
    ----------
    sources : sequence of ndarray
        The columns after the intercept, in the order of `CrossProducts`.
    grouping : Grouping
        Of the rows used.
    n_random : int
        Number of columns of Z, the intercept included.
    rows : ndarray of int, optional
        Positions in `sources` of the rows used; all by default.

    Returns
    -------
    CrossProducts
    """
    sums = RowSums(sources, grouping, rows)
    return sums.cross_products(range(len(sources)), n_random=n_random)


class RowSums(GroupSums):
    """
    The sums by group of columns in memory.

    Parameters
    ----------
    sources : sequence of ndarray
        The values of each column, for all rows of the table.
    grouping : Grouping
        Of the rows used.
    rows : ndarray of int or None
        Positions of the rows used, None for all.
    """

    def __init__(
        self,
        sources: Sequence[NDArray[np.generic]],
        grouping: Grouping,
        rows: NDArray[np.int64] | None,
    ) -> None:
        self.sources, self.bounds = sources, grouping.bounds
        self._rows = rows
        # The rows in the order in which they are read: group after group.
        self._order = grouping.order
        if rows is not None:
            self._order = rows if grouping.order is None else rows[grouping.order]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Rows of each group."""
        return np.diff(self.bounds)

    def standard(self, places: Sequence[int]) -> tuple[Array, NDArray[np.intp]]:
        """Return the `standard_basis` of some columns."""
        means, lows, highs = [], [], []
        with np.errstate(over="ignore", invalid="ignore"):
            for place in places:
                values = self.sources[place]
                values = values if self._rows is None else values[self._rows]
                means.append(float(values.mean(dtype=float)))
                lows.append(float(values.min()))
                highs.append(float(values.max()))
        return standard_basis(np.array(means), np.array(lows), np.array(highs))

    def added(self, places: Sequence[int], basis: Array, slopes: Array | None = None) -> Sums:
        """Add the sums of some columns, as `GroupSums` says."""
        k, sizes = len(places), self.sizes
        means, products = np.zeros((k, len(sizes))), np.zeros((k, k, len(sizes)))
        longest = max(int(self.bounds[b] - self.bounds[a]) for a, b in self._pieces())
        scratch = np.empty((k + 1, longest))
        for first, last in self._pieces():
            begin, end = int(self.bounds[first]), int(self.bounds[last])
            columns, spare = scratch[:k, : end - begin], scratch[k, : end - begin]
            self._read(places, basis, slice(begin, end), columns, spare)
            groups, starts = slice(first, last), self.bounds[first:last] - begin
            of_row = np.repeat(np.arange(last - first), sizes[groups])
            means[:, groups] = np.add.reduceat(columns, starts, axis=1) / sizes[groups]
            for column, of_group in zip(columns, means[:, groups], strict=True):
                np.subtract(column, of_group.take(of_row, out=spare, mode="clip"), out=column)
            if slopes is not None:
                for j, taken in enumerate(slopes[:, :, groups].transpose(1, 0, 2)):
                    for column, slope in zip(columns, taken, strict=False):
                        if slope.any():
                            columns[j] -= slope[of_row] * column
            for i, left in enumerate(columns):
                for j, right in enumerate(columns[: i + 1]):
                    np.multiply(left, right, out=spare)
                    products[i, j, groups] = np.add.reduceat(spare, starts)
                    products[j, i, groups] = products[i, j, groups]
        return Sums(means, products)

    def _pieces(self) -> list[tuple[int, int]]:
        """Return groups that make a block together, the first and the one after the last."""
        pieces, first, n_groups = [], 0, len(self.bounds) - 1
        while first < n_groups:
            most = self.bounds[first] + _BLOCK_ROWS
            last = max(first + 1, int(np.searchsorted(self.bounds, most, side="right")) - 1)
            pieces.append((first, last))
            first = last
        return pieces

    def _read(
        self, places: Sequence[int], basis: Array, part: slice, columns: Array, spare: Array
    ) -> None:
        """Read a block of rows in the coordinates of a basis."""
        rows = part if self._order is None else self._order[part]
        for j, (place, column) in enumerate(zip(places, columns, strict=True), start=1):
            if basis[j, j] in {0.0, math.inf}:
                column[:] = 0.0
                continue
            # By substitution: an inverse of the basis would belong to another one, nearly.
            np.subtract(self.sources[place][rows], basis[0, j], out=column)
            for i in range(1, j):
                if basis[i, j]:
                    np.multiply(columns[i - 1], basis[i, j], out=spare)
                    np.subtract(column, spare, out=column)
            np.divide(column, basis[j, j], out=column)
