"""The interactive page, Python's side: what its charts draw is what results.json says."""

import dataclasses
import gzip
import json
import math
import re
import shutil
from html.parser import HTMLParser

import altair
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.page.facts import STEP_NAMES
from analysis.page.page import files
from analysis.results.choices import mixes
from analysis.results.level_2 import grid
from analysis.results.panels import model_panels
from analysis.results.pooling import shrinkage_weight
from analysis.results.record import as_dict
from analysis.results.results import analyse
from analysis.study.selection import GroupSelection
from analysis.study.study import read_study

# Two ways to add the same few numbers differ in the last bits.
ROUNDING = 1e-12
BUDGET = 1.2 * 1024**2


def read_data(pages: dict[str, bytes]) -> dict:
    text = pages["visualization/data.js"].decode()
    return json.loads(re.fullmatch(r"window\.completeVisualization = (.*);\n", text, re.DOTALL)[1])


@pytest.fixture(scope="module")
def pages(results):
    return files(results)


@pytest.fixture(scope="module")
def data(pages):
    return read_data(pages)


@pytest.fixture(scope="module")
def published(results):
    """Return results.json as its reader gets it."""
    return json.loads(json.dumps(as_dict(results)))


@pytest.fixture(scope="module")
def study(root):
    return read_study(root / "data" / "popularity.toml")


@pytest.fixture(scope="module")
def every_class(study):
    return analyse(dataclasses.replace(study, groups=GroupSelection.parse("all")))


@pytest.fixture(scope="module")
def no_level_2(study):
    return analyse(dataclasses.replace(study, group_covariates=()))


@pytest.fixture(scope="module")
def slopeless(tmp_path_factory, root):
    """Return the results of a table in which class 1 has one value of the predictor."""
    folder = tmp_path_factory.mktemp("slopeless")
    header, *rows = (root / "data" / "popularity.csv").read_text().splitlines()
    at = header.split(",").index("extrav")
    cells = [row.split(",") for row in rows]
    for row in cells:
        if row[0] == "1":
            row[at] = "5"
    table = [header, *(",".join(row) for row in cells), ""]
    (folder / "popularity.csv").write_text("\n".join(table))
    text = (root / "data" / "popularity.toml").read_text()
    (folder / "study.toml").write_text(text)
    return analyse(read_study(folder / "study.toml"))


def line_of(published, table, group, step, sex):
    """Return intercept and slope by the definition of the step, from results.json alone."""
    if step == "complete":
        return tuple(published["pooling"]["complete"].values())
    if step == "none":
        return tuple(published["pooling"]["none"][group].values())
    fit = published["models"][step]["REML"]
    fixed, effects = fit["fixed_effects"], fit["group_effects"][group]
    texp = table.loc[table["class"] == group, "texp"].iloc[0]
    intercept = fixed["Intercept"] + effects["Intercept"] + fixed["sex"] * sex
    intercept += fixed.get("texp", 0.0) * texp
    return intercept, fixed["extrav"] + effects.get("extrav", 0.0)


@pytest.mark.parametrize("step", ["complete", "none", "m1", "m2", "m3"])
def test_lines_are_those_of_the_results(data, published, results, step):
    table = results.sample.table
    for row in data["datasets"]["lines"][:-1]:
        group = row["group"]
        girls = table.loc[table["class"] == group, "sex"].mean()
        own = table.loc[table["class"] == group, "extrav"]
        assert (row["x1"], row["x2"]) == (own.min(), own.max())
        for mix, sex in {"0": 0, "1": 1, "all": girls}.items():
            intercept, slope = line_of(published, table, group, step, sex)
            for x, y in ((row["x1"], row["y1"]), (row["x2"], row["y2"])):
                assert y[step][mix] == pytest.approx(intercept + slope * x, abs=ROUNDING)


