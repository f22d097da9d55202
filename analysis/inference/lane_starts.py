r"""
Where the searches of lanes start: at points around the covariance that is expected of them.

At one point the deviances of all lanes on a design cost next to nothing, so that a search starts
near its end, and one from elsewhere is spared where no point there is low enough.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.inference.lane_certificate import natural_units
from analysis.inference.lane_matrices import lower_roots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from analysis.inference.lane_deviance import LaneDeviances
    from analysis.mixed.crossproducts import Array

# Variances of the points: none, a bit more than is expected, and far more; so many times what is
# expected, and so many standard errors.
_VARIANCES = ((0.0, 0.0), (1.0, 0.5), (1.0, 3.0))
# Standard errors that are added to every variance, so that no search starts at a boundary, and what
# is for finding these.
_AWAY, _ALMOST = 0.3, 1e-6
# From points that are higher above what is known no lower optimum is expected. Of 10,400 lanes of
# random designs of 2 to 14 groups one had it, lower by 0.002, elsewhere than here, and none with
# correlations.
_REACH = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneStarts:
    """
    Points of several kinds, and how high they are.

    Parameters
    ----------
    factors : tuple of ndarray, each of shape (m, q, q)
        Those of a kind: its optima, if there are any, lie elsewhere than those of another one.
    heights : tuple of ndarray, each of shape (m, n_lanes)
        The deviance of each lane there.
    """

    factors: tuple[Array, ...]
    heights: tuple[Array, ...]

    def lowest(self) -> Array:
        """Return the lowest point of each lane, (n_lanes, q, q)."""
        which = np.concatenate(self.heights).argmin(axis=0)
        factors: Array = np.concatenate(self.factors)[which]
        return factors

    def elsewhere(self, criterion: Array) -> Iterator[tuple[NDArray[np.bool_], Array]]:
        """
        Go through the lowest points of the other kinds.

        Parameters
        ----------
        criterion : ndarray, shape (n_lanes,)
            Of the lowest points known; it may fall on the way.

        Yields
        ------
        ndarray of bool, shape (n_lanes,)
            The lanes that may have a lower optimum near this kind's point.
        ndarray, shape (n_lanes, q, q)
            The points.
        """
        lowest = np.concatenate(self.heights).min(axis=0)
        for factors, heights in zip(self.factors, self.heights, strict=True):
            height = heights.min(axis=0)
            near = (height > lowest) & ~(height > criterion + _REACH)
            yield near, factors[heights.argmin(axis=0)]


def starts_around(deviances: LaneDeviances, covariance: Array) -> LaneStarts:
    """
    Return points to start from.

    Parameters
    ----------
    deviances : LaneDeviances
    covariance : ndarray, shape (q, q)
        Relative covariance near which the lanes' own are expected.

    Returns
    -------
    LaneStarts
        Without correlations, with those that are expected, and with all of 1 or -1; where none are
        admitted, by which variances there are.
    """
    q = len(covariance)
    near = lower_roots((covariance + _ALMOST * np.eye(q))[None])
    error = natural_units(deviances(near, np.zeros(1, dtype=int)))[0] ** 2
    away = _AWAY * np.diag(error)
    kinds = _covariances(covariance, error, diagonal=deviances.diagonal)
    factors = tuple(lower_roots(kind + away) for kind in kinds)
    heights = tuple(np.array([deviances.criteria(one) for one in kind]) for kind in factors)
    return LaneStarts(factors=factors, heights=heights)


def _covariances(covariance: Array, error: Array, *, diagonal: bool) -> list[Array]:
    """Return covariances of several kinds, each of shape (m, q, q)."""
    q = len(covariance)
    variances = np.array([share * covariance.diagonal() + far * error for share, far in _VARIANCES])
    sizes = np.array(list(itertools.product(range(len(_VARIANCES)), repeat=q)))
    deviations = np.sqrt(variances[sizes, np.arange(q)])
    squares = deviations[:, :, None] * deviations[:, None]
    there = sizes > 0
    if diagonal or q == 1:
        some = itertools.product((False, True), repeat=q)
        return [squares[(there == which).all(axis=1)] * np.eye(q) for which in some]
    # Beside a variance of 0 a correlation is nothing.
    signs = [np.array((1.0, *sign)) for sign in itertools.product((1.0, -1.0), repeat=q - 1)]
    correlations = [_correlation(covariance), *(np.outer(sign, sign) for sign in signs)]
    return [squares * np.eye(q), *(squares[there.all(axis=1)] * one for one in correlations)]


def _correlation(covariance: Array) -> Array:
    """Return the correlations of a covariance, 0 beside a variance of 0."""
    deviations = np.sqrt(covariance.diagonal() + _ALMOST**2)
    correlation: Array = covariance / np.outer(deviations, deviations)
    np.fill_diagonal(correlation, 1.0)
    return correlation
