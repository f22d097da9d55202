"""Complete and no pooling against lm() of R, and the weight between the two."""

import json
from dataclasses import replace
from fractions import Fraction
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS
from statsmodels.tools import add_constant
from what_is_here import original_data

from analysis.results.pooling import (
    between_groups,
    complete_pooling,
    no_pooling,
    shrinkage_weight,
)
from analysis.study.sample import load
from analysis.study.selection import GroupSelection
from analysis.study.studyfile import read_study

ROOT = Path(__file__).resolve().parents[2]
LME4 = json.loads((ROOT / "tests" / "oracle" / "lme4.json").read_text(encoding="utf-8"))["datasets"]

# Least squares on at most 2,000 rows, by another decomposition.
LEAST_SQUARES = 1e-10


@pytest.fixture(params=["twin", "original"])
def study(request):
    twin = read_study(ROOT / "data" / "popularity.toml")
    if request.param == "twin":
        return twin
    return replace(twin, table=original_data())


@pytest.mark.parametrize(
    ("dataset", "groups"), [("popular2_1_15", "1-15"), ("popular2_all", "all")]
)
def test_lm(study, dataset, groups):
    sample = load(replace(study, groups=GroupSelection.parse(groups)))
    expected = LME4[dataset]
    complete, coefficients = complete_pooling(sample), expected["ols_complete_pooling"]["coef"]
    assert complete.intercept == pytest.approx(coefficients["(Intercept)"], rel=LEAST_SQUARES)
    assert complete.slope == pytest.approx(coefficients["extrav"], rel=LEAST_SQUARES)
    residuals = sample.table["popular"] - complete.at(sample.table["extrav"])
    rss = expected["ols_complete_pooling"]["rss"]
    assert residuals @ residuals == pytest.approx(rss, rel=LEAST_SQUARES)
    none, by_class = no_pooling(sample), expected["ols_no_pooling"]
    assert list(none) == by_class["group"]
    assert [sample.sizes[group] for group in none] == by_class["n"]
    intercepts = [line.intercept for line in none.values()]
    assert intercepts == pytest.approx(by_class["intercept"], rel=LEAST_SQUARES)
    slopes = [line.slope for line in none.values()]
    assert slopes == pytest.approx(by_class["slope"], rel=LEAST_SQUARES, abs=LEAST_SQUARES)


@pytest.mark.parametrize("shift", [0.0, 1e9])
def test_complete_pooling_is_exact_however_far_the_outcome_is_from_zero(results, shift):
    table = results.sample.table.copy()
    table["popular"] += shift
    line = complete_pooling(sample_of(results, table))
    x, y = (list(map(Fraction, table[name].tolist())) for name in ("extrav", "popular"))
    n, mean_x, mean_y = len(x), sum(x) / len(x), sum(y) / len(y)
    squares = sum((a - mean_x) ** 2 for a in x)
    slope = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / squares
    intercept = mean_y - slope * mean_x
    variance = sum((b - intercept - slope * a) ** 2 for a, b in zip(x, y, strict=True)) / (n - 2)
    spread = sum((b - mean_y) ** 2 for b in y)
    assert line.slope == pytest.approx(float(slope), rel=1e-13)
    assert line.intercept == pytest.approx(float(intercept), rel=1e-13)
    assert line.residual_variance == pytest.approx(float(variance), rel=1e-13)
    assert line.slope_standard_error == pytest.approx(sqrt(variance / squares), rel=1e-13)
    error = sqrt(variance * (Fraction(1, n) + mean_x**2 / squares))
    assert line.intercept_standard_error == pytest.approx(error, rel=1e-13)
    assert line.r_squared == pytest.approx(float(1 - variance * (n - 2) / spread), rel=1e-13)
    assert np.mean(line.intercept_interval) == pytest.approx(float(intercept), rel=1e-13)


def test_a_predictor_centred_in_its_groups_has_no_slope_between_them(results):
    table = results.sample.table.copy()
    table["extrav"] -= table.groupby("class")["extrav"].transform("mean")
    assert table.groupby("class")["extrav"].mean().abs().max() > 0  # by rounding alone
    assert between_groups(sample_of(results, table)).slope is None


def sample_of(results, table):
    return replace(results.sample, held=table)


def least_squares(rows):
    """Return statsmodels' fit of popular on extrav."""
    return OLS(rows["popular"], add_constant(rows[["extrav"]])).fit()


