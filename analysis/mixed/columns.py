"""The columns of a design, read a block of groups at a time, and an orthogonal basis of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# Rows of a block: what is computed of them stays in a processor's cache.
_BLOCK_ROWS = 8192
# A column that other columns explain but for this share of its standard deviation is one of them:
# the numbers themselves have 16 digits, and the rest needs some.
_COLLINEAR = 1e-10
# Rounding errors of a number that may add up in a column's residual.
_ROUNDING = 64 * float(np.finfo(float).eps)
# Sums of products hold what is left of a column down to this share of its variance; of a smaller
# rest they say where it is, and the next pass, over columns nearer to it, how large.
_HELD, _SEEN = 1e-3, 1e-12
# A pass makes 6 digits more of a rest visible, of which `_COLLINEAR` and rounding leave 16.
_MOST_PASSES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """
    Columns of some groups, in the coordinates of a basis.

    Parameters
    ----------
    first, last : int
        The groups from `first` to before `last`.
    starts : ndarray of int, shape (last - first,)
        Where in `columns` each group begins.
    columns : ndarray, shape (k - 1, n_rows)
        Scratch memory: the next block takes its place.
    """

    first: int
    last: int
    starts: NDArray[np.int64]
    columns: Array


class Columns:
    """
    The columns of a design after the intercept.

    Parameters
    ----------
    sources : sequence of ndarray
        The values of each, for all rows of the table.
    rows : ndarray of int, or None
        Positions of the rows to read, group after group; None for all as they lie.
    bounds : ndarray of int, shape (n_groups + 1,)
        Where among these rows each group begins, and the last one ends.
    """

    def __init__(
        self,
        sources: Sequence[NDArray[np.generic]],
        rows: NDArray[np.int64] | None,
        bounds: NDArray[np.int64],
    ) -> None:
        self.sources, self.rows, self.bounds = sources, rows, bounds
        self.n_rows = int(bounds[-1])
        self._pieces: list[tuple[int, int]] = []
        first, n_groups = 0, len(bounds) - 1
        while first < n_groups:
            within = np.searchsorted(bounds, bounds[first] + _BLOCK_ROWS, side="right") - 1
            last = max(first + 1, int(within))
            self._pieces.append((first, last))
            first = last
        longest = max(int(bounds[last] - bounds[first]) for first, last in self._pieces)
        self._columns = np.empty((len(sources), longest))
        self._spare = np.empty(longest)

    def blocks(self, basis: Array) -> Iterator[Block]:
        """
        Read the columns block by block.

        Parameters
        ----------
        basis : ndarray, shape (k, k)
            Upper triangular: the blocks hold ``raw @ inv(basis)``, without the intercept, and 0 for
            a column with 0 or infinity on the diagonal.
        """
        for first, last in self._pieces:
            begin, end = int(self.bounds[first]), int(self.bounds[last])
            columns, spare = self._columns[:, : end - begin], self._spare[: end - begin]
            part = slice(begin, end) if self.rows is None else self.rows[begin:end]
            for j, (source, column) in enumerate(zip(self.sources, columns, strict=True), start=1):
                if basis[j, j] in {0.0, math.inf}:
                    column[:] = 0.0
                    continue
                values = source[part]
                # By substitution: an inverse of the basis would belong to another one, nearly.
                np.subtract(values, basis[0, j], out=column)
                for i in range(1, j):
                    if basis[i, j]:
                        np.multiply(columns[i - 1], basis[i, j], out=spare)
                        np.subtract(column, spare, out=column)
                np.divide(column, basis[j, j], out=column)
            starts = self.bounds[first:last] - begin
            yield Block(first=first, last=last, starts=starts, columns=columns)


def orthogonal_basis(columns: Columns) -> Array:
    """
    Return the basis in which columns are orthogonal, but for rounding, with mean square 1.

    Parameters
    ----------
    columns : Columns

    Returns
    -------
    ndarray, shape (k, k)
        Upper triangular. A diagonal element of 0 belongs to a column that those before it explain,
        an infinite one to a column without a finite mean.

    Notes
    -----
    The Cholesky root of the columns' products, once more where a column is nearly a combination of
    others (Yamamoto, Nakatsukasa, Yanagisawa & Fukaya 2015, on CholeskyQR2).
    """
    basis, infinite = _standard(columns)
    for _ in range(_MOST_PASSES):
        products = np.sum(
            [np.einsum("ai,bi->ab", b.columns, b.columns) for b in columns.blocks(basis)], axis=0
        )
        root, held = _root(products / columns.n_rows)
        basis[1:, 1:] = root @ basis[1:, 1:]
        _drop_collinear(basis)
        if held:
            break
    basis[infinite, infinite] = math.inf
    return basis


def _standard(columns: Columns) -> tuple[Array, NDArray[np.intp]]:
    """Return the basis of columns between -1 and 1 with mean 0, and which have no finite mean."""
    k = len(columns.sources) + 1
    with np.errstate(over="ignore", invalid="ignore"):
        raw = [
            (b.columns.sum(axis=1), b.columns.min(axis=1), b.columns.max(axis=1))
            for b in columns.blocks(np.eye(k))
        ]
        sums, lows, highs = zip(*raw, strict=True)
        mean = np.sum(sums, axis=0) / columns.n_rows
        reach = np.maximum(np.max(highs, axis=0) - mean, mean - np.min(lows, axis=0))
    finite = np.isfinite(reach)
    basis = np.zeros((k, k))
    basis[0, 0] = 1.0
    basis[0, 1:] = np.where(finite, mean, 0.0)
    # The mean of a constant is off by a rounding error.
    varies = finite & (reach > _ROUNDING / 8 * np.abs(mean))
    basis[1:, 1:] = np.diag(np.where(varies, reach, 0.0))
    return basis, 1 + np.flatnonzero(~finite)


def _root(products: Array) -> tuple[Array, bool]:
    """Return the upper triangular root, and whether it holds what is left of each column."""
    root, held = np.zeros_like(products), True
    for j, square in enumerate(products.diagonal()):
        for i in range(j):
            if root[i, i]:
                root[i, j] = (products[i, j] - root[:i, i] @ root[:i, j]) / root[i, i]
        rest = square - root[:j, j] @ root[:j, j]
        held = held and rest >= _HELD * square
        root[j, j] = math.sqrt(max(rest, _SEEN * square))
    return root, held


def _drop_collinear(basis: Array) -> None:
    """Set the diagonal to 0 for a column of which the others leave next to nothing."""
    k = len(basis)
    for j in range(1, k):
        deviation = float(np.hypot.reduce(basis[1 : j + 1, j]))
        least = _ROUNDING * (deviation + abs(float(basis[0, j])))
        if basis[j, j] <= (least if j == k - 1 else max(_COLLINEAR * deviation, least)):
            basis[j, j] = 0.0
