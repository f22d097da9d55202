"""Models by formula on every engine: lme4's numbers, or a refusal that says why."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from engines.on_engines import ENGINES, FORMULAS, QUICK, differences, put, record

from analysis.results.record import as_dict
from analysis.results.results import analyse
from analysis.study.studyfile import parse_study

ORACLE = Path(__file__).resolve().parents[1] / "oracle"
LME4 = json.loads((ORACLE / "formulas.json").read_text(encoding="utf-8"))["models"]

# The references' gradients are below 1e-9; the estimates follow.
CRITERION, ESTIMATE = 1e-8, 1e-6


def by_text(engine, models):
    lines = "\n".join(f"{name} = '''{text}'''" for name, text in models.items())
    return FORMULAS.format(suffix=".parquet", engine=engine, data="", models=lines)


def by_formula(folder, engine, models):
    return parse_study(folder / "study.toml", by_text(engine, models))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("formulas")
    put(pd.read_csv(ORACLE / "data" / "formulas.csv"), folder / "pupils.parquet")
    return folder


@pytest.mark.parametrize("engine", QUICK)
@pytest.mark.parametrize("name", LME4)
def test_lme4(name, engine, folder):
    found = analyse(by_formula(folder, engine, {name: LME4[name]["formula"]})).models[name]
    for method in ("REML", "ML"):
        reference, fit = LME4[name][method], found[method]
        assert fit.criterion == pytest.approx(reference["criterion"], abs=CRITERION)
        errors = list(reference["se"].values())
        assert list(fit.standard_errors.values()) == pytest.approx(errors, rel=ESTIMATE)
        fixed = zip(fit.fixed_effects.values(), reference["fixef"].values(), errors, strict=True)
        for ours, theirs, error in fixed:
            assert ours == pytest.approx(theirs, abs=ESTIMATE * error)
        covariance = np.array(reference["covariance"])
        scale = float(covariance.diagonal().max())
        assert fit.random_covariance == pytest.approx(covariance, abs=ESTIMATE * scale)
        assert fit.residual_variance == pytest.approx(reference["var_residual"], rel=ESTIMATE)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("y ~ center(x + z) + (1 | g)", "center(x + z) is not computed on an engine: the mean"),
        ("y ~ I(z % 2) + (1 | g)", "one computes with + - * / and ** alone"),
        ("y ~ x*log(z // 2) + (1 | g)", "log(z // 2) is not computed on an engine: one computes"),
        ("y ~ I(C(diet)) + (1 | g)", "a category in a function is no column there"),
        ("y ~ diet:x + (1 | g)", "diet:x needs the term x beside it on an engine"),
        ("y ~ x + (0 + diet | g)", "a category without the intercept in the random part"),
    ],
)
def test_what_no_engine_computes_is_refused_with_advice(formula, said, engine, folder):
    refusal = record(folder, by_text(engine, {"m": formula}))
    assert said in refusal
    assert 'engine = "memory" under [data]' in refusal
    assert "\n" not in refusal


@pytest.mark.parametrize("engine", ENGINES)
def test_inference_follows_from_sums(engine, folder):
    models = {"a": "y ~ x + z + (1 | g)", "b": "y ~ x + z + (1 + x | g)"}

    def inference(engine):
        results = analyse(by_formula(folder, engine, models))
        found = as_dict(results, inference=True)
        assert found != as_dict(results)
        # The test by prediction needs the rows themselves.
        return {key: value for key, value in found.items() if key not in {"data", "prediction"}}

    assert list(differences(inference("memory"), inference(engine))) == []
