"""
Small triangular matrices of many lanes, and groups, at once.

Their steps are written out by the elements: NumPy's own for stacks of matrices take longer over
each matrix than the arithmetic does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from analysis.mixed.crossproducts import Array


def solve(lower: Array, columns: Array) -> None:
    """Solve (n, q, ..., n_groups) in place for lower triangular matrices, (n, q, q, n_groups)."""
    more = (slice(None),) + (None,) * (columns.ndim - 3)
    for a in range(columns.shape[1]):
        for b in range(a):
            columns[:, a] -= lower[:, a, b][more] * columns[:, b]
        columns[:, a] /= lower[:, a, a][more]


def lower_roots(matrices: Array) -> Array:
    """
    Return the lower Cholesky roots of symmetric matrices along axes 1 and 2.

    Parameters
    ----------
    matrices : ndarray, shape (n, k, k, ...)
        Only the lower triangles are read.

    Returns
    -------
    ndarray, shape (n, k, k, ...)
        Not finite where a matrix is not positive definite.
    """
    roots = np.zeros_like(matrices)
    for j in range(matrices.shape[1]):
        before = roots[:, j, :j]
        roots[:, j, j] = np.sqrt(matrices[:, j, j] - (before * before).sum(axis=1))
        for i in range(j + 1, matrices.shape[1]):
            rest = matrices[:, i, j] - (roots[:, i, :j] * before).sum(axis=1)
            roots[:, i, j] = rest / roots[:, j, j]
    return roots


def inverses(roots: Array) -> Array:
    """Return the inverses of lower triangular matrices along axes 1 and 2."""
    found = np.zeros_like(roots)
    for j in range(roots.shape[1]):
        found[:, j, j] = 1 / roots[:, j, j]
        for i in range(j + 1, roots.shape[1]):
            across = (roots[:, i, j:i] * found[:, j:i, j]).sum(axis=1)
            found[:, i, j] = -across / roots[:, i, i]
    return found
