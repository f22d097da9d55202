"""How the groups' lines under a model go with what is known of the groups."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import StatisticsError, correlation
from typing import TYPE_CHECKING

import numpy as np

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


def association(lines: Lines, fit: MixedFit, column: str) -> Association:
    """Return the association of a level 2 predictor with the lines of a model of random slopes."""
    groups = [group for group, size in lines.model_sizes.items() if size]
    own = [lines.means[group][column] for group in groups]
    effects = np.array([list(fit.group_effects[group].values()) for group in groups])
    terms = lines.random_terms(fit.name, groups)
    heights, slopes = ((terms[term] * effects).sum(axis=1).tolist() for term in ("height", "slope"))
    return Association(height=_correlation(own, heights), slope=_correlation(own, slopes))


def _correlation(x: list[float], y: list[float]) -> float | None:
    try:
        return correlation(x, y)
    except StatisticsError:
        return None
