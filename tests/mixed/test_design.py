"""What no model can be fitted to is refused in one line that names the column and the way out."""

import itertools
import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mixed.designs import wild

from analysis.errors import AnalysisError, ModelError, NotIdentifiableError
from analysis.mixed.design import design, used_rows
from analysis.mixed.estimate import fit
from analysis.mixed.model import ModelSpec

SPEC = ModelSpec(name="m2", outcome="y", fixed=("x", "w"), slopes=("x",), group="g")


@pytest.fixture
def table():
    rng = np.random.default_rng(5)
    groups = np.repeat(np.arange(6), 8)
    x, w = rng.normal(size=(2, 48))
    return pd.DataFrame({"g": groups, "y": x + rng.normal(size=48), "x": x, "w": w, "t": "text"})


def refused(spec, table, pattern, kind=ModelError):
    with pytest.raises(ModelError, match=pattern) as error:
        fit(spec, table)
    assert type(error.value) is kind
    message = str(error.value)
    assert message.startswith(f"model {spec.name}")
    assert "\n" not in message


def test_a_missing_column(table):
    refused(SPEC, table.drop(columns="w"), "the table has no column 'w'")
    refused(SPEC, table.drop(columns="g"), "the table has no column 'g'")


def test_text_for_a_number(table):
    spec = ModelSpec(name="m1", outcome="y", fixed=("x", "t"), slopes=(), group="g")
    refused(spec, table, "column 't' holds str values; code it by numbers")


@pytest.mark.parametrize("column", ["x", "w", "y"])
@pytest.mark.parametrize("value", [0.0, 0.1, 1e9 / 3])
def test_a_constant_column(table, column, value):
    refused(SPEC, table.assign(**{column: value}), f"column '{column}' is constant in the 48 rows")


def test_a_collinear_column(table):
    refused(SPEC, table.assign(w=3 - 2 * table["x"]), "'w' is a linear combination of 'x'; leave")
    spec = ModelSpec(name="m1", outcome="y", fixed=("x", "w", "sum"), slopes=(), group="g")
    both = table.assign(sum=table["x"] / 3 + table["w"] * 1e3)
    refused(spec, both, "'sum' is a linear combination of 'x', 'w'")


def test_a_nearly_collinear_column_is_used(table):
    noise = np.random.default_rng(6).normal(size=48)
    fitted = fit(SPEC, table.assign(w=table["x"] + 1e-6 * noise))
    # Least-squares theory: the same fit in other coordinates.
    same = fit(SPEC, table.assign(w=noise))
    assert fitted.criterion + 2 * math.log(1e6) == pytest.approx(same.criterion, abs=1e-6)
    assert fitted.fixed_effects["w"] / 1e6 == pytest.approx(same.fixed_effects["w"], rel=1e-6)


def test_an_exact_fit(table):
    refused(
        SPEC,
        table.assign(y=table["x"] + table["w"] / 3),
        "fit column 'y' exactly",
        NotIdentifiableError,
    )
    lines = table["g"] + table["x"] * (table["g"] - 2) / 7
    for outcome in (lines, table["g"] ** 2.0):
        pattern = "no residual variance to estimate"
        refused(SPEC, table.assign(y=outcome), pattern, NotIdentifiableError)


def test_too_few_groups_and_rows(table):
    refused(SPEC, table.assign(g=1), "1 group in 'g'; at least 2 are needed")
    refused(SPEC, table.iloc[:0], "0 groups in 'g'")
    pairs, pattern = table.groupby("g").head(2), "12 rows for 12 random effects of 6 groups"
    refused(SPEC, pairs, pattern, NotIdentifiableError)


def test_values_beyond_floating_point(table):
    for value, name in itertools.product((math.inf, -math.inf, 1e200), "xwy"):
        changed = table.assign(**{name: [value, *table[name][1:]]})
        refused(SPEC, changed, f"column '{name}' has infinite values")
    refused(SPEC, table.assign(x=1e-200 * table["x"]), "use another unit")


def test_a_model_in_which_nothing_varies():
    with pytest.raises(ModelError, match="model m: nothing varies over 'g'; give a random effect"):
        ModelSpec(name="m", outcome="y", fixed=("x",), slopes=(), group="g", random_intercept=False)


@pytest.mark.parametrize("fixed", [("x", "x"), ("y",), ("g",)])
def test_a_column_with_two_roles(fixed):
    with pytest.raises(ModelError, match="appears twice; give it one role"):
        ModelSpec(name="m", outcome="y", fixed=fixed, slopes=(), group="g")


def test_the_table_is_left_as_it_was(table):
    before = table.copy()
    assert used_rows(SPEC, table) is table
    design(SPEC, table)
    pd.testing.assert_frame_equal(table, before)


KINDS = """plain, single rows, no residual, tiny residual, collinear, shifted, scaled, no spread,
wide spread, rounded, missing"""
kinds = st.sampled_from(KINDS.replace("\n", " ").split(", "))


def fit_or_refusal(spec, table, method):
    try:
        return fit(spec, table, method)
    except AnalysisError as refusal:
        return refusal


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32 - 1), kinds, st.sampled_from(["ML", "REML"]))
@example(seed=85696, kind="single rows", method="REML")
def test_any_table_is_fitted_or_refused(seed, kind, method):
    """Never another exception, a warning, or a number that is none."""
    spec, table = wild(seed, kind)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted = fit_or_refusal(spec, table, method)
        if isinstance(fitted, AnalysisError):
            assert "\n" not in str(fitted)
            assert str(fitted).startswith("model m")
            # Only residuals of less than a thousandth of the differences between groups.
            assert isinstance(fitted, ModelError) or kind in {"tiny residual", "wide spread"}
            return
        numbers = [
            fitted.criterion, fitted.aic, fitted.bic,
            *fitted.covariance.flat, *fitted.random_covariance.flat,
            *fitted.conditional_means.flat, *fitted.conditional_covariances.flat,
            *fitted.p_values.values(),
        ]  # fmt: skip
    assert np.isfinite(numbers).all()
    assert fitted.residual_variance > 0
    assert all(error > 0 for error in fitted.standard_errors.values())
    assert np.linalg.eigvalsh(fitted.random_covariance)[0] >= -1e-9 * fitted.random_covariance.max()
    assert (np.diagonal(fitted.conditional_covariances, axis1=1, axis2=2) >= 0).all()
