"""The fits: every value of the lme4 references, and what may not change an estimate."""

import dataclasses
import json
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from mixed.as_statsmodels import fitted_values
from what_is_here import original_data

from analysis.mixed.design import used_rows
from analysis.mixed.estimate import fit
from analysis.mixed.likelihood import ProfiledDeviance
from analysis.mixed.model import ModelSpec

ROOT = Path(__file__).resolve().parents[2]
ORACLE = ROOT / "tests" / "oracle"

# Two exact optimisers agree so far on a criterion (README of tests/oracle).
CRITERION = 1e-7
# The references were polished until their gradients were below 1e-7: estimates follow to about 1e-7
# of their standard errors, here with a margin for other linear-algebra libraries.
ESTIMATE = 1e-6
# What follows from the criterion and the counts alone has no further error.
DERIVED = 1e-7

LME4 = json.loads((ORACLE / "lme4.json").read_text(encoding="utf-8"))["datasets"]
REFERENCES = json.loads((ORACLE / "references.json").read_text(encoding="utf-8"))["datasets"]


def lme4_name(name):
    return {"Intercept": "(Intercept)"}.get(name, name)


def popular2(source, groups):
    if source == "twin":
        table = pd.read_csv(ROOT / "data" / "popularity.csv")
    else:
        table = pyreadstat.read_sav(original_data())[0].astype({"class": int})
    return table[table["class"].isin(list(map(int, groups)))]


def popular2_fit(source, dataset, model, method):
    columns = {"null": (), "m1": ("extrav", "sex"), "m2": ("extrav", "sex")}
    spec = ModelSpec(
        name=model,
        outcome="popular",
        fixed=columns.get(model, ("extrav", "sex", "texp")),
        slopes=("extrav",) if model in {"m2", "m3"} else (),
        group="class",
    )
    table = popular2(source, LME4[dataset]["groups"])
    return fit(spec, table, method), table


def reference_fits():
    for case, data in REFERENCES.items():
        for model, entry in data["models"].items():
            for method in ("REML", "ML"):
                yield pytest.param(case, model, entry, method, id=f"{case}-{model}-{method}")


def check_fit(fitted, expected):
    """Compare what both files of references hold."""
    names = [lme4_name(name) for name in fitted.fixed_effects]
    errors = np.array([expected["se"][name] for name in names])
    assert fitted.criterion <= expected["criterion"] + CRITERION
    assert fitted.criterion == pytest.approx(expected["criterion"], abs=CRITERION)
    assert fitted.log_likelihood == pytest.approx(expected["logLik"], abs=DERIVED)
    assert fitted.aic == pytest.approx(expected["AIC"], abs=DERIVED)
    assert fitted.bic == pytest.approx(expected["BIC"], abs=DERIVED)
    estimates = np.array(list(fitted.fixed_effects.values()))
    assert names == list(expected["fixef"])
    assert np.abs((estimates - list(expected["fixef"].values())) / errors).max() < ESTIMATE
    assert list(fitted.standard_errors.values()) == pytest.approx(list(errors), rel=ESTIMATE)
    vcov = np.array(expected["vcov"]).reshape(fitted.covariance.shape)
    assert np.abs((fitted.covariance - vcov) / np.outer(errors, errors)).max() < 2 * ESTIMATE
    assert fitted.residual_variance**0.5 == pytest.approx(expected["sigma"], rel=ESTIMATE)
    assert fitted.residual_variance == pytest.approx(expected["var_residual"], rel=2 * ESTIMATE)
    covariance = np.array(expected["varcorr"]["covariance"]).reshape(fitted.random_covariance.shape)
    largest = max(np.abs(covariance).max(), ESTIMATE * fitted.residual_variance)
    assert np.abs(fitted.random_covariance - covariance).max() < ESTIMATE * largest
    assert [lme4_name(name) for name in fitted.random_names] == expected["varcorr"]["names"]
    if not fitted.singular:
        lower = np.linalg.cholesky(fitted.random_covariance / fitted.residual_variance)
        theta = lower.T[np.triu_indices(len(lower))]
        assert theta == pytest.approx(np.ravel(expected["theta"]), rel=1e-5, abs=1e-8)
    check_group_effects(fitted, expected["ranef"], largest**0.5)


