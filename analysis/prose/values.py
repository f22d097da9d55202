"""The numbers of the prose: results, rounded and written as a reader reads them."""

from __future__ import annotations

import math
from statistics import NormalDist, fmean, median_low, stdev
from typing import TYPE_CHECKING, Any

from analysis.mixed.design import used_rows
from analysis.results.pooling import shrinkage_weight, slope_standard_errors
from analysis.writing.notation import Notation, two_decimals
from analysis.writing.numbers import MISSING, number, p_value, percent
from analysis.writing.words import as_markdown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.inference.comparison import ComparisonRow
    from analysis.mixed.crossproducts import Array
    from analysis.mixed.fit import MixedFit
    from analysis.results.results import Results

# Normal quantile of two-sided 95% intervals.
_NORMAL_975 = NormalDist().inv_cdf(0.975)


def values(results: Results) -> dict[str, Any]:
    """
    Return every number of the prose as text, by the name that a document calls it.

    Parameters
    ----------
    results : Results
        With a comparison.

    Returns
    -------
    dict
        Nested, with texts as leaves.
    """
    return {
        "data": _data(results),
        "pooling": _pooling(results),
        **{name: _model(fits["REML"], results) for name, fits in results.models.items()},
        "weights": _weights(results),
        "comparison": _comparison(results),
        "normal": {"quantile": number(_NORMAL_975)},
    }


def _data(results: Results) -> dict[str, str]:
    sample, sizes = results.sample, results.sample.sizes
    mean, spread = _mean_of_slope(results), float(sample.table[results.study.slope].std())
    return {
        "source": sample.source,
        "sha256": sample.sha256,
        "n": str(sample.n_observations),
        "groups": str(sample.n_groups),
        "n_in_file": str(sample.n_rows_in_table),
        "groups_in_file": str(sample.n_groups_in_table),
        "first_group": as_markdown(sample.groups[0]),
        "last_group": as_markdown(sample.groups[-1]),
        "smallest": str(min(sizes.values())),
        "largest": str(max(sizes.values())),
        "slope_mean": two_decimals(spread, [mean]).in_prose(mean),
    }


def _mean_of_slope(results: Results) -> float:
    return float(results.sample.table[results.study.slope].mean())


def _pooling(results: Results) -> dict[str, Any]:
    slopes = {group: line.slope for group, line in results.none.items() if line.slope is not None}
    flattest, steepest = min(slopes, key=slopes.__getitem__), max(slopes, key=slopes.__getitem__)
    errors = slope_standard_errors(results.sample, results.none)
    spread = stdev(slopes.values()) if len(slopes) > 1 else None
    write = two_decimals(spread, slopes.values()).in_prose
    intercept = results.complete.intercept
    outcomes = results.sample.table[results.study.outcome]
    return {
        "complete": {
            "intercept": two_decimals(float(outcomes.std()), [intercept]).in_prose(intercept),
            "slope": write(results.complete.slope),
        },
        "between": {"slope": write(results.between.slope)},
        "none": {
            "flattest": {"group": as_markdown(flattest), "slope": write(slopes[flattest])},
            "steepest": {"group": as_markdown(steepest), "slope": write(slopes[steepest])},
            "slope_sd": write(spread),
            "slope_error": write(fmean(errors.values())) if errors else MISSING,
        },
    }


def _coefficients(fit: MixedFit, times: int = 1, decimals: int = 2) -> dict[str, Notation]:
    """Write each coefficient so that a digit of its standard error is seen."""
    return {
        name: Notation.of(
            times * fit.standard_errors[name], [times * value], decimals=decimals, digits=1
        )
        for name, value in fit.fixed_effects.items()
    }


