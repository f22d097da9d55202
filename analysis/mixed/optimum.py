r"""
The optimum of a profiled deviance over the cone of covariance matrices, certified.

The search runs over the entries of the relative covariance factor :math:`\Lambda`, without bounds:
the criterion depends on :math:`\Psi = \Lambda\Lambda'` alone, positive semidefinite whatever
the signs in :math:`\Lambda`. A bound at 0 would add points where a search gets stuck, since the
derivative by a diagonal entry of 0 is 0 whether or not a positive variance would do better. For the
same reason the certificate is not the gradient by :math:`\Lambda` but the first-order condition by
:math:`\Psi`: :math:`K\Lambda = 0` and K positive semidefinite, where K is the derivative by
:math:`\Psi`. Where only diagonal matrices are admitted, it is :math:`K_{jj} \ge 0` and
:math:`K_{jj}\Psi_{jj} = 0` for each j.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.errors import ConvergenceError
from analysis.mixed.curvature import further_variance
from analysis.mixed.likelihood import ProfiledDeviance
from analysis.mixed.newton import Newton, Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.mixed.crossproducts import Array

CERTIFIED_DECREASE = 1e-9
"""Largest decrease of the criterion that may still be in sight at a certified optimum."""

CERTIFIED_WITHIN_NOISE = 1e-7
"""The same where rounding moves the criterion by as much: groups 1,000 residuals apart, or more."""

# Standard deviations of the random effects over the residual's at the starts of the search: lme4's
# own start, one for strongly clustered data, and one beside effects that stand out.
_EVEN, _STRONG, _WEAK = 1.0, 4.0, 0.2
# With so many groups or more, a search among some of them finds the starts.
_MANY_GROUPS, _SOME_GROUPS = 1000, 500
# Decrease in sight where a search hands over to the polishing steps, and where these stop.
_LOOSE, _TIGHT = 1e-5, 1e-13
# A lower rank that costs more than this, before any polishing, is not tried.
_DEAR = 5.0
# No optimum is certified where rounding may hide more: groups about 1e6 residuals apart. Compared
# with arithmetic of 70 digits, criteria of random designs are off by a tenth of that at most.
_MOST_NOISE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum(Point):
    """
    The lowest point of a profiled deviance near the end of a search.

    Parameters
    ----------
    predicted_decrease : float
        What second-order steps would still take off the criterion, one to a higher rank included.
    noise : float
        How far two criteria here may be apart by rounding alone.
    """

    predicted_decrease: float
    noise: float

    @property
    def certified(self) -> bool:
        """Whether the first-order condition holds."""
        bound = max(CERTIFIED_DECREASE, min(CERTIFIED_WITHIN_NOISE, self.noise))
        return self.predicted_decrease <= bound

    @property
    def at_most(self) -> float:
        """What the criterion is at most, rounding allowed for."""
        return self.criterion + self.noise


def optimise(deviance: ProfiledDeviance) -> Optimum:
    """
    Find the optimum of a profiled deviance from several starts, and certify it.

    Parameters
    ----------
    deviance : ProfiledDeviance

    Returns
    -------
    Optimum
        At the lowest rank that costs nothing: below q the fit is singular.

    Raises
    ------
    ConvergenceError
        If the lowest point that the searches reach does not satisfy the first-order condition.
    """
    newton = Newton(deviance)
    best = _best(newton, _all_ends(newton))
    if best is not None and best.certified and best.noise <= _MOST_NOISE:
        return best
    if best is not None and best.certified:
        apart = float(np.linalg.norm(best.factor))
        msg = (
            f"the {deviance.method} fit has no certified optimum: its groups lie about {apart:.1g} "
            f"residual standard deviations apart, so that rounding may hide {best.noise:.2g} "
            "of the criterion; check whether the outcome has the same unit in every group, and "
            "whether the model leaves it any residual"
        )
        raise ConvergenceError(msg)
    if best is None:
        reached = "no point has a finite criterion"
    else:
        reached = (
            f"at a criterion of {best.criterion + deviance.shift:.6f} a decrease of "
            f"{best.predicted_decrease:.2g} is still in sight, and rounding may hide "
            f"{best.noise:.2g}"
        )
    msg = (
        f"the {deviance.method} fit has no certified optimum: {reached}; the residual variance may "
        "be 0 but for rounding, or the groups too few for these random effects"
    )
    raise ConvergenceError(msg)


def _noise(deviance: ProfiledDeviance, point: Point) -> float:
    """Return how far two criteria near a point may be apart by rounding alone."""
    # The Cholesky root of X'V^-1X loses the digits by which groups differ more than residuals do.
    apart = deviance.df * float(np.sum(point.factor**2))
    return 1e-9 + 4 * float(np.finfo(float).eps) * (abs(point.criterion) + apart)


def _all_ends(newton: Newton) -> list[Point]:
    """Return where the searches from all starts end, loosely, the lowest first."""
    deviance = newton.deviance
    products = deviance.products
    if products.n_groups >= _MANY_GROUPS:
        # What some of the groups have for optima is near enough to start from.
        some = products.of_groups(slice(None, None, products.n_groups // _SOME_GROUPS))
        pilot = Newton(ProfiledDeviance(some, deviance.method, diagonal=deviance.diagonal))
        near = [end.factor for end in _all_ends(pilot) if _settled(pilot.deviance, end)]
        if near:
            return _ends(newton, near)
    ends = _ends(newton, starts(deviance.products.n_random, diagonal=deviance.diagonal))
    if ends and not deviance.diagonal:
        # A correlation may be an optimum of either sign.
        again = _ends(newton, turned(ends[0].factor), known=ends)
        ends = _lowest_first(deviance, [*ends, *again])
    return ends


def _settled(deviance: ProfiledDeviance, end: Point) -> bool:
    """Whether an end of a search is an optimum and no valley without one."""
    return end.in_sight <= _LOOSE and _noise(deviance, end) <= _LOOSE


def _lowest_first(deviance: ProfiledDeviance, ends: list[Point]) -> list[Point]:
    # A flat valley may lead to where rounding hides what lies lower; the near end of it is as low.
    return sorted(ends, key=lambda end: end.criterion + _noise(deviance, end))


def _ends(newton: Newton, from_: list[Array], known: Sequence[Point] = ()) -> list[Point]:
    """Return where the searches from some starts end, loosely, except at known points."""
    ends: list[Point] = []
    for start in from_:
        first = newton.start(start, newton.q)
        end = newton(first, until=_LOOSE, known=[*known, *ends])
        if end is not None and math.isfinite(end.criterion):
            ends.append(end)
    return _lowest_first(newton.deviance, ends)


def _best(newton: Newton, ends: list[Point]) -> Optimum | None:
    """Return the lowest optimum near some ends of searches."""
    best: Optimum | None = None
    for end in ends:
        # An end that lies higher, with nothing in sight to make up for it, lies elsewhere.
        if best is None or end.criterion - 10 * end.in_sight < best.criterion:
            found = _polished(newton, end)
            if best is None or found.at_most < best.at_most:
                best = found
    return best


def starts(q: int, *, diagonal: bool) -> list[Array]:
    """
    Return starting values of a factor.

    Parameters
    ----------
    q : int
        Random effects.
    diagonal : bool
        Whether only diagonal factors are admitted.

    Returns
    -------
    list of ndarray, each of shape (q, q)
    """
    unit = np.eye(q)
    found = [_EVEN * unit, _STRONG * unit]
    if q > 1:
        # One random effect may stand out, and so may correlations of 1 and of -1: each may be a
        # local optimum of its own.
        found += [np.diag(np.where(effect, _STRONG, _WEAK)) for effect in unit]
    if q > 1 and not diagonal:
        together = np.hstack((np.ones((q, 1)), np.zeros((q, q - 1)))) + _WEAK * unit
        found += [together, *turned(together)]
    return found


def turned(factor: Array) -> list[Array]:
    """
    Return factors with the signs of some correlations turned round.

    Parameters
    ----------
    factor : ndarray, shape (..., q, q)

    Returns
    -------
    list of ndarray, each of shape (..., q, q)
    """
    signs = itertools.product((1.0, -1.0), repeat=factor.shape[-1] - 1)
    return [factor * np.array((1.0, *sign))[:, None] for sign in signs if -1.0 in sign]


def _polished(newton: Newton, end: Point) -> Optimum:
    """Return the optimum near the end of a search, at the lowest rank that costs nothing."""
    best: Optimum | None = None
    for rank in range(newton.q + 1):
        start = end
        if rank < newton.q:
            nearest = _without_least if newton.deviance.diagonal else _truncated
            factor = nearest(end.factor, rank)
            if newton.deviance.criterion(factor) > end.criterion + _DEAR:
                continue
            start = newton.start(factor, rank)
        point = newton(start, until=_TIGHT)
        assert point is not None  # nothing is known
        optimum = Optimum(
            factor=point.factor,
            rank=rank,
            profile=point.profile,
            in_sight=point.in_sight,
            predicted_decrease=point.in_sight
            + further_variance(point.profile, diagonal=newton.deviance.diagonal).gain,
            noise=_noise(newton.deviance, point),
        )
        if optimum.certified and optimum.criterion <= end.criterion + optimum.noise:
            return optimum
        if best is None or optimum.at_most < best.at_most:
            best = optimum
    assert best is not None  # the full rank is always tried
    return best


def _truncated(factor: Array, rank: int) -> Array:
    """Return the lower triangular factor of the nearest covariance of a rank."""
    if rank == len(factor):
        return factor
    u, s, _ = np.linalg.svd(factor)
    truncated = np.zeros_like(factor)
    if rank:
        truncated[:, :rank] = np.linalg.qr((u[:, :rank] * s[:rank]).T)[1].T
    return truncated


def _without_least(factor: Array, rank: int) -> Array:
    """Return a diagonal factor with as many elements as a rank, the largest."""
    kept = np.argsort(-np.abs(factor.diagonal()), kind="stable")[:rank]
    truncated = np.zeros_like(factor)
    truncated[kept, kept] = factor[kept, kept]
    return truncated
