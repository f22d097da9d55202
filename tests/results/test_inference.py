"""Inference of a study's models: in JSON, as text, and what is refused stays empty."""

import json

import numpy as np
import pytest
from ratings import STUDY, pupils, run

from analysis.prose.text import as_text
from analysis.results.record import as_dict
from analysis.results.report_this import Size, recommendation
from analysis.results.results import analyse
from analysis.study.studyfile import read_study


@pytest.fixture(scope="module")
def oracle(root):
    text = (root / "tests" / "oracle" / "inference.json").read_text(encoding="utf-8")
    return json.loads(text)["datasets"]["popular_1_15"]["models"]


@pytest.fixture(scope="module")
def record(results):
    return as_dict(results, inference=True)


@pytest.mark.parametrize("model", ["null", "m1", "m2", "m3"])
def test_the_record_holds_the_reference_values(record, oracle, model):
    ours, theirs = record["models"][model]["REML"], oracle[model]["REML"]
    for name, tests in ours["tests"].items():
        satterthwaite, kenward_roger = tests["satterthwaite"], tests["kenward_roger"]
        assert satterthwaite["df"] == pytest.approx(
            theirs["satterthwaite"]["df_own"][name], rel=1e-4
        )
        assert satterthwaite["t"] == pytest.approx(theirs["satterthwaite"]["t"][name], rel=1e-5)
        for key in ("se", "df", "p"):
            reference = theirs["kenward_roger"][f"{key}_own"][name]
            assert kenward_roger[key] == pytest.approx(reference, rel=1e-5)
        reach = np.subtract(*ours["intervals"]["t"][name][::-1]) / 2
        assert reach > np.subtract(*ours["intervals"]["wald"][name][::-1]) / 2
    names = {"tests", "r2", "icc", "intervals", "influence"}
    assert names <= ours.keys()
    assert names.isdisjoint(record["models"][model]["ML"])


def test_parameters_are_named_as_contracted(record):
    intervals = record["models"]["m3"]["REML"]["intervals"]
    fixed = ["Intercept", "extrav", "sex", "texp"]
    whole = [*fixed, "sd(Intercept)", "sd(extrav)", "cor(Intercept,extrav)", "sigma"]
    assert [list(intervals[kind]) for kind in ("wald", "t", "profile", "bootstrap")] == [
        fixed, fixed, whole, whole,
    ]  # fmt: skip
    low, high = intervals["profile"]["sd(Intercept)"]
    assert low is None
    assert high > record["models"]["m3"]["REML"]["random_covariance"][0][0] ** 0.5
    influence = record["models"]["m3"]["REML"]["influence"]
    assert influence["without"]["13"]["texp"] == pytest.approx(0.056, abs=6e-4)
    assert influence["without"]["1"]["texp"] == pytest.approx(0.098, abs=6e-4)
    assert max(influence["cook"], key=influence["cook"].get) == "13"


def test_the_extremes_without_a_group_are_those_of_the_record(results, record):
    without = record["models"]["m3"]["REML"]["influence"]["without"]
    for name, found in results.influence.items():
        values = {group: each[name] for group, each in without.items()}
        low, high = min(values, key=values.get), max(values, key=values.get)
        assert (found.low.group, found.low.value) == (low, values[low])
        assert (found.high.group, found.high.value) == (high, values[high])
    assert list(results.influence) == ["extrav", "sex", "texp"]


def test_rows_of_the_comparison_have_a_simulated_p(record, results):
    first, second, third = record["comparison"]
    assert (first["p_simulated"], first["p_simulated_error"]) == (None, None)
    for row in (second, third):
        test = results.inference.simulated[row["model"]]
        assert row["p_simulated"] == test.p
        assert 0 < row["p_simulated_error"] < 0.02
    # The p of the chi-square distribution is too small, by 1,500 simulations of rows as well.
    assert third["p"] == pytest.approx(0.0418564, abs=1e-6)
    assert 0.05 < third["p_simulated"] < 0.085
    assert Size.of(results.inference.simulated["m3"]) is Size.OPTIMISTIC
    assert Size.of(results.inference.simulated["m2"]) is Size.CAUTIOUS


