r"""
The profiled deviances of many lanes, each at a factor of its own, and their derivatives.

The formulas are those of `ProfiledDeviance` and of the groups' terms for any number of random
effects. Each step is taken for all lanes and groups at once, the steps of small matrices written
out by their elements: NumPy's own for stacks of matrices take longer over each matrix than the
arithmetic does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.inference.lane_sums import LaneSums
    from analysis.mixed.crossproducts import Array
    from analysis.mixed.likelihood import Method


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneProfiles:
    r"""
    The profiled deviance of each lane at its factor, as `Profile` has it for one.

    Parameters
    ----------
    criterion : ndarray, shape (n_lanes,)
        Infinite where there is no residual variance, or nothing to invert.
    slope : ndarray, shape (n_lanes, q, q)
        Derivative by :math:`\Psi`.
    hessian, expected_hessian : ndarray, shape (n_lanes, q * q, q * q)
        Second derivative by :math:`\mathrm{vec}\Psi`, and its expectation.
    fixed_effects : ndarray, shape (n_lanes, p)
    residual_variance : ndarray, shape (n_lanes,)
    """

    criterion: Array
    slope: Array
    hessian: Array
    expected_hessian: Array
    fixed_effects: Array
    residual_variance: Array

    def take(self, lanes: NDArray[np.intp] | NDArray[np.bool_]) -> LaneProfiles:
        """Return those of some lanes."""
        return LaneProfiles(**{f.name: getattr(self, f.name)[lanes] for f in fields(self)})

    def put(self, lanes: NDArray[np.intp], others: LaneProfiles) -> None:
        """Put others in the places of some lanes."""
        for f in fields(self):
            getattr(self, f.name)[lanes] = getattr(others, f.name)


class LaneDeviances:
    """
    Profiled deviances of lanes as functions of their relative covariance factors.

    Parameters
    ----------
    sums : LaneSums
    method : {"ML", "REML"}
    diagonal : bool
        Whether only diagonal factors are admitted.
    """

    def __init__(self, sums: LaneSums, method: Method, *, diagonal: bool = False) -> None:
        self.sums, self.method, self.diagonal = sums, method, diagonal
        self.df = sums.n_observations - sums.n_fixed * (method == "REML")
        # Columns of Z, then of X: mostly those of Z are the first ones of X.
        among = np.array_equal(sums.roots, sums.predictors[:, :, : sums.n_random])
        self._shared = sums.predictors
        if not among:
            self._shared = np.concatenate((sums.roots, sums.predictors), axis=2)

    def __call__(self, factor: Array, lanes: NDArray[np.intp]) -> LaneProfiles:
        """
        Evaluate the deviances and their derivatives.

        Parameters
        ----------
        factor : ndarray, shape (n, q, q)
            Lower triangular, one for each lane asked for.
        lanes : ndarray of int, shape (n,)

        Returns
        -------
        LaneProfiles
        """
        # What has no finite criterion has been too long a step.
        with np.errstate(all="ignore"):
            return self._profiles(factor, lanes)

    def _profiles(self, factor: Array, lanes: NDArray[np.intp]) -> LaneProfiles:
        p, q, df = self.sums.n_fixed, self.sums.n_random, self.df[lanes].astype(float)
        log_determinant, solved = self._solved(factor, lanes)
        c = solved[:, :, -p - 1 :]
        products = self.sums.within[lanes] + (c @ c.swapaxes(-1, -2)).sum(axis=1)
        root = lower_roots(products)
        inverse = _inverses(root)
        variance = root[:, p, p] ** 2 / df
        criterion = log_determinant + df * (1 + np.log(2 * math.pi * variance))
        weights = np.zeros((len(lanes), p + 1))
        weights[:, p] = df
        if self.method == "REML":
            criterion += 2 * np.log(np.diagonal(root, axis1=1, axis2=2)[:, :p]).sum(axis=1)
            weights[:, :p] = 1.0
        slope, hessian, expected = _derivatives(solved, inverse, weights)
        nowhere = ~(np.isfinite(criterion) & np.isfinite(hessian).all(axis=(1, 2)))
        criterion[nowhere], slope[nowhere] = math.inf, 0.0
        hessian[nowhere] = expected[nowhere] = np.eye(q * q)
        return LaneProfiles(
            criterion=criterion,
            slope=slope,
            hessian=hessian,
            expected_hessian=expected,
            fixed_effects=-inverse[:, p, :p] * root[:, p, p, None],
            residual_variance=variance,
        )

    def _solved(self, factor: Array, lanes: NDArray[np.intp]) -> tuple[Array, Array]:
        """Return log|V|, (n,), and [R, C], (n, q, k or q + k, n_groups), solved for roots of U."""
        q = self.sums.n_random
        shared = self._shared if len(self._shared) == 1 else self._shared[lanes]
        roots = shared[:, :, :q]
        spread = np.zeros((len(lanes), q, q, roots.shape[-1]))
        for a in range(q):
            for c in range(q):
                for b in range(max(a, c), q):
                    spread[:, a, c] += roots[:, a, b] * factor[:, b, c, None]
        u = np.zeros_like(spread)
        for a in range(q):
            for b in range(a + 1):
                u[:, a, b] = (spread[:, a] * spread[:, b]).sum(axis=1)
            u[:, a, a] += 1.0
        lower = lower_roots(u)
        diagonal = np.stack([lower[:, a, a] for a in range(q)], axis=1)
        solved = np.empty((len(lanes), q, shared.shape[2] + 1, roots.shape[-1]))
        solved[:, :, :-1] = shared
        solved[:, :, -1] = self.sums.outcome[lanes]
        for a in range(q):
            for b in range(a):
                solved[:, a] -= lower[:, a, b, None] * solved[:, b]
            solved[:, a] /= diagonal[:, a, None]
        return 2 * np.log(diagonal).sum(axis=(1, 2)), solved


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


def _inverses(roots: Array) -> Array:
    """Return the inverses of lower triangular matrices along axes 1 and 2."""
    inverses = np.zeros_like(roots)
    for j in range(roots.shape[1]):
        inverses[:, j, j] = 1 / roots[:, j, j]
        for i in range(j + 1, roots.shape[1]):
            across = (roots[:, i, j:i] * inverses[:, j:i, j]).sum(axis=1)
            inverses[:, i, j] = -across / roots[:, i, i]
    return inverses


def _derivatives(solved: Array, inverse: Array, weights: Array) -> tuple[Array, Array, Array]:
    r"""Return the derivatives by :math:`\Psi`: the first, the second, and the expected second."""
    n, q, _, size = solved.shape
    k = weights.shape[1]
    # T of [Z, X, y] by group; that of Z is W.
    t = np.zeros_like(solved)
    for a in range(q):
        for b in range(q):
            t[:, a] += solved[:, b, a, None] * solved[:, b]
    w = np.ascontiguousarray(t[:, :, :q]).reshape(n, q * q, size)
    m = inverse[:, None] @ t[:, :, -k:]
    used = weights[0] > 0
    weighted = m[:, :, used] * np.sqrt(weights[:, None, used, None])
    g = np.empty((n, q, q, size))
    for a in range(q):
        for b in range(a + 1):
            g[:, a, b] = g[:, b, a] = (weighted[:, a] * weighted[:, b]).sum(axis=1)
    flat_g, flat_m = g.reshape(n, q * q, size), m.reshape(n, q * k, size)
    ww = (w @ w.swapaxes(-1, -2)).reshape(n, q, q, q, q)
    wg = (w @ flat_g.swapaxes(-1, -2)).reshape(n, q, q, q, q)
    mm = (flat_m @ flat_m.swapaxes(-1, -2)).reshape(n, q, k, q, k)
    total = w.sum(axis=-1)
    expected = ww.transpose(0, 2, 3, 4, 1).reshape(n, q * q, q * q)
    second = (2 * wg - ww).transpose(0, 2, 3, 4, 1).reshape(n, q * q, q * q)
    pairs = np.maximum(weights[:, :, None], weights[:, None]).reshape(n, 1, k * k)
    moved = mm.transpose(0, 1, 3, 2, 4).reshape(n, q * q, k * k)
    hessian = second - (moved * pairs) @ moved.swapaxes(-1, -2)
    expected = expected - total[:, :, None] * total[:, None] / weights[:, -1, None, None]
    slope = (total - flat_g.sum(axis=-1)).reshape(n, q, q)
    return slope, hessian, expected
