"""Whose rows: figures, page, text alternatives, tables and prose say the same where values lack."""

import pytest
from artists import points_of
from html_tables import Reader
from page.reading import read_data

from analysis.figures.figures import figures
from analysis.page.page import files
from analysis.prose.alt_texts import alt_texts
from analysis.prose.values import values
from analysis.results.panels import FIGURES
from analysis.tables import TABLES

SAMPLE, POOLED, MODELLED = 300, 257, 252


@pytest.fixture(scope="module")
def page(gaps):
    return {name: content.decode() for name, content in files(gaps).items()}


@pytest.fixture(scope="module")
def data(gaps):
    return read_data(files(gaps))


def test_the_rows_of_each_thing(gaps):
    assert gaps.sample.n_observations == SAMPLE
    assert len(gaps.pooled_rows) == POOLED
    assert len(gaps.rows) == MODELLED
    assert {fit.n_observations for fit in gaps.compared.values()} == {MODELLED}
    assert gaps.models["null"]["REML"].n_observations == SAMPLE
    assert gaps.comparison is not None


def test_the_points_of_figure_1_are_those_that_its_text_and_the_page_count(gaps, page, data):
    assert len(points_of(figures(gaps)["pooling"].axes[0], "points")) == POOLED
    assert f": {POOLED} points, the line of complete pooling" in alt_texts(gaps)["pooling"]
    assert len(data["datasets"]["observations"]) == POOLED
    for name in ("page.html", "complete-visualization.html"):
        counted = f"One least-squares line for all {POOLED} pupils, as if there were no classes."
        assert counted in page[f"visualization/{name}"]
    assert sum(row["n"] for row in data["table"]) == POOLED
    assert sum(row["n_models"] for row in data["table"]) == MODELLED
    assert f"they leave out {POOLED - MODELLED} with a predictor" in page["visualization/page.html"]


def test_complete_pooling_is_fitted_to_these_points(gaps, data):
    ((x, y),) = [
        (segment.x, segment.y)
        for panel in gaps.panels["pooling"]
        for segment in [panel.references[0].segment]
    ]
    row = data["datasets"]["lines"][-1]
    assert (row["x1"], row["x2"]) == x
    assert (row["y1"]["complete"]["all"], row["y2"]["complete"]["all"]) == pytest.approx(y)


def test_average_lines_of_figures_and_page_are_one(gaps, data):
    row = data["datasets"]["lines"][-1]
    panels = gaps.panels
    for figure, role in FIGURES.items():
        model = gaps.ladder.name(role)
        for choice, panel in zip(("0", "1"), panels[figure], strict=True):
            low, high = row["y1"][model][choice], row["y2"][model][choice]
            slope = (high - low) / (row["x2"] - row["x1"])
            segment = panel.references[0].segment
            for x, y in zip(segment.x, segment.y, strict=True):
                assert low + slope * (x - row["x1"]) == pytest.approx(y, abs=1e-12)


def test_the_average_group_is_that_of_the_rows_that_the_models_use(gaps):
    rows = gaps.sample.table.dropna()
    assert len(rows) == MODELLED
    experience = rows.groupby("class")["texp"].first().mean()
    assert gaps.lines.average == {
        "sex": pytest.approx(rows["sex"].mean()),
        "texp": pytest.approx(experience),
    }
    assert gaps.summary.centre == pytest.approx(rows["extrav"].mean())
    fixed = gaps.compared["m3"].fixed_effects
    panel = gaps.panels["level-2"][1]
    expected = fixed["Intercept"] + fixed["sex"] + fixed["texp"] * experience
    segment = panel.references[0].segment
    assert segment.y[0] == pytest.approx(expected + fixed["extrav"] * segment.x[0])


def test_text_alternatives_tell_the_panels(gaps):
    panel = gaps.panels["level-2"][0].references[0].segment
    told = alt_texts(gaps)["level-2"]
    assert f"rises from popularity {panel.y[0]:.1f} at extraversion {panel.x[0]:g}" in told
    assert f"to {panel.y[1]:.1f} at {panel.x[1]:g}" in told


def test_tables_and_prose_count_the_same_rows(gaps):
    written = values(gaps)
    assert (written["data"]["n"], written["data"]["n_modelled"]) == (str(SAMPLE), str(MODELLED))
    by_name = {row[1]: row[4] for row in Reader(TABLES["variables"](gaps)).texts[1:-1]}
    assert by_name == {"popular": "300", "extrav": "257", "sex": "295", "texp": "15"}
    observations = [
        row for row in Reader(TABLES["regression"](gaps)).texts if row[0] == "Observations"
    ]
    assert observations == [["Observations", *[str(MODELLED)] * 3]]
    _, *rows, _ = Reader(TABLES["weights"](gaps)).texts
    sizes = gaps.rows.groupby("class").size()
    for name, n, *_ in rows:
        assert int(n) == sizes[name.partition("\xa0")[0]]
    smallest, largest = (written["pooling"]["none"][end] for end in ("smallest", "largest"))
    pooled = gaps.pooled_rows.groupby("class").size()
    assert (smallest, largest) == (str(pooled.min()), str(pooled.max()))


def test_weights_of_page_and_table_are_one(gaps, data):
    rows = {row["class"]: row["weight"] for row in data["table"]}
    assert rows == gaps.summary.weights.by_group
    for example in gaps.summary.weights.examples:
        assert example.weight == rows[example.group]
        assert example.both == pytest.approx(example.predicted)