def test_prediction_is_recorded(record, results):
    found = record["prediction"]
    assert (found["splits"], found["seed"]) == (results.prediction.n_splits, 1)
    assert [score["known"] for score in found["scores"]] == [3, 5, 8, 12]
    for score in found["scores"]:
        assert list(score["rmse"]) == list(score["error"]) == ["complete", "none", "partial"]
        assert min(score["rmse"], key=score["rmse"].get) == "partial"


def test_without_inference_the_record_is_as_it_was(results):
    record = as_dict(results)
    assert "prediction" not in record
    assert "tests" not in record["models"]["m1"]["REML"]
    assert "p_simulated" not in record["comparison"][1]


def test_the_text_has_the_same_numbers(results, record):
    text = as_text(results, inference=True)
    assert text.startswith(as_text(results))
    m3 = record["models"]["m3"]["REML"]
    for number in (
        f"R2 {m3['r2']['marginal']:.4f} marginal, {m3['r2']['conditional']:.4f} conditional",
        f"ICC {m3['icc']['adjusted']:.4f} adjusted, {m3['icc']['unadjusted']:.4f} unadjusted",
        f"{m3['tests']['texp']['kenward_roger']['df']:.2f}",
        f"{m3['tests']['texp']['kenward_roger']['p']:.4g}",
        f"m3 against m2: p {record['comparison'][2]['p_simulated']:.4f} by 1000 simulations",
        "without 13 the fixed effects move most (Cook's distance 0.3027)",
    ):
        assert number in text
    assert text.count("boundary") >= 3


def test_the_command_line_prints_both(project, capsys):
    command = ("fit", "data/popularity.toml", "--inference")
    status, out, _ = run(capsys, *command)
    assert status == 0
    assert "Kenward-Roger" in out
    status, out, _ = run(capsys, *command, "--json")
    assert status == 0
    assert json.loads(out)["models"]["m2"]["REML"]["r2"]["conditional"] > 0


def of(tmp_path, change, frame=None):
    (pupils() if frame is None else frame).to_csv(tmp_path / "pupils.csv", index=False)
    (tmp_path / "study.toml").write_text(change(STUDY), encoding="utf-8")
    return analyse(read_study(tmp_path / "study.toml"))


def test_what_two_groups_cannot_tell_is_left_empty(tmp_path):
    results = of(tmp_path, lambda text: text.replace('"all"', '"1-2"').replace('["texp"]', "[]"))
    record = as_dict(results, inference=True)
    for model in record["models"].values():
        assert model["REML"]["influence"] == {"without": {}, "cook": {}}
    json.dumps(record, allow_nan=False)
    assert as_text(results, inference=True)


def test_a_singular_fit_has_all_of_it(tmp_path):
    frame = pupils()
    frame["popular"] = np.random.default_rng(5).normal(size=72)
    results = of(tmp_path, lambda text: text, frame)
    assert any(fits["REML"].singular for fits in results.models.values())
    json.dumps(as_dict(results, inference=True), allow_nan=False)


def test_models_that_are_not_compared_have_no_simulated_test(tmp_path):
    frame = pupils()
    frame.loc[:8, "texp"] = np.nan
    results = of(tmp_path, lambda text: text, frame)
    assert results.comparison is None
    assert results.inference.simulated == {}
    assert as_dict(results, inference=True)["comparison"] is None


def test_the_recommendation_is_the_lowest_aic_unless_it_is_hardly_lower(results):
    found = results.recommendation
    assert (found.preferred, found.model, found.best_bic) == ("m3", "cross_level", "cross_level")
    rows = {row.model: row for row in results.further.rows}
    assert found.gain == pytest.approx(rows["m3"].aic - rows["cross_level"].aic)
    alone = recommendation(results, "m3", None, results.inference)
    assert (alone.model, alone.gain, alone.best_bic) == ("m3", 0.0, "m1")
    assert [list(terms) for terms in found.strengths.values()] == [["extrav", "sex"], ["texp"]]
