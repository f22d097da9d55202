r"""
The ML deviance by the parameters themselves: standard deviations, correlations, residual variance.

`ProfiledDeviance` has covariances relative to the residual variance, which is profiled out. To hold
one standard deviation, one correlation or the residual variance, each must be a coordinate: the
covariance of the random effects is :math:`\Omega = F L L' F'`, with L lower triangular and its
first row that of the effect held; F leads back to the columns of Z in `CrossProducts`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.linalg.lapack import dpotrf, dtrtri

from analysis.mixed.groupterms import GroupTerms

if TYPE_CHECKING:
    from analysis.mixed.crossproducts import Array, CrossProducts

Kind = Literal["sd", "cor", "sigma"]
"""Which parameter has a coordinate of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Height:
    """
    The deviance at a point, and its derivatives by the coordinates.

    Parameters
    ----------
    deviance : float
        -2 log-likelihood, for the outcome's column of `CrossProducts`.
    gradient : ndarray, shape (m,)
    hessian : ndarray, shape (m, m)
    """

    deviance: float
    gradient: Array
    hessian: Array


class Surface:
    r"""
    The ML deviance over m coordinates, the fixed effects profiled out.

    The coordinates are the entries of L, row by row, and the logarithm of the residual variance.
    For a correlation the first three are :math:`\log\sigma_1`, :math:`\varphi` with
    :math:`\sin\varphi` the correlation, and :math:`\log\sigma_2`.

    Parameters
    ----------
    products : CrossProducts
    frame : ndarray, shape (q, q)
        F, with the effects of L in terms of the columns of Z.
    kind : {"sd", "cor", "sigma"}
    diagonal : bool
        Whether L is.
    """

    def __init__(
        self, products: CrossProducts, frame: Array, kind: Kind, *, diagonal: bool = False
    ) -> None:
        q = products.n_random
        self.frame, self.kind = frame, kind
        self.back = np.linalg.inv(frame)
        self.rows, self.columns = np.diag_indices(q) if diagonal else np.tril_indices(q)
        self.held = {"sd": 0, "cor": 1, "sigma": len(self.rows)}[kind]
        self.n_observations, self._within = products.n_observations, products.within
        self._groups = GroupTerms(products)
        self._same_column = self.columns[:, None] == self.columns

    def point(self, covariance: Array, log_variance: float) -> Array:
        """
        Return the coordinates of a covariance of the columns of Z, and of a residual variance.

        Parameters
        ----------
        covariance : ndarray, shape (q, q)
            In squared units of the outcome's column.
        log_variance : float

        Returns
        -------
        ndarray, shape (m,)
        """
        values, vectors = np.linalg.eigh(self.back @ covariance @ self.back.T)
        root = vectors * np.sqrt(np.clip(values, 0.0, None))
        lower = np.linalg.qr(root.T)[1].T
        lower = lower * np.where(lower.diagonal() < 0, -1.0, 1.0)
        point = np.append(lower[self.rows, self.columns], log_variance)
        if self.kind == "cor":
            # The logarithm of 0 is nowhere; a ten-thousandth of the residual's is near enough.
            least = 1e-4 * math.exp(log_variance / 2)
            point[:3] = (
                math.log(max(lower[0, 0], least)),
                math.atan2(lower[1, 0], lower[1, 1]),
                math.log(max(math.hypot(lower[1, 0], lower[1, 1]), least)),
            )
        return point

    def factor(self, point: Array) -> Array:
        r"""Return the lower triangular relative factor :math:`\Lambda` of a point, (q, q)."""
        return _triangular(self._spread(self._entries(point), math.exp(-point[-1] / 2)))

    def __call__(self, point: Array) -> Height:
        """Return the deviance at a point; infinite where it cannot be computed."""
        try:
            with np.errstate(all="ignore"):
                return self._height(point)
        except (np.linalg.LinAlgError, OverflowError):
            return self._nowhere(len(point))

    def _nowhere(self, m: int) -> Height:
        return Height(deviance=math.inf, gradient=np.zeros(m), hessian=np.eye(m))

    def _entries(self, point: Array) -> Array:
        """Return the entries of L."""
        entries = point[:-1].copy()
        if self.kind == "cor":
            first, angle, second = point[:3].tolist()
            entries[0] = math.exp(first)
            entries[1] = math.exp(second) * math.sin(angle)
            entries[2] = math.exp(second) * math.cos(angle)
            if abs(angle) == math.pi / 2:
                entries[2] = 0.0
        return entries

    def _spread(self, entries: Array, per_residual: float) -> Array:
        lower = np.zeros_like(self.frame)
        lower[self.rows, self.columns] = entries
        spread: Array = self.frame @ lower * per_residual
        return spread

    def _height(self, point: Array) -> Height:
        log_variance = float(point[-1])
        variance = math.exp(log_variance)
        entries = self._entries(point)
        spread = self._spread(entries, 1 / math.sqrt(variance))
        weighed = self._groups(_triangular(spread))
        root, failed = dpotrf(self._within + weighed.products, lower=1, clean=1)
        share = float(root[-1, -1]) ** 2 / variance
        deviance = weighed.log_determinant + share
        deviance += self.n_observations * (math.log(2 * math.pi) + log_variance)
        if failed or not (share > 0 and math.isfinite(deviance)):
            return self._nowhere(len(point))
        # As in `ProfiledDeviance`, but that the residual sum of squares counts by itself, where
        # there it is its logarithm: the square of its own change is no part of the curvature.
        k = len(root)
        weights, pairs = np.zeros(k), np.zeros((k, k))
        weights[-1] = pairs[-1, :-1] = pairs[:-1, -1] = share
        moments = weighed.moments(dtrtri(root, lower=1)[0], weights)
        q = len(spread)
        flat = moments.mm.transpose(0, 2, 1, 3).reshape(q * q, k * k)
        curvature = (2 * moments.wg - moments.ww).transpose(1, 2, 3, 0).reshape(q * q, q * q)
        curvature -= (flat * pairs.reshape(-1)) @ flat.T
        slope, g = moments.w - moments.g, moments.g.reshape(-1)

        frame = self.frame / math.sqrt(variance)
        moves = np.empty((len(point), q, q))
        moves[:-1] = np.einsum("re,se->ers", frame[:, self.rows], spread[:, self.columns])
        moves[:-1] += moves[:-1].transpose(0, 2, 1)
        moves[-1] = -spread @ spread.T
        flat_moves = moves.reshape(len(point), q * q)
        gradient = flat_moves @ slope.reshape(-1)
        hessian = flat_moves @ curvature @ flat_moves.T
        within = 2 * (frame.T @ slope @ frame)[np.ix_(self.rows, self.rows)]
        hessian[:-1, :-1] += within * self._same_column
        mixed = flat_moves @ g - gradient
        hessian[-1, :-1] += mixed[:-1]
        hessian[:-1, -1] += mixed[:-1]
        hessian[-1, -1] += float(2 * flat_moves[-1] @ g - gradient[-1]) + share
        gradient[-1] += self.n_observations - share
        if self.kind == "cor":
            gradient, hessian = _by_correlation(entries, gradient, hessian)
        return Height(deviance=deviance, gradient=gradient, hessian=hessian)