def test_the_average_line_is_that_of_the_fixed_effects(data, published, results):
    row = data["datasets"]["lines"][-1]
    assert row["group"] is None
    experience = results.sample.table.groupby("class")["texp"].first().mean()
    for name, model in published["models"].items():
        fixed = model["REML"]["fixed_effects"]
        expected = fixed["Intercept"] + fixed["sex"] + fixed["extrav"] * row["x1"]
        expected += fixed.get("texp", 0.0) * experience
        assert row["y1"][name]["1"] == pytest.approx(expected, abs=ROUNDING)


def test_the_average_line_is_that_of_the_figures(data, results):
    row = data["datasets"]["lines"][-1]
    for model in ("m1", "m2", "m3"):
        for mix, panel in zip(("0", "1"), model_panels(results.lines, model), strict=True):
            (left, right), heights = panel.references[0].segment.x, panel.references[0].segment.y
            low, high = row["y1"][model][mix], row["y2"][model][mix]
            slope = (high - low) / (row["x2"] - row["x1"])
            for x, y in zip((left, right), heights, strict=True):
                assert low + slope * (x - row["x1"]) == pytest.approx(y, abs=ROUNDING)


def test_pupils_are_the_rows_of_the_table(data, results):
    table = results.sample.table
    drawn = [(row["group"], row["x"], row["y"], row["mix"]) for row in data["datasets"]["pupils"]]
    sexes = table["sex"].map("{:g}".format)
    assert drawn == list(zip(table["class"], table["extrav"], table["popular"], sexes, strict=True))
    assert all(abs(row["place"] - row["x"]) < 0.181 for row in data["datasets"]["pupils"])


def test_effects_are_those_of_the_results_in_order(data, published, results):
    rows = data["datasets"]["effects"]
    assert len(rows) == 15 * (1 + 2 + 2)
    mean = results.sample.table["extrav"].mean()
    for row in rows:
        effects = published["models"][row["model"]]["REML"]["group_effects"][row["group"]]
        covariance = results.models[row["model"]]["REML"].group_effect_covariances[row["group"]]
        if row["term"] == "slope":
            effect, variance = effects["extrav"], covariance[1, 1]
        elif row["model"] == "m1":
            effect, variance = effects["Intercept"], covariance[0, 0]
        else:
            effect = effects["Intercept"] + mean * effects["extrav"]
            variance = covariance[0, 0] + 2 * mean * covariance[0, 1] + mean**2 * covariance[1, 1]
        assert row["effect"] == pytest.approx(effect, abs=ROUNDING)
        reach = 1.959963984540054 * math.sqrt(variance)
        assert row["low"] == pytest.approx(row["effect"] - reach, abs=ROUNDING)
        assert row["high"] == pytest.approx(row["effect"] + reach, abs=ROUNDING)
    for model, term in {(row["model"], row["term"]) for row in rows}:
        chosen = [r for r in rows if (r["model"], r["term"]) == (model, term)]
        assert [r["rank"] for r in chosen] == list(range(15))
        assert [r["effect"] for r in chosen] == sorted(r["effect"] for r in chosen)


def test_ratio_is_that_of_model_1(data, published):
    fit = published["models"]["m1"]["REML"]
    assert data["ratio"] == fit["random_covariance"][0][0] / fit["residual_variance"]


def test_weights_are_those_of_the_formula(data, results):
    fit = results.models["m1"]["REML"]
    for row in data["table"]:
        expected = shrinkage_weight(
            row["n"],
            between_variance=fit.random_covariance[0, 0],
            within_variance=fit.residual_variance,
        )
        assert row["weight"] == expected
        ratio = data["ratio"]
        assert row["n"] * ratio / (row["n"] * ratio + 1) == pytest.approx(expected, abs=ROUNDING)


