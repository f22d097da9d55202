"""Predictions of rows, old and new."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import polars
import pytest
import statsmodels.formula.api as smf

from analysis import fit
from analysis.errors import DataError

ORACLE = Path(__file__).resolve().parents[1] / "oracle"
FORMULAS = json.loads((ORACLE / "formulas.json").read_text(encoding="utf-8"))["models"]

# Sums of the same few products in another order.
ROUNDING = 1e-12


@pytest.fixture(scope="module")
def rows():
    return pd.read_csv(ORACLE / "data" / "formulas.csv")


@pytest.mark.parametrize("name", ["reference", "within", "no_intercept_two", "slope_alone"])
def test_rows_of_the_fit_by_hand(name, rows):
    """As lme4's fitted values: the fixed effects, and those of the row's group."""
    model = fit(FORMULAS[name]["formula"], rows)
    mean = rows.groupby("g")["x"].transform("mean")
    columns = {
        "Intercept": 1.0, "x": rows["x"], "z": rows["z"], "w": rows["w"],
        "diet[fish]": rows["diet"] == "fish", "diet[none]": rows["diet"] == "none",
        "within(x)": rows["x"] - mean, "group_mean(x)": mean,
    }  # fmt: skip
    fixed = sum(value * columns[term] for term, value in model.fixed_effects.items())
    random = sum(
        rows["g"].astype(str).map({g: b[term] for g, b in model.group_effects.items()})
        * columns[term]
        for term in model.random_names
    )
    found = model.predict(rows)
    assert found.to_numpy() == pytest.approx((fixed + random).to_numpy(), abs=ROUNDING)
    assert model.predict(rows, groups=False).to_numpy() == pytest.approx(
        fixed.to_numpy(), abs=ROUNDING
    )
    assert (found.name, found.dtype) == ("y", float)


@pytest.mark.parametrize("name", FORMULAS)
def test_a_row_is_predicted_alike_alone_and_among_others(name, rows):
    """Means, deviations, levels and references are those of the fitted rows."""
    model = fit(FORMULAS[name]["formula"], rows)
    every = model.predict(rows)
    for chosen in ([5], [7, 3]):
        some = model.predict(rows.iloc[chosen])
        assert some.to_numpy() == pytest.approx(every.iloc[chosen].to_numpy(), abs=ROUNDING)
        assert list(some.index) == chosen


@pytest.mark.parametrize("name", ["reference", "category_interaction", "categories"])
def test_rows_without_the_reference_level(name, rows):
    model = fit(FORMULAS[name]["formula"], rows)
    for level in ("fish", "meat", "none"):
        some = rows[rows["diet"] == level]
        expected = model.predict(rows).loc[some.index]
        assert model.predict(some).to_numpy() == pytest.approx(expected.to_numpy(), abs=ROUNDING)


def test_without_variance_between_groups_it_is_least_squares():
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"x": np.tile(np.arange(6.0), 8), "g": np.repeat(np.arange(8), 6)})
    noise = rng.normal(size=(8, 6))
    # Groups without any difference: the variance between them is estimated as 0.
    table["y"] = 2 + 0.5 * table["x"] + (noise - noise.mean(axis=1, keepdims=True)).ravel()
    model = fit("y ~ x + (1 | g)", table)
    assert model.random_covariance[0, 0] == 0
    fitted = smf.ols("y ~ x", table).fit().fittedvalues
    assert model.predict(table).to_numpy() == pytest.approx(fitted.to_numpy(), abs=1e-10)


def test_residuals_of_random_effects_shrink_towards_the_group(rows):
    """With effects of groups the predictions are nearer to the outcomes."""
    model = fit("y ~ x + (1 | g)", rows)
    with_groups, without = (model.predict(rows, groups=choice) for choice in (True, False))
    assert ((rows["y"] - with_groups) ** 2).sum() < ((rows["y"] - without) ** 2).sum()


def test_groups_that_are_new_count_as_average_ones(rows):
    model = fit("y ~ x + (1 + x | g)", rows)
    average = model.predict(rows[:4], groups=False)
    assert model.predict(rows[:4].assign(g="new")).equals(average)
    mixed = rows[:4].assign(g=["new", *rows["g"][1:4].astype(str)])
    expected = model.predict(rows[:4])
    expected.iloc[0] = average.iloc[0]
    assert model.predict(mixed).equals(expected)


def test_a_missing_value_has_no_prediction(rows):
    model = fit("y ~ x + diet + (1 | g)", rows)
    expected = model.predict(rows[:6])
    spoilt = rows[:6].astype({"g": "Int64"}).drop(columns="y")
    spoilt.loc[1, "x"] = np.nan
    spoilt.loc[2, "diet"] = None
    spoilt.loc[3, "g"] = pd.NA
    assert model.predict(spoilt).equals(expected.mask(expected.index.isin([1, 2, 3])))
    assert model.predict(spoilt, groups=False).isna().tolist() == [False, True, True] + [False] * 3
    assert model.predict(spoilt[1:2]).isna().all()


def test_the_index_is_the_frames(rows):
    model = fit("y ~ x + (1 | g)", rows)
    named = rows[:3].set_index(pd.Index(["b", "a", "a"], name="pupil"))
    found = model.predict(named)
    assert found.index.equals(named.index)
    assert found.tolist() == model.predict(rows[:3]).tolist()
    of_polars = model.predict(polars.from_pandas(rows[:3]))
    assert of_polars.equals(model.predict(rows[:3]))


def test_columns_that_a_prediction_does_not_need(rows):
    assert len(fit("y ~ 1 + (1 | g)", rows).predict(rows[["x"]], groups=False)) == len(rows)
    model = fit("y ~ x + (1 | g)", rows)
    assert model.predict(rows[["x"]], groups=False).equals(model.predict(rows, groups=False))
    odd = rows.rename(columns={"x": "within(x)"})
    named = fit("y ~ `within(x)` + (1 | g)", odd)
    assert named.predict(odd[["within(x)"]], groups=False).notna().all()
    # Group means are those of the row's group, with its random effects and without.
    of_means = fit("y ~ group_mean(x) + (1 | g)", rows)
    with pytest.raises(DataError, match="no column 'g', which the model needs"):
        of_means.predict(rows[["x"]], groups=False)


REFUSALS = {
    "column": (
        lambda rows: rows.rename(columns={"diet": "Diet"}),
        "no column 'diet', which the model needs; did you mean 'Diet'?",
    ),
    "twice": (
        lambda rows: pd.concat([rows, rows[["x"]]], axis=1),
        "2 columns are named 'x'; rename all but one",
    ),
    "text": (
        lambda rows: rows[:1].assign(x="a"),
        "column 'x' holds 'a' in data row 1; it must hold numbers",
    ),
    "level": (
        lambda rows: rows[:2].assign(diet=["vegan", "meat"]),
        "column 'diet' has vegan, of which the fit has no row; it knows fish, meat, none",
    ),
    "group": (
        lambda rows: rows[:2].assign(g=["new", "1"]),
        "column 'g' has new, of which the fit has no row and so no group mean; give the means as",
    ),
    "function": (
        lambda rows: rows[:2].assign(dose=[-1.0, 1.0]),
        "log(dose) is not finite in 1 rows, where its function is not defined",
    ),
    "no rows": (lambda rows: rows[:0], "the table has no rows"),
    "no frame": (lambda rows: rows.to_numpy(), "a ndarray is no table; give a data frame"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals(case, rows):
    model = fit("y ~ within(x) + diet + log(dose) + (1 | g)", rows)
    spoil, line = REFUSALS[case]
    with pytest.raises(DataError, match=re.escape(f"the data frame: {line}")) as refusal:
        model.predict(spoil(rows))
    assert len(refusal.value.lines) == 1


def test_all_that_is_wrong_is_said_at_once(rows):
    model = fit("y ~ x + w + diet + (1 | g)", rows)
    with pytest.raises(DataError, match=r"no column 'g'.*no column 'w'"):
        model.predict(rows.drop(columns=["g", "w"]))
    with pytest.raises(DataError, match=r"column 'x' holds 'a'.*column 'w' holds 'b'"):
        model.predict(rows.assign(x="a", w="b"))
