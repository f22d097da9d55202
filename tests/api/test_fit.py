"""Models fitted from Python: lme4's numbers, and what is left out or refused."""

import json
import pickle
import re
from pathlib import Path

import numpy as np
import pandas as pd
import polars
import pytest

from analysis import AnalysisError, FittedModel, fit
from analysis.errors import (
    ConvergenceError,
    DataError,
    FormulaError,
    ModelError,
    NotIdentifiableError,
)

ORACLE = Path(__file__).resolve().parents[1] / "oracle"
FORMULAS = json.loads((ORACLE / "formulas.json").read_text(encoding="utf-8"))["models"]

# The references' gradients are below 1e-9; the estimates follow.
CRITERION, ESTIMATE = 1e-8, 1e-6


@pytest.fixture(scope="module")
def rows():
    return pd.read_csv(ORACLE / "data" / "formulas.csv")


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("name", FORMULAS)
def test_lme4(name, method, rows):
    reference = FORMULAS[name][method]
    model = fit(FORMULAS[name]["formula"], rows, method=method, name=name)
    assert (model.name, model.method) == (name, method)
    assert model.log_likelihood == pytest.approx(-reference["criterion"] / 2, abs=CRITERION)
    assert model.aic == pytest.approx(reference["AIC"], abs=CRITERION)
    assert model.bic == pytest.approx(reference["BIC"], abs=CRITERION)
    errors = list(reference["se"].values())
    assert list(model.standard_errors.values()) == pytest.approx(errors, rel=ESTIMATE)
    fixed = zip(model.fixed_effects.values(), reference["fixef"].values(), errors, strict=True)
    for ours, theirs, error in fixed:
        assert ours == pytest.approx(theirs, abs=ESTIMATE * error)
    covariance = np.array(reference["covariance"])
    scale = float(covariance.diagonal().max())
    assert model.random_covariance == pytest.approx(covariance, abs=ESTIMATE * scale)
    assert model.residual_variance == pytest.approx(reference["var_residual"], rel=ESTIMATE)
    assert model.singular == (np.linalg.eigvalsh(covariance)[0] < ESTIMATE * scale)
    effects = [list(effects.values()) for effects in model.group_effects.values()]
    assert np.array(effects) == pytest.approx(
        np.array(reference["ranef"], dtype=float), abs=ESTIMATE * np.sqrt(scale)
    )


def test_the_report_has_the_same_numbers(results, root):
    pupils = pd.read_csv(root / "data" / "popularity.csv").query("`class` <= 15")
    ours = results.models["m2"]
    model = fit(ours["REML"].spec.formula, pupils)
    for method in ("REML", "ML"):
        assert model.estimates(method).criterion == ours[method].criterion
    assert model.frame().to_dict("list") == {
        "estimate": list(ours["REML"].fixed_effects.values()),
        "standard_error": list(ours["REML"].standard_errors.values()),
        "t": list(ours["REML"].t_ratios.values()),
        "p": list(ours["REML"].p_values.values()),
    }
    assert list(model.frame().index) == ["Intercept", "extrav", "sex"]


def test_frames_of_polars(rows):
    text = "y ~ x + diet + C(dose) + (1 | g)"
    expected, frame = fit(text, rows), polars.from_pandas(rows)
    odd = frame.with_columns(
        polars.col("diet").cast(polars.Categorical),
        polars.col("x").cast(polars.Float64),
        polars.Series("unused", [[1]] * len(rows)),
    )
    for each in (frame, odd, frame.to_arrow()):
        assert fit(text, each).fixed_effects == expected.fixed_effects


@pytest.mark.parametrize("kind", [lambda frame: frame, polars.from_pandas])
def test_rows_that_lack_a_value_are_left_out_and_counted(rows, kind):
    spoilt = rows.astype({"g": "Int64", "dose": "Int64"})
    spoilt.loc[0, "g"] = pd.NA
    spoilt.loc[1:2, "y"] = np.nan
    spoilt.loc[3:6, "x"] = np.nan
    spoilt.loc[6:8, "diet"] = None
    spoilt.loc[9, "dose"] = pd.NA
    spoilt.loc[20:, "u"] = np.nan  # which the model does not have
    model = fit("y ~ x + diet + dose + (1 | g)", kind(spoilt))
    left = fit("y ~ x + diet + dose + (1 | g)", rows.drop(index=range(10)))
    assert model.estimates("ML").criterion == pytest.approx(left.estimates("ML").criterion)
    assert model.n_observations == len(rows) - 10
    note = (
        f"10 of {len(rows)} rows lack a value and are left out (g in 1, y in 2, x in 4, diet in 3, "
        "dose in 1)"
    )
    assert model.notes == (note,)
    assert note in " ".join(str(model.summary()).split())
    assert left.notes == ()


def test_a_singular_fit_says_so(rows):
    model = fit(FORMULAS["uncorrelated_zero"]["formula"], rows)
    assert model.singular
    assert [note.split(":")[0] for note in model.notes] == ["the fit is singular"]
    assert "The fit is singular" in model._repr_html_()