@pytest.mark.parametrize("model", ["m2", "m3"])
def test_ellipse_holds_95_percent_of_the_model_s_lines(data, results, model):
    mean = results.sample.table["extrav"].mean()
    covariance = results.models[model]["REML"].random_covariance_at(mean)
    centre = data["datasets"]["average"][0]["partial"][model]
    determinant = covariance[0, 0] * covariance[1, 1] - covariance[0, 1] ** 2
    rows = [row for row in data["datasets"]["ellipse"] if row["model"] == model]
    assert len(rows) > 50
    for row in rows:
        a, b = row["height"] - centre["height"], row["slope"] - centre["slope"]
        distance = a**2 * covariance[1, 1] - 2 * a * b * covariance[0, 1]
        distance = (distance + b**2 * covariance[0, 0]) / determinant
        assert distance == pytest.approx(-2 * math.log(0.05), rel=1e-9)


def test_one_random_effect_has_a_bar_of_95_percent(data, results):
    fit = results.models["m1"]["REML"]
    centre = data["datasets"]["average"][0]["partial"]["m1"]
    rows = [row for row in data["datasets"]["ellipse"] if row["model"] == "m1"]
    reach = 1.959963984540054 * math.sqrt(fit.random_covariance[0, 0])
    found = sorted(row["height"] - centre["height"] for row in rows)
    assert found == pytest.approx([-reach, reach], abs=ROUNDING)
    assert {row["slope"] for row in rows} == {fit.fixed_effects["extrav"]}


def test_points_of_the_shrinkage_chart_are_heights_where_the_data_are(data, published, results):
    table = results.sample.table
    mean = table["extrav"].mean()
    for row in data["datasets"]["groups"]:
        group = row["group"]
        girls = table.loc[table["class"] == group, "sex"].mean()
        points = {"none": row["none"], **row["partial"]}
        for step, point in points.items():
            intercept, slope = line_of(published, table, group, step, girls)
            assert point["height"] == pytest.approx(intercept + slope * mean, abs=ROUNDING)
            assert point["slope"] == pytest.approx(slope, abs=ROUNDING)
    [complete] = data["datasets"]["complete"]
    intercept, slope = published["pooling"]["complete"].values()
    assert complete["height"] == pytest.approx(intercept + slope * mean, abs=ROUNDING)
    assert complete["slope"] == slope


def test_a_singular_fit_has_a_bar_too(results):
    fit = results.models["m2"]["REML"]
    flat = np.diag([fit.random_covariance[0, 0], 0.0])
    singular = dataclasses.replace(fit, random_covariance=flat, rank=1)
    page = read_data(files(with_m2(results, singular)))
    rows = [row for row in page["datasets"]["ellipse"] if row["model"] == "m2"]
    assert len(rows) == 2
    spread = rows[1]["height"] - rows[0]["height"]
    assert abs(spread) == pytest.approx(2 * 1.959963984540054 * math.sqrt(flat[0, 0]), rel=1e-9)
    assert rows[0]["slope"] == rows[1]["slope"]


def with_m2(results, fit):
    return dataclasses.replace(
        results, models={**results.models, "m2": {**results.models["m2"], "REML": fit}}
    )


def test_charts_that_compare_models_with_pooling_are_of_everyone(data):
    mixed = {
        name
        for name, spec in data["charts"].items()
        if any(parameter["name"] == "mix" for parameter in spec["params"])
    }
    assert mixed == {"steps", "experience"}
    for name in set(data["charts"]) - mixed:
        assert not re.search(r"\bmix\b(?! ===)", json.dumps(data["charts"][name]))


def test_experience_goes_from_2_to_25_years(data, published, results):
    rows = [row for row in data["datasets"]["experience"] if row["mix"] == "1"]
    assert [row["years"] for row in rows] == list(range(2, 26))
    fit = published["models"]["m3"]["REML"]["fixed_effects"]
    extrav = results.sample.table["extrav"].mean()
    for row in rows:
        expected = fit["Intercept"] + fit["sex"] + fit["extrav"] * extrav
        expected += fit["texp"] * row["years"]
        assert row["fit"] == pytest.approx(expected, abs=1e-9)
        assert row["low"] < row["fit"] < row["high"]