def noise(n_observations: int, factor: Array) -> float:
    """Return how far two deviances near a relative factor may be apart by rounding alone."""
    # As at the optimum of a fit: by the digits that residuals have less than groups do.
    return 4 * float(np.finfo(float).eps) * n_observations * (1 + float(np.sum(factor**2)))


def _triangular(spread: Array) -> Array:
    """Return the lower triangular matrix with the same products of rows."""
    factor: Array = np.linalg.qr(spread.T)[1].T
    return factor


def _by_correlation(entries: Array, gradient: Array, hessian: Array) -> tuple[Array, Array]:
    """Return derivatives by two standard deviations' logarithms and the angle between them."""
    first, beside, second = entries[:3].tolist()
    _, by_beside, by_second = gradient[:3].tolist()
    moves = np.eye(len(gradient))
    moves[:3, :3] = ((first, 0.0, 0.0), (0.0, second, beside), (0.0, -beside, second))
    hessian = moves.T @ hessian @ moves
    radial = beside * by_beside + second * by_second
    turning = second * by_beside - beside * by_second
    hessian[0, 0] += first * float(gradient[0])
    hessian[1, 1] -= radial
    hessian[2, 2] += radial
    hessian[1, 2] += turning
    hessian[2, 1] += turning
    return moves.T @ gradient, hessian
