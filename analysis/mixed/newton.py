r"""
Descend a profiled deviance by Newton steps over the entries of the relative covariance factor.

The steps go by the expected Hessian, which costs nothing beside the deviance itself, and near the
end, or where that takes long, by differences of the analytic gradients.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg.lapack import dpotrf

from analysis.mixed.curvature import (
    expected_hessian,
    further_variance,
    gradient_by_entries,
    natural_units,
    positive_inverse,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.mixed.crossproducts import Array
    from analysis.mixed.curvature import Entries
    from analysis.mixed.likelihood import Profile, ProfiledDeviance

_MOST_STEPS = 100
# Steps by the expected Hessian; a search that needs more has an unusual deviance.
_EXPECTED_STEPS = 10
# A descent has come to a known point where the criterion and its slope are what that point's own
# curvature says, but for these shares and amounts.
_NEAR, _LOOSE = 0.1, 1e-3
# Where groups differ by 1e6 times the residual variance, rounding moves the criterion by so much.
_BELOW_NOISE = 1e-5
# Steps of the differences that make the Hessian, in standard deviations of the estimates.
_DIFFERENCE = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    r"""
    Where a descent ended.

    Parameters
    ----------
    factor : ndarray, shape (q, q)
        Lower triangular :math:`\Lambda` for the orthogonal columns of `CrossProducts`; its columns
        from `rank` on are 0.
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


class Descent:
    """
    Descents of one deviance.

    Parameters
    ----------
    deviance : ProfiledDeviance
    """

    def __init__(self, deviance: ProfiledDeviance) -> None:
        self.deviance = deviance
        self.q = q = deviance.products.n_random
        rows, columns = np.tril_indices(q)
        elements = np.zeros((len(rows), q, q))
        elements[np.arange(len(rows)), rows, columns] = 1.0
        elements[np.arange(len(rows)), columns, rows] = 1.0
        # Each row is vec of a covariance matrix with one element of 1, and its mirror image.
        self._elements = elements.reshape(len(rows), q * q)

    def __call__(
        self, start: Array, rank: int, *, until: float, known: Sequence[Point] = ()
    ) -> Point | None:
        """
        Descend among the factors of one rank.

        Parameters
        ----------
        start : ndarray, shape (q, q)
        rank : int
        until : float
            Decrease in sight at which to stop.
        known : sequence of Point
            Where other descents ended.

        Returns
        -------
        Point or None
            None if the descent came to a known point.
        """
        return self._descend(start, rank, until, exact=False, known=known)

    def polish(self, start: Array, rank: int, *, until: float) -> Point:
        """Descend from near an optimum, by exact Hessians from the first step on."""
        point = self._descend(start, rank, until, exact=True, known=())
        assert point is not None  # nothing is known
        return point

    def _descend(
        self, factor: Array, rank: int, until: float, *, exact: bool, known: Sequence[Point]
    ) -> Point | None:
        entries = np.tril_indices(self.q, m=rank)
        profile = self.deviance(factor)
        in_sight, previous = 0.0, math.inf
        inverse: Array | None = None
        for step in range(_MOST_STEPS if rank and math.isfinite(profile.criterion) else 0):
            exact = exact or step >= _EXPECTED_STEPS
            gradient = gradient_by_entries(profile, factor, entries)
            # Once the steps are small the Hessian stays, as long as it serves.
            if inverse is None or not exact or in_sight > 1e-4 or in_sight > previous / 100:
                hessian = expected_hessian(profile, factor, entries)
                if exact:
                    hessian = self._hessian(factor, gradient, hessian.diagonal(), entries)
                inverse = positive_inverse(hessian)
            move = -inverse @ gradient
            previous, in_sight = in_sight or math.inf, -0.5 * float(move @ gradient)
            if any(_close(factor, profile, point) for point in known):
                return None
            if in_sight <= until and exact:
                # One step more leaves of the slope, which the certificate reads, rounding alone.
                last = self._by_gradient(factor, move, entries, inverse, in_sight)
                factor, profile = last or (factor, profile)
                break
            if in_sight <= until:
                moved = self._widened(factor, profile, until)
                if moved is None:
                    break
                factor, profile = moved
                continue
            moved = None if exact else self._scored(factor, profile)
            moved = moved or self._backtrack(factor, profile, move, entries)
            if moved is None and in_sight < _BELOW_NOISE:
                moved = self._by_gradient(factor, move, entries, inverse, in_sight)
            if moved is None:
                break
            factor, profile = moved
        return Point(factor=factor, rank=rank, profile=profile, in_sight=in_sight)

    def _by_gradient(
        self, factor: Array, move: Array, entries: Entries, inverse: Array, in_sight: float
    ) -> tuple[Array, Profile] | None:
        """Return the point of a step that the criterion is too coarse to judge, if it gains."""
        there = factor.copy()
        there[entries] += move
        moved = self.deviance(there)
        gradient = gradient_by_entries(moved, there, entries)
        left = 0.5 * float(gradient @ inverse @ gradient)
        return (there, moved) if left < in_sight / 2 else None

    def _scored(self, factor: Array, profile: Profile) -> tuple[Array, Profile] | None:
        r"""Return the point of a scoring step in :math:`\Psi` if it is in the cone and lower."""
        inverse = positive_inverse(self._elements @ profile.curvature @ self._elements.T)
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
        further = further_variance(profile)
        step = further.step
        for _ in range(20 if further.gain > until else 0):
            columns = np.hstack((factor, math.sqrt(step) * further.direction[:, None]))
            there = np.linalg.qr(columns.T)[1].T[:, : self.q]
            moved = self.deviance(there)
            if moved.criterion < profile.criterion:
                return there, moved
            step /= 4
        return None

    def _backtrack(
        self, factor: Array, profile: Profile, move: Array, entries: Entries
    ) -> tuple[Array, Profile] | None:
        highest = profile.criterion + 1e-14 * abs(profile.criterion)
        for _ in range(40):
            there = factor.copy()
            there[entries] += move
            moved = self.deviance(there)
            if moved.criterion <= highest:
                return there, moved
            move = move / 2
        return None

    def _hessian(self, factor: Array, gradient: Array, diagonal: Array, entries: Entries) -> Array:
        largest = max(1.0, float(np.abs(factor).max()))
        with np.errstate(divide="ignore"):
            steps = np.minimum(_DIFFERENCE / np.sqrt(np.abs(diagonal)), _DIFFERENCE * largest)
        rows = []
        for i, step in enumerate(steps):
            there = factor.copy()
            there[entries[0][i], entries[1][i]] += step
            rows.append(
                (gradient_by_entries(self.deviance(there), there, entries) - gradient) / step
            )
        hessian = np.array(rows)
        symmetric: Array = (hessian + hessian.T) / 2
        return symmetric


def _close(factor: Array, profile: Profile, point: Point) -> bool:
    r"""Whether the deviance is here what its expected second order at a known point says."""
    q = len(factor)
    difference = (factor @ factor.T - point.factor @ point.factor.T).reshape(-1)
    bend = point.profile.curvature @ difference
    rise = profile.criterion - point.criterion
    expected = float(difference @ (point.profile.slope.reshape(-1) + bend / 2))
    unit = natural_units(point.profile)
    slope = profile.slope * unit
    off = slope - (point.profile.slope + bend.reshape(q, q)) * unit
    return abs(rise - expected) <= _NEAR * abs(rise) + _LOOSE and bool(
        np.abs(off).max() <= _NEAR * np.abs(slope).max() + _LOOSE
    )