def test_complete_pooling_says_what_least_squares_says(results):
    fit, line = least_squares(results.sample.table), complete_pooling(results.sample)
    found = [line.intercept, line.slope, line.intercept_standard_error, line.slope_standard_error]
    assert found == pytest.approx([*fit.params, *fit.bse], rel=LEAST_SQUARES)
    intervals = [*line.intercept_interval, *line.slope_interval]
    assert intervals == pytest.approx(fit.conf_int().to_numpy().ravel(), rel=LEAST_SQUARES)
    assert line.r_squared == pytest.approx(fit.rsquared, rel=LEAST_SQUARES)
    assert line.residual_variance == pytest.approx(fit.mse_resid, rel=LEAST_SQUARES)
    assert line.n_observations == len(results.sample.table) == 307


def _errors(lines):
    errors = {group: line.slope_standard_error for group, line in lines.items()}
    return {group: error for group, error in errors.items() if error is not None}


def test_no_pooling_says_what_least_squares_says_of_each_group(results):
    table = results.sample.table.copy()
    for group, size in (("2", 2), ("4", 3)):
        table = table.drop(table.index[table["class"] == group][size:])
    table.loc[table["class"] == "3", "extrav"] = 5.0
    sample = sample_of(results, table.sample(frac=1, random_state=1))
    lines = no_pooling(sample)
    assert tuple(lines) == sample.groups
    errors = _errors(lines)
    assert set(errors) == set(sample.groups) - {"2", "3"}
    for group, rows in table.groupby("class"):
        if group != "3":
            fit, line = least_squares(rows), lines[group]
            found = [line.intercept, line.slope]
            assert found == pytest.approx(fit.params, rel=LEAST_SQUARES, abs=LEAST_SQUARES)
            assert line.n == len(rows)
            rss = line.residual_sum_of_squares
            assert rss == pytest.approx(fit.ssr, rel=LEAST_SQUARES, abs=1e-24)
            if group in errors:
                assert errors[group] == pytest.approx(fit.bse["extrav"], rel=LEAST_SQUARES)


def test_the_line_between_groups_is_that_of_their_means(results):
    """Of every pupil at its class's means, so that a class counts by its pupils."""
    table = results.sample.table
    means = table.groupby("class")[["popular", "extrav"]].transform("mean")
    between = between_groups(results.sample)
    found = [between.intercept, between.slope]
    assert found == pytest.approx(least_squares(means).params, rel=LEAST_SQUARES)


def test_a_close_fit_keeps_its_residuals(results):
    """By sums of squares alone, nothing is left of residuals of a ten-millionth."""
    table = results.sample.table
    noise = 1e-7 * (table["popular"] - table["popular"].mean())
    close = table.assign(popular=4.0 * table["extrav"] + noise)
    lines = no_pooling(sample_of(results, close))
    for group, line in no_pooling(sample_of(results, table)).items():
        expected = 1e-14 * line.residual_sum_of_squares
        assert lines[group].residual_sum_of_squares == pytest.approx(expected, rel=1e-5)


def test_without_a_predictor_that_varies_complete_pooling_is_the_mean(results):
    popular = results.sample.table["popular"]
    line = complete_pooling(sample_of(results, results.sample.table.assign(extrav=0.1)))
    assert (line.slope, line.slope_standard_error, line.slope_interval) == (None, None, None)
    assert line.intercept == line.at(7.0) == pytest.approx(popular.mean())
    assert line.intercept_standard_error == pytest.approx(popular.sem())
    assert (line.r_squared, line.residual_variance) == (0.0, pytest.approx(popular.var()))


values = st.floats(-1e3, 1e3, width=32)


@given(st.lists(st.tuples(st.sampled_from("abc"), values, values), min_size=3, max_size=30))
def test_residuals_of_any_groups_are_orthogonal_to_their_predictor(results, rows):
    """The normal equations, which have one solution where the predictor varies."""
    table = pd.DataFrame(rows, columns=["class", "popular", "extrav"])
    sample = replace(results.sample, held=table, groups=("a", "b", "c"))
    lines = no_pooling(sample)
    assert set(lines) == set(table["class"])
    for group, part in table.groupby("class"):
        line, deviations = lines[group], part["extrav"] - part["extrav"].mean()
        assert line.n == len(part)
        if line.slope is None:
            assert np.ptp(part["extrav"]) <= 1e-13 * table["extrav"].abs().max()
            continue
        # From the means, since an intercept may be far from everything.
        left = part["popular"] - part["popular"].mean() - line.slope * deviations
        size = np.sqrt((part["popular"] ** 2).sum() * (deviations**2).sum())
        assert abs(left @ deviations) <= 1e-9 * size
        assert line.residual_sum_of_squares == pytest.approx(left @ left, rel=1e-6, abs=1e-9)


