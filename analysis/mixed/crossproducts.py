r"""
All that a mixed model with one grouping factor needs to know of its data.

The likelihood depends on the data only through sums of products by group. They are kept as an
orthogonal decomposition: within group j, :math:`Z_j = Q_jR_j` with orthonormal columns in
:math:`Q_j`, so that the group is known by :math:`R_j`, by :math:`C_j = Q_j'[X_j, y_j]`, and by
the products of what :math:`Q_j` leaves over, of which only their sum over the groups is needed.
Raw sums of products would lose the residual variance to rounding where groups differ by much more
than it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.mixed.columns import Columns, orthogonal_basis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.mixed.columns import Block
    from analysis.mixed.grouping import Grouping

    Array = NDArray[np.float64]

# A slope's column is constant within a group if its standard deviation there is a smaller share of
# the one overall.
_CONSTANT_WITHIN = 1e-12
# A direction in which the groups leave a smaller share of the variance is one of level 2.
_COLLINEAR_WITHIN = 1e-14
# Within groups the other predictors may explain the outcome but for this share; where they explain
# more, its column is replaced by the rest of it.
_LEAST_LEFT = 0.5
# Each replacement takes all that sums with 16 digits can see.
MOST_REPLACEMENTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossProducts:
    """
    Sums of products of a design: what the groups span, and what is left over within them.

    The k columns are the intercept, the other q - 1 columns of Z, the other predictors (p in all),
    and the outcome. For conditioning, other columns stand for them: ``raw = columns @ basis``. The
    predictors' are orthogonal over all rows, in this order, with mean square 1. So is the
    outcome's, unless the other predictors have slopes within groups that are quite others than over
    all rows: then these are taken out of it.

    Parameters
    ----------
    n_observations : int
        Number of rows.
    n_random : int
        Number of columns of Z, q.
    basis : ndarray, shape (k, k)
        Upper triangular. A diagonal element of 0 belongs to a column that those before it explain,
        an infinite one to a column without a finite mean; either column is 0 throughout.
    roots : ndarray, shape (q, q, n_groups)
        Upper triangular R of each group.
    spanned : ndarray, shape (q, k, n_groups)
        C of each group.
    left : ndarray, shape (k - q, k - q, n_groups)
        Products, by group, of what its Q leaves over of the columns outside Z.
    within : ndarray, shape (k, k)
        Their sums over the groups, and 0 for the columns of Z.
    sizes : ndarray of int, shape (n_groups,)
        Rows of each group.
    random_basis : ndarray, shape (q, q), or None
        Of Z alone, where `restricted` made these sums: then Z is not among the k columns, and what
        it leaves over is kept for all of them. None where it is the first part of `basis`.
    """

    n_observations: int
    n_random: int
    basis: Array
    roots: Array
    spanned: Array
    left: Array
    within: Array
    sizes: NDArray[np.int64]
    random_basis: Array | None = None

    @property
    def n_fixed(self) -> int:
        """Number of fixed effects, p."""
        return len(self.within) - 1

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return int(self.spanned.shape[2])

    @property
    def basis_of_random(self) -> Array:
        """Upper triangular basis of Z, (q, q): the table's columns are ``z @ basis_of_random``."""
        if self.random_basis is not None:
            return self.random_basis
        basis: Array = self.basis[: self.n_random, : self.n_random]
        return basis

    def of_groups(self, groups: slice | NDArray[np.intp]) -> CrossProducts:
        """
        Return the sums of some groups alone, in the same basis.

        Parameters
        ----------
        groups : slice or ndarray of int
            Positions of the groups.

        Returns
        -------
        CrossProducts
        """
        spanned, left, sizes = self.spanned[..., groups], self.left[..., groups], self.sizes[groups]
        within, kept = np.zeros_like(self.within), slice(len(self.within) - len(left), None)
        within[kept, kept] = left.sum(axis=2)
        return replace(
            self,
            n_observations=int(sizes.sum()),
            roots=self.roots[..., groups],
            spanned=spanned,
            left=left,
            within=within,
            sizes=sizes,
        )


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
    order = grouping.order
    if rows is not None:
        order = rows if order is None else rows[order]
    columns = Columns(sources, order, grouping.bounds)
    basis = orthogonal_basis(columns)
    spanned, left = _by_group(columns, basis, n_random)
    for _ in range(MOST_REPLACEMENTS):
        slopes = slopes_within(left.sum(axis=2), columns.n_rows)
        if not slopes.any():
            break
        basis[n_random:-1, -1] += slopes * basis[-1, -1]
        spanned, left = _by_group(columns, basis, n_random)
    k = len(basis)
    within = np.zeros((k, k))
    within[n_random:, n_random:] = left.sum(axis=2)
    return CrossProducts(
        n_observations=columns.n_rows,
        n_random=n_random,
        basis=basis,
        roots=np.ascontiguousarray(spanned[:, :n_random]),
        spanned=spanned,
        left=left,
        within=within,
        sizes=np.diff(columns.bounds),
    )