def _model(fit: MixedFit, results: Results) -> dict[str, Any]:
    variances = fit.random_covariance.diagonal()
    deviations = dict(zip(fit.random_names, map(math.sqrt, variances), strict=True))
    fixed, coefficients, ten = fit.fixed_effects, _coefficients(fit), _coefficients(fit, 10, 1)
    within = math.sqrt(fit.residual_variance)
    model: dict[str, Any] = {
        "formula": fit.spec.formula,
        "fixed": {name: coefficients[name].in_prose(value) for name, value in fixed.items()},
        "about": {name: _points(value, coefficients[name]) for name, value in fixed.items()},
        "ten": {name: ten[name].in_prose(10 * value) for name, value in fixed.items()},
        "p": {name: p_value(p) for name, p in fit.p_values.items()},
        "interval": _intervals(fit, 1, coefficients),
        "ten_interval": _intervals(fit, 10, ten),
        "sd": {name: _deviation(sd) for name, sd in deviations.items()},
        **{
            where: {
                name: coefficients[name].in_prose(fixed[name] + by * sd)
                for name, sd in deviations.items()
            }
            for where, by in (("two_sd_below", -2), ("two_sd_above", 2))
        },
        "sd_residual": _deviation(within),
        "aic": number(fit.aic, 3),
        "bic": number(fit.bic, 3),
    }
    effects = fit.group_effects
    for name in fit.random_names:
        totals = {group: fixed[name] + effects[group][name] for group in effects}
        for which, group in (
            ("lowest", min(totals, key=totals.__getitem__)),
            ("highest", max(totals, key=totals.__getitem__)),
        ):
            model.setdefault(which, {})[name] = {
                "group": as_markdown(group),
                "value": coefficients[name].in_prose(totals[group]),
            }
    if len(fit.random_names) == 1:
        model["share_between"] = percent(fit.icc)
    else:
        model["correlation"] = _correlation(fit.random_covariance)
        centred = fit.random_covariance_at(_mean_of_slope(results))
        model["at_mean"] = {
            "sd": _deviation(math.sqrt(centred[0, 0])),
            "correlation": _correlation(centred),
        }
    return model


def _deviation(sd: float) -> str:
    return two_decimals(sd).in_prose(sd)


def _correlation(covariance: Array) -> str:
    product = float(covariance[0, 0] * covariance[1, 1])
    return number(float(covariance[0, 1]) / math.sqrt(product)) if product > 0 else "undefined"


def _intervals(fit: MixedFit, times: int, notations: Mapping[str, Notation]) -> dict[str, str]:
    """Write the normal 95% intervals of the fixed effects, or of a multiple of them."""
    errors = fit.standard_errors
    return {
        name: " to ".join(
            notations[name].in_prose(times * (value + side * _NORMAL_975 * errors[name]))
            for side in (-1, 1)
        )
        for name, value in fit.fixed_effects.items()
    }


def _points(value: float, notation: Notation) -> str:
    """Write a difference as a reader would round it: to half points where these are of use."""
    if abs(value) < 0.75 or notation.power:
        return f"{notation.in_prose(value)} points"
    rounded = round(2 * value) / 2 if abs(value) < 10 else round(value)
    return "one point" if rounded == 1 else f"{number(rounded, 1).removesuffix('.0')} points"


def _weights(results: Results) -> dict[str, Any]:
    fit = results.models["m1"]["REML"]
    between = float(fit.random_covariance[0, 0])
    table = used_rows(fit.spec, results.sample.table)
    median = median_low(table[results.study.group].value_counts().tolist())
    write = two_decimals(fit.residual_variance, [between]).in_prose

    def weight(n: int) -> str:
        return percent(
            shrinkage_weight(n, between_variance=between, within_variance=fit.residual_variance)
        )

    return {
        "median": weight(median),
        "one": weight(1),
        "three": weight(3),
        "between": write(between),
        "within": write(fit.residual_variance),
    }


def _comparison(results: Results) -> dict[str, Any]:
    rows = results.comparison or ()
    # The models are compared on the rows that all of them use, which may lack some of the sample's.
    fit = results.models["m1"]["ML"]
    best = {
        "aic": min(rows, key=lambda row: row.aic).model,
        "bic": min(rows, key=lambda row: row.bic).model,
        "bic_of_groups": min(
            rows,
            key=lambda row: row.deviance + math.log(fit.n_groups) * row.npar,
        ).model,
    }
    return {
        **{row.model: _comparison_row(row) for row in rows},
        "log_n": number(math.log(fit.n_observations), 1),
        "best": {by: _title(name) for by, name in best.items()},
    }


def _comparison_row(row: ComparisonRow) -> dict[str, str]:
    written = {"aic": number(row.aic, 1), "bic": number(row.bic, 1)}
    if row.chisq is not None and row.p is not None:
        written |= {
            "chisq": number(row.chisq),
            "df": str(row.df),
            "p": p_value(row.p),
            "p_printed": f"{row.p:.4f}",
        }
    if row.p_boundary is not None:
        written["p_boundary"] = f"{row.p_boundary:.4f}"
    return written


def _title(model: str) -> str:
    return f"model {model.removeprefix('m')}"
