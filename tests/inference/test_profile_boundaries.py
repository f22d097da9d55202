"""Profiles at the edge of what there is: no variance, correlations of 1, few groups; any study."""

import itertools
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from inference.dense_deviance import Dense
from mixed.designs import wild

from analysis.inference.profile import profile
from analysis.mixed.estimate import fit
from analysis.mixed.model import ModelSpec

DATA = Path(__file__).resolve().parents[1] / "oracle" / "data"
QUANTILE = 3.841458820694124
# What SciPy's minima by differences, the deviances of whole matrices, leave open.
DEVIANCE = 2e-5


def spec(*, slopes=("x",), fixed=("x",), **changes):
    columns = {"name": "m", "outcome": "y", "group": "g"} | changes
    return ModelSpec(fixed=tuple(fixed), slopes=tuple(slopes), **columns)


def study(seed, n_groups, size, spread, slope):
    """Return a table: groups of a size, standard deviations of intercepts and slopes."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(n_groups), size)
    x = rng.normal(size=len(groups))
    effects = rng.normal(size=(2, n_groups)) * np.array([[spread], [slope]])
    y = 1 + x / 2 + effects[0, groups] + effects[1, groups] * x + rng.normal(size=len(groups))
    return pd.DataFrame({"g": groups, "x": x, "y": y})


def oracle_case(name):
    return pd.read_csv(DATA / f"{name}.csv").rename(columns={"group": "g"})


def check(table, model, names=None):
    """
    Assert of each interval what it is, by SciPy's minima of a deviance from whole matrices.

    At an end, the deviance is above its minimum by the quantile; farther out by more, farther in by
    less; and at a boundary that takes an end's place by no more.
    """
    ours, dense = fit(model, table, "ML"), Dense(table, model)
    threshold = ours.criterion + QUANTILE
    estimates = {**ours.fixed_effects, "sigma": math.sqrt(ours.residual_variance)}
    for name, variance in zip(ours.random_names, ours.random_covariance.diagonal(), strict=True):
        estimates[f"sd({name})"] = math.sqrt(variance)
    for name, interval in profile(ours).items():
        if (names and name not in names) or interval.missing:
            continue
        estimate = estimates.get(name)
        if estimate is None:
            estimate = float(ours.random_correlation[0, 1])
        sides = ((interval.low, interval.low_boundary), (interval.high, interval.high_boundary))
        for end, boundary in sides:
            if end is None:
                inside = (1 - 1e-9) * boundary + 1e-9 * estimate
                assert dense.low(name, inside) < threshold + DEVIANCE, name
                assert dense.low(name, (boundary + estimate) / 2) < threshold + DEVIANCE, name
                continue
            assert boundary is None
            way = end - estimate
            assert math.copysign(1, way) == (-1 if end is interval.low else 1), name
            assert dense.low(name, end) == pytest.approx(threshold, abs=DEVIANCE), name
            assert dense.low(name, end - 0.05 * way) < threshold - 10 * DEVIANCE, name
            farther = end + 0.02 * way
            if not (name.startswith("cor") and abs(farther) >= 1):
                assert dense.low(name, farther) > threshold, name


# Without shrinking, which takes minutes here.
@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    seed=st.integers(0, 10**6),
    n_groups=st.integers(3, 7),
    size=st.integers(4, 7),
    spread=st.sampled_from([0.0, 0.3, 1.0, 5.0]),
    slope=st.sampled_from([None, 0.0, 0.4, 2.0]),
)
@example(seed=1, n_groups=6, size=6, spread=1.0, slope=0.7)
def test_random_studies(seed, n_groups, size, spread, slope):
    table = study(seed, n_groups, size, spread, slope or 0.0)
    check(table, spec(slopes=() if slope is None else ("x",)))


@pytest.mark.parametrize("seed", [3, 4])
def test_two_groups(seed):
    table = study(seed, 2, 12, 1.0, 0.0)
    check(table, spec(slopes=()))
    interval = profile(fit(spec(slopes=()), table, "ML"))["sd(Intercept)"]
    assert interval.high > 2


def test_no_fixed_effect_but_the_intercept():
    check(study(5, 5, 6, 1.0, 0.0), spec(slopes=(), fixed=()))


def test_variance_of_0():
    """A deviation that is 0 has an upper end, and correlates with nothing."""
    table, model = oracle_case("intercept_variance_zero"), spec()
    ours = fit(model, table, "ML")
    found = profile(ours)
    assert ours.random_covariance[0, 0] < 1e-12
    assert (found["sd(Intercept)"].low, found["sd(Intercept)"].low_boundary) == (None, 0.0)
    assert found["sd(Intercept)"].high > 0.01
    assert found["sd(x)"].low > 0
    correlation = found["cor(Intercept,x)"]
    assert (correlation.low, correlation.high) == (None, None)
    assert (correlation.low_boundary, correlation.high_boundary) == (None, None)
    assert "variance of Intercept is 0" in correlation.missing


def test_no_variance_at_all():
    found = profile(fit(spec(), oracle_case("both_variances_zero"), "ML"))
    assert [found[f"sd({name})"].low for name in ("Intercept", "x")] == [None, None]
    assert "variance of Intercept is 0" in found["cor(Intercept,x)"].missing


@pytest.mark.parametrize("sign", [1, -1])
def test_correlation_at_its_boundary(sign):
    """It has the other end."""
    table = oracle_case("correlation_plus_one")
    table["x"] *= sign
    ours = fit(spec(), table, "ML")
    found = profile(ours)["cor(Intercept,x)"]
    assert ours.rank == 1
    if sign > 0:
        assert (found.high, found.high_boundary, found.low_boundary) == (None, 1.0, None)
        assert found.low == pytest.approx(0.6532, abs=1e-4)
    else:
        assert (found.low, found.low_boundary, found.high_boundary) == (None, -1.0, None)
        assert found.high == pytest.approx(-0.6532, abs=1e-4)


def test_uncorrelated_effects_have_no_correlation():
    model = spec(diagonal=True)
    table = study(8, 7, 6, 1.0, 0.7)
    assert list(profile(fit(model, table, "ML"))) == [
        "Intercept", "x", "sd(Intercept)", "sd(x)", "sigma",
    ]  # fmt: skip
    check(table, model)


def test_slopes_without_random_intercepts():
    check(study(9, 6, 6, 0.0, 1.0), spec(random_intercept=False))


def test_slope_without_a_fixed_effect():
    check(study(10, 6, 6, 1.0, 1.0), spec(fixed=()))


@pytest.fixture(scope="module")
def three():
    """Return a study with two slopes, its model, and their profile."""
    table = oracle_case("three_columns")
    slopes = ("x1", "x2")
    model = spec(fixed=slopes, slopes=slopes)
    return table, model, profile(fit(model, table, "ML"))


def test_two_slopes(three):
    table, model, found = three
    first, second = model.slopes
    names = model.random_names
    assert list(found)[3:] == [
        *(f"sd({name})" for name in names),
        *(f"cor({one},{other})" for one, other in itertools.combinations(names, 2)),
        "sigma",
    ]
    ours = fit(model, table, "ML")
    for name, variance in zip(names, ours.random_covariance.diagonal(), strict=True):
        assert found[f"sd({name})"].low < math.sqrt(variance) < found[f"sd({name})"].high
    for i, j in itertools.combinations(range(3), 2):
        interval = found[f"cor({names[i]},{names[j]})"]
        assert interval.low < ours.random_correlation[i, j] < interval.high
    # In another order of the slopes they are the same.
    turned = profile(fit(replace(model, slopes=(second, first)), table, "ML"))
    for one, other in (("sd({0})", "sd({0})"), ("cor({0},{1})", "cor({1},{0})")):
        before, after = found[one.format(first, second)], turned[other.format(first, second)]
        assert after.low == pytest.approx(before.low, rel=1e-7)
        assert after.high == pytest.approx(before.high, rel=1e-7)


# Where a search from the fit alone, one that trusts points beyond an end, or one without a
# certificate of its own failed.
@pytest.mark.parametrize(
    ("seed", "kind"),
    [(114, "wide spread"), (134, "wide spread"), (177, "shifted"), (217, "shifted")],
)
def test_hard_studies_have_profiles(seed, kind):
    model, table = wild(seed, kind)
    model = replace(model, diagonal=seed == 217)
    ours = fit(model, table, "ML")
    for name, interval in profile(ours).items():
        if name in ours.fixed_effects:
            assert interval.low < ours.fixed_effects[name] < interval.high
        else:
            assert interval.low is None or interval.high is None or interval.low < interval.high