def check_group_effects(fitted, expected, deviation):
    assert set(fitted.groups) == set(expected["group"])
    for j, group in enumerate(expected["group"]):
        for a, name in enumerate(fitted.random_names):
            effect = expected["blup"][lme4_name(name)][j]
            assert fitted.group_effects[group][name] == pytest.approx(
                effect, abs=ESTIMATE * deviation
            )
            error = fitted.group_effect_covariances[group][a, a] ** 0.5
            if "cond_sd" in expected:
                sd = expected["cond_sd"][lme4_name(name)][j]
                assert error == pytest.approx(sd, rel=1e-5, abs=1e-6 * deviation)
        if "conditional_variance" in expected:
            covariance = np.array(expected["conditional_variance"][j]).reshape(
                len(fitted.random_names), -1
            )
            difference = np.abs(fitted.group_effect_covariances[group] - covariance).max()
            assert difference < 2 * ESTIMATE * deviation**2


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("model", ["null", "m1", "m2", "m3"])
@pytest.mark.parametrize("dataset", LME4)
@pytest.mark.parametrize("source", ["twin", "original"])
def test_every_value_of_lme4(source, dataset, model, method):
    """The twin has the class sums of the original, hence its estimates."""
    fitted, table = popular2_fit(source, dataset, model, method)
    expected = LME4[dataset]["models"][model][method]
    check_fit(fitted, expected)
    assert fitted.n_parameters == expected["df"]
    assert fitted.n_observations == expected["nobs"]
    assert fitted.n_observations - fitted.n_parameters == expected["df_residual"]
    assert fitted.n_groups == expected["ngrps"]
    assert fitted.singular == expected["is_singular"]
    for name, t in fitted.t_ratios.items():
        assert t == pytest.approx(expected["t"][lme4_name(name)], rel=1e-5, abs=1e-6)
        p = expected["p_normal"][lme4_name(name)]
        assert fitted.p_values[name] == pytest.approx(p, rel=1e-4, abs=1e-300)
    if model == "null":
        assert fitted.icc == pytest.approx(LME4[dataset]["icc_null"][method], rel=ESTIMATE)
    check_sums_of_squares(fitted, table, expected)
    if source == "original":
        assert list(fitted_values(fitted, table)[:5]) == pytest.approx(
            expected["fitted_first5"], abs=1e-6
        )


def check_sums_of_squares(fitted, table, expected):
    """What lme4 calls devcomp, R squared and fitted values."""
    p, df = len(fitted.fixed_effects), fitted.n_observations
    if fitted.method == "REML":
        df -= p
    parts = expected["devcomp"]
    assert df * fitted.residual_variance == pytest.approx(parts["pwrss"], rel=2 * ESTIMATE)
    rx = -np.linalg.slogdet(fitted.covariance / fitted.residual_variance)[1]
    assert rx == pytest.approx(parts["ldRX2"], abs=1e-5)
    rest = df * (1 + np.log(2 * np.pi * fitted.residual_variance))
    l2 = fitted.criterion - rest - (rx if fitted.method == "REML" else 0)
    assert l2 == pytest.approx(parts["ldL2"], abs=1e-4)
    values = fitted_values(fitted, table)
    residuals = table[fitted.spec.outcome] - values
    assert residuals @ residuals == pytest.approx(expected["rss"], rel=1e-5)
    assert residuals @ residuals == pytest.approx(parts["wrss"], rel=1e-5)
    assert values.sum() == pytest.approx(expected["fitted_sum"], rel=1e-9)
    if not fitted.singular:
        inverse = np.linalg.inv(fitted.random_covariance / fitted.residual_variance)
        means = fitted.conditional_means
        assert np.sum((means @ inverse) * means) == pytest.approx(parts["ussq"], rel=1e-5)
    check_r_squared(fitted, table, expected["r2"])


