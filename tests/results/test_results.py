"""The results as JSON and as text, against the contract and lme4."""

import json

import numpy as np
import pytest

from analysis.output.artifacts import encode
from analysis.prose.text import as_text
from analysis.results.record import as_dict
from analysis.results.results import analyse
from analysis.study.studyfile import read_study

FIT_KEYS = {
    "fixed_effects", "standard_errors", "random_covariance", "residual_variance",
    "log_likelihood", "criterion", "aic", "bic", "n_parameters", "n_observations", "n_groups",
    "singular", "group_effects",
}  # fmt: skip
COMPARISON_KEYS = {
    "model", "npar", "AIC", "BIC", "logLik", "deviance", "Chisq", "Df", "p", "p_boundary",
}  # fmt: skip


@pytest.fixture(scope="module")
def printed(results):
    return json.loads(encode(as_dict(results)))


def test_follows_the_contract(printed):
    assert set(printed) == {"data", "pooling", "models", "not_fitted", "icc", "comparison"}
    assert set(printed["data"]) >= {"source", "sha256", "n_observations", "n_groups"}
    assert set(printed["pooling"]) == {"complete", "none"}
    assert list(printed["models"]) == ["null", "m1", "m2", "m3"]
    for model in printed["models"].values():
        assert set(model) == {"formula", "REML", "ML"}
        assert set(model["REML"]) >= FIT_KEYS
        assert set(model["ML"]) >= FIT_KEYS
    assert all(set(row) == COMPARISON_KEYS for row in printed["comparison"])
    first = printed["comparison"][0]
    assert [first[key] for key in ("Chisq", "Df", "p", "p_boundary")] == [None] * 4


def test_keeps_full_precision(printed, results):
    fit = results.models["m3"]["REML"]
    assert printed["models"]["m3"]["REML"]["criterion"] == fit.criterion
    assert printed["models"]["m3"]["REML"]["fixed_effects"] == fit.fixed_effects
    assert printed["pooling"]["complete"]["slope"] == results.complete.slope


def test_agrees_with_lme4(printed, root):
    stored = json.loads((root / "tests" / "oracle" / "lme4.json").read_text(encoding="utf-8"))
    sample = stored["datasets"]["popular2_1_15"]
    for name, model in printed["models"].items():
        assert model["formula"] == sample["models"][name]["formula"]
        for method in ("REML", "ML"):
            fit, lme4 = model[method], sample["models"][name][method]
            assert fit["criterion"] == pytest.approx(lme4["criterion"], abs=1e-7)
            assert fit["n_parameters"] == lme4["df"]
            np.testing.assert_allclose(
                fit["random_covariance"], lme4["varcorr"]["covariance"], atol=1e-6
            )


def test_what_does_not_exist_is_null(tmp_path, root):
    study = tmp_path / "study.toml"
    text = (root / "data" / "popularity.toml").read_text(encoding="utf-8")
    table = (root / "data" / "popularity.csv").read_text(encoding="utf-8").splitlines()
    # Class 1 keeps two pupils of one extraversion, and class 2 loses its teacher's experience.
    lines = [table[0], "1,1,5,0,24,6.0", "1,2,5,1,24,7.0"]
    for line in table[1:]:
        cells = line.split(",")
        if cells[0] != "1":
            cells[4] = "" if cells[0] == "2" else cells[4]
            lines.append(",".join(cells))
    (tmp_path / "popularity.csv").write_text("\n".join(lines), encoding="utf-8")
    study.write_text(text, encoding="utf-8")
    found = analyse(read_study(study))
    printed = as_dict(found)
    assert printed["pooling"]["none"]["1"] == {"intercept": 6.5, "slope": None}
    assert printed["comparison"] is None
    assert "m2 uses 289 rows and m3 269" in found.not_comparable
    advice = 'or write rows = "complete" under [data] in study.toml, and all models use'
    assert advice in found.not_comparable
    assert found.not_comparable in found.notes
    json.dumps(printed, allow_nan=False)
    text = as_text(found)
    assert "m3: popular ~ extrav + sex + texp + (1 + extrav | class)" in text
    assert "Chisq" not in text


def test_text_shows_estimates_and_comparison(results):
    text = as_text(results)
    assert "m3: popular ~ extrav + sex + texp + (1 + extrav | class)" in text
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "texp 0.0801129 (0.0255152)" in lines
    assert "ML npar AIC BIC logLik Chisq Df Pr(>Chisq)" in lines
    assert "m2 7 707.8031 733.8910 -346.9015 8.0430 2 0.01793" in lines
    assert len({len(line) for line in text.splitlines()[-2:]}) == 1


def test_text_is_legible_in_any_unit(root, tmp_path):
    header, *rows = (root / "data" / "popularity.csv").read_text(encoding="utf-8").splitlines()
    at = header.split(",").index("popular")
    lines = [header]
    for cells in (row.split(",") for row in rows):
        cells[at] = repr(1e-9 * float(cells[at]))
        lines.append(",".join(cells))
    (tmp_path / "popularity.csv").write_text("\n".join(lines), encoding="utf-8")
    study = tmp_path / "study.toml"
    study.write_text((root / "data" / "popularity.toml").read_text(encoding="utf-8"))
    lines = [" ".join(line.split()) for line in as_text(analyse(read_study(study))).splitlines()]
    assert "texp 8.01129e-11 (2.55152e-11)" in lines
