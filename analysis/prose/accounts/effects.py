"""What each fixed effect of the largest model says, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.prose.phrases import about_zero, is_zero
from analysis.results.predictors import Kind
from analysis.results.results import INTERCEPT
from analysis.writing.notation import Notation
from analysis.writing.numbers import number
from analysis.writing.words import enumerated

if TYPE_CHECKING:
    from analysis.prose.phrases import Phrases
    from analysis.results.coefficients import Coefficient
    from analysis.results.predictors import FixedEffect
    from analysis.results.results import Results


def facts(results: Results, phrases: Phrases) -> dict[str, Any]:
    """Return what the reading of the fixed effects knows."""
    verdicts = results.verdicts
    model = results.summary.models[verdicts.largest]
    return {
        "model": phrases.model(verdicts.largest),
        "several_models": len(results.compared) > 1,
        "mean": _written(model.fixed[INTERCEPT]),
        "effects": [_effect(each, phrases) for each in verdicts.fixed],
        "curves": [
            enumerated([phrases.coefficient(term) for term in terms]) for terms in verdicts.curves
        ],
        "quantile": number(results.summary.normal_quantile),
    }


def _effect(each: FixedEffect, phrases: Phrases) -> dict[str, Any]:
    return {
        "kind": str(each.kind),
        "term": phrases.coefficient(each.term),
        "per": _per(each, phrases),
        "slope": phrases.what(each.factors[0]) if each.kind is Kind.PRODUCT else "",
        "held": phrases.held(each.held),
        "varies": each.varies and each.kind in {Kind.UNIT, Kind.CONTRAST},
        **_written(each.effect),
    }


def _per(each: FixedEffect, phrases: Phrases) -> str:
    """Return what the difference is between."""
    if each.kind is Kind.COEFFICIENT:
        return ""
    factor = each.factors[-1]
    if factor.contrast:
        return phrases.contrast(factor)
    return f"for each further {phrases.one(factor)}"


def _written(effect: Coefficient) -> dict[str, Any]:
    notation = Notation.of_estimate(effect.estimate, effect.error, decimals=2)
    low, high = effect.interval
    return {
        "estimate": notation.write(effect.estimate),
        "size": notation.write(abs(effect.estimate)),
        "zero": is_zero(effect.estimate, notation),
        "direction": "higher" if effect.rises else "lower",
        "low": notation.write(low),
        "high": notation.write(high),
        "about_zero": about_zero(low, high, notation),
    }
