"""What may not change a fit, what changes it exactly, and what may only raise its likelihood."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mixed.as_statsmodels import fitted_values

from analysis.errors import ModelError
from analysis.mixed.estimate import fit
from analysis.mixed.model import ModelSpec

# Two searches of the same function end within 1e-13 of its lowest value, hence within about 1e-6
# standard deviations of each other, and rounding of the columns adds to that.
SAME = 1e-5
CRITERION = 1e-7

seeds = st.integers(0, 2**32 - 1)
methods = st.sampled_from(["ML", "REML"])


def spec(name="m2", fixed=("x", "s", "w"), slopes=("x",)):
    return ModelSpec(name=name, outcome="y", fixed=fixed, slopes=slopes, group="g")


def simulated(seed):
    rng = np.random.default_rng(seed)
    n_groups = int(rng.integers(4, 12))
    groups = np.repeat(np.arange(n_groups), rng.integers(2, 15, n_groups))
    n = len(groups)
    assume(n > 2 * n_groups + 4)
    table = pd.DataFrame({"g": groups, "x": rng.normal(3, 1, n), "s": rng.normal(size=n)})
    table["w"] = rng.normal(size=n_groups)[groups]
    effects = rng.normal(size=(n_groups, 2)) * rng.choice([0, 0.3, 1], 2)
    table["y"] = effects[groups, 0] + (1 + effects[groups, 1]) * table["x"] + rng.normal(size=n)
    return table


def check_same(first, second, *, criterion=CRITERION):
    assert first.criterion == pytest.approx(second.criterion, abs=criterion)
    assert first.rank == second.rank
    assert first.residual_variance == pytest.approx(second.residual_variance, rel=SAME)
    assert first.standard_errors == pytest.approx(second.standard_errors, rel=SAME)
    for name, value in second.fixed_effects.items():
        error = second.standard_errors[name]
        assert first.fixed_effects[name] == pytest.approx(value, abs=SAME * error)
    largest = max(second.random_covariance.max(), SAME * second.residual_variance)
    difference = np.abs(first.random_covariance - second.random_covariance).max()
    assert difference < SAME * largest + SAME**2


@settings(max_examples=25, deadline=None)
@given(seeds, methods, st.randoms(use_true_random=False))
def test_order_and_names_change_nothing(seed, method, random):
    """Pupils permuted, groups renamed."""
    table = simulated(seed)
    order = list(table.index)
    random.shuffle(order)
    labels = [f"class {number}" for number in range(table["g"].nunique())]
    random.shuffle(labels)
    other = table.loc[order].assign(g=lambda t: [labels[group] for group in t["g"]])
    first, second = fit(spec(), table, method), fit(spec(), other, method)
    check_same(first, second)
    deviation = np.sqrt(first.random_covariance.max()) + 1e-9
    for group, effects in first.group_effects.items():
        same = second.group_effects[labels[int(group)]]
        assert list(effects.values()) == pytest.approx(list(same.values()), abs=SAME * deviation)


@settings(max_examples=25, deadline=None)
@given(seeds, methods, st.floats(-1e3, 1e3), st.floats(1e-3, 1e3))
def test_the_outcome_in_other_units(seed, method, shift, scale):
    """Estimates move with it; the criterion by twice the log of the scale a degree of freedom."""
    table = simulated(seed)
    first = fit(spec(), table, method)
    second = fit(spec(), table.assign(y=scale * table["y"] + shift), method)
    df = len(table) - (4 if method == "REML" else 0)
    expected = first.criterion + 2 * df * np.log(scale)
    assert second.criterion == pytest.approx(expected, abs=CRITERION)
    assert second.rank == first.rank
    assert second.random_covariance / scale**2 == pytest.approx(
        first.random_covariance, abs=SAME * first.random_covariance.max() + SAME**2
    )
    assert second.residual_variance == pytest.approx(scale**2 * first.residual_variance, rel=SAME)
    for name, value in first.fixed_effects.items():
        moved = scale * value + (shift if name == "Intercept" else 0)
        error = scale * first.standard_errors[name]
        assert second.fixed_effects[name] == pytest.approx(moved, abs=SAME * error)


@settings(max_examples=25, deadline=None)
@given(seeds, methods, st.floats(-30, 30), st.floats(1e-3, 1e3))
def test_predictors_in_other_units(seed, method, shift, scale):
    """The random slope's predictor: intercept and slope are those at another point and scale."""
    table = simulated(seed)
    first = fit(spec(), table, method)
    other = table.assign(x=(table["x"] - shift) / scale)
    second = fit(spec(), other, method)
    jacobian = 2 * np.log(scale) if method == "REML" else 0.0
    assert second.criterion == pytest.approx(first.criterion - jacobian, abs=CRITERION)
    back = np.array([[1.0, shift], [0.0, scale]])
    moved = back @ first.random_covariance @ back.T
    assert second.random_covariance == pytest.approx(moved, abs=SAME * moved.max() + SAME**2)
    fixed = back @ [first.fixed_effects["Intercept"], first.fixed_effects["x"]]
    errors = np.array([second.standard_errors[name] for name in ("Intercept", "x")])
    ours = np.array([second.fixed_effects[name] for name in ("Intercept", "x")])
    assert np.abs((ours - fixed) / errors).max() < SAME
    for name in ("s", "w"):
        error = first.standard_errors[name]
        assert second.fixed_effects[name] == pytest.approx(
            first.fixed_effects[name], abs=SAME * error
        )
    assert fitted_values(first, table).to_numpy() == pytest.approx(
        fitted_values(second, other).to_numpy(), abs=1e-4
    )


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_more_terms_never_raise_the_deviance(seed):
    table = simulated(seed)
    chain = [
        spec("null", fixed=(), slopes=()),
        spec("x", fixed=("x",), slopes=()),
        spec("slope", fixed=("x",)),
        spec("s", fixed=("x", "s")),
        spec("two slopes", fixed=("x", "s"), slopes=("x", "s")),
        spec("w", fixed=("x", "s", "w"), slopes=("x", "s")),
    ]
    deviances = []
    for step in chain:
        try:
            deviances.append(fit(step, table, "ML").criterion)
        except ModelError:  # too few rows for two random slopes
            break
    assert len(deviances) >= 4
    assert (np.diff(deviances) < CRITERION).all()


@settings(max_examples=15, deadline=None)
@given(seeds, methods)
def test_the_order_of_the_terms_changes_nothing(seed, method):
    table = simulated(seed)
    first = fit(spec(), table, method)
    second = fit(spec(fixed=("w", "s", "x")), table, method)
    check_same(first, second)
    assert list(second.fixed_effects) == ["Intercept", "w", "s", "x"]
    order = [0, 3, 2, 1]
    assert second.covariance == pytest.approx(first.covariance[np.ix_(order, order)], rel=1e-4)


@settings(max_examples=15, deadline=None)
@given(seeds, methods)
def test_rows_with_missing_values_are_as_good_as_absent(seed, method):
    table = simulated(seed)
    gaps = table.copy()
    gaps.loc[gaps.index[::9], "s"] = np.nan
    gaps.loc[gaps.index[4::13], "y"] = np.nan
    assume(gaps.dropna()["g"].nunique() * 2 + 4 < len(gaps.dropna()))
    check_same(fit(spec(), gaps, method), fit(spec(), gaps.dropna(), method), criterion=1e-12)
