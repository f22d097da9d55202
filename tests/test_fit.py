"""The command fit: what it prints of a study, and what it says of its rows."""

import json

import numpy as np
import pytest
from ratings import STUDY, column, csv, everything, fitted, pupils, put, run

FIT_KEYS = {
    "fixed_effects",
    "standard_errors",
    "random_covariance",
    "residual_variance",
    "log_likelihood",
    "criterion",
    "aic",
    "bic",
    "n_parameters",
    "n_observations",
    "n_groups",
    "singular",
    "group_effects",
}
ROW_KEYS = ["model", "npar", "AIC", "BIC", "logLik", "deviance", "Chisq", "Df", "p", "p_boundary"]


def test_fit_prints_results_of_the_contract(project, capsys):
    results, err = fitted(capsys, project)
    assert err == ""
    assert list(results) == [
        *("data", "pooling", "models", "not_fitted", "icc", "comparison"),
    ]
    assert list(results["data"]) == ["source", "sha256", "n_observations", "n_groups"]
    assert (results["data"]["source"], results["data"]["n_groups"]) == ("pupils.csv", 8)
    assert list(results["pooling"]) == ["complete", "none"]
    assert set(results["pooling"]["none"]) == {str(group) for group in range(1, 9)}
    assert list(results["pooling"]["complete"]) == ["intercept", "slope"]
    assert list(results["models"]) == ["null", "m1", "m2", "m3"]
    for model in results["models"].values():
        assert list(model) == ["formula", "REML", "ML"]
        for fit in (model["REML"], model["ML"]):
            assert set(fit) == FIT_KEYS
            assert next(iter(fit["fixed_effects"])) == "Intercept"
            assert list(fit["standard_errors"]) == list(fit["fixed_effects"])
            assert isinstance(fit["singular"], bool)
    assert [list(row) for row in results["comparison"]] == [ROW_KEYS] * 3
    assert results["comparison"][0]["Chisq"] is None
    assert results["comparison"][2]["p_boundary"] is None


def test_fit_prints_every_digit_and_always_the_same_bytes(project, capsys):
    first = run(capsys, "fit", "data/popularity.toml", "--json")
    assert first == run(capsys, "fit", "data/popularity.toml", "--json")
    again = json.dumps(json.loads(first[1]), ensure_ascii=False, indent=1) + "\n"
    assert again == first[1]


def test_fit_prints_a_table_for_people(project, capsys):
    status, out, err = run(capsys, "fit", "data/popularity.toml")
    assert (status, err) == (0, "")
    assert "Ratings: 72 observations in 8 classes, from pupils.csv" in out
    assert "m3: popular ~ extrav + sex + texp + (1 + extrav | class)" in out


def test_fit_leaves_the_artifacts_alone(project, capsys):
    before = everything(project)
    assert run(capsys, "fit", "data/popularity.toml", "--json")[0] == 0
    assert everything(project) == before


def test_rows_without_an_outcome_are_dropped_counted_and_said(project, capsys):
    put(column("popular", None, rows=(3, 4, 40)), project / "data" / "pupils.csv")
    results, err = fitted(capsys, project)
    assert results["data"]["n_observations"] == 69
    assert err == "note: pupils.csv: 3 of 72 rows have no 'popular' and are dropped\n"


def test_a_class_of_one_pupil_is_kept_and_said(project, capsys):
    put(pupils().iloc[8:], project / "data" / "pupils.csv")
    results, err = fitted(capsys, project)
    assert results["pooling"]["none"]["1"]["slope"] is None
    assert "1" in results["models"]["m2"]["REML"]["group_effects"]
    assert "one row only in class 1" in err


@pytest.mark.parametrize("keys", ['group_covariates = ["texp"]\n', '"texp"'])
def test_without_group_covariates_there_is_no_third_model(project, capsys, keys):
    results, _ = fitted(capsys, project, STUDY.replace(keys, ""))
    assert list(results["models"]) == ["null", "m1", "m2"]
    assert [row["model"] for row in results["comparison"]] == ["m1", "m2"]


def test_a_study_may_have_one_predictor_only(project, capsys):
    text = STUDY.replace('covariates = ["sex"]\ngroup_covariates = ["texp"]', "")
    results, _ = fitted(capsys, project, text)
    assert list(results["models"]["m2"]["ML"]["fixed_effects"]) == ["Intercept", "extrav"]


@pytest.mark.parametrize("suffix", [".parquet", ".sav"])
def test_other_formats_give_the_same_results(project, capsys, suffix):
    put(pupils(), project / "data" / f"pupils{suffix}")
    expected, _ = fitted(capsys, project)
    results, _ = fitted(capsys, project, STUDY.replace(".csv", suffix))
    assert results["data"].pop("source") == f"pupils{suffix}"
    del expected["data"]["source"], expected["data"]["sha256"], results["data"]["sha256"]
    assert results == expected


def test_a_comma_at_the_end_of_every_row_changes_nothing(project, capsys):
    """Read as a field, it moved every name to its neighbour's values."""
    expected, _ = fitted(capsys, project)
    table = project / "data" / "pupils.csv"
    table.write_bytes(csv().replace(b"\n", b",\n").replace(b"texp,\n", b"texp\n"))
    results, err = fitted(capsys, project)
    assert err == ""
    del expected["data"]["sha256"], results["data"]["sha256"]
    assert results == expected


def test_a_singular_fit_is_said(project, capsys):
    frame = pupils()
    rng = np.random.default_rng(2)
    put(frame.assign(popular=rng.normal(5, 1, len(frame))), project / "data" / "pupils.csv")
    results, err = fitted(capsys, project)
    assert results["models"]["m2"]["ML"]["singular"]
    assert "note: m2: the ML fit is singular" in err
