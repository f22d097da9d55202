r"""
Newton's method for the deviances of many lanes at once.

As `Newton` for a single fit, without the ways out of places where that one would be stuck: lanes
that end there are not certified, and are searched for singly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.mixed.curvature import Entries, entries
from analysis.mixed.newton import ALIKE, LOOSE, NEAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.inference.lane_deviance import LaneDeviances, LaneProfiles
    from analysis.mixed.crossproducts import Array

_MOST_HALVINGS = 20
# Decrease in sight that rounding may leave for good, and from where on the criterion is too coarse
# to judge a step.
_ENOUGH, _BELOW_NOISE = 1e-9, 1e-5
# Relative size below which an eigenvalue of a scaled Hessian is a direction without curvature.
_FLAT = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class LanePoints:
    """
    Where the searches of lanes ended.

    Parameters
    ----------
    factor : ndarray, shape (n, q, q)
        Lower triangular.
    profiles : LaneProfiles
        The deviances there.
    in_sight : ndarray, shape (n,)
        What a second-order step among the factors of this rank would still take off each.
    """

    factor: Array
    profiles: LaneProfiles
    in_sight: Array

    def take(self, lanes: NDArray[np.intp] | NDArray[np.bool_]) -> LanePoints:
        """Return those of some lanes."""
        return LanePoints(
            factor=self.factor[lanes],
            profiles=self.profiles.take(lanes),
            in_sight=self.in_sight[lanes],
        )


def search(
    deviances: LaneDeviances,
    lanes: NDArray[np.intp],
    start: Array,
    rank: int,
    *,
    until: float,
    most_steps: int = 60,
    known: LanePoints | None = None,
) -> LanePoints:
    """
    Search each lane's deviance among the factors of a rank.

    Parameters
    ----------
    deviances : LaneDeviances
    lanes : ndarray of int, shape (n,)
        Which lanes to search.
    start : ndarray, shape (n, q, q)
        Factors to start from.
    rank : int
    until : float
        Decrease in sight where one step more is the last.
    most_steps : int
        After so many steps, those back included, the lanes that have not come so far stop as well.
    known : LanePoints, optional
        A point of each lane; a search stops, with nothing in sight, where a step leads there.

    Returns
    -------
    LanePoints
    """
    free = entries(deviances.sums.n_random, rank, diagonal=deviances.diagonal)
    rows, columns = free.where
    factor, profiles = start.copy(), deviances(start, lanes)
    if not rank:
        return LanePoints(factor=factor, profiles=profiles, in_sight=np.zeros(len(lanes)))
    move, in_sight = _moves(free, profiles, factor)
    going = np.flatnonzero(np.isfinite(profiles.criterion))
    in_sight[~np.isfinite(profiles.criterion)] = np.inf
    halvings = np.zeros(len(lanes), dtype=int)
    for _ in range(most_steps):
        there = factor[going]
        there[:, rows, columns] += move[going]
        if known is not None:
            back = _leads_to(known.take(going), profiles.take(going), there, in_sight[going])
            in_sight[going[back]] = 0.0
            going, there = going[~back], there[~back]
        if not len(going):
            break
        before = in_sight[going]
        moved = deviances(there, lanes[going])
        next_move, left = _moves(free, moved, there)
        here = profiles.criterion[going]
        finite = np.isfinite(moved.criterion)
        lower = (before > _ENOUGH) & (moved.criterion <= here + 1e-14 * np.abs(here))
        taken = finite & (lower | ((before < _BELOW_NOISE) & (left < before / 2)))
        where = going[taken]
        factor[where], move[where], in_sight[where] = there[taken], next_move[taken], left[taken]
        profiles.put(where, moved.take(taken))
        halvings[where] = 0
        move[going[~taken]] /= 2
        halvings[going[~taken]] += 1
        ended = (before <= until) | (~taken & (before <= _ENOUGH))
        going = going[~ended & (halvings[going] <= _MOST_HALVINGS)]
    return LanePoints(factor=factor, profiles=profiles, in_sight=in_sight)


def _leads_to(
    known: LanePoints, profiles: LaneProfiles, there: Array, in_sight: Array
) -> NDArray[np.bool_]:
    """Return whose step leads to a known point, as the searches for a single fit have it."""
    rise = profiles.criterion - known.profiles.criterion
    off = there @ there.swapaxes(1, 2) - known.factor @ known.factor.swapaxes(1, 2)
    off = off.reshape(len(off), off.shape[1] ** 2)
    bent = known.profiles.slope.reshape(off.shape)
    bent = bent + (known.profiles.hessian @ off[:, :, None])[:, :, 0] / 2
    alike = np.abs(rise - in_sight) <= ALIKE * np.abs(rise) + LOOSE
    near = np.abs((off * bent).sum(axis=1)) <= NEAR * np.abs(rise) + LOOSE
    leads: NDArray[np.bool_] = alike & near
    return leads


def _moves(free: Entries, profiles: LaneProfiles, factor: Array) -> tuple[Array, Array]:
    """Return the second-order steps, (n, m), with negative curvature turned, and their gains."""
    gradient, hessian = free.gradient(profiles, factor), free.hessian(profiles, factor)
    unit = np.sqrt(np.abs(np.diagonal(hessian, axis1=1, axis2=2)))
    unit = np.where(unit > 0, unit, 1.0)
    values, vectors = np.linalg.eigh(hessian / unit[:, :, None] / unit[:, None])
    values = np.abs(values)
    curved = values > _FLAT * values.max(axis=1, keepdims=True)
    along = (vectors.swapaxes(1, 2) @ (gradient / unit)[..., None])[..., 0]
    steps = np.where(curved, along / np.where(curved, values, 1.0), 0.0)
    move = -(vectors @ steps[..., None])[..., 0] / unit
    return move, -0.5 * (move * gradient).sum(axis=1)
