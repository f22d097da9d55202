"""The summary: each number again from the fits and the table, by another way."""

import dataclasses
import math
from statistics import fmean, stdev

import numpy as np
import pytest

from analysis.errors import ConvergenceError
from analysis.prose.text import as_text
from analysis.results import results as module
from analysis.results.components import VarianceComponents
from analysis.results.results import analyse


def test_slopes_of_no_pooling(results):
    lines = results.none.values()
    pooling = results.summary.pooling
    assert pooling.slope_error == pytest.approx(fmean(line.slope_standard_error for line in lines))
    assert pooling.slope_deviation == pytest.approx(stdev(line.slope for line in lines))
    assert pooling.intercept_deviation == pytest.approx(stdev(line.intercept for line in lines))
    assert pooling.without_slope == ()


def test_two_standard_deviations_to_either_side(results):
    fit, term = results.compared["m3"], results.summary.models["m3"].random["extrav"]
    slope, sd = fit.fixed_effects["extrav"], math.sqrt(fit.random_covariance[1, 1])
    assert (term.two_below, term.two_above) == pytest.approx((slope - 2 * sd, slope + 2 * sd))
    totals = {group: slope + effect["extrav"] for group, effect in fit.group_effects.items()}
    assert term.totals.low.value == pytest.approx(min(totals.values()))
    assert totals[term.totals.high.group] == max(totals.values())


def test_a_covariance_of_rank_1_has_a_correlation_of_exactly_one(results):
    fit = results.compared["m2"]
    root = np.array([[0.7], [-0.1 / 3]])
    singular = dataclasses.replace(fit, random_covariance=root @ root.T, rank=1)
    assert VarianceComponents.of(singular).correlations == {"extrav": -1.0}
    none = dataclasses.replace(fit, random_covariance=np.diag([0.5, 0.0]), rank=1)
    assert VarianceComponents.of(none).correlations == {"extrav": None}


def test_components_at_the_mean_of_the_predictor(results):
    fit, mean = results.compared["m2"], results.rows["extrav"].mean()
    (a, c), (_, b) = fit.random_covariance
    found = results.summary.models["m2"].at_mean
    variance, covariance = a + 2 * mean * c + mean**2 * b, c + mean * b
    assert found.variances["Intercept"] == pytest.approx(variance)
    assert found.correlations["extrav"] == pytest.approx(covariance / math.sqrt(variance * b))


def test_weights(results):
    weights, sizes = results.summary.weights, results.lines.model_sizes
    fit = results.compared["m1"]
    ratio = float(fit.random_covariance[0, 0]) / fit.residual_variance
    assert weights.ratio == pytest.approx(ratio)
    assert weights.one == pytest.approx(ratio / (ratio + 1))
    shares = {group: n * ratio / (n * ratio + 1) for group, n in sizes.items()}
    assert weights.by_group == pytest.approx(shares)
    assert (weights.least, weights.greatest) == pytest.approx(
        (min(shares.values()), max(shares.values()))
    )


def test_a_group_that_no_model_knows_is_not_the_one_with_the_least_weight(results):
    weights = results.summary.weights
    unknown = dataclasses.replace(weights, by_group={**weights.by_group, "x": 0.0})
    assert unknown.least == weights.least > 0.5
    pooled = dataclasses.replace(weights, between=0.0, by_group={"1": 0.0, "2": 0.0})
    assert pooled.least == 0.0


def test_text_shows_the_correlation_of_intercept_and_slope(results):
    lines = [" ".join(line.split()) for line in as_text(results).splitlines()]
    assert "cor Intercept,extrav -0.933012" in lines
    assert len([line for line in lines if line.startswith("cor ")]) == 2


def test_a_model_without_a_certified_optimum_is_left_out(results, monkeypatch):
    def estimate(design, method):
        if design.spec.name == "m3":
            msg = "model m3: the ML fit has no certified optimum"
            raise ConvergenceError(msg)
        return fitted(design, method)

    fitted = module.estimate
    monkeypatch.setattr(module, "estimate", estimate)
    found = analyse(results.study)
    assert list(found.models) == ["null", "m1", "m2"]
    assert found.not_fitted == {"m3": "model m3: the ML fit has no certified optimum"}
    assert [row.model for row in found.comparison] == ["m1", "m2"]