def test_experience_interval_is_narrowest_near_the_mean(data, results):
    rows = [row for row in data["datasets"]["experience"] if row["mix"] == "all"]
    narrowest = min(rows, key=lambda row: row["high"] - row["low"])
    assert abs(narrowest["years"] - results.sample.table["texp"].mean()) < 2


def test_table_prints_the_estimates(pages, data):
    class Cells(HTMLParser):
        def __init__(self):
            super().__init__()
            self.rows, self.inside = [], False

        def handle_starttag(self, tag, attributes):
            if tag == "tr" and dict(attributes).get("data-group"):
                self.rows.append([])
            self.inside = bool(self.rows) and tag in {"td", "button"}

        def handle_data(self, text):
            if self.inside and text.strip():
                self.rows[-1].append(text.strip())
                self.inside = False

    parser = Cells()
    body = pages["visualization/page.html"].decode()
    parser.feed(re.search(r"<tbody>.*</tbody>", body, re.DOTALL)[0])
    assert len(parser.rows) == 15
    columns = ["none_intercept", "none_slope", "m1_intercept", "m2_intercept", "m2_slope"]
    columns += ["m3_intercept", "m3_slope"]
    for printed, row in zip(parser.rows, data["table"], strict=True):
        assert printed[:3] == [row["class"], str(row["n"]), f"{row['texp']:.0f}"]
        assert printed[3:-1] == [f"{row[column]:.2f}".replace("-", "−") for column in columns]
        assert printed[-1] == f"{100 * row['weight']:.0f}%"


def test_prose_of_the_steps_states_the_results(pages, published):
    body = re.sub(r"\s+", " ", pages["visualization/page.html"].decode())
    steps = dict(re.findall(r'id="viz-step-(\w+)"(.*?)</dl>', body))
    assert list(steps) == ["complete", "none", "m1", "m2", "m3"]
    complete = published["pooling"]["complete"]
    assert f"{complete['slope']:.3f}" in steps["complete"]
    assert f"{published['models']['m1']['REML']['fixed_effects']['sex']:.3f}" in steps["m1"]
    assert "χ² = 8.04 on 2 degrees of freedom, p = 0.018" in steps["m2"]
    assert "χ² = 4.14 on 1 degree of freedom, p = 0.042" in steps["m3"]
    assert all(STEP_NAMES[step] in steps[step] for step in STEP_NAMES)


@pytest.mark.parametrize("model", ["m2", "m3"])
def test_steps_tell_the_random_effects_where_the_data_are(pages, results, model):
    fit, mean = results.models[model]["REML"], results.sample.table["extrav"].mean()
    step = re.search(rf'id="viz-step-{model}".*?</dl>', page_text(pages), re.DOTALL)[0]
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", step))
    (a, b), (_, d) = fit.random_covariance
    between = a + 2 * mean * b + mean**2 * d
    height = f"SD of heights at the mean extraversion, {mean:.2f}"
    assert facts[height] == f"{math.sqrt(between):.3f}"
    correlation = f"{(b + mean * d) / math.sqrt(between * d):.3f}".replace("-", "−")
    assert facts["Correlation of height there and slope"] == correlation
    assert facts["SD of intercepts, at extraversion 0, off the scale"] == f"{math.sqrt(a):.3f}"


def test_prose_takes_its_names_from_the_study(pages, no_level_2):
    lead = "pulled jointly, as far as they are correlated. And the model also holds gender"
    body = page_text(pages)
    assert f"{lead} (and, in model 3, the teacher’s experience), which" in body
    assert "(at average gender and teacher’s experience)" in body
    assert "The classes themselves have 2 to 24 years." in body
    assert 'data-note="Girls in the steps and under Teacher’s experience; everyone in' in body
    plain = page_text(files(no_level_2))
    assert f"{lead}, which the own lines leave out." in plain
    assert "xperience" not in plain
    assert 'data-note="Girls in the steps; everyone in' in plain


