"""An orthogonal basis of a design's columns, from their ranges and their products."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# A column that other columns explain but for this share of its standard deviation is one of them:
# the numbers themselves have 16 digits, and the rest needs some.
_COLLINEAR = 1e-10
# Rounding errors of a number that may add up in a column's residual.
_ROUNDING = 64 * float(np.finfo(float).eps)
# Sums of products hold what is left of a column down to this share of its variance; of a smaller
# rest they say where it is, and the next pass, over columns nearer to it, how large.
_HELD, _SEEN = 1e-3, 1e-12


def standard_basis(mean: Array, low: Array, high: Array) -> tuple[Array, NDArray[np.intp]]:
    """
    Return the basis of columns between -1 and 1 with mean 0.

    Parameters
    ----------
    mean, low, high : ndarray, shape (k - 1,)
        Of the columns after the intercept.

    Returns
    -------
    basis : ndarray, shape (k, k)
        With 0 on the diagonal for a column that does not vary, or has no finite mean.
    infinite : ndarray of int
        Places of the latter among the k.
    """
    k = len(mean) + 1
    with np.errstate(over="ignore", invalid="ignore"):
        reach = np.maximum(high - mean, mean - low)
    finite = np.isfinite(reach)
    basis = np.zeros((k, k))
    basis[0, 0] = 1.0
    basis[0, 1:] = np.where(finite, mean, 0.0)
    # The mean of a constant is off by a rounding error.
    varies = finite & (reach > _ROUNDING / 8 * np.abs(mean))
    basis[1:, 1:] = np.diag(np.where(varies, reach, 0.0))
    return basis, 1 + np.flatnonzero(~finite)


def root_of(products: Array) -> tuple[Array, bool]:
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


def drop_collinear(basis: Array) -> None:
    """Set the diagonal to 0 for a column of which the others leave next to nothing."""
    k = len(basis)
    for j in range(1, k):
        deviation = float(np.hypot.reduce(basis[1 : j + 1, j]))
        least = _ROUNDING * (deviation + abs(float(basis[0, j])))
        if basis[j, j] <= (least if j == k - 1 else max(_COLLINEAR * deviation, least)):
            basis[j, j] = 0.0


def in_basis(values: Array, basis: Array) -> Array:
    """
    Return values of columns in the coordinates of a basis.

    Parameters
    ----------
    values : ndarray, shape (k - 1, n)
        Without the intercept.
    basis : ndarray, shape (k, k)
        Upper triangular, the intercept first: values are ``coordinates @ basis``; the coordinate of
        a column with 0 or infinity on the diagonal is 0.

    Returns
    -------
    ndarray, shape (k - 1, n)
    """
    found = np.zeros_like(values)
    for j in range(1, len(basis)):
        if basis[j, j] in {0.0, math.inf}:
            continue
        rest = values[j - 1] - basis[0, j]
        for i in range(1, j):
            if basis[i, j]:
                rest = rest - found[i - 1] * basis[i, j]
        found[j - 1] = rest / basis[j, j]
    return found
