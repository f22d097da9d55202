"""
The certified optima of many lanes.

All lanes are searched together by Newton's method; the optimum of each is certified by the
criteria of a single fit, and a lane without a certificate is searched for singly, from all starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.errors import ConvergenceError
from analysis.inference.lane_certificate import certified, natural_units, noise_of
from analysis.inference.lane_deviance import LaneDeviances, LaneProfiles
from analysis.inference.lane_newton import LanePoints, search
from analysis.inference.lane_starts import LaneStarts, starts_around
from analysis.mixed.likelihood import ProfiledDeviance
from analysis.mixed.optimum import optimise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.inference.lane_sums import LaneSums
    from analysis.mixed.crossproducts import Array
    from analysis.mixed.likelihood import Method

# Decrease in sight where the searches from further starts stop, and those for an optimum.
_LOOSE, _TIGHT = 1e-5, 1e-13
# After so many steps from further starts few lanes are left; those search on that may come lower by
# at most so much more than they have.
_FIRST_STEPS, _IN_REACH = 16, 1.0
# What is lower by this lies elsewhere.
_ELSEWHERE = 1e-3
# An optimum is the only one if the least variance in it, in any direction, has so many of its
# standard errors. In random designs of 2 to 14 groups others are lower in some lanes up to 1.63.
_CLEAR = 1.7
# A lower rank that costs more than this, before any search, is not tried; with few groups it may be
# as good all the same.
_DEAR, _FEW_DEAR = 0.1, 5.0
# With so many groups for each random effect, or fewer, a lower rank may be as good anywhere.
_FEW_GROUPS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneOptima:
    """
    The optimum of each lane.

    Parameters
    ----------
    factor : ndarray, shape (n_lanes, q, q)
        Relative covariance factors, lower triangular.
    rank : ndarray of int, shape (n_lanes,)
        Of the covariance; -1 where the lane has no certified optimum, and NaN for all else.
    criterion : ndarray, shape (n_lanes,)
        In the units of the sums.
    fixed_effects : ndarray, shape (n_lanes, p)
    residual_variance : ndarray, shape (n_lanes,)
    searched : ndarray of bool, shape (n_lanes,)
        Which lanes were searched for singly.
    """

    factor: Array
    rank: NDArray[np.int64]
    criterion: Array
    fixed_effects: Array
    residual_variance: Array
    searched: NDArray[np.bool_]


def optima(sums: LaneSums, method: Method, start: Array, *, diagonal: bool = False) -> LaneOptima:
    """
    Find the certified optimum of each lane.

    Parameters
    ----------
    sums : LaneSums
    method : {"ML", "REML"}
    start : ndarray, shape (q, q)
        Relative covariance near which the lanes' own are expected.
    diagonal : bool
        Whether only diagonal factors are admitted.

    Returns
    -------
    LaneOptima
    """
    deviances = LaneDeviances(sums, method, diagonal=diagonal)
    lanes = np.arange(sums.n_lanes)
    starts = starts_around(deviances, start)
    ends = search(deviances, lanes, starts.lowest(), sums.n_random, until=_TIGHT)
    _search_elsewhere(deviances, ends, starts)
    rank = np.where(certified(deviances, lanes, ends), sums.n_random, -1)
    for lower in reversed(range(sums.n_random)):
        _try_rank(deviances, ends, rank, lower)
    factor, profiles = ends.factor, ends.profiles
    searched = rank < 0
    for lane in np.flatnonzero(searched):
        _search_singly(deviances, int(lane), factor, rank, profiles)
    return LaneOptima(
        factor=factor,
        rank=rank,
        criterion=profiles.criterion,
        fixed_effects=profiles.fixed_effects,
        residual_variance=profiles.residual_variance,
        searched=searched,
    )


def _search_elsewhere(deviances: LaneDeviances, ends: LanePoints, starts: LaneStarts) -> None:
    """Search the lanes that may have several optima from other starts as well."""
    criterion = ends.profiles.criterion
    unclear = (_variances(ends)[:, -1] < _CLEAR) | ~np.isfinite(criterion)
    for near, factors in starts.elsewhere(criterion):
        lanes = np.flatnonzero(unclear & near)
        if len(lanes):
            _search_from(deviances, ends, lanes, factors[lanes])


def _search_from(
    deviances: LaneDeviances, ends: LanePoints, lanes: NDArray[np.intp], start: Array
) -> None:
    """Search some lanes from other starts, and keep what is lower."""
    q = deviances.sums.n_random
    known = ends.take(lanes)
    found = search(deviances, lanes, start, q, until=_LOOSE, most_steps=_FIRST_STEPS, known=known)
    reached = found.profiles.criterion - np.minimum(found.in_sight, _IN_REACH)
    lower = reached < ends.profiles.criterion[lanes] - _ELSEWHERE
    where = lanes[lower]
    if len(where):
        found = search(deviances, where, found.factor[lower], q, until=_TIGHT)
        lower = found.profiles.criterion < ends.profiles.criterion[where] - _ELSEWHERE / 2
        _put(ends, where[lower], found.take(lower))


def _put(ends: LanePoints, lanes: NDArray[np.intp], others: LanePoints) -> None:
    """Put other points in the places of some lanes'."""
    ends.factor[lanes], ends.in_sight[lanes] = others.factor, others.in_sight
    ends.profiles.put(lanes, others.profiles)