def check_r_squared(fitted, table, expected):
    """Marginal and conditional (Nakagawa & Schielzeth 2013), with Johnson (2014) for slopes."""
    spec = fitted.spec
    fixed = sum(fitted.fixed_effects[name] * table[name].to_numpy() for name in spec.fixed)
    fixed_variance = np.var(fixed, ddof=1) if spec.fixed else 0.0
    z = np.column_stack((np.ones(len(table)), *(table[name] for name in spec.slopes)))
    random_variance = np.sum((z @ fitted.random_covariance) * z, axis=1).mean()
    assert fixed_variance == pytest.approx(expected["var_fixed"], rel=1e-5, abs=1e-12)
    assert random_variance == pytest.approx(expected["var_random"], rel=1e-5)
    total = fixed_variance + random_variance + fitted.residual_variance
    conditional = 1 - fitted.residual_variance / total
    assert fixed_variance / total == pytest.approx(expected["marginal"], rel=1e-5, abs=1e-12)
    assert conditional == pytest.approx(expected["conditional"], rel=1e-5)


@pytest.mark.parametrize(("case", "model", "entry", "method"), list(reference_fits()))
def test_references(case, model, entry, method):
    data = REFERENCES[case]
    if data["data"] == "popular2":
        table = popular2("twin", data["groups"])
    else:
        table = pd.read_csv(ORACLE / data["data"])
    spec = ModelSpec(
        name=model,
        outcome=data["outcome"],
        fixed=tuple(entry["fixed"]),
        slopes=tuple(entry["random"]),
        group=data["group"],
    )
    fitted, expected = fit(spec, table, method), entry[method]
    check_fit(fitted, expected)
    assert fitted.n_parameters == expected["npar"]
    assert fitted.n_observations == expected["n_observations"]
    assert fitted.n_groups == expected["n_groups"]
    assert fitted.rank == expected["rank"]
    assert fitted.singular == (expected["rank"] < len(fitted.random_names))
    if fitted.rank == 0:
        assert not fitted.random_covariance.any()
    if fitted.rank == 1 and len(fitted.random_names) == 2 and fitted.random_covariance.all():
        assert abs(fitted.random_correlation[0, 1]) == 1.0


def test_boundaries_are_exact():
    """A variance of 0 is 0, not 1e-17."""
    for case, zeros in (("intercept_variance_zero", [0]), ("slope_variance_zero", [1])):
        table = pd.read_csv(ORACLE / REFERENCES[case]["data"])
        spec = ModelSpec(name="m2", outcome="y", fixed=("x",), slopes=("x",), group="g")
        fitted = fit(spec, table, "REML")
        assert fitted.rank == 1
        scale = fitted.random_covariance.max()
        assert fitted.random_covariance.diagonal()[zeros].max() < 1e-15 * scale


def test_each_model_drops_its_own_rows():
    table = pd.read_csv(ORACLE / REFERENCES["missing_values"]["data"])
    rows = {}
    for model, entry in REFERENCES["missing_values"]["models"].items():
        spec = ModelSpec(name=model, outcome="y", fixed=tuple(entry["fixed"]), slopes=(), group="g")
        fitted = fit(spec, table)
        rows[model] = fitted.n_observations, fitted.n_groups
        used = used_rows(spec, table)
        assert used.equals(table.dropna(subset=["g", *spec.columns]))
        assert len(used) == fitted.n_observations
    assert rows == {"null": (198, 20), "m1": (173, 19), "m2": (173, 19), "m3": (162, 18)}


def test_a_fit_carries_its_sums_and_not_the_table(results):
    """Its deviance can be had anew, at the optimum or elsewhere."""
    for fits in results.models.values():
        for fitted in fits.values():
            deviance = ProfiledDeviance(fitted.products, fitted.method)
            assert deviance(fitted.factor).criterion + deviance.shift == fitted.criterion
            held = [getattr(fitted, field.name) for field in dataclasses.fields(fitted)]
            assert not any(isinstance(value, (pd.DataFrame, pd.Series)) for value in held)


def test_a_fit_is_frozen(results):
    fitted = results.models["m2"]["REML"]
    with pytest.raises(FrozenInstanceError):
        fitted.criterion = 0.0
    with pytest.raises(ValueError, match="read-only"):
        fitted.random_covariance[0, 0] = 0.0
