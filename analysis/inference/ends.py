"""Where the deviance, one parameter held, has risen from its minimum by a quantile."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.errors import ConvergenceError

if TYPE_CHECKING:
    from analysis.inference.constrained import Low
    from analysis.inference.held import Held
    from analysis.mixed.crossproducts import Array

# A step that is a smaller share of the way from the estimate is rounding, as is a smaller share of
# the deviance.
_NEGLIGIBLE, _ROUNDING = 1e-10, 1e-14
# What the certificates of two optima leave open, in deviance.
_SLACK = 1e-8
# How many times as far from the estimate the next look may be.
_FARTHEST = 4.0
_MOST_STEPS, _MOST_RETURNS = 200, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """
    The deviance of a fit, and how far above it an interval ends.

    Parameters
    ----------
    minimum : float
        -2 log-likelihood of the fit, for the outcome's column of `CrossProducts`.
    quantile : float
        Of the chi-square distribution with 1 degree of freedom.
    """

    minimum: float
    quantile: float

    def above(self, low: Low) -> float:
        """Return how much the deviance is above the end's; negative inside of the interval."""
        return low.deviance - self.minimum - self.quantile

    def step(self, low: Low) -> float:
        """
        Return Newton's step for the root of the deviance's rise, which is nearly linear.

        0 if the deviance does not move.
        """
        root = math.sqrt(max(low.deviance - self.minimum, 0.0))
        slope = low.slope / 2
        return -(root - math.sqrt(self.quantile)) * root / slope if slope else 0.0


def end(held: Held, rise: Rise, direction: float, limit: float | None = None) -> float | None:
    """
    Return where an interval ends, in one direction from the estimate.

    Parameters
    ----------
    held : Held
    rise : Rise
    direction : {-1.0, 1.0}
    limit : float, optional
        The boundary of the parameter on this side.

    Returns
    -------
    float or None
        In the unit of `held`; None if the boundary belongs to the interval.

    Raises
    ------
    ConvergenceError
        If the search for the end or for an optimum fails, or finds that the fit is at none.

    Notes
    -----
    The search goes along low points, each from the one before, which is cheap; where it ends,
    searches from several starts look for lower ones, and if there are, it goes on from the lowest.
    """
    if limit is not None:
        there = held.anywhere(limit, held.point)
        if rise.above(there) <= 0:
            return None
        _refuse_uncertain(there, least=rise.above(there))
    inside, point = held.estimate, held.point
    first = held.estimate + direction * held.scale * math.sqrt(rise.quantile)
    for _ in range(_MOST_RETURNS):
        bracket = _Bracket(held.estimate, inside, limit, direction)
        value, low = _along(held, rise, bracket, first, point)
        lowest = held.anywhere(value, low.point)
        if lowest.deviance < rise.minimum - max(_SLACK, lowest.noise):
            msg = (
                "the fit is not at its optimum: with one parameter held, the deviance is lower by "
                f"{rise.minimum - lowest.deviance:.2g}"
            )
            raise ConvergenceError(msg)
        if lowest.deviance > low.deviance - max(_SLACK, lowest.noise):
            _refuse_uncertain(lowest)
            return value
        inside, point = value, lowest.point
        first = value + rise.step(lowest)
    msg = "an interval's end was not found: beside the parameter held, the deviance has many optima"
    raise ConvergenceError(msg)


def _refuse_uncertain(low: Low, least: float = 0.0) -> None:
    """Refuse a low point without a certificate, unless only as much as `least` would matter."""
    if not low.certified and not low.in_sight < least:
        msg = (
            "an interval's end was not found: with one parameter held the deviance has no "
            f"certified optimum, a decrease of {low.in_sight:.2g} being in sight; the groups may "
            "be too few for these random effects"
        )
        raise ConvergenceError(msg)


class _Bracket:
    """Values between which an interval ends."""

    def __init__(
        self, estimate: float, inside: float, outside: float | None, direction: float
    ) -> None:
        self.estimate, self.direction = estimate, direction
        self.inside, self.outside = inside, outside

    @property
    def closed(self) -> bool:
        """Whether nothing but rounding is between them."""
        if self.outside is None:
            return False
        apart = abs(self.outside - self.inside)
        least = _NEGLIGIBLE * abs(self.outside - self.estimate)
        return apart <= max(least, 2 * math.ulp(self.outside))

    def admitted(self, value: float) -> float:
        """Return a value strictly between them: the one proposed if it is one."""
        ahead = (value - self.inside) * self.direction
        if self.outside is not None:
            if 0 < ahead < (self.outside - self.inside) * self.direction:
                return value
            return (self.inside + self.outside) / 2
        way = (self.inside - self.estimate) * self.direction
        if 0 < ahead <= _FARTHEST * way or (way == 0 and ahead > 0):
            return value
        return self.inside + self.direction * way


def _along(
    held: Held, rise: Rise, bracket: _Bracket, value: float, point: Array
) -> tuple[float, Low]:
    """Return where the deviance along low points is as high as at an end, and the point there."""
    for _ in range(_MOST_STEPS):
        value = bracket.admitted(value)
        low = held.near(value, point)
        above = rise.above(low)
        if above > 0:
            bracket.outside = value
        else:
            # Only there is the point of the fit's own branch for sure.
            bracket.inside, point = value, low.point
        step = 0.0
        if math.isfinite(above):
            step = rise.step(low)
            small = 0 < abs(step) <= _NEGLIGIBLE * abs(value - held.estimate)
            if small or abs(above) <= _ROUNDING * abs(low.deviance):
                return value, low
        if bracket.closed:
            return value, low
        value += step
    msg = "an interval's end was not found: the deviance does not rise by as much"
    raise ConvergenceError(msg)
