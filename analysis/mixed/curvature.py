"""How the deviance bends and falls at a point: what the steps of the search go by."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.linalg.lapack import dpotrf, dtrtri

if TYPE_CHECKING:
    from analysis.mixed.crossproducts import Array
    from analysis.mixed.likelihood import Profile

# Relative size below which an eigenvalue of a scaled Hessian is a direction without curvature.
_FLAT = 1e-10
# Smallest diagonal element of the root of a scaled Hessian that is inverted as it is.
_WELL_CONDITIONED = 1e-3
# Scaled slopes nearer to 0 are rounding.
_LEVEL = 1e-7
# The gain from a further variance is taken for at least this share of the scaled slope.
_LEAST_SHARE = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherVariance:
    """
    A direction in which more variance of the random effects lowers the deviance.

    Parameters
    ----------
    direction : ndarray, shape (q,)
    step : float
        How much variance, by a second-order model.
    gain : float
        The decrease that the model predicts; 0 if there is no such direction.
    """

    direction: Array
    step: float
    gain: float


def further_variance(profile: Profile, *, diagonal: bool = False) -> FurtherVariance:
    """
    Return the direction of variance along which the deviance falls most.

    At an optimum there is none, singular or not.

    Parameters
    ----------
    profile : Profile
    diagonal : bool
        Whether only the variance of one random effect may grow.

    Returns
    -------
    FurtherVariance
    """
    # In natural units, so that no scale hides a direction.
    unit = natural_units(profile)
    scaled = profile.slope * unit
    if diagonal:
        scaled = np.diag(scaled.diagonal())
    values, vectors = np.linalg.eigh(scaled)
    slope, direction = float(values[0]), np.sqrt(unit.diagonal()) * vectors[:, 0]
    square = np.outer(direction, direction).reshape(-1)
    curvature = float(square @ profile.expected_hessian @ square)
    if slope >= -_LEVEL or not math.isfinite(profile.criterion):
        return FurtherVariance(direction=direction, step=0.0, gain=0.0)
    if curvature <= 0:
        return FurtherVariance(direction=direction, step=1.0, gain=-slope)
    step = -slope / curvature
    # With few groups the curvature may be much less than expected.
    gain = max(-slope * step / 2, -_LEAST_SHARE * slope)
    return FurtherVariance(direction=direction, step=step, gain=gain)


def natural_units(profile: Profile) -> Array:
    """Return the standard deviations of the variances' estimates, as a matrix of their products."""
    diagonal = np.abs(profile.expected_hessian.diagonal()[:: len(profile.slope) + 1])
    unit = np.where(diagonal > 0, diagonal, 1.0) ** -0.25
    return np.outer(unit, unit)


class Derivatives(Protocol):
    r"""Derivatives of a deviance, or of several along leading axes, by :math:`\Psi`."""

    @property
    def slope(self) -> Array:
        """The first, shape (..., q, q)."""
        ...

    @property
    def hessian(self) -> Array:
        """The second, shape (..., q * q, q * q)."""
        ...


class Entries:
    r"""
    The free entries of a lower triangular factor :math:`\Lambda`, and derivatives by them.

    Factors and derivatives may have leading axes, one of lanes for example.

    Parameters
    ----------
    q : int
        Rows of the factor.
    rank : int
        Columns that are not 0.
    diagonal : bool
        Whether those off the diagonal are fixed at 0; then any of the others may be.
    """

    def __init__(self, q: int, rank: int, *, diagonal: bool = False) -> None:
        self.where = rows, columns = np.diag_indices(q) if diagonal else np.tril_indices(q, m=rank)
        m = len(rows)
        unit = np.eye(q)
        # What an entry moves in the covariance is linear in the factor.
        moves = np.einsum("er,is,ec->eirsc", unit[rows], unit, unit[columns])
        moves += moves.transpose(0, 2, 1, 3, 4)
        self._moves = moves.reshape(m * q * q, q * q)
        same_column = columns[:, None] == columns
        within = np.einsum("er,fs,ef->efrs", unit[rows], unit[rows], 2.0 * same_column)
        self._within = within.reshape(m * m, q * q)

    def gradient(self, profile: Derivatives, factor: Array) -> Array:
        """Return the derivative of the deviance by the entries, shape (..., m)."""
        rows, columns = self.where
        gradient: Array = 2 * (profile.slope @ factor)[..., rows, columns]
        return gradient

    def hessian(self, profile: Derivatives, factor: Array) -> Array:
        """Return the second derivative of the deviance by the entries, shape (..., m, m)."""
        shape = (*factor.shape[:-2], len(self.where[0]), -1)
        moves = (_flat(factor) @ self._moves.T).reshape(shape)
        hessian: Array = moves @ profile.hessian @ moves.swapaxes(-1, -2)
        hessian += (_flat(profile.slope) @ self._within.T).reshape(shape)
        return hessian


def _flat(matrices: Array) -> Array:
    return matrices.reshape(*matrices.shape[:-2], -1)


@cache
def entries(q: int, rank: int, *, diagonal: bool = False) -> Entries:
    """Return the free entries of a factor with q rows of a rank."""
    return Entries(q, rank, diagonal=diagonal)


@cache
def symmetric_elements(q: int, *, diagonal: bool = False) -> Array:
    """Return a row for each free element of a covariance: vec of it and its mirror image alone."""
    rows, columns = np.diag_indices(q) if diagonal else np.tril_indices(q)
    elements = np.zeros((len(rows), q, q))
    elements[np.arange(len(rows)), rows, columns] = 1.0
    elements[np.arange(len(rows)), columns, rows] = 1.0
    return elements.reshape(len(rows), q * q)


def positive_inverse(hessian: Array) -> tuple[Array, bool]:
    """
    Return the inverse of a Hessian, and whether that is positive definite as it is.

    Otherwise the signs of negative eigenvalues are turned, and flat ones left out.
    """
    unit = np.sqrt(np.abs(hessian.diagonal()))
    unit[unit == 0] = 1.0
    scaled = hessian / unit / unit[:, None]
    root, failed = dpotrf(scaled, lower=1, clean=1)
    if not failed and root.diagonal().min() > _WELL_CONDITIONED:
        root = dtrtri(root, lower=1)[0] / unit
        inverse: Array = root.T @ root
        return inverse, True
    values, vectors = np.linalg.eigh(scaled)
    values = np.abs(values)
    curved = values > _FLAT * values.max()
    root = vectors[:, curved] / unit[:, None]
    turned: Array = root / values[curved] @ root.T
    return turned, False
