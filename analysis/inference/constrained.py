"""Low points of a surface where one coordinate is held."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.errors import ConvergenceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.inference.surface import Height, Surface
    from analysis.mixed.crossproducts import Array

# Decrease in sight where a search stops, and the largest with which its end is a low point.
_TIGHT, _CERTIFIED = 1e-12, 1e-9
# Share of the largest curvature below which a direction is flat, or bends down by rounding alone.
_FLAT, _DOWN = 1e-11, 1e-6
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
    """

    point: Array
    deviance: float
    slope: float
    in_sight: float = 0.0


def search(surface: Surface, start: Array) -> Low:
    """
    Search by Newton's method for a low point, with the surface's coordinate held where it is.

    Parameters
    ----------
    surface : Surface
    start : ndarray, shape (m,)

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
    point, height = start, surface(start)
    in_sight = math.inf
    for _ in range(_MOST_STEPS if math.isfinite(height.deviance) else 0):
        moves, in_sight = _moves(height, free)
        last = in_sight <= _TIGHT and len(moves) == 1
        moved = _first_lower(surface, point, height, moves, in_sight)
        if moved is None:
            break
        point, height = moved
        if last:
            break
    return Low(
        point=point,
        deviance=height.deviance,
        slope=float(height.gradient[surface.held]),
        in_sight=in_sight,
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

    Raises
    ------
    ConvergenceError
        If no second-order condition holds there.
    """
    ends = [search(surface, start) for start in starts]
    best = min(ends, key=lambda end: end.deviance)
    # A search that stopped short of a low point that another one reached is as good as it.
    ends = [end for end in ends if end.deviance <= best.deviance + _CERTIFIED]
    best = min(ends, key=lambda end: end.in_sight)
    if not best.in_sight <= _CERTIFIED + 1e-12 * abs(best.deviance):
        msg = (
            "the deviance with one parameter held has no certified optimum: a decrease of "
            f"{best.in_sight:.2g} is still in sight; the groups may be too few for these random "
            "effects"
        )
        raise ConvergenceError(msg)
    return best


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
    unit = np.sqrt(np.abs(hessian.diagonal()))
    unit[unit == 0] = 1.0
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
    surface: Surface, point: Array, height: Height, moves: list[Array], in_sight: float
) -> tuple[Array, Height] | None:
    """Return the first point on the way back from one of the steps that is lower, if any is."""
    # Next to a low point the deviance is too coarse to judge a step.
    allowed = 1e-14 * abs(height.deviance) if len(moves) == 1 and in_sight < 1e-9 else 0.0
    share = 1.0
    for _ in range(_MOST_HALVINGS):
        for move in moves:
            there = point + share * move
            moved = surface(there)
            if moved.deviance < height.deviance + allowed:
                return there, moved
        share /= 2
    return None
