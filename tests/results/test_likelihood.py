"""The likelihood of the ratio along its slider, and what its region means for a group."""

import dataclasses
import math

import pytest
from page.studies import of_ladder

from analysis.inference.ratio import ratio_profile
from analysis.results.likelihood import RatioScale
from analysis.results.truth import known_truth
from analysis.study.studyfile import read_study


@pytest.mark.parametrize("estimate", [0.0, 0.02, 7.0])
def test_places_and_ratios_are_each_other_s_inverse(estimate):
    scale = RatioScale(estimate=estimate)
    for place in (1, 400, 600, 999):
        assert scale.place(scale.at(place)) == pytest.approx(place)
    assert scale.at(600) == (estimate or 1.0)
    assert (scale.place(0.0), scale.place(None)) == (0, 1000)
    assert (scale.place(1e-9 * scale.centre), scale.place(1e9 * scale.centre)) == (0, 1000)


def test_shares_are_those_of_the_restricted_likelihood(results):
    found, fit = results.ratio_likelihood, results.models["m1"]["REML"]
    estimated = fit.random_covariance[0, 0] / fit.residual_variance
    assert len(found.shares) == 1001
    assert (found.shares[600], found.shares[1000]) == (1.0, 0.0)
    rises = ratio_profile(fit, [0.0, estimated / 10, 10 * estimated]).rises
    expected = [math.exp(-rise / 2) for rise in rises]
    assert [found.shares[place] for place in (0, 400, 800)] == pytest.approx(expected, rel=1e-9)
    for share, place in zip(found.shares, range(1001), strict=True):
        low, high = found.places
        assert (low <= place <= high) == (share >= found.least_share)


def test_weights_of_the_region_are_those_of_a_class_of_median_size(results):
    found = results.ratio_likelihood
    assert found.low_weight == pytest.approx(20 * found.low / (20 * found.low + 1))
    assert found.high_weight == pytest.approx(20 * found.high / (20 * found.high + 1))
    assert found.low < results.summary.weights.ratio < found.high
    assert found.span == found.high / found.low
    assert not found.starts_before
    assert not found.goes_beyond


def test_ends_out_of_the_slider_s_sight_are_told(results):
    found, centre = results.ratio_likelihood, results.ratio_likelihood.scale.centre
    assert dataclasses.replace(found, low=centre * 1e-4).starts_before
    assert dataclasses.replace(found, high=centre * 1.1e2).goes_beyond
    endless = dataclasses.replace(found, low=None, high=None)
    assert endless.places == (0, 1000)
    assert endless.span is None
    assert not endless.starts_before
    assert not endless.goes_beyond


def test_truth_is_the_model_with_random_slopes(results):
    truth, fit = results.truth, results.models["m2"]["REML"]
    mean = results.sample.table["extrav"].mean()
    (a, b), (_, d) = fit.random_covariance
    assert truth.model == "m2"
    expected = (a + 2 * mean * b + mean**2 * d, b + mean * d, b + mean * d, d)
    assert [*truth.covariance[0], *truth.covariance[1]] == pytest.approx(expected)
    assert truth.residual_deviation**2 == pytest.approx(fit.residual_variance)
    fixed = fit.fixed_effects
    height = fixed["Intercept"] + fixed["extrav"] * mean
    height += fixed["sex"] * results.sample.table["sex"].mean()
    assert truth.average.height == pytest.approx(height)
    assert truth.average.slope == pytest.approx(fixed["extrav"])
    assert (truth.size, truth.n_groups) == (20, 15)
    assert truth.varies


def test_without_random_slopes_intercepts_are_the_truth(root):
    study = read_study(root / "data" / "popularity.toml")
    found = of_ladder(study, "no slopes")
    (heights, both), (_, slopes) = found.truth.covariance
    assert found.truth.model == "m1"
    assert heights == pytest.approx(found.models["m1"]["REML"].random_covariance[0, 0])
    assert (both, slopes) == (0, 0)
    sloping = of_ladder(study, "no intercepts")
    assert sloping.ratio_likelihood is None
    assert sloping.truth.model == "m2"


def test_without_either_role_no_truth_is_known(results):
    rungs = tuple(
        dataclasses.replace(rung, role=None) if rung.spec.name in {"m1", "m2"} else rung
        for rung in results.ladder.rungs
    )
    plain = dataclasses.replace(results, ladder=dataclasses.replace(results.ladder, rungs=rungs))
    assert known_truth(plain.lines, plain.summary) is None
    assert plain.truth is None