SUMMARY = """\
m2: popular ~ extrav + sex + (1 + extrav | class) (REML)
Fixed effect  Estimate  Std. error      t             p
Intercept        1.440       0.433   3.32        0.0009
extrav           0.524       0.055   9.49  2.28 × 10⁻²¹
sex              1.026       0.083  12.43  1.88 × 10⁻³⁵
p: two-sided, of the normal distribution.

Random effects of class
Random effect  Variance      SD  Correlation with Intercept
Intercept        2.1921  1.4806
extrav           0.0249  0.1578                      -0.933
Residual         0.4717  0.6868
307 rows in 15 groups; log-likelihood -351.3337, AIC 716.6674, BIC 742.7553.
"""


def test_summary(root):
    pupils = pd.read_csv(root / "data" / "popularity.csv").query("`class` <= 15")
    summary = fit(SUMMARY.split("\n")[0][4:-7], pupils, name="m2").summary()
    assert str(summary) == repr(summary)
    assert str(summary).replace("\xa0", " ") == SUMMARY


def test_summary_of_several_random_effects(rows):
    model = fit("y ~ x + z + (1 + x + z | g)", rows)
    components = str(model.summary()).partition("of g\n")[2].splitlines()
    assert components[0].split("  ")[-2:] == ["Correlation with Intercept", "Correlation with x"]
    cells = [line.split() for line in components[1:5]]
    assert [row[0] for row in cells] == ["Intercept", "x", "z", "Residual"]
    variances = [*model.random_covariance.diagonal(), model.residual_variance]
    assert [row[1] for row in cells] == [f"{variance:.4f}" for variance in variances]
    assert [row[2] for row in cells] == [f"{variance**0.5:.4f}" for variance in variances]
    correlation = model.estimates("REML").random_correlation
    assert cells[1][3:] == [f"{correlation[1, 0]:.3f}"]
    assert cells[2][3:] == [f"{correlation[2, 0]:.3f}", f"{correlation[2, 1]:.3f}"]
    assert components[5] == (
        f"{len(rows)} rows in {model.n_groups} groups; log-likelihood "
        f"{model.log_likelihood:.4f}, AIC {model.aic:.4f}, BIC {model.bic:.4f}."
    )


def test_uncorrelated_effects_show_no_correlation(rows):
    text = str(fit("y ~ x + (1 + x || g)", rows).summary())
    assert "Variance" in text
    assert "Correlation" not in text


def test_display_in_a_notebook(rows):
    model = fit("y ~ x + (1 | g)", rows, name="<b>")
    assert repr(model) == (
        f"<FittedModel <b>: y ~ x + (1 | g); REML, {len(rows)} rows in {model.n_groups} groups>"
    )
    html = model._repr_html_()
    assert html == model.summary()._repr_html_()
    assert html.count("<table") == 2
    assert "&lt;b&gt;: y ~ x + (1 | g) (REML)" in html
    assert "<b>" not in html


def test_a_model_is_frozen_and_travels(rows):
    model = fit("y ~ C(diet, 'none') + group_mean(x) + (1 | g)", rows)
    with pytest.raises(AttributeError):
        model.method = "ML"
    other = pickle.loads(pickle.dumps(model))
    assert isinstance(other, FittedModel)
    assert other.predict(rows).equals(model.predict(rows))


REFUSALS = {
    "y ~ x": (FormulaError, r"model M \(y ~ x\): no random part; add \(1 \| g\)"),
    "y ~ x + (1 | g) + (1 | dose)": (FormulaError, "groups by g and by dose"),
    "y ~ Intercept + (1 | g)": (FormulaError, "names the column 'Intercept'"),
    "y ~ xx + (1 | g)": (
        DataError, "the data frame: no column 'xx', which the formula names; did you mean 'x'"
    ),
    "y ~ log(x) + (1 | g)": (DataError, r"log\(x\) is not finite in \d+ rows"),
    "y ~ x + I(2 * x) + (1 | g)": (ModelError, "linear combination of 'x'"),
    "y ~ diet + (1 | k)": (NotIdentifiableError, "rows for .* random effects"),
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSALS)
def test_refusals(text, rows):
    kind, line = REFUSALS[text]
    with pytest.raises(kind, match=line) as refusal:
        fit(text, rows.assign(k=range(len(rows))))
    assert isinstance(refusal.value, AnalysisError)
    assert len(refusal.value.lines) == 1


def test_a_fit_that_fails_is_refused_at_once(rows, monkeypatch):
    def fails(design, method):
        msg = f"model {design.spec.name}: no optimum by {method}"
        raise ConvergenceError(msg)

    monkeypatch.setattr("analysis.api.model.estimate", fails)
    with pytest.raises(ConvergenceError, match="model M: no optimum by ML"):
        fit("y ~ x + (1 | g)", rows, method="ML")


def test_other_arguments_are_refused(rows):
    with pytest.raises(FormulaError, match=re.escape("model a: its formula is of type int; write")):
        fit(3, rows, name="a")
    with pytest.raises(ModelError, match="model M: method is 'reml'; write 'REML' or 'ML'"):
        fit("y ~ x + (1 | g)", rows, method="reml")
    with pytest.raises(DataError, match="the data frame: a list is no table; give a data frame"):
        fit("y ~ x + (1 | g)", [rows])
    with pytest.raises(DataError, match="the data frame: the table has no rows"):
        fit("y ~ x + (1 | g)", polars.from_pandas(rows[:0]))