def _by_group(columns: Columns, basis: Array, n_random: int) -> tuple[Array, Array]:
    """Return what the groups span, (q, k, n_groups), and leave, (k - q, k - q, n_groups)."""
    k, sizes = len(basis), np.diff(columns.bounds)
    spanned = np.zeros((n_random, k, len(sizes)))
    left = np.empty((k - n_random, k - n_random, len(sizes)))
    spanned[0, 0] = np.sqrt(sizes)
    for block in columns.blocks(basis):
        groups = slice(block.first, block.last)
        _take_out(block, sizes[groups], spanned[:, :, groups])
        rest = block.columns[n_random - 1 :]
        for i, row in enumerate(rest):
            for j in range(i + 1):
                products = np.add.reduceat(row * rest[j], block.starts)
                left[i, j, groups] = left[j, i, groups] = products
    return spanned, left


def _take_out(block: Block, sizes: NDArray[np.int64], spanned: Array) -> None:
    """Take what the groups span out of a block's columns, by Gram and Schmidt, and note it."""
    columns, starts = block.columns, block.starts
    sums = np.add.reduceat(columns, starts, axis=1)
    spanned[0, 1:] = sums / spanned[0, 0]
    of_row = np.repeat(np.arange(len(starts)), sizes)
    fitted = np.empty(columns.shape[1])
    for column, means in zip(columns, sums / sizes, strict=True):
        np.subtract(column, means.take(of_row, out=fitted, mode="clip"), out=column)
    for a in range(1, len(spanned)):
        direction = columns[a - 1]
        squares = constant_within(np.add.reduceat(direction * direction, starts), sizes)
        inverse = np.zeros(len(starts))
        np.divide(1.0, squares, out=inverse, where=squares > 0)
        spanned[a, a] = np.sqrt(squares)
        for j, column in enumerate(columns[a:], start=a + 1):
            sums = np.add.reduceat(np.multiply(direction, column, out=fitted), starts)
            spanned[a, j] = sums * np.sqrt(inverse)
            (sums * inverse).take(of_row, out=fitted, mode="clip")
            np.multiply(fitted, direction, out=fitted)
            np.subtract(column, fitted, out=column)


def constant_within(squares: Array, sizes: NDArray[np.int64]) -> Array:
    """Return sums of squares within groups, and 0 for those that are rounding."""
    return np.where(squares <= sizes * _CONSTANT_WITHIN**2, 0.0, squares)


def slopes_within(left: Array, n_rows: int) -> Array:
    """
    Return the slopes within groups that are to be taken out of the outcome, or 0.

    Least squares over all rows does not do: where groups differ by much more than the residuals,
    its coefficients are off by more than these.
    """
    values, vectors = np.linalg.eigh(left[:-1, :-1])
    used = values > _COLLINEAR_WITHIN * n_rows
    slopes: Array = vectors[:, used] @ ((vectors[:, used].T @ left[:-1, -1]) / values[used])
    explained = float(slopes @ left[:-1, -1])
    return slopes if explained > (1 - _LEAST_LEFT) * left[-1, -1] else np.zeros_like(slopes)
