"""The numbers of the prose at full precision, by the names that documents call them by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.mixed.model import INTERCEPT
from analysis.results.associations import association

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.inference.comparison import ComparisonRow
    from analysis.mixed.fit import MixedFit
    from analysis.results.coefficients import Coefficient
    from analysis.results.components import VarianceComponents
    from analysis.results.extremes import OfGroup
    from analysis.results.further import Further
    from analysis.results.models import ModelSummary
    from analysis.results.pooled import PoolingSummary
    from analysis.results.results import Results
    from analysis.results.summary import Summary


def named(results: Results) -> dict[str, Any]:
    """
    Return what a claim can name.

    Parameters
    ----------
    results : Results
        With a comparison.

    Returns
    -------
    dict
        Nested; a number stands where _variables.yml has its text, an interval is its `low` and
        `high`, and what does not exist is None.
    """
    summary, weights = results.summary, results.summary.weights
    models = {
        name: {
            "formula": fits["REML"].spec.formula,
            "singular": fits["REML"].singular,
            **_model(summary.models[name], results.study.slope),
        }
        for name, fits in results.models.items()
    }
    for name, fit in results.compared.items():
        models[name] |= {"aic": fit.aic, "bic": fit.bic}
        slope = results.study.slope
        if slope in fit.spec.slopes and name in results.lines.fits:
            models[name]["correlation_with"] = _associations(results, fit)
    everything: dict[str, Any] = {
        "data": _data(results, summary),
        "pooling": _pooling(results, summary.pooling),
        **models,
        "comparison": _comparison(results, summary),
        **_more(results),
        **({} if results.further is None else {"further": _further(results.further)}),
        "normal": {"quantile": summary.normal_quantile},
    }
    if weights is not None:
        everything["weights"] = {
            name: getattr(weights, name) for name in ("median", "one", "three", "between", "within")
        }
    return everything


def _data(results: Results, summary: Summary) -> dict[str, Any]:
    sample, name = results.sample, results.study.slope
    slope = None if name is None else summary.variables[name]
    return {
        "source": sample.source,
        "sha256": sample.sha256,
        "n": sample.n_observations,
        "n_modelled": summary.n_modelled,
        "groups": sample.n_groups,
        "n_in_file": sample.n_rows_in_table,
        "groups_in_file": sample.n_groups_in_table,
        "first_group": sample.groups[0],
        "last_group": sample.groups[-1],
        "smallest": summary.smallest,
        "largest": summary.largest,
        "slope_mean": summary.centre,
        "slope_least": None if slope is None else slope.low,
        "slope_greatest": None if slope is None else slope.high,
    }


def _pooling(results: Results, pooling: PoolingSummary) -> dict[str, Any]:
    none: dict[str, Any] = {
        "smallest": pooling.smallest,
        "largest": pooling.largest,
        "slope_sd": pooling.slope_deviation,
        "slope_error": pooling.slope_error,
    }
    for name, extreme in pooling.extreme_slopes.items():
        none[name] = {"group": extreme.group, "slope": extreme.value}
    complete = results.complete
    return {
        "complete": {
            "intercept": complete.intercept,
            "slope": complete.slope,
            "size": None if complete.slope is None else abs(complete.slope),
        },
        "between": {"slope": results.between.slope},
        "none": none,
    }


def _model(model: ModelSummary, slope: str | None) -> dict[str, Any]:
    estimates = {name: effect.estimate for name, effect in model.fixed.items()}
    ten = {name: effect.times(10) for name, effect in model.fixed.items()}
    named: dict[str, Any] = {
        "fixed": estimates,
        "about": estimates,
        "size": {name: abs(estimate) for name, estimate in estimates.items()},
        "ten": {name: effect.estimate for name, effect in ten.items()},
        "p": {name: effect.p for name, effect in model.fixed.items()},
        "interval": _intervals(model.fixed),
        "ten_interval": _intervals(ten),
        "sd": {name: term.deviation for name, term in model.random.items()},
        "variance": dict(model.components.variances),
        "two_sd_below": {name: term.two_below for name, term in model.random.items()},
        "two_sd_above": {name: term.two_above for name, term in model.random.items()},
        "range": {name: term.totals.span for name, term in model.random.items()},
        "sd_residual": model.components.residual_deviation,
        "lowest": {name: _of_group(term.totals.low) for name, term in model.random.items()},
        "highest": {name: _of_group(term.totals.high) for name, term in model.random.items()},
    }
    if model.components.icc is not None:
        named["icc"] = model.components.icc
    if model.at_mean is not None:
        named["correlation"] = _correlation(model.components, slope)
        named["at_mean"] = _at_mean(model.at_mean, slope)
    return named


def _intervals(effects: Mapping[str, Coefficient]) -> dict[str, dict[str, float]]:
    return {
        name: {"low": effect.interval.low, "high": effect.interval.high}
        for name, effect in effects.items()
    }


def _of_group(of_group: OfGroup) -> dict[str, Any]:
    return {"group": of_group.group, "value": of_group.value}


def _at_mean(components: VarianceComponents, slope: str | None) -> dict[str, float | None]:
    return {
        "sd": components.deviations[INTERCEPT],
        "correlation": _correlation(components, slope),
    }


def _associations(results: Results, fit: MixedFit) -> dict[str, dict[str, float | None]]:
    found = {name: association(results.lines, fit, name) for name in results.study.group_covariates}
    return {name: {"height": each.height, "slope": each.slope} for name, each in found.items()}


def _comparison(results: Results, summary: Summary) -> dict[str, Any]:
    named: dict[str, Any] = {row.model: _row(row) for row in results.comparison or ()}
    best = summary.best
    if best is not None:
        named["log_n"] = best.log_n
        named["best"] = {
            name: getattr(best, name) for name in ("aic", "bic", "bic_of_groups", "tests")
        }
    return named


def _more(results: Results) -> dict[str, Any]:
    named: dict[str, Any] = {}
    found = results.prediction
    if found is not None:
        scores = {"fewest": found.fewest, "most": found.most}
        named["prediction"] = {
            name: {"known": score.known, **score.rmse} for name, score in scores.items()
        }
        named["prediction"]["partial_is_best"] = found.partial_is_best
    if results.shrinkage is not None:
        named["shrinkage"] = {
            f"{term}s_clear": results.shrinkage.n_clear(term) for term in ("height", "slope")
        }
    profile = results.inference.models[results.verdicts.preferred].profile
    fixed = results.summary.models[results.verdicts.preferred].fixed
    named["profile"] = {
        name: {"low": profile[name].low, "high": profile[name].high}
        for name in fixed
        if name in profile
    }
    correlations = [each for name, each in profile.items() if name.startswith("cor(")]
    named["profile"]["correlation_known"] = any(
        each.low is not None or each.high is not None for each in correlations
    )
    if results.influence:
        named["influence"] = {
            end: {term: _of_group(getattr(each, side)) for term, each in results.influence.items()}
            for end, side in (("least", "low"), ("greatest", "high"))
        }
    return named


def _further(found: Further) -> dict[str, Any]:
    named: dict[str, Any] = {name: _row(model.test) for name, model in found.models.items()}
    named["best"] = {"aic": found.best_aic, "bic": found.best_bic}
    if found.slope_deviations is not None:
        named["slope_sd"] = dict(zip(("before", "after"), found.slope_deviations, strict=True))
    for name, (value, effect) in zip(("low", "high"), found.level_2, strict=False):
        ten = effect.times(10)
        named[name] = {
            "at": value,
            "ten": ten.estimate,
            "ten_interval": {"low": ten.interval.low, "high": ten.interval.high},
        }
    return named


def _row(row: ComparisonRow) -> dict[str, Any]:
    named: dict[str, Any] = {"aic": row.aic, "bic": row.bic}
    if row.chisq is not None:
        named |= {"chisq": row.chisq, "df": row.df, "p": row.p, "p_printed": row.p}
    if row.p_boundary is not None:
        named["p_boundary"] = row.p_boundary
    return named


def _correlation(components: VarianceComponents, slope: str | None) -> float | None:
    return None if slope is None else components.correlations.get(slope)
