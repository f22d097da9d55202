"""The data that the charts draw are what results.json says."""

import dataclasses
import json
import math
import re

import numpy as np
import pytest
from page.expected import line_of
from page.reading import read_data
from page.studies import with_fit

from analysis.page.page import files
from analysis.results.panels import model_panels
from analysis.results.pooling import shrinkage_weight

# Two ways to add the same few numbers differ in the last bits.
ROUNDING = 1e-12

MODELS = ("m1", "m2", "m3")


@pytest.mark.parametrize("step", ["complete", "none", *MODELS])
def test_lines_are_those_of_the_results(data, published, results, step):
    table = results.sample.table
    for row in data["datasets"]["lines"][:-1]:
        group = row["group"]
        girls = table.loc[table["class"] == group, "sex"].mean()
        own = table.loc[table["class"] == group, "extrav"]
        assert (row["x1"], row["x2"]) == (own.min(), own.max())
        for choice, sex in {"0": 0, "1": 1, "all": girls}.items():
            intercept, slope = line_of(published, table, group, step, sex)
            for x, y in ((row["x1"], row["y1"]), (row["x2"], row["y2"])):
                assert y[step][choice] == pytest.approx(intercept + slope * x, abs=ROUNDING)
            assert row["slope"][step][choice] == pytest.approx(slope, abs=ROUNDING)


def test_the_average_line_is_that_of_the_fixed_effects(data, published, results):
    row = data["datasets"]["lines"][-1]
    assert row["group"] is None
    experience = results.sample.table.groupby("class")["texp"].first().mean()
    assert set(row["y1"]) == {"complete", "none", *MODELS}
    for name in MODELS:
        fixed = published["models"][name]["REML"]["fixed_effects"]
        expected = fixed["Intercept"] + fixed["sex"] + fixed["extrav"] * row["x1"]
        expected += fixed.get("texp", 0.0) * experience
        assert row["y1"][name]["1"] == pytest.approx(expected, abs=ROUNDING)


def test_the_average_line_is_that_of_the_figures(data, results):
    row = data["datasets"]["lines"][-1]
    for model in MODELS:
        for choice, panel in zip(("0", "1"), model_panels(results.lines, model), strict=True):
            (left, right), heights = panel.references[0].segment.x, panel.references[0].segment.y
            low, high = row["y1"][model][choice], row["y2"][model][choice]
            slope = (high - low) / (row["x2"] - row["x1"])
            for x, y in zip((left, right), heights, strict=True):
                assert low + slope * (x - row["x1"]) == pytest.approx(y, abs=ROUNDING)


def test_pupils_are_the_rows_of_the_table(data, results):
    table = results.sample.table
    drawn = [
        (row["group"], row["x"], row["y"], row["choice"])
        for row in data["datasets"]["observations"]
    ]
    sexes = table["sex"].map("{:g}".format)
    assert drawn == list(zip(table["class"], table["extrav"], table["popular"], sexes, strict=True))
    assert all(abs(row["place"] - row["x"]) < 0.181 for row in data["datasets"]["observations"])


def test_the_order_in_which_pupils_leave_is_spread_over_the_table(data):
    for group in data["groups"]:
        turns = [row["turn"] for row in data["datasets"]["observations"] if row["group"] == group]
        assert sorted(turns) == list(range(len(turns)))
        # In any five beside each other are some that leave early, and some that stay.
        for start in range(len(turns) - 4):
            beside = turns[start : start + 5]
            assert min(beside) < len(turns) / 2 <= max(beside)


