"""The profile of the ratio of variances, against deviances of whole matrices."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq
from scipy.stats import chi2

from analysis.errors import ModelError
from analysis.inference.ratio import ratio_profile
from analysis.mixed.design import design
from analysis.mixed.estimate import estimate
from analysis.mixed.model import ModelSpec

# Deviances of some hundreds, by two ways of solving with whole matrices.
CLOSE = 1e-8
QUANTILE = chi2.ppf(0.95, 1)
RATIOS = (0.0, 1e-4, 0.05, 0.5, 1.0, 3.0, 40.0)


def table(between, n_groups=12, size=9, seed=1):
    """Return a table of groups of unequal size; without variance between them, of equal means."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(n_groups), size)[: n_groups * size - 5]
    x, e = rng.normal(3, 1, len(group)), rng.normal(size=len(group))
    if not between:
        e -= pd.Series(e).groupby(group).transform("mean").to_numpy()
    heights = between * rng.normal(size=n_groups)
    y = 2 + 0.5 * x + heights[group] + e
    return pd.DataFrame({"y": y, "x": x, "g": group.astype(str)})


def fitted(rows, method="REML", slopes=()):
    spec = ModelSpec(name="m", outcome="y", fixed=("x",), slopes=slopes, group="g")
    return estimate(design(spec, rows), method)


def deviance(rows, ratio, method):
    """Return the profiled deviance by the covariance of all rows."""
    x, y = np.column_stack((np.ones(len(rows)), rows["x"])), rows["y"].to_numpy()
    group = rows["g"].to_numpy(dtype=str)
    z = (group[:, None] == np.unique(group)).astype(float)
    v = np.eye(len(rows)) + ratio * z @ z.T
    solved = np.linalg.solve(v, np.column_stack((x, y)))
    information = x.T @ solved[:, :-1]
    rest = y - x @ np.linalg.solve(information, x.T @ solved[:, -1])
    df = len(rows) - (2 if method == "REML" else 0)
    variance = rest @ np.linalg.solve(v, rest) / df
    found = np.linalg.slogdet(v)[1] + df * (1 + math.log(2 * math.pi * variance))
    return found + (np.linalg.slogdet(information)[1] if method == "REML" else 0.0)


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("between", [0.0, 0.4, 1.5])
def test_rises_are_those_of_whole_matrices(method, between):
    rows = table(between)
    fit = fitted(rows, method)
    least = deviance(rows, fit.random_covariance[0, 0] / fit.residual_variance, method)
    assert least == pytest.approx(fit.criterion, abs=CLOSE)
    profile = ratio_profile(fit, RATIOS)
    expected = [deviance(rows, ratio, method) - least for ratio in RATIOS]
    assert profile.rises == pytest.approx(expected, abs=CLOSE)
    assert profile.quantile == pytest.approx(QUANTILE)


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_the_region_ends_where_the_deviance_is_the_quantile_above_the_least(method):
    rows = table(1.5)
    fit = fitted(rows, method)
    estimated = fit.random_covariance[0, 0] / fit.residual_variance

    def above(ratio):
        return deviance(rows, ratio, method) - fit.criterion - QUANTILE

    profile = ratio_profile(fit, ())
    assert profile.low == pytest.approx(brentq(above, 1e-9, estimated), rel=1e-6)
    assert profile.high == pytest.approx(brentq(above, estimated, 1e3 * estimated), rel=1e-6)
    assert ratio_profile(fit, (), level=0.5).low > profile.low


def test_where_the_data_do_not_rule_out_0_there_is_no_lower_end():
    rows = table(0.0)
    fit = fitted(rows)
    assert fit.random_covariance[0, 0] == 0
    profile = ratio_profile(fit, (0.0,))
    assert profile.low is None
    assert profile.rises == (0.0,)
    assert deviance(rows, profile.high, "REML") - fit.criterion == pytest.approx(QUANTILE, abs=1e-6)


def test_two_groups_leave_the_upper_end_far_off():
    fit = fitted(table(3.0, n_groups=2, size=30))
    profile = ratio_profile(fit, (math.inf,))
    estimated = fit.random_covariance[0, 0] / fit.residual_variance
    assert profile.rises == (math.inf,)
    assert profile.high > 100 * estimated


def test_a_model_with_random_slopes_has_no_one_ratio():
    fit = fitted(table(1.5), slopes=("x",))
    with pytest.raises(ModelError, match=r"model m .*no one ratio of variances"):
        ratio_profile(fit, ())