def test_both_pages_credit_the_report_and_the_data(pages):
    for name in ("page.html", "complete-visualization.html"):
        body = re.sub("<[^>]*>", "", page_text(pages, name))
        assert "After the course report Multilevel Linear Models by Lindsay Xu (2022)" in body
        assert "a synthetic twin" in body
        assert "J. J. Hox, M. Moerbeek and R. van de Schoot" in body


def page_text(pages, name="page.html"):
    return re.sub(r"\s+", " ", pages[f"visualization/{name}"].decode())


@pytest.mark.parametrize("kind", ["results", "every_class", "no_level_2", "slopeless"])
def test_charts_are_valid_vega_lite_and_name_known_data(kind, request):
    page = read_data(files(request.getfixturevalue(kind)))
    for spec in page["charts"].values():
        altair.Chart.from_dict(spec)
        named = set(re.findall(r'"data": \{"name": "([\w-]+)"', json.dumps(spec)))
        assert named
        assert named <= set(page["datasets"])


def test_without_level_2_predictors_there_is_no_step_5(no_level_2):
    pages = files(no_level_2)
    body, data = pages["visualization/page.html"].decode(), read_data(pages)
    assert data["steps"] == ["complete", "none", "m1", "m2"]
    assert "experience" not in data["charts"]
    assert "viz-experience" not in body
    assert "viz-step-m3" not in body


def test_a_class_without_a_slope_is_named_and_has_none(slopeless):
    pages = files(slopeless)
    data = read_data(pages)
    assert data["table"][0]["none_slope"] is None
    row = data["datasets"]["lines"][0]
    assert row["x1"] == row["x2"] == 5
    mean = slopeless.sample.table.query("`class` == '1'")["popular"].mean()
    assert row["y1"]["none"]["all"] == pytest.approx(mean, abs=ROUNDING)
    body = pages["visualization/page.html"].decode()
    assert "Class 1: all pupils have the same extraversion" in body


def test_every_class_of_the_file_has_a_panel_and_a_row(every_class):
    pages = files(every_class)
    body = pages["visualization/page.html"].decode()
    assert body.count('data-chart="panel"') == 100
    assert body.count("<tr data-group=") == 100


def test_files_are_the_same_every_time(results, pages):
    assert files(results) == pages


def test_pages_fit_the_budget_and_name_no_host(pages):
    parts = {name: data for name, data in pages.items() if "complete" not in name}
    assert sum(len(gzip.compress(data)) for data in parts.values()) < BUDGET
    single = pages["visualization/complete-visualization.html"]
    assert len(gzip.compress(single)) < BUDGET
    assert not re.search(rb'(?:src|href)="(?:https?:)?//', single)
    assert not re.search(rb'(?:src|href)="(?:https?:)?//', pages["visualization/page.html"])


def test_every_part_of_script_and_style_is_delivered(root, pages):
    folder = root / "analysis" / "page"
    delivered = {
        "script/*.js": pages["visualization/visualization.js"].decode(),
        "style/*.css": pages["visualization/visualization.css"].decode(),
    }
    for pattern, whole in delivered.items():
        lines = {line.strip() for line in whole.splitlines()}
        parts = sorted(folder.glob(pattern))
        assert len(parts) > 5
        for part in parts:
            own = [line.strip() for line in part.read_text(encoding="utf-8").splitlines()]
            assert set(own) <= lines, part.name


def test_single_file_needs_no_other(results, pages):
    single = files(results, {"pooling": b"<svg/>"})["visualization/complete-visualization.html"]
    assert b'src="data:image/svg+xml;base64,PHN2Zy8+"' in single
    assert not re.search(rb'src="(?!data:)', single)
    assert b"stylesheet" not in single
    for name in ("vega.min.js", "vega-lite.min.js", "data.js", "visualization.js", "LICENSES.txt"):
        start = pages[f"visualization/{name}"][:60]
        assert start in single


