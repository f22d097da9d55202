"""The fits against statsmodels and mixedlm-rs: the same likelihood, by other programs."""

import json
import warnings
from pathlib import Path

import mixedlm_rs
import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from mixed.as_statsmodels import fitted_values, statsmodels_results
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from analysis.mixed.design import design, used_rows
from analysis.mixed.estimate import fit
from analysis.mixed.grouping import grouping
from analysis.mixed.model import ModelSpec
from analysis.mixed.rowsums import cross_products

ROOT = Path(__file__).resolve().parents[2]
ORACLE = ROOT / "tests" / "oracle"
REFERENCES = json.loads((ORACLE / "references.json").read_text(encoding="utf-8"))["datasets"]

# statsmodels inverts matrices of raw columns group by group.
LIKELIHOOD = 1e-7
# There statsmodels works with a covariance 1e-8 away.
LIKELIHOOD_WHERE_SINGULAR = 1e-4
# Where a column's mean is 1e3 to 1e6 times its deviation, raw columns lose these digits.
LIKELIHOOD_OF_RAW_COLUMNS = 1e-3

# mixedlm-rs 0.2.0 ends within 1e-9 of the same criterion but for rounding, and within 1e-5 standard
# errors of the estimates where columns differ in scale by 1e6; elsewhere nearer.
ESTIMATE = 1e-5
CRITERION = 1e-7

CASES = [
    pytest.param(case, model, method, id=f"{case}-{model}-{method}")
    for case, data in REFERENCES.items()
    if data["data"] != "popular2"
    for model in data["models"]
    for method in ("REML", "ML")
]


def reference(case, model):
    data = REFERENCES[case]
    entry = data["models"][model]
    spec = ModelSpec(
        name=model,
        outcome=data["outcome"],
        fixed=tuple(entry["fixed"]),
        slopes=tuple(entry["random"]),
        group=data["group"],
    )
    return spec, pd.read_csv(ORACLE / data["data"])


@pytest.mark.parametrize(("case", "model", "method"), CASES)
def test_the_likelihood_is_that_of_statsmodels(case, model, method):
    spec, table = reference(case, model)
    fitted = fit(spec, table, method)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = statsmodels_results(fitted, table)
        log_likelihood = results.llf
    raw = case in {"bad_scales", "large_outcome", "near_collinear"}
    tolerance = LIKELIHOOD_OF_RAW_COLUMNS if raw else LIKELIHOOD
    if fitted.singular:
        tolerance = LIKELIHOOD_WHERE_SINGULAR
    assert log_likelihood == pytest.approx(fitted.log_likelihood, abs=tolerance)
    assert list(results.fe_params) == pytest.approx(list(fitted.fixed_effects.values()))
    assert list(results.bse_fe) == pytest.approx(list(fitted.standard_errors.values()))
    assert np.array(results.cov_re) == pytest.approx(fitted.random_covariance)
    assert results.scale == fitted.residual_variance
    assert list(results.model.exog_names) == list(fitted.fixed_effects)


@pytest.mark.parametrize(("case", "model", "method"), CASES)
def test_mixedlm_rs_finds_the_same_optimum(case, model, method):
    """mixedlm-rs profiles the deviance as lme4 does, and searches it by its own means."""
    spec, table = reference(case, model)
    table = used_rows(spec, table)
    ours = fit(spec, table, method)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of each singular fit
        theirs = mixedlm_rs.mixedlm(
            spec.fixed_formula,
            table,
            groups=spec.group,
            re_formula="~" + " + ".join(("1", *spec.slopes)),
        ).fit(reml=method == "REML")
    assert -2 * theirs.llf == pytest.approx(ours.criterion, abs=CRITERION)
    errors = list(ours.standard_errors.values())
    differences = np.array(theirs.fe_params) - list(ours.fixed_effects.values())
    assert np.abs(differences / errors).max() < ESTIMATE
    assert list(theirs.bse_fe) == pytest.approx(errors, rel=ESTIMATE)
    assert theirs.scale == pytest.approx(ours.residual_variance, rel=ESTIMATE)


def test_its_methods_work(results):
    fitted = results.models["m2"]["REML"]
    table = results.sample.table
    theirs = statsmodels_results(fitted, table)
    for group, effects in theirs.random_effects.items():
        ours = list(fitted.group_effects[group].values())
        assert list(effects) == pytest.approx(ours, abs=1e-8)
    assert list(theirs.fittedvalues) == pytest.approx(list(fitted_values(fitted, table)), abs=1e-8)
    assert "Mixed Linear Model Regression Results" in str(theirs.summary())
    covariance = theirs.random_effects_cov["1"]
    # Theirs is the covariance of the predictions' errors with the same formula.
    assert np.array(covariance) == pytest.approx(fitted.group_effect_covariances["1"], abs=1e-8)


def test_statsmodels_own_fit_does_not_go_lower(results):
    table = results.sample.table
    for fits in results.models.values():
        for fitted in fits.values():
            model = smf.mixedlm(
                fitted.spec.fixed_formula,
                table,
                groups=table["class"],
                re_formula="~" + " + ".join(("1", *fitted.spec.slopes)),
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                warnings.simplefilter("ignore", UserWarning)
                # By "lbfgs" statsmodels 0.15 ends at a variance of 0 and an infinite likelihood.
                theirs = model.fit(reml=fitted.method == "REML", method="bfgs").llf
            assert fitted.log_likelihood >= theirs - LIKELIHOOD


@pytest.mark.parametrize(("case", "model"), [("missing_values", "m3"), ("text_groups", "m2")])
def test_the_sums_are_those_of_the_formula_engine(case, model):
    """The model matrix comes straight from the columns; patsy's gives the same sums."""
    spec, table = reference(case, model)
    ours = design(spec, table)
    theirs = smf.mixedlm(spec.fixed_formula, table.dropna(subset=[*spec.columns]), groups="g")
    groups = grouping(theirs.data.frame["g"])
    columns = pd.DataFrame(theirs.exog, columns=theirs.exog_names)[[*spec.names_of_sums[1:]]]
    stacked = np.vstack((columns.to_numpy().T, theirs.endog))
    n_random = len(spec.random_names)
    expected = cross_products(stacked, groups, n_random=n_random)
    assert ours.products.spanned == pytest.approx(expected.spanned, abs=1e-12)
    assert ours.products.within == pytest.approx(expected.within, abs=1e-12)
    assert ours.products.basis == pytest.approx(expected.basis, abs=1e-12)
