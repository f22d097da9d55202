"""Low points of a surface where one coordinate is held."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.inference.surface import noise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.inference.surface import Height, Surface
    from analysis.mixed.crossproducts import Array

# The largest decrease in sight of a low point; it may be more where rounding moves the deviance by
# more. An end of an interval is then off by less than a millionth of the interval.
_CERTIFIED, _CERTIFIED_WITHIN_NOISE = 1e-8, 1e-6
# Decreases that the deviance is too coarse to show.
_COARSE = 1e-8
# Searches from many starts stop so early; those no farther above the lowest go on.
_LOOSE, _NEAR = 1e-3, 0.05
# Share of the largest curvature below which a direction is flat, or bends down by rounding alone.
_FLAT, _DOWN = 1e-11, 1e-6
# Curvature that is none.
_LEVEL = 1e-9
_MOST_STEPS, _MOST_HALVINGS = 200, 40
# A step in scaled coordinates may lead out of where its quadratic means anything.
_LONGEST = 3.0
# Standard deviations over the residual's at the starts, as where the fit itself is searched for.
_EVEN, _STRONG, _WEAK = 1.0, 4.0, 0.2
# With so many groups the fit's own place is near enough, but for the signs of correlations.
_MANY_GROUPS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Low:
    """
    A low point of the deviance with one parameter held.

    Parameters
    ----------
    point : ndarray
        Where it is: what a search at a value near by may start from.
    deviance : float
        -2 log-likelihood, for the outcome's column of `CrossProducts`.
    slope : float
        Its derivative by the value that is held.
    in_sight : float
        What a second-order step would still take off it.
    noise : float
        How far two deviances near by may be apart by rounding alone.
    """

    point: Array
    deviance: float
    slope: float
    in_sight: float
    noise: float

    @property
    def certified(self) -> bool:
        """Whether the second-order condition holds."""
        return self.in_sight <= max(_CERTIFIED, min(_CERTIFIED_WITHIN_NOISE, self.noise))


def search(surface: Surface, start: Array, until: float = 0.0) -> Low:
    """
    Search by Newton's method for a low point, with the surface's coordinate held where it is.

    Parameters
    ----------
    surface : Surface
    start : ndarray, shape (m,)
    until : float
        Decrease in sight at which to stop; by default where there is none but for rounding.

    Returns
    -------
    Low
        Infinitely high if the start is nowhere.

    Notes
    -----
    Where the surface bends down, eigenvalues of the Hessian change their sign; and from a saddle,
    as every covariance is that lacks a variance it should have, the search leaves by the direction
    that bends down most.
    """
    free = np.arange(len(start)) != surface.held
    point, height, in_sight = start, surface(start), math.inf
    for _ in range(_MOST_STEPS if math.isfinite(height.deviance) else 0):
        moves, in_sight = _moves(height, free)
        if len(moves) == 1 and in_sight <= max(until, _COARSE):
            if until <= _COARSE:
                point, height, in_sight = _settled(surface, point, height, free)
            break
        moved = _first_lower(surface, point, height, moves)
        if moved is None:
            break
        point, height = moved
    return Low(
        point=point,
        deviance=height.deviance,
        slope=float(height.gradient[surface.held]),
        in_sight=in_sight,
        noise=noise(surface.n_observations, surface.factor(point)),
    )


def lowest(surface: Surface, starts: Sequence[Array]) -> Low:
    """
    Return the lowest point that searches from several starts reach.

    Parameters
    ----------
    surface : Surface
    starts : sequence of ndarray, shape (m,)
        All with the same value of the coordinate held.

    Returns
    -------
    Low
    """
    loose = [search(surface, start, _LOOSE) for start in starts]
    least = min(end.deviance for end in loose)
    ends: list[Low] = []
    for end in sorted(loose, key=lambda end: end.deviance):
        if end.deviance <= least + _NEAR and not any(_close(end, known) for known in ends):
            ends.append(search(surface, end.point))
    best = min(ends, key=lambda end: end.deviance)
    # A search that stopped short of a low point that another one reached is as good as it.
    ends = [end for end in ends if end.deviance <= best.deviance + _CERTIFIED]
    return min(ends, key=lambda end: end.in_sight)


def _close(one: Low, other: Low) -> bool:
    """Whether two points are so near that a search from one leads to the other."""
    apart = np.abs(one.point - other.point)
    return bool(np.all(apart <= _LOOSE * (1 + np.abs(other.point))))


def starts(n_groups: int, covariance: Array, variance: float) -> list[Array]:
    """
    Return covariances to start from: that of the fit, others, and all with the signs turned.

    Parameters
    ----------
    n_groups : int
    covariance : ndarray, shape (q, q)
        Of the fit.
    variance : float
        Residual variance of the fit, in the same unit.

    Returns
    -------
    list of ndarray, shape (q, q)
    """
    q = len(covariance)
    found = [covariance]
    if n_groups < _MANY_GROUPS:
        found += [size**2 * variance * np.eye(q) for size in (_EVEN, _STRONG)]
        if q > 1:
            unit = np.eye(q)
            found += [variance * np.diag(np.where(e, _STRONG, _WEAK)) ** 2 for e in unit]
            found.append(variance * (np.ones((q, q)) + _WEAK**2 * unit))
    return [turned for start in found for turned in _turned(start)]


def _turned(covariance: Array) -> list[Array]:
    """Return a covariance, and those with the signs of some correlations turned round."""
    if not np.any(covariance - np.diag(covariance.diagonal())):
        return [covariance]
    signs = itertools.product((1.0, -1.0), repeat=len(covariance) - 1)
    return [covariance * np.outer((1.0, *turned), (1.0, *turned)) for turned in signs]


def _moves(height: Height, free: Array) -> tuple[list[Array], float]:
    """Return the steps to try, the best first, and what the first should take off."""
    gradient = height.gradient[free]
    hessian = height.hessian[np.ix_(free, free)]
    # Coordinates are of size 1: those with less curvature have nothing to gain.
    unit = np.sqrt(np.maximum(np.abs(hessian.diagonal()), _LEVEL))
    values, vectors = np.linalg.eigh(hessian / unit / unit[:, None])
    bend = np.abs(values)
    along = vectors.T @ (gradient / unit)
    curved = bend > _FLAT * bend.max()
    steps = np.zeros_like(along)
    steps[curved] = -along[curved] / bend[curved]
    in_sight = 0.5 * float(np.sum(along[curved] ** 2 / bend[curved]))

    def move(scaled: Array) -> Array:
        whole = np.zeros(len(free))
        reach = float(np.max(np.abs(scaled / unit)))
        whole[free] = scaled / unit * min(1.0, _LONGEST / reach if reach else 1.0)
        return whole

    moves = [move(vectors @ steps)]
    if values[0] < -_DOWN * bend.max() and in_sight <= -0.05 * values[0]:
        moves = [move(vectors[:, 0]), move(-vectors[:, 0])]
        in_sight = -0.5 * float(values[0])
    return moves, in_sight


def _first_lower(
    surface: Surface, point: Array, height: Height, moves: list[Array]
) -> tuple[Array, Height] | None:
    """Return the first point on the way back from one of the steps that is lower, if any is."""
    share = 1.0
    for _ in range(_MOST_HALVINGS):
        for move in moves:
            there = point + share * move
            moved = surface(there)
            if moved.deviance < height.deviance:
                return there, moved
        share /= 2
    return None


def _settled(
    surface: Surface, point: Array, height: Height, free: Array
) -> tuple[Array, Height, float]:
    """Return where the gradient, which alone is fine enough to judge by, gets no smaller."""
    moves, in_sight = _moves(height, free)
    for _ in range(_MOST_STEPS):
        there = point + moves[0]
        moved = surface(there)
        if not moved.deviance <= height.deviance + _COARSE:
            break
        further, left = _moves(moved, free)
        if len(further) > 1 or left > in_sight / 4:
            break
        point, height, moves, in_sight = there, moved, further, left
    return point, height, in_sight
