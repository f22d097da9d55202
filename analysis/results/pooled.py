"""Complete and no pooling, in the numbers of the prose."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from analysis.results.extremes import Extremes, OfGroup

if TYPE_CHECKING:
    from analysis.results.lines import Lines

# Share of values by which they may differ for no reason.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolingSummary:
    """
    Complete and no pooling, over the rows with an outcome and the predictor.

    Parameters
    ----------
    n_observations : int
    smallest, largest : int
        Rows of the smallest and of the largest group.
    slopes : Extremes or None
        Of the groups' own lines; None if no group has a slope.
    intercept_deviation, height_deviation, slope_deviation : float or None
        Standard deviations of the groups' own intercepts, of the heights of their lines at the mean
        of the predictor, and of their slopes; None with fewer than two.
    slope_error : float or None
        Mean of their standard errors; None if none is known.
    without_slope : tuple of str
        Groups whose predictor has one value.
    """

    n_observations: int
    smallest: int
    largest: int
    slopes: Extremes | None
    intercept_deviation: float | None
    height_deviation: float | None
    slope_deviation: float | None
    slope_error: float | None
    without_slope: tuple[str, ...]

    @property
    def extreme_slopes(self) -> dict[str, OfGroup]:
        """The extremes of the slopes, by the names that documents call them by."""
        if self.slopes is None:
            return {}
        return {
            "lowest": self.slopes.low,
            "highest": self.slopes.high,
            "flattest": self.slopes.nearest,
            "steepest": self.slopes.furthest,
        }


def pooling_summary(lines: Lines) -> PoolingSummary:
    """Summarise the lines of a study's groups by themselves, and the one for all."""
    own = lines.fitted.none
    slopes = {group: line.slope for group, line in own.items() if line.slope is not None}
    errors = [error for line in own.values() if (error := line.slope_standard_error) is not None]
    sizes = lines.sizes.values()
    return PoolingSummary(
        n_observations=len(lines.fitted.of_pooling),
        smallest=min(sizes),
        largest=max(sizes),
        slopes=Extremes.of(slopes) if slopes else None,
        intercept_deviation=_deviation([line.intercept for line in own.values()]),
        height_deviation=_deviation([line.at(lines.centre) for line in own.values()]),
        slope_deviation=_deviation(list(slopes.values())),
        slope_error=fmean(errors) if errors else None,
        without_slope=tuple(group for group in lines.groups if group not in slopes),
    )


def _deviation(values: list[float]) -> float | None:
    if len(values) < 2:
        return None
    deviation = stdev(values)
    # Groups that are copies of each other differ by rounding.
    return deviation if deviation > _ROUNDING * max(map(abs, values)) else 0.0