def test_a_predictor_that_does_not_vary_has_no_slope(results):
    """A class of one pupil, or of equal extraversion: its line is level at its mean."""
    table = results.sample.table.copy()
    table = table.drop(table.index[table["class"] == "2"][1:])
    table.loc[table["class"] == "3", "extrav"] = 5.0
    # By rounding alone.
    table.loc[table["class"] == "4", "extrav"] = 5.0
    table.loc[table.index[table["class"] == "4"][::2], "extrav"] = np.nextafter(5.0, 6.0)
    lines = no_pooling(sample_of(results, table))
    for group in ("2", "3", "4"):
        mean = table.loc[table["class"] == group, "popular"].mean()
        line = lines[group]
        assert (line.slope, line.slope_standard_error) == (None, None)
        assert line.intercept == line.at(3.0) == pytest.approx(mean)
        rss = table.loc[table["class"] == group, "popular"].sub(mean).pow(2).sum()
        assert line.residual_sum_of_squares == pytest.approx(rss, abs=1e-12)
    assert lines["2"].n == 1


@pytest.mark.parametrize(
    ("shift", "unit"), [(1.6e9, 1.0), (-1e12, 1e3), (2e14, 1.0), (0.0, 1e-20), (0.0, 1e40)]
)
def test_lines_move_with_the_origin_and_the_unit_of_the_predictor(results, shift, unit):
    """Of times in seconds since 1970, the slope was 1e-8 of what it is."""
    table = results.sample.table
    # Whole numbers, so that adding the origin rounds nothing.
    sample = sample_of(results, table.assign(extrav=shift + unit * table["extrav"]))
    lines, expected = no_pooling(sample), results.none
    lines["all"], expected = complete_pooling(sample), {**expected, "all": results.complete}
    assert set(lines) == set(expected)
    for name, line in lines.items():
        assert line.slope * unit == pytest.approx(expected[name].slope, rel=1e-9, abs=1e-9)
        intercept = line.intercept + line.slope * shift
        # The intercept is far from the data, and has their digits less those of the distance.
        assert intercept == pytest.approx(expected[name].intercept, abs=1e-9 + 1e-14 * abs(shift))
    errors = _errors(lines)
    for name, error in _errors(results.none).items():
        assert errors[name] * unit == pytest.approx(error, rel=1e-9)
    assert lines["all"].slope_standard_error * unit == pytest.approx(
        results.complete.slope_standard_error, rel=1e-9
    )
    assert lines["all"].r_squared == pytest.approx(results.complete.r_squared, rel=1e-9)


def test_pupils_without_the_predictor_are_left_out(results):
    table = results.sample.table.copy()
    table.loc[table.index[:3], "extrav"] = np.nan
    table.loc[table["class"] == "7", "extrav"] = np.nan
    sample = sample_of(results, table)
    assert complete_pooling(sample) == complete_pooling(sample_of(results, table.dropna()))
    lines = no_pooling(sample)
    assert "7" not in lines
    assert lines == no_pooling(sample_of(results, table.dropna()))


def test_the_weight_goes_from_complete_to_no_pooling():
    """Gelman & Hill (2007), equation 12.1, and its limits (section 12.2)."""
    variances = {"between_variance": 0.25, "within_variance": 0.5}
    weights = [shrinkage_weight(n, **variances) for n in (0, 1, 10, 10**9)]
    assert weights == sorted(weights)
    assert weights[0] == 0.0
    assert weights[1] == pytest.approx((1 / 0.5) / (1 / 0.5 + 1 / 0.25))
    assert weights[-1] == pytest.approx(1.0)
    assert shrinkage_weight(9, between_variance=0.0, within_variance=1.0) == 0.0


def test_the_weight_is_the_one_of_the_fit(results):
    """A class's predicted intercept is its mean residual from the fixed part, times its weight."""
    fitted = results.models["m1"]["REML"]
    table = results.sample.table
    fixed = fitted.fixed_effects
    left = table["popular"] - fixed["Intercept"]
    for name in fitted.spec.fixed:
        left = left - fixed[name] * table[name]
    for group, mean in left.groupby(table["class"]).mean().items():
        weight = shrinkage_weight(
            results.sample.sizes[group],
            between_variance=float(fitted.random_covariance[0, 0]),
            within_variance=fitted.residual_variance,
        )
        assert fitted.group_effects[group]["Intercept"] == pytest.approx(weight * mean, abs=1e-12)
