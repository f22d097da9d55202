"""The page of other ladders: roles that no model has, and models without a role."""

import dataclasses
import json
import re

import altair
import pytest
from page.expected import line_of
from page.reading import page_text, read_data
from page.studies import LADDERS, another, ladders, of_ladder, with_fit

from analysis.page.page import files
from analysis.results.ladder import Ladder, ladder
from analysis.results.record import as_dict
from analysis.results.results import analyse

STEPS = {
    "null compared": ["null", "m1", "m2", "m3"],
    "no intercepts": ["m2"],
    "two without a role": ["plain", "m1", "m2", "m3", "every"],
    "no slopes": ["m1"],
}


@pytest.fixture(scope="module", params=LADDERS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def found(study, name):
    return of_ladder(study, name)


@pytest.fixture(scope="module")
def pages(found):
    return files(found)


@pytest.fixture(scope="module")
def data(pages):
    return read_data(pages)


def test_every_compared_model_is_a_step(pages, data, name):
    assert data["model"] == ("m1" if name == "no slopes" else "m2")
    assert data["steps"] == ["complete", "none", *STEPS[name]]
    assert list(data["models"]) == STEPS[name]
    text = page_text(pages)
    assert re.findall(r'role="tab"[^>]* data-step="(\w+)"', text) == data["steps"]
    assert re.findall(r'id="viz-step-(\w+)"', text) == data["steps"]
    for switch in ("model-shrinkage", "model-panels"):
        assert re.findall(rf'name="{switch}" value="(\w+)"', text) == STEPS[name]
        assert re.findall(rf'name="{switch}" value="(\w+)" data-set="model" checked', text) == [
            data["model"]
        ]


def test_lines_are_those_of_the_results(found, data, name):
    published, table = as_dict(found), found.sample.table
    for row in data["datasets"]["lines"][:-1]:
        for step in data["steps"]:
            for choice in ("0", "1"):
                a, b = line_of(published, table, row["group"], step, int(choice))
                for x, y in ((row["x1"], row["y1"]), (row["x2"], row["y2"])):
                    assert y[step][choice] == pytest.approx(a + b * x, abs=1e-12)


def test_a_chart_has_its_data_and_a_part_its_model(pages, data, name):
    for spec in data["charts"].values():
        altair.Chart.from_dict(spec)
        named = set(re.findall(r'"data": \{"name": "([\w-]+)"', json.dumps(spec)))
        assert named <= set(data["datasets"])
    text = page_text(pages)
    shown = set(re.findall(r'data-chart="([\w-]+)"', text))
    assert shown <= set(data["charts"])
    with_dial, with_level_2 = "m1" in STEPS[name], "m3" in STEPS[name]
    with_slopes = STEPS[name] != ["m1"]
    assert ("dial" in shown, "weights" in shown) == (with_dial, with_dial)
    assert (data["ratio"] is not None, 'id="viz-ratio"' in text) == (with_dial, with_dial)
    assert ('data-column="weight"' in text, "weight" in data["table"][0]) == (with_dial, with_dial)
    assert ("level-2" in shown, 'id="viz-level-2"' in text) == (with_level_2, with_level_2)
    assert ("effects-slope" in shown, "<h3>Slopes</h3>" in text) == (with_slopes, with_slopes)


def test_the_legend_of_the_ellipse_names_what_each_model_holds(found, pages, name):
    told = dict(
        re.findall(r'viz-key-ellipse" data-when="(\w+)"[^>]*>(.*?)</span>', page_text(pages))
    )
    labels = {"sex": "gender", "texp": "teacher’s experience"}
    for model in STEPS[name]:
        held = [labels[c] for c in found.compared[model].spec.fixed if c != "extrav"]
        where = f" (at average {' and '.join(held)})" if held else ""
        assert told[model] == f"95% of classes, by the model{where}"


def test_random_slopes_are_spoken_of_where_a_model_has_them(pages, name):
    text = page_text(pages)
    spoken = ["Models with random slopes give", "Where slopes are random", "Now the slope varies"]
    has = name != "no slopes"
    assert [words in text for words in spoken] == [has and "m1" in STEPS[name], has, has]
    assert ("The figure shows the lines of the model with random slopes" in text) == has


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("null compared", {"null": "The null model", "m1": "Random intercepts (model 1)"}),
        ("no intercepts", {"m2": "Random slopes (model 2)"}),
        ("two without a role", {"plain": "Model plain", "every": "Model every"}),
        ("no slopes", {"m1": "Random intercepts (model 1)"}),
    ],
    indirect=["name"],
)
def test_steps_are_called_by_their_roles_or_names(pages, told):
    headings = dict(re.findall(r'id="viz-step-(\w+)"[^>]*> <h3>(.*?)</h3>', page_text(pages)))
    assert told.items() <= headings.items()


@pytest.mark.parametrize("name", ["two without a role"], indirect=True)
def test_a_test_is_against_the_step_before(found, pages):
    steps = dict(re.findall(r'id="viz-step-(\w+)"(.*?)</dl>', page_text(pages)))
    assert (
        "Against random intercepts alone the likelihood-ratio test gives χ² = 8.04" in steps["m2"]
    )
    assert "likelihood-ratio test against step 5 gives χ² = 4.14 on 1 degree" in steps["m3"]
    last = found.comparison[-1]
    assert f"against step 6 gives χ² = {last.chisq:.2f} on {last.df} degrees" in steps["every"]
    assert "likelihood" not in steps["plain"]


@pytest.mark.parametrize("name", ["two without a role"], indirect=True)
def test_the_download_has_an_effect_for_each_random_slope(found, data):
    effects = found.compared["every"].group_effects
    for row in data["table"]:
        own = effects[row["class"]]
        assert row["every_effect_intercept"] == own["Intercept"]
        assert row["every_effect_slope"] == own["extrav"]
        assert row["every_effect_sex"] == own["sex"]


def test_random_slopes_are_tested_against_the_step_before(study):
    null, intercepts, slopes, _ = ladder(study).rungs
    alone = dataclasses.replace(intercepts.spec, fixed=("extrav",))
    between = another(study, "both", ("extrav", "sex"))
    rungs = (null, dataclasses.replace(intercepts, spec=alone), between, slopes)
    text = page_text(files(analyse(study, Ladder(rungs=rungs))))
    assert "Against the step before the likelihood-ratio test gives χ² = 8.04 on 2" in text
    assert "random intercepts alone the likelihood-ratio" not in text


def test_less_is_left_for_the_random_effects_only_where_their_variance_is_less(results):
    fit = results.models["m3"]["REML"]
    wider = {"factor": 3 * fit.factor, "random_covariance": 9 * fit.random_covariance}
    wide = dataclasses.replace(fit, **wider)
    assert "there is less left for" not in page_text(files(with_fit(results, wide)))


def test_a_step_speaks_of_the_covariates_of_its_own_model(study):
    [intercepts] = ladders(study)["no slopes"]
    spec = dataclasses.replace(intercepts.spec, fixed=("extrav",))
    alone = dataclasses.replace(intercepts, spec=spec)
    step = re.search(
        r'id="viz-step-m1".*?</dl>', page_text(files(analyse(study, Ladder(rungs=(alone,)))))
    )[0]
    assert "Shared slope" in step
    assert "gender" not in step