def test_libraries_are_the_releases_that_the_licences_name(pages):
    licences = pages["visualization/LICENSES.txt"].decode()
    for name, version in {"vega": "6.4.0", "vega-lite": "6.4.1"}.items():
        assert f"{name} {version} (BSD-3-Clause)" in licences
        assert f'"{version}"'.encode() in pages[f"visualization/{name}.min.js"]


def test_mixes_take_their_names_from_the_unit(results, no_level_2):
    found = [(mix.name, mix.absent) for mix in mixes(results).values()]
    assert found == [("Everyone", ()), ("Boys", ()), ("Girls", ("14",))]
    plain = dataclasses.replace(
        no_level_2.sample, study=dataclasses.replace(no_level_2.study, units={}, labels={})
    )
    named = mixes(dataclasses.replace(no_level_2, sample=plain))
    assert [mix.name for mix in named.values()] == ["Everyone", "sex = 0", "sex = 1"]


@pytest.fixture(scope="module")
def altered(tmp_path_factory, root):
    """Return a function that analyses the report's study after a change of its table."""

    def altered(change):
        folder = tmp_path_factory.mktemp("altered")
        table = pd.read_csv(root / "data" / "popularity.csv", dtype={"class": str})
        change(table).to_csv(folder / "popularity.csv", index=False)
        shutil.copy(root / "data" / "popularity.toml", folder)
        return analyse(read_study(folder / "popularity.toml"))

    return altered


@pytest.fixture(scope="module")
def gaps(altered):
    """Return the results of a table that lacks the sex of every third pupil."""

    def change(table):
        table["sex"] = table["sex"].where(table.index % 3 != 0).astype("Int64")
        return table

    return altered(change)


