"""How far the groups differ: their heights, their slopes, and which lie furthest out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.prose.phrases import about_zero, is_zero
from analysis.writing.notation import Notation, two_decimals
from analysis.writing.numbers import number

if TYPE_CHECKING:
    from analysis.prose.phrases import Phrases
    from analysis.results.extremes import Extremes
    from analysis.results.models import ModelSummary
    from analysis.results.results import Results
    from analysis.results.spread import SlopeSpread

_LITTLE, _SOME = 0.1, 0.3
"""Sizes of a correlation from which it says something, and not only slightly."""


def facts(results: Results, phrases: Phrases) -> dict[str, Any]:
    """Return what the reading of the groups knows."""
    spread = results.verdicts.spread
    model, fit = results.summary.models[spread.model], results.compared[spread.model]
    several = len(spread.slopes) > 1
    return {
        "model": phrases.model(spread.model),
        "height": None if spread.height is None else _deviation(spread.height),
        "same_height": spread.height == 0,
        "within": _deviation(spread.within),
        "predictors": bool(fit.spec.fixed),
        "at": phrases.means(fit.spec.slopes),
        "heights": _heights(spread.heights, phrases),
        "slopes": [_slope(slope, model, phrases, several=several) for slope in spread.slopes],
        "uncorrelated": fit.spec.diagonal and len(fit.random_names) > 1,
    }


def _heights(heights: Extremes | None, phrases: Phrases) -> dict[str, str] | None:
    if heights is None:
        return None
    notation = Notation.of(heights.largest, decimals=2, digits=2)
    low, high = heights.low, heights.high
    if is_zero(low.value, notation) or is_zero(high.value, notation):
        return None
    if not low.value < 0 < high.value:
        return None
    return {
        "low": notation.write(abs(low.value)),
        "high": notation.write(high.value),
        "low_group": phrases.group(low.group),
        "high_group": phrases.begin(phrases.group(high.group)),
    }


def _slope(
    slope: SlopeSpread, model: ModelSummary, phrases: Phrases, *, several: bool
) -> dict[str, Any]:
    effect = model.fixed.get(slope.term)
    notation = (
        two_decimals(slope.deviation)
        if effect is None
        else Notation.of_estimate(effect.estimate, effect.error, decimals=2)
    )
    low, high = slope.predicted.low, slope.predicted.high
    predicted = notation.write(low.value), notation.write(high.value)
    return {
        "term": phrases.term(slope.term),
        "deviation": _deviation(slope.deviation),
        "same": slope.deviation == 0,
        "around": slope.around_fixed,
        "in_products": slope.in_products,
        "mean": notation.write(0.0 if effect is None else effect.estimate),
        "low": notation.write(slope.low),
        "high": notation.write(slope.high),
        "about_zero": about_zero(slope.low, slope.high, notation),
        "predicted_low": predicted[0],
        "predicted_high": predicted[1],
        "predicted_alike": predicted[0] == predicted[1],
        "low_group": phrases.group(low.group),
        "high_group": phrases.group(high.group),
        "name": f"the slope on {phrases.term(slope.term)}" if several else "slope",
        **_correlation(slope.correlation),
    }


def _correlation(correlation: float | None) -> dict[str, Any]:
    if correlation is None:
        return {"correlation": None}
    size = abs(correlation)
    return {
        "correlation": number(correlation),
        "little": size < _LITTLE,
        "slightly": size < _SOME,
        "at_limit": number(size) == "1.00",
        "tendency": "higher" if correlation > 0 else "lower",
    }


def _deviation(deviation: float) -> str:
    return two_decimals(deviation).write(deviation)
