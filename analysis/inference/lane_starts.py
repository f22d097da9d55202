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
from analysis.inference.lane_deviance import lower_roots

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
# A search from a point comes lower than that by at most so much. In random designs of 2 to 14
# groups none has found a lower optimum from a point that was higher above it.
_REACH = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneStarts:
    """
    Points of each kind of correlation, and how high they are.

    Parameters
    ----------
    factors : ndarray, shape (n_kinds, m, q, q)
    heights : ndarray, shape (n_kinds, m, n_lanes)
        The deviance of each lane there.
    """

    factors: Array
    heights: Array

    def lowest(self) -> Array:
        """Return the lowest point of each lane, (n_lanes, q, q)."""
        q, n_lanes = self.factors.shape[-1], self.heights.shape[-1]
        which = self.heights.reshape(-1, n_lanes).argmin(axis=0)
        factors: Array = self.factors.reshape(-1, q, q)[which]
        return factors

    def elsewhere(self, criterion: Array) -> Iterator[tuple[NDArray[np.bool_], Array]]:
        """
        Go through the lowest points of the other kinds of correlation.

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
        lowest = self.heights.min(axis=(0, 1))
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
        With the correlations that are expected, none, and all of 1 or -1.
    """
    q = len(covariance)
    near = lower_roots((covariance + _ALMOST * np.eye(q))[None])
    error = natural_units(deviances(near, np.zeros(1, dtype=int)))[0] ** 2
    expected = covariance.diagonal()
    some = np.array([share * expected + errors * error for share, errors in _VARIANCES])
    deviations = np.sqrt(np.array(list(itertools.product(*some.T))))
    kinds = _correlations(covariance, diagonal=deviances.diagonal)
    spread = deviations[:, :, None] * deviations[:, None] * kinds[:, None]
    factors = lower_roots((spread + _AWAY * np.diag(error)).reshape(-1, q, q))
    heights = np.array([deviances.criteria(factor) for factor in factors])
    shape = spread.shape[:2]
    return LaneStarts(
        factors=factors.reshape(*shape, q, q), heights=heights.reshape(*shape, heights.shape[-1])
    )


def _correlations(covariance: Array, *, diagonal: bool) -> Array:
    """Return correlations of random effects, (n_kinds, q, q)."""
    q = len(covariance)
    if diagonal or q == 1:
        return np.eye(q)[None]
    deviations = np.sqrt(covariance.diagonal() + _ALMOST**2)
    own = covariance / np.outer(deviations, deviations)
    own[np.diag_indices(q)] = 1.0
    signs = [np.array((1.0, *sign)) for sign in itertools.product((1.0, -1.0), repeat=q - 1)]
    return np.array([own, np.eye(q), *(np.outer(sign, sign) for sign in signs)])
