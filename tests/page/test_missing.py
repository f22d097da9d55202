"""Studies with missing values: the page says what it counts, and agrees with the figures."""

import re

import pytest
from page.reading import page_text, read_data

from analysis.page.page import files
from analysis.prose.alt_texts import alt_texts
from analysis.results.panels import model_panels

ROUNDING = 1e-12

MODELS = ("m1", "m2", "m3")


@pytest.fixture(scope="module")
def sexless(altered):
    """Return the results of a table that lacks the sex of every third pupil."""

    def change(table):
        table["sex"] = table["sex"].where(table.index % 3 != 0).astype("Int64")
        return table

    return altered(change)


@pytest.fixture(scope="module")
def pages_with_gaps(gaps):
    return files(gaps)


@pytest.fixture(scope="module")
def data_with_gaps(pages_with_gaps):
    return read_data(pages_with_gaps)


def test_weights_follow_from_the_pupils_that_model_1_knows(sexless):
    pages = files(sexless)
    data, fit = read_data(pages), sexless.models["m1"]["REML"]
    known = sexless.sample.table.dropna().groupby("class").size()
    between = fit.random_covariance[0, 0]
    groups = data["datasets"]["groups"]
    for row, drawn, line in zip(data["table"], groups, data["datasets"]["lines"], strict=False):
        n = known[row["class"]]
        assert row["n"] == drawn["n"] == sexless.sample.sizes[row["class"]] > n
        assert row["n_models"] == drawn["weighed"] == line["weighed"] == n
        assert row["weight"] == pytest.approx(n * between / (n * between + fit.residual_variance))
    assert data["median"] == sorted(known)[len(known) // 2]
    missing = sum(sexless.sample.sizes.values()) - fit.n_observations
    assert f"they leave out {missing} with a predictor that is not known." in page_text(pages)


def test_where_nothing_is_missing_nothing_is_said_of_it(pages, data):
    assert "n_models" not in data["table"][0]
    assert "that the models know" not in page_text(pages)


def test_the_page_counts_the_pupils_that_it_draws(gaps, pages_with_gaps, data_with_gaps):
    drawn = data_with_gaps["datasets"]["observations"]
    table = gaps.sample.table.dropna(subset=["extrav"])
    assert len(table) == 257
    assert [(row["group"], row["x"], row["y"]) for row in drawn] == list(
        zip(table["class"], table["extrav"], table["popular"], strict=True)
    )
    counted = re.search(r"One least-squares line for all (\d+) pupils", page_text(pages_with_gaps))
    assert int(counted[1]) == len(drawn)
    assert f": {len(drawn)} points, " in alt_texts(gaps)["pooling"]
    sizes = table.groupby("class").size()
    assert {row["class"]: row["n"] for row in data_with_gaps["table"]} == sizes.to_dict()


def line_at(row, model, choice, x):
    low, high = row["y1"][model][choice], row["y2"][model][choice]
    return low + (high - low) * (x - row["x1"]) / (row["x2"] - row["x1"])


@pytest.mark.parametrize("model", MODELS)
def test_lines_are_those_of_the_figures(gaps, data_with_gaps, model):
    *groups, average = data_with_gaps["datasets"]["lines"]
    panels = model_panels(gaps.lines, model)
    assert len(panels) == 2
    for choice, panel in zip(("0", "1"), panels, strict=True):
        drawn = [(average, panel.references[0].segment)]
        drawn += [(row, panel.lines[row["group"]]) for row in groups if row["group"] in panel.lines]
        assert len(drawn) > 10
        for row, segment in drawn:
            for x, y in zip(segment.x, segment.y, strict=True):
                assert line_at(row, model, choice, x) == pytest.approx(y, abs=ROUNDING)


@pytest.mark.parametrize("model", MODELS)
def test_the_average_class_stands_at_the_means_of_the_pupils_that_models_use(
    gaps, data_with_gaps, model
):
    rows = gaps.sample.table.dropna()
    fixed = gaps.models[model]["REML"].fixed_effects
    at = {"Intercept": 1, "sex": rows["sex"].mean(), "extrav": rows["extrav"].mean()}
    at["texp"] = rows.groupby("class")["texp"].first().mean()
    expected = sum(b * at[name] for name, b in fixed.items())
    [point] = data_with_gaps["datasets"]["average"]
    assert point["partial"][model]["height"] == pytest.approx(expected, abs=ROUNDING)
    line = data_with_gaps["datasets"]["lines"][-1]
    assert line_at(line, model, "all", at["extrav"]) == pytest.approx(expected, abs=ROUNDING)


def test_the_curve_of_experience_goes_through_the_average_class(gaps, data_with_gaps):
    rows = gaps.sample.table.dropna()
    fixed, line = gaps.models["m3"]["REML"].fixed_effects, data_with_gaps["datasets"]["lines"][-1]
    experience = rows.groupby("class")["texp"].first().mean()
    for point in data_with_gaps["datasets"]["level-2"]:
        average = line_at(line, "m3", point["choice"], rows["extrav"].mean())
        further = fixed["texp"] * (point["level2"] - experience)
        assert point["fit"] == pytest.approx(average + further, abs=ROUNDING)


def test_single_classes_stand_at_the_same_extraversion_and_gender(gaps, data_with_gaps):
    mean = gaps.sample.table.dropna()["extrav"].mean()
    lines = {row["group"]: row for row in data_with_gaps["datasets"]["lines"]}
    for row in data_with_gaps["datasets"]["groups"]:
        for choice in ("0", "1"):
            expected = line_at(lines[row["group"]], "m3", choice, mean)
            assert row["predicted"][choice] == pytest.approx(expected, abs=ROUNDING)


@pytest.fixture(scope="module")
def seven_unknown(altered):
    """Return the results of a table that lacks the sex of all pupils of seven classes."""
    names = [str(name) for name in range(1, 8)]
    return altered(lambda table: table.assign(sex=table["sex"].mask(table["class"].isin(names))))


def test_a_class_that_no_model_knows_has_the_average_line_and_no_effect(seven_unknown):
    pages = files(seven_unknown)
    data = read_data(pages)
    lines = {row["group"]: row for row in data["datasets"]["lines"]}
    assert lines["3"]["weighed"] == 0
    for model in MODELS:
        for x, end in ((lines["3"]["x1"], "y1"), (lines["3"]["x2"], "y2")):
            average = line_at(lines[None], model, "all", x)
            assert lines["3"][end][model]["all"] == pytest.approx(average, abs=ROUNDING)
    ranked = {row["group"] for row in data["datasets"]["effects"]}
    assert ranked == {str(name) for name in range(8, 16)}
    rows = {row["class"]: row for row in data["table"]}
    assert (rows["3"]["n_models"], rows["3"]["weight"]) == (0, 0)
    known = sorted(seven_unknown.sample.sizes[group] for group in ranked)
    assert data["median"] == known[3]
    text = page_text(pages)
    assert f"the smallest class, with {known[0]} pupils, keeps" in text
    assert known[3] != known[0]


def test_the_average_line_goes_as_far_as_that_of_complete_pooling(altered):
    def change(table):
        ends = table["extrav"].isin([table["extrav"].min(), table["extrav"].max()])
        return table.assign(sex=table["sex"].mask(ends))

    results = altered(change)
    table = results.sample.table
    row = read_data(files(results))["datasets"]["lines"][-1]
    assert (row["x1"], row["x2"]) == (table["extrav"].min(), table["extrav"].max())
    assert row["x2"] > results.rows["extrav"].max()


def test_a_value_that_no_model_uses_is_no_choice(altered):
    def change(table):
        first = table.index == table.index[0]
        return table.assign(sex=table["sex"].mask(first, 2), extrav=table["extrav"].mask(first))

    data = read_data(files(altered(change)))
    assert {row["choice"] for row in data["datasets"]["level-2"]} == {"all", "0", "1"}
