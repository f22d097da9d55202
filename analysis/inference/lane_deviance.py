r"""
The profiled deviances of many lanes, each at a factor of its own, and their derivatives.

The formulas are those of `ProfiledDeviance` and of the groups' terms for any number of random
effects. Each step is taken for all lanes and groups at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from analysis.inference.lane_matrices import inverses, lower_roots, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.inference.lane_sums import LaneSums
    from analysis.mixed.crossproducts import Array
    from analysis.mixed.likelihood import Method

# Elements of the largest array of a block of lanes: those of a few stay in a processor's cache.
_BLOCK_ELEMENTS = 2**16


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


def _joined(parts: list[LaneProfiles]) -> LaneProfiles:
    """Return the profiles of lanes that come in parts."""
    names = [f.name for f in fields(LaneProfiles)]
    return LaneProfiles(**{n: np.concatenate([getattr(part, n) for part in parts]) for n in names})


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
        _, q, k, n_groups = self._shared.shape
        self._at_once = max(1, _BLOCK_ELEMENTS // (q * (k + 1) * n_groups))

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
        at_once = self._at_once
        parts = [slice(first, first + at_once) for first in range(0, len(lanes), at_once)]
        # What has no finite criterion has been too long a step.
        with np.errstate(all="ignore"):
            found = [self._profiles(factor[part], lanes[part]) for part in parts]
        return found[0] if len(found) == 1 else _joined(found)

    def criteria(self, factor: Array) -> Array:
        """
        Evaluate the deviances of all lanes at one factor.

        Lanes on one design share what is not of their outcomes, so that each costs little.

        Parameters
        ----------
        factor : ndarray, shape (q, q)

        Returns
        -------
        ndarray, shape (n_lanes,)
        """
        n, p = self.sums.n_lanes, self.sums.n_fixed
        if len(self._shared) > 1:
            return self(np.repeat(factor[None], n, axis=0), np.arange(n)).criterion
        with np.errstate(all="ignore"):
            solved = self._shared.copy()
            log_determinant, lower = self._solve(factor[None], solved)
            outcome = self.sums.outcome.copy()
            solve(lower, outcome)
            c = solved[0, :, -p:].swapaxes(0, 1).reshape(p, -1)
            y = outcome.reshape(n, -1)
            within = self.sums.within
            root = lower_roots((within[0, :p, :p] + c @ c.T)[None])
            explained = (within[:, p, :p] + y @ c.T) @ inverses(root)[0].T
            left = within[:, p, p] + (y * y).sum(axis=1) - (explained * explained).sum(axis=1)
            criterion = log_determinant + self.df * (1 + np.log(2 * math.pi * left / self.df))
            if self.method == "REML":
                criterion += 2 * np.log(root[0].diagonal()).sum()
        found: Array = np.where(np.isfinite(criterion), criterion, math.inf)
        return found

    def _profiles(self, factor: Array, lanes: NDArray[np.intp]) -> LaneProfiles:
        p, q, df = self.sums.n_fixed, self.sums.n_random, self.df[lanes].astype(float)
        shared = self._shared if len(self._shared) == 1 else self._shared[lanes]
        columns = np.empty((len(lanes), q, shared.shape[2] + 1, shared.shape[-1]))
        columns[:, :, :-1], columns[:, :, -1] = shared, self.sums.outcome[lanes]
        log_determinant, _ = self._solve(factor, columns)
        c = columns[:, :, -p - 1 :]
        products = self.sums.within[lanes] + (c @ c.swapaxes(-1, -2)).sum(axis=1)
        root = lower_roots(products)
        inverse = inverses(root)
        variance = root[:, p, p] ** 2 / df
        criterion = log_determinant + df * (1 + np.log(2 * math.pi * variance))
        weights = np.zeros((len(lanes), p + 1))
        weights[:, p] = df
        if self.method == "REML":
            criterion += 2 * np.log(np.diagonal(root, axis1=1, axis2=2)[:, :p]).sum(axis=1)
            weights[:, :p] = 1.0
        slope, hessian, expected = _derivatives(columns, inverse, weights)
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

    def _solve(self, factor: Array, columns: Array) -> tuple[Array, Array]:
        """Solve columns of [Z, X, y] in place for roots of U; return log|V|, (n,), and these."""
        q = self.sums.n_random
        roots = self._shared[:, :, :q] if len(self._shared) == 1 else columns[:, :, :q]
        spread = np.zeros((len(factor), q, q, roots.shape[-1]))
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
        solve(lower, columns)
        return 2 * np.log(diagonal).sum(axis=(1, 2)), lower


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
