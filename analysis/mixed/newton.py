r"""
Newton's method for a profiled deviance, over the entries of the relative covariance factor.

The steps go by the analytic second derivatives. Where these are not positive definite, far from an
optimum, Fisher scoring by the covariance :math:`\Psi` takes their place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg.lapack import dpotrf

from analysis.mixed.curvature import (
    Entries,
    entries,
    further_variance,
    positive_inverse,
    symmetric_elements,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.mixed.crossproducts import Array
    from analysis.mixed.likelihood import Profile, ProfiledDeviance

_MOST_STEPS, _MOST_HALVINGS = 100, 40
# A step leads to a known point where its gain is what lies between, and the place where it lands
# is that point's, but for these shares of the rise and this amount.
ALIKE, NEAR, LOOSE = 0.25, 0.05, 1e-3
# Where groups differ by 1e6 times the residual variance, rounding moves the criterion by so much.
_BELOW_NOISE = 1e-5
# What rounding of the slope may leave in sight for good.
_ENOUGH = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    r"""
    Where a search ended.

    Parameters
    ----------
    factor : ndarray, shape (q, q)
        Lower triangular :math:`\Lambda` for the columns of Z in `CrossProducts`; its columns from
        `rank` on are 0, or as many elements of a diagonal one, wherever they are.
    rank : int
        Rank of the covariance.
    profile : Profile
        The deviance there.
    in_sight : float
        What a second-order step among the factors of this rank would still take off the criterion.
    """

    factor: Array
    rank: int
    profile: Profile
    in_sight: float

    @property
    def criterion(self) -> float:
        """The deviance there."""
        return self.profile.criterion


class Newton:
    """
    Searches of one deviance for its low points.

    Parameters
    ----------
    deviance : ProfiledDeviance
    """

    def __init__(self, deviance: ProfiledDeviance) -> None:
        self.deviance = deviance
        self.q = deviance.products.n_random
        diagonal = deviance.diagonal
        self._entries = [entries(self.q, rank, diagonal=diagonal) for rank in range(self.q + 1)]
        self._elements = symmetric_elements(self.q, diagonal=diagonal)

    def start(self, factor: Array, rank: int) -> Point:
        """Return a point to start from."""
        profile = self.deviance(factor)
        return Point(factor=factor, rank=rank, profile=profile, in_sight=math.inf)

    def __call__(self, start: Point, *, until: float, known: Sequence[Point] = ()) -> Point | None:
        """
        Search among the factors of the start's rank.

        Parameters
        ----------
        start : Point
        until : float
            Decrease in sight at which to stop.
        known : sequence of Point
            Where other searches ended.

        Returns
        -------
        Point or None
            None if the search came to a known point.
        """
        factor, profile, free = start.factor, start.profile, self._entries[start.rank]
        in_sight = 0.0
        for _ in range(_MOST_STEPS if start.rank and math.isfinite(profile.criterion) else 0):
            gradient = free.gradient(profile, factor)
            inverse, convex = positive_inverse(free.hessian(profile, factor))
            move = -inverse @ gradient
            in_sight = -0.5 * float(move @ gradient)
            there = factor.copy()
            there[free.where] += move
            if any(_leads_to(point, profile, there, in_sight) for point in known):
                return None
            if in_sight <= until:
                wider = self._widened(factor, profile, until) if start.rank == self.q else None
                if wider is None:
                    if until <= _ENOUGH:
                        # One step more leaves of the slope, which the certificate reads, rounding.
                        last = self._by_gradient(factor, move, free, inverse, in_sight)
                        factor, profile = last or (factor, profile)
                    break
                factor, profile = wider
                continue
            moved = None
            if in_sight < _BELOW_NOISE:
                moved = self._by_gradient(factor, move, free, inverse, in_sight)
            elif not convex and start.rank == self.q:
                # Among lower ranks it would leave them.
                moved = self._scored(factor, profile)
            if moved is None and in_sight > _ENOUGH:
                moved = self._backtrack(factor, profile, move, free)
            if moved is None:
                break
            factor, profile = moved
        return Point(factor=factor, rank=start.rank, profile=profile, in_sight=in_sight)

    def _by_gradient(
        self, factor: Array, move: Array, free: Entries, inverse: Array, in_sight: float
    ) -> tuple[Array, Profile] | None:
        """Return the point of a step that the criterion is too coarse to judge, if it gains."""
        there = factor.copy()
        there[free.where] += move
        moved = self.deviance(there)
        gradient = free.gradient(moved, there)
        left = 0.5 * float(gradient @ inverse @ gradient)
        return (there, moved) if left < in_sight / 2 else None

    def _scored(self, factor: Array, profile: Profile) -> tuple[Array, Profile] | None:
        r"""Return the point of a scoring step in :math:`\Psi` if it is in the cone and lower."""
        expected = self._elements @ profile.expected_hessian @ self._elements.T
        inverse, _ = positive_inverse(expected)
        step = -(inverse @ (self._elements @ profile.slope.reshape(-1))) @ self._elements
        lower, failed = dpotrf(factor @ factor.T + step.reshape(factor.shape), lower=1, clean=1)
        if failed:
            return None
        moved = self.deviance(lower)
        return (lower, moved) if moved.criterion < profile.criterion else None

    def _widened(
        self, factor: Array, profile: Profile, until: float
    ) -> tuple[Array, Profile] | None:
        """Return a lower point with a further variance, where the gradient by the factor is 0."""
        diagonal = self.deviance.diagonal
        further = further_variance(profile, diagonal=diagonal)
        step = further.step
        for _ in range(20 if further.gain > max(until, _ENOUGH) else 0):
            columns = np.hstack((factor, math.sqrt(step) * further.direction[:, None]))
            there = np.linalg.qr(columns.T)[1].T[:, : self.q]
            if diagonal:
                there = np.diag(there.diagonal())
            moved = self.deviance(there)
            if moved.criterion < profile.criterion:
                return there, moved
            step /= 4
        return None

    def _backtrack(
        self, factor: Array, profile: Profile, move: Array, free: Entries
    ) -> tuple[Array, Profile] | None:
        """Return the first point on the way back from a move that is not higher."""
        highest = profile.criterion + 1e-14 * abs(profile.criterion)
        for _ in range(_MOST_HALVINGS):
            there = factor.copy()
            there[free.where] += move
            moved = self.deviance(there)
            if moved.criterion <= highest:
                return there, moved
            move = move / 2
        return None


def _leads_to(point: Point, profile: Profile, there: Array, in_sight: float) -> bool:
    r"""
    Whether a step leads to a known point: it lands near, and gains what lies between.

    Near is where the second order at the known point leaves next to nothing of the rise.
    """
    rise = profile.criterion - point.criterion
    if abs(rise - in_sight) > ALIKE * abs(rise) + LOOSE:
        return False
    off = (there @ there.T - point.factor @ point.factor.T).reshape(-1)
    left = float(off @ (point.profile.slope.reshape(-1) + point.profile.hessian @ off / 2))
    return abs(left) <= NEAR * abs(rise) + LOOSE