def test_pupils_that_the_models_use_are_known(gaps):
    data = read_data(files(gaps))
    known = {row["group"]: 0 for row in data["datasets"]["groups"]}
    for row in data["datasets"]["observations"]:
        known[row["group"]] += row["known"]
    assert known == {row["group"]: row["weighed"] for row in data["datasets"]["groups"]}
    assert sum(known.values()) == len(gaps.rows)


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
    at_mean = np.array([[1, mean], [0, 1]])
    covariance = at_mean @ results.models[model]["REML"].random_covariance @ at_mean.T
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
    factor = fit.products.basis_of_random @ np.sqrt(flat / fit.residual_variance)
    singular = dataclasses.replace(fit, random_covariance=flat, factor=factor, rank=1)
    page = read_data(files(with_fit(results, singular)))
    rows = [row for row in page["datasets"]["ellipse"] if row["model"] == "m2"]
    assert len(rows) == 2
    spread = rows[1]["height"] - rows[0]["height"]
    assert abs(spread) == pytest.approx(2 * 1.959963984540054 * math.sqrt(flat[0, 0]), rel=1e-9)
    assert rows[0]["slope"] == rows[1]["slope"]


def test_charts_that_compare_models_with_pooling_are_of_everyone(data):
    chosen = {
        name
        for name, spec in data["charts"].items()
        if any(parameter["name"] == "choice" for parameter in spec["params"])
    }
    assert chosen == {"steps", "level-2"}
    for name in set(data["charts"]) - chosen:
        assert not re.search(r"\bchoice\b(?! ===)", json.dumps(data["charts"][name]))


def test_experience_goes_from_2_to_25_years(data, published, results):
    rows = [row for row in data["datasets"]["level-2"] if row["choice"] == "1"]
    assert [row["level2"] for row in rows] == list(range(2, 26))
    fit = published["models"]["m3"]["REML"]["fixed_effects"]
    extrav = results.sample.table["extrav"].mean()
    for row in rows:
        expected = fit["Intercept"] + fit["sex"] + fit["extrav"] * extrav
        expected += fit["texp"] * row["level2"]
        assert row["fit"] == pytest.approx(expected, abs=1e-9)
        assert row["low"] < row["fit"] < row["high"]


def test_experience_interval_is_narrowest_near_the_mean(data, results):
    rows = [row for row in data["datasets"]["level-2"] if row["choice"] == "all"]
    narrowest = min(rows, key=lambda row: row["high"] - row["low"])
    assert abs(narrowest["level2"] - results.sample.table["texp"].mean()) < 2


def test_a_class_without_a_slope_is_named_and_has_none(slopeless):
    pages = files(slopeless)
    data = read_data(pages)
    assert data["table"][0]["none_slope"] is None
    assert data["datasets"]["lines"][0]["slope"]["none"]["all"] is None
    row = data["datasets"]["lines"][0]
    assert row["x1"] == row["x2"] == 5
    mean = slopeless.sample.table.query("`class` == '1'")["popular"].mean()
    assert row["y1"]["none"]["all"] == pytest.approx(mean, abs=ROUNDING)
    body = pages["visualization/page.html"].decode()
    assert "Class 1: all pupils have the same extraversion" in body


def test_the_table_holds_the_lines_of_the_results(data, published, results):
    table = results.sample.table
    for row in data["table"]:
        own = table[table["class"] == row["class"]]
        assert row["texp"] == own["texp"].iloc[0]
        for step in ("none", *MODELS):
            found = (row[f"{step}_intercept"], row[f"{step}_slope"])
            expected = line_of(published, table, row["class"], step, own["sex"].mean())
            assert found == pytest.approx(expected, abs=ROUNDING)
            intercept, slope = expected
            height = intercept + slope * table["extrav"].mean()
            assert row[f"{step}_height"] == pytest.approx(height, abs=ROUNDING)


def test_classes_are_predicted_at_average_extraversion_and_gender(data, published, results):
    table = results.sample.table
    mean, girls = table["extrav"].mean(), table["sex"].mean()
    for row in data["datasets"]["groups"]:
        for choice, sex in {"0": 0, "1": 1, "all": girls}.items():
            intercept, slope = line_of(published, table, row["group"], "m3", sex)
            expected = intercept + slope * mean
            assert row["predicted"][choice] == pytest.approx(expected, abs=ROUNDING)
