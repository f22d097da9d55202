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

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# A column that other columns explain but for this share of its standard deviation is one of them:
# the numbers themselves have 16 digits, and the rest needs some.
_COLLINEAR = 1e-8
# Rounding errors of a number that may add up in a column's residual.
_ROUNDING = 64 * float(np.finfo(float).eps)
# A slope's column is constant within a group if its standard deviation there is a smaller share of
# the one overall.
_CONSTANT_WITHIN = 1e-12
# A direction in which the groups leave a smaller share of the variance is one of level 2.
_COLLINEAR_WITHIN = 1e-14
# Sums of squares within these bounds neither overflow nor lose digits to underflow.
_SAFE_SQUARES = (1e-280, 1e280)


def dot(first: Array, second: Array) -> float:
    """Return the inner product of two vectors without BLAS, whose threads wait for each other."""
    return float(np.einsum("i,i->", first, second))


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossProducts:
    """
    Sums of products of a design: what the groups span, and what is left over within them.

    The k columns are the intercept, the other q - 1 columns of Z, the other predictors (p in all),
    and the outcome. For conditioning, other columns stand for them: ``raw = columns @ basis``. The
    predictors' are orthogonal over all rows, in this order, with mean square 1. So was the
    outcome's, but then the other predictors were taken out of it again, by its slopes on them
    within groups: over all rows it need not be orthogonal to them, nor have mean square 1.

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
    within : ndarray, shape (k, k)
        Sums of products over all rows of what the groups' Q leave over.
    """

    n_observations: int
    n_random: int
    basis: Array
    roots: Array
    spanned: Array
    within: Array

    @property
    def n_fixed(self) -> int:
        """Number of fixed effects, p."""
        return len(self.within) - 1

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return int(self.spanned.shape[2])


def cross_products(
    columns: Array, codes: NDArray[np.intp], *, n_groups: int, n_random: int
) -> CrossProducts:
    """
    Sum the products of a design's columns by group.

    Parameters
    ----------
    columns : ndarray, shape (k - 1, n_observations)
        The columns after the intercept, in the order of `CrossProducts`. Used up: **overwritten**
        with what the groups leave over.
    codes : ndarray of int, shape (n_observations,)
        The group of each row, 0 to `n_groups` - 1, none without a row.
    n_groups : int
        Number of groups.
    n_random : int
        Number of columns of Z, the intercept included.

    Returns
    -------
    CrossProducts
    """
    k, n = len(columns) + 1, columns.shape[1]
    basis = _orthogonalise(columns)
    spanned = np.zeros((n_random, k, n_groups))
    sizes = np.bincount(codes, minlength=n_groups).astype(float)
    spanned[0, 0] = np.sqrt(sizes)
    for j in range(1, k):
        sums = np.bincount(codes, columns[j - 1], minlength=n_groups)
        spanned[0, j] = sums / spanned[0, 0]
        columns[j - 1] -= (sums / sizes)[codes]
    for a in range(1, n_random):
        direction = columns[a - 1]
        squares = np.bincount(codes, direction * direction, minlength=n_groups)
        squares[squares <= sizes * _CONSTANT_WITHIN**2] = 0.0
        inverse = np.zeros(n_groups)
        np.divide(1.0, squares, out=inverse, where=squares > 0)
        spanned[a, a] = np.sqrt(squares)
        for j in range(a + 1, k):
            sums = np.bincount(codes, direction * columns[j - 1], minlength=n_groups)
            spanned[a, j] = sums * np.sqrt(inverse)
            explained = (sums * inverse)[codes]
            explained *= direction
            columns[j - 1] -= explained
    within = np.zeros((k, k))
    within[n_random:, n_random:] = _products_within(columns, basis, spanned)
    return CrossProducts(
        n_observations=n,
        n_random=n_random,
        basis=basis,
        roots=np.ascontiguousarray(spanned[:, :n_random]),
        spanned=spanned,
        within=within,
    )


def _orthogonalise(columns: Array) -> Array:
    """Make columns orthogonal to a constant and to each other in place, and return the basis."""
    k, n = len(columns) + 1, columns.shape[1]
    basis = np.eye(k)
    for j in range(1, k):
        column = columns[j - 1]
        mean, deviation = _standardise(column)
        basis[0, j] = mean
        if deviation in {0.0, math.inf}:
            basis[j, j] = deviation
            continue
        for i in range(1, j):
            coefficient = dot(columns[i - 1], column) / n
            column -= coefficient * columns[i - 1]
            basis[i, j] = coefficient * deviation
        left = math.sqrt(dot(column, column) / n)
        least = _ROUNDING * (1 + abs(mean) / deviation)
        if left <= (least if j == k - 1 else max(_COLLINEAR, least)):
            column[:] = left = 0.0
        else:
            column /= left
        basis[j, j] = left * deviation
    return basis


def _standardise(column: Array) -> tuple[float, float]:
    """
    Centre and scale a column in place; return its mean and standard deviation.

    A constant column has standard deviation 0, one without a finite mean an infinite one; both
    become 0.
    """
    unit = 1.0
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        mean = float(column.mean())
        if not math.isfinite(mean):
            column[:] = 0.0
            return 0.0, math.inf
        column -= mean
        squares = dot(column, column)
        if not _SAFE_SQUARES[0] < squares < _SAFE_SQUARES[1]:
            unit = float(np.abs(column).max()) or 1.0
            column /= unit
            squares = dot(column, column)
    deviation = math.sqrt(squares / len(column))
    # The mean of a constant is off by a rounding error.
    if not deviation * unit > _ROUNDING / 8 * abs(mean):
        column[:] = 0.0
        return mean, 0.0
    column /= deviation
    return mean, deviation * unit


def _products_within(columns: Array, basis: Array, spanned: Array) -> Array:
    """
    Return the products of the columns outside Z, the outcome made orthogonal to the others.

    Least squares over all rows does not do: where groups differ by much more than the residuals,
    its coefficients are off by more than these. `basis` and `spanned` follow the outcome's column.
    """
    q = len(spanned)
    left = columns[q - 1 :]
    products = np.empty((len(left), len(left)))
    for i, row in enumerate(left):
        for j in range(i + 1):
            products[i, j] = products[j, i] = dot(row, left[j])
    values, vectors = np.linalg.eigh(products[:-1, :-1])
    used = values > _COLLINEAR_WITHIN * left.shape[1]
    coefficients = vectors[:, used] @ ((vectors[:, used].T @ products[:-1, -1]) / values[used])
    if not coefficients.any():
        return products
    for coefficient, column in zip(coefficients, left, strict=False):
        left[-1] -= coefficient * column
    basis[q:-1, -1] += coefficients * basis[-1, -1]
    spanned[:, -1] -= np.einsum("akg,k->ag", spanned[:, q:-1], coefficients)
    products[-1] = products[:, -1] = [dot(row, left[-1]) for row in left]
    return products