def test_weights_follow_from_the_pupils_that_model_1_knows(gaps):
    pages = files(gaps)
    data, fit = read_data(pages), gaps.models["m1"]["REML"]
    known = fit.table.groupby("class").size()
    between = fit.random_covariance[0, 0]
    groups = data["datasets"]["groups"]
    for row, drawn, line in zip(data["table"], groups, data["datasets"]["lines"], strict=False):
        n = known[row["class"]]
        assert row["n"] == drawn["n"] == gaps.sample.sizes[row["class"]] > n
        assert row["n_m1"] == drawn["weighed"] == line["weighed"] == n
        assert row["weight"] == pytest.approx(n * between / (n * between + fit.residual_variance))
    assert data["median"] == sorted(known)[len(known) // 2]
    missing = sum(gaps.sample.sizes.values()) - fit.n_observations
    assert f"it leaves out {missing}, whose gender is not known." in page_text(pages)


def test_where_nothing_is_missing_nothing_is_said_of_it(pages, data):
    assert "n_m1" not in data["table"][0]
    assert "that model 1 knows" not in page_text(pages)


@pytest.mark.parametrize("codes", [(1_000_001, 1_000_002), (-1, 1), (0.1, 0.2)])
def test_every_value_of_a_covariate_has_a_mix_of_its_own(altered, codes):
    results = altered(lambda table: table.assign(sex=table["sex"].map(dict(enumerate(codes)))))
    data = read_data(files(results))
    keys = list(mixes(results))
    assert len(set(keys)) == 3
    assert {row["mix"] for row in data["datasets"]["pupils"]} == set(keys[1:])
    assert len({mix.name for mix in mixes(results).values()}) == 3


def test_without_variance_between_classes_the_estimate_is_complete_pooling(results):
    fit = results.models["m1"]["REML"]
    flat = dataclasses.replace(fit, random_covariance=0 * fit.random_covariance, rank=0)
    models = {**results.models, "m1": {**results.models["m1"], "REML": flat}}
    text = page_text(files(dataclasses.replace(results, models=models)))
    assert "<b>0</b> complete pooling, as estimated</button>" in text
    assert 'data-ratio="600"' not in text


def test_sentences_of_a_singular_fit_are_apart(results):
    fit = results.models["m2"]["REML"]
    assert not fit.singular
    assert "perfectly correlated" not in page_text(files(results))
    flat = np.diag([fit.random_covariance[0, 0], 0.0])
    singular = dataclasses.replace(fit, random_covariance=flat, rank=1)
    text = page_text(files(with_m2(results, singular)))
    assert "perfectly correlated. Against random intercepts alone" in text


@given(
    low=st.integers(-(10**6), 10**6).map(lambda n: n / 100),
    width=st.integers(1, 10**6),
    unit=st.sampled_from([1e-9, 1e-4, 0.01, 0.3]),
)
def test_grid_covers_the_range_in_even_steps(low, width, unit):
    high = low + width * unit
    values = grid([high, math.nan, low])
    steps = np.diff(values)
    assert values[0] - 1e-5 * steps[0] <= low < high <= values[-1] + 1e-5 * steps[0]
    assert steps.min() > 0
    assert steps.min() == pytest.approx(steps.max(), rel=1e-4)
    if all(value % 1 == 0 for value in (low, high)) and 4 <= high - low <= 50:
        assert steps[0] == 1
    else:
        assert f"{steps.mean():.0e}"[0] in "125"
        assert 10 <= len(values) <= 30
        assert all(value == float(f"{value:.15g}") for value in values)


def is_zero(text):
    number = re.match(r"−?[\d.]+", text)
    return number is not None and float(number[0].replace("−", "-")) == 0


@pytest.mark.parametrize("power", [-9, -7, 9, 12])
def test_no_unit_makes_a_number_of_the_page_zero(altered, pages, power):
    def in_unit(table):
        table = table.astype({"popular": float, "extrav": float, "texp": float})
        columns = {"popular": 1.0, "extrav": 1e2, "texp": 1e-3}
        return table.assign(
            **{name: table[name] * (by * 10.0**power) for name, by in columns.items()}
        )

    found = files(altered(in_unit))
    text, usual = page_text(found), page_text(pages)
    numbers = re.compile(r"(?:<dd>|<td>|<strong>)([^<]*)<")
    for printed, expected in zip(numbers.findall(text), numbers.findall(usual), strict=True):
        assert is_zero(printed) == is_zero(expected), (printed, expected)
    assert "0.000 more predicted" not in text
    raised = str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    data = read_data(found)
    outcome = data["charts"]["steps"]["encoding"]["y"]
    assert outcome["title"] == f"Popularity (10{raised} rating, 1–10)"
    assert f"/ 1e{power}" in outcome["axis"]["labelExpr"]
    assert "tickMinStep" in outcome["axis"] or power < 0
    assert data["notations"]["prediction"]["power"] == power


def test_usual_units_need_no_power_of_ten(pages, data):
    assert "×" not in page_text(pages)
    assert "labelExpr" not in json.dumps(data["charts"])
    formats = set(re.findall(r'"format": "([^"]*)"', json.dumps(data["charts"])))
    assert formats == {".0%", ".2~f"}


def test_values_of_the_level_2_predictor_are_written_without_noise(altered):
    results = altered(lambda table: table.assign(texp=(table["texp"] - 12) * 0.07))
    text = page_text(files(results))
    assert "The classes themselves have −0.70 to 0.84 years." in text
    assert '<div class="viz-ends"><span>−0.70</span><span>0.90</span></div>' in text
    cells = re.findall(r"<tr data-group.*?</td><td>(.*?)</td>", text)
    own = results.sample.table.groupby("class", sort=False)["texp"].first()
    assert cells == [f"{value:.2f}".replace("-", "−") for value in own]
