"""How the groups' lines under a model go with what is known of the groups."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import StatisticsError, correlation
from typing import TYPE_CHECKING

from analysis.mixed.model import INTERCEPT

if TYPE_CHECKING:
    from analysis.mixed.fit import MixedFit
    from analysis.results.lines import Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """
    Correlations over the groups of a level 2 predictor and their predicted lines.

    Parameters
    ----------
    height, slope : float or None
        Of the height at the mean of the level 1 predictor, and of the slope; None where all groups
        have the same.
    """

    height: float | None
    slope: float | None


def association(lines: Lines, fit: MixedFit, column: str, slope: str) -> Association:
    """Return the association of a level 2 predictor with the lines of a model of random slopes."""
    groups = [group for group, size in lines.model_sizes.items() if size]
    own = [lines.means[group][column] for group in groups]
    effects = [fit.group_effects[group] for group in groups]
    slopes = [effect[slope] for effect in effects]
    heights = [
        effect[INTERCEPT] + lines.centre * own_slope
        for effect, own_slope in zip(effects, slopes, strict=True)
    ]
    return Association(height=_correlation(own, heights), slope=_correlation(own, slopes))


def _correlation(x: list[float], y: list[float]) -> float | None:
    try:
        return correlation(x, y)
    except StatisticsError:
        return None