def _variances(points: LanePoints) -> Array:
    """Return variances along axes of the random effects, in standard errors, largest first."""
    scaled = points.factor / natural_units(points.profiles)[:, :, None]
    variances: Array = np.square(np.linalg.svd(scaled, compute_uv=False))
    return variances


def _try_rank(
    deviances: LaneDeviances, ends: LanePoints, rank: NDArray[np.int64], lower: int
) -> None:
    """Move the lanes to a lower rank for which that costs nothing."""
    dropped = _variances(ends)[:, lower]
    few = len(deviances.sums.sizes) <= _FEW_GROUPS * deviances.sums.n_random
    lanes = np.flatnonzero(np.isfinite(ends.profiles.criterion) & ((dropped < _CLEAR) | few))
    if not len(lanes):
        return
    nearest = _without_least if deviances.diagonal else _truncated
    start = nearest(ends.factor[lanes], lower)
    cost = deviances(start, lanes).criterion - ends.profiles.criterion[lanes]
    cheap = cost <= (_FEW_DEAR if few else _DEAR)
    lanes, start = lanes[cheap], start[cheap]
    if not len(lanes):
        return
    found = search(deviances, lanes, start, lower, until=_TIGHT)
    noise = noise_of(deviances, lanes, found)
    as_low = found.profiles.criterion <= ends.profiles.criterion[lanes] + noise
    better = as_low & certified(deviances, lanes, found)
    where = lanes[better]
    rank[where] = lower
    _put(ends, where, found.take(better))


def _truncated(factor: Array, rank: int) -> Array:
    """Return the lower triangular factors of the nearest covariances of a rank."""
    u, s, _ = np.linalg.svd(factor)
    truncated = np.zeros_like(factor)
    if rank:
        roots = (u[:, :, :rank] * s[:, None, :rank]).swapaxes(1, 2)
        truncated[:, :, :rank] = np.linalg.qr(roots)[1].swapaxes(1, 2)
    return truncated


def _without_least(factor: Array, rank: int) -> Array:
    """Return diagonal factors with as many elements as a rank, the largest."""
    elements = np.abs(np.diagonal(factor, axis1=1, axis2=2))
    place = np.argsort(np.argsort(-elements, axis=1, kind="stable"), axis=1, kind="stable")
    kept: Array = factor * (place < rank)[:, :, None]
    return kept


def _search_singly(
    deviances: LaneDeviances,
    lane: int,
    factor: Array,
    rank: NDArray[np.int64],
    profiles: LaneProfiles,
) -> None:
    """Put the optimum of the search for a single fit in a lane's place, or NaN if it has none."""
    deviance = ProfiledDeviance(
        deviances.sums.single(lane), deviances.method, diagonal=deviances.diagonal
    )
    try:
        optimum = optimise(deviance)
    except ConvergenceError:
        rank[lane] = -1
        factor[lane] = profiles.criterion[lane] = np.nan
        profiles.fixed_effects[lane] = profiles.residual_variance[lane] = np.nan
        return
    profile = optimum.profile
    factor[lane], rank[lane] = optimum.factor, optimum.rank
    profiles.criterion[lane] = profile.criterion
    profiles.fixed_effects[lane] = profile.fixed_effects
    profiles.residual_variance[lane] = profile.residual_variance
