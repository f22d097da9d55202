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
from scipy.linalg.lapack import dpotrf, dtrtri

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.crossproducts import Array
    from analysis.likelihood import Profile, ProfiledDeviance

    # Rows and columns of the factor's free entries.
    Entries = tuple[NDArray[np.signedinteger], NDArray[np.signedinteger]]

_MOST_STEPS = 100
# A descent has come to a known point where the criterion is what that point's own curvature says,
# but for this share of how much higher it is, or this much if that is less than 1.
_NEAR = 0.05
# Steps by the expected Hessian; a search that needs more has an unusual deviance.
_EXPECTED_STEPS = 10
# Where groups differ by 1e6 times the residual variance, rounding moves the criterion by so much.
_BELOW_NOISE = 1e-5
# Relative size below which an eigenvalue of a scaled Hessian is a direction without curvature.
_FLAT = 1e-10
# Smallest diagonal element of the root of a scaled Hessian that is inverted as it is.
_WELL_CONDITIONED = 1e-3
# Steps of the differences that make the Hessian, in standard deviations of the estimates.
_DIFFERENCE = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    r"""
    Where a descent ended.

    Parameters
    ----------
    factor : ndarray, shape (q, q)
        Lower triangular :math:`\Lambda`, orthogonal columns; those from `rank` on are 0.
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
        """The deviance, orthogonal columns."""
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
            gradient = _gradient(profile, factor, entries)
            # Once the steps are small the Hessian stays, as long as it serves.
            if inverse is None or not exact or in_sight > 1e-4 or in_sight > previous / 100:
                hessian = _expected_hessian(profile, factor, entries)
                if exact:
                    hessian = self._hessian(factor, gradient, hessian.diagonal(), entries)
                inverse = _positive_inverse(hessian)
            move = -inverse @ gradient
            previous, in_sight = in_sight or math.inf, -0.5 * float(move @ gradient)
            if any(_close(factor, profile, point) for point in known):
                return None
            if in_sight <= until:
                break
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
        gradient = _gradient(moved, there, entries)
        left = 0.5 * float(gradient @ inverse @ gradient)
        return (there, moved) if left < in_sight / 2 else None

    def _scored(self, factor: Array, profile: Profile) -> tuple[Array, Profile] | None:
        r"""Return the point of a scoring step in :math:`\Psi` if it is in the cone and lower."""
        inverse = _positive_inverse(self._elements @ profile.curvature @ self._elements.T)
        step = -(inverse @ (self._elements @ profile.slope.reshape(-1))) @ self._elements
        lower, failed = dpotrf(factor @ factor.T + step.reshape(factor.shape), lower=1, clean=1)
        if failed:
            return None
        moved = self.deviance(lower)
        return (lower, moved) if moved.criterion < profile.criterion else None

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
            rows.append((_gradient(self.deviance(there), there, entries) - gradient) / step)
        hessian = np.array(rows)
        symmetric: Array = (hessian + hessian.T) / 2
        return symmetric


def _close(factor: Array, profile: Profile, point: Point) -> bool:
    r"""Whether a known point lies near, by the expected second-order model of the deviance."""
    difference = (factor @ factor.T - point.factor @ point.factor.T).reshape(-1)
    model = 0.5 * float(difference @ point.profile.curvature @ difference)
    slope = float(difference @ point.profile.slope.reshape(-1))
    rise = profile.criterion - point.criterion
    return abs(rise - model - slope) < _NEAR * max(1.0, rise) and model <= max(_NEAR, rise)


def _gradient(profile: Profile, factor: Array, entries: Entries) -> Array:
    gradient: Array = 2 * (profile.slope @ factor)[entries]
    return gradient


def _expected_hessian(profile: Profile, factor: Array, entries: Entries) -> Array:
    r"""Return the Hessian by the entries, with the expected one by :math:`\Psi` inside."""
    rows, columns = entries
    m, q = len(rows), len(factor)
    moves = np.zeros((m, q, q))
    moves[np.arange(m), rows] = factor.T[columns]
    moves += moves.transpose(0, 2, 1)
    flat = moves.reshape(m, q * q)
    same_column = columns[:, None] == columns
    hessian: Array = flat @ profile.curvature @ flat.T
    hessian += 2 * profile.slope[np.ix_(rows, rows)] * same_column
    return hessian


def _positive_inverse(hessian: Array) -> Array:
    """Return the inverse with the signs of negative eigenvalues turned, and without flat ones."""
    unit = np.sqrt(np.abs(hessian.diagonal()))
    unit[unit == 0] = 1.0
    scaled = hessian / unit / unit[:, None]
    root, failed = dpotrf(scaled, lower=1, clean=1)
    if not failed and root.diagonal().min() > _WELL_CONDITIONED:
        root = dtrtri(root, lower=1)[0] / unit
        inverse: Array = root.T @ root
        return inverse
    values, vectors = np.linalg.eigh(scaled)
    values = np.abs(values)
    curved = values > _FLAT * values.max()
    root = vectors[:, curved] / unit[:, None]
    turned: Array = root / values[curved] @ root.T
    return turned
