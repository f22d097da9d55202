"""What new groups are simulated from, whose true lines are known."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median_low
from typing import TYPE_CHECKING

from analysis.results.ladder import Role

if TYPE_CHECKING:
    from analysis.results.lines import Lines, Point
    from analysis.results.summary import Summary

_SIZES, _GROUPS = (2, 60), (2, 20)
"""The fewest and the most rows of a simulated group, and groups of a draw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """
    The model that groups are simulated from, its estimates taken as the truth.

    Parameters
    ----------
    model : str
        Its name.
    average : Point
        The average line, other predictors at their means.
    covariance : tuple of (tuple of float)
        Of the lines' heights at the mean of the predictor, and their slopes; 0 where they do not
        vary.
    residual_deviation : float
        Standard deviation within groups, units of the outcome.
    size, n_groups : int
        Rows of a group of median size, and groups of the study: as near to them as a reader can
        choose.
    sizes, groups : tuple of two ints
        What a reader can choose from.
    """

    model: str
    average: Point
    covariance: tuple[tuple[float, float], tuple[float, float]]
    residual_deviation: float
    size: int
    n_groups: int
    sizes: tuple[int, int] = _SIZES
    groups: tuple[int, int] = _GROUPS

    @property
    def varies(self) -> bool:
        """Whether the lines of groups differ at all."""
        (heights, _), (_, slopes) = self.covariance
        return heights > 0 or slopes > 0


def known_truth(lines: Lines, summary: Summary) -> Truth | None:
    """
    Return what groups are simulated from.

    Parameters
    ----------
    lines : Lines
    summary : Summary
        Of the same study.

    Returns
    -------
    Truth or None
        Of the model with random slopes, or else of that with random intercepts alone; None without
        lines of either.
    """
    wanted = (lines.fitted.ladder.name(role) for role in (Role.SLOPES, Role.INTERCEPTS))
    name = next((name for name in wanted if name in lines.fits), None)
    if name is None:
        return None
    line, sizes = summary.lines[name], filter(None, lines.model_sizes.values())
    height, slope = line.height_deviation, line.slope_deviation or 0.0
    both = (line.correlation or 0.0) * height * slope
    return Truth(
        model=name,
        average=lines.point(lines.at(name, None)),
        covariance=((height**2, both), (both, slope**2)),
        residual_deviation=summary.models[name].components.residual_deviation,
        size=_within(median_low(sizes), _SIZES),
        n_groups=_within(len(lines.groups), _GROUPS),
    )


def _within(value: int, ends: tuple[int, int]) -> int:
    return min(max(value, ends[0]), ends[1])
