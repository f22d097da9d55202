"""The slope of a model's average line, and how lines spread about it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.mixed.combinations import random_covariance_of
from analysis.results.coefficients import Coefficient

if TYPE_CHECKING:
    from analysis.results.lines import Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSummary:
    """
    The lines of a model, all other predictors at their means.

    Parameters
    ----------
    slope : Coefficient or None
        Of the average line; with an interaction it is no coefficient of the model, but a sum of
        them. None where the predictor has no part in it.
    slope_deviation : float or None
        Standard deviation of the groups' slopes about it; None if they have one slope.
    height_deviation : float
        Standard deviation of their heights at the mean of the predictor, units of the outcome.
    correlation : float or None
        Of heights and slopes; None beside a deviation of 0.
    """

    slope: Coefficient | None
    slope_deviation: float | None
    height_deviation: float
    correlation: float | None


def line_summaries(lines: Lines) -> dict[str, LineSummary]:
    """Summarise the lines of every compared model that has some, by name."""
    return {name: _summary(lines, name) for name in lines.fits}


def _summary(lines: Lines, model: str) -> LineSummary:
    terms = lines.random_terms(model, [None])
    weights = np.vstack(list(terms.values()))
    covariance = random_covariance_of(lines.fits[model], weights)
    deviations = [math.sqrt(max(0.0, each)) for each in covariance.diagonal().tolist()]
    height, *slope = deviations
    product = math.prod(deviations) if slope else 0.0
    correlation = None
    if product > 0:
        correlation = max(-1.0, min(1.0, float(covariance[0, 1]) / product))
    return LineSummary(
        slope=_average_slope(lines, model),
        slope_deviation=slope[0] if slope else None,
        height_deviation=height,
        correlation=correlation,
    )


def _average_slope(lines: Lines, model: str) -> Coefficient | None:
    fit, slope = lines.fits[model], lines.study.slope
    made = lines.fitted.ladder.rung(model).made
    if made is None:
        return Coefficient.of(fit, slope) if slope and slope in fit.fixed_effects else None
    row = lines.fixed_slope_row(made)
    return Coefficient.combined(fit, row) if row.any() else None
