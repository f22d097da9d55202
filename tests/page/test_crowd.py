"""The page of thousands of groups, or of large ones: what it holds, weighs and says."""

import gzip
import html
import re

import numpy as np
import pandas as pd
import pytest
from page.crowd import of_sizes
from page.reading import read_data

from analysis.figures.figures import draw_all
from analysis.page.page import files
from analysis.results.on_page import MOST_ROWS
from analysis.results.room import PAGE

PAGE_BYTES, SINGLE_BYTES = 1_500_000, 4_000_000


def weigh(results):
    """Return the bytes of the page after gzip, and of the single file, with its figures."""
    made = files(results, draw_all(results).files)
    page = sum(len(gzip.compress(data)) for name, data in made.items() if "complete" not in name)
    return page, len(made["visualization/complete-visualization.html"])


def text_of(made):
    page = made["visualization/page.html"].decode()
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_page_holds_some_groups_and_all_that_it_says_of_them(crowd, held):
    data = read_data(held)
    groups = data["groups"]
    assert len(groups) == PAGE.some
    sets = data["datasets"]
    assert [row["group"] for row in sets["groups"]] == groups
    assert [row["group"] for row in sets["lines"]] == [*groups, None]
    assert {row["group"] for row in sets["observations"]} == set(groups)
    assert [row["class"] for row in data["table"]] == groups
    assert {row["group"] for row in sets["trial-rows"]} <= set(groups)
    model = data["model"]
    ranks = {
        row["group"]: row["rank"]
        for row in sets["effects"]
        if (row["model"], row["term"]) == (model, "height")
    }
    assert sorted(ranks.values()) == list(range(len(groups)))
    effects = crowd.models[model]["REML"].group_effects
    low, high = min(ranks, key=ranks.get), max(ranks, key=ranks.get)
    assert effects[low]["Intercept"] < effects[high]["Intercept"]
    assert sum(cell["n"] for cell in sets["density"]) == len(crowd.pooled_rows)
    for chart in ("steps", "dial"):
        assert data["charts"][chart]["usermeta"]["dots"]["density"] > 0


def test_the_page_says_what_it_holds(crowd, held):
    said = text_of(held)
    parts = crowd.on_page.drawn.parts
    assert f"Drawn are 240 of 2,000 classes: {parts['named']} that the text names" in said
    assert f"{parts['tested']} put to the test" in said
    assert f"{parts['chance']} at random (seed 1)" in said
    assert f"Grey is the density of all {len(crowd.pooled_rows):,} pupils." in said
    assert "From one line to 2,000" in said
    assert "Listed are 240 of 2,000 classes" in said
    assert "Take pupils away" in said


def test_a_small_study_says_nothing_of_it(results):
    made = files(results)
    said = text_of(made)
    assert "Drawn are" not in said
    assert "Listed are" not in said
    assert "density" not in said
    assert read_data(made)["among"] == ""


@pytest.mark.parametrize("pupils", [24, 2000])
def test_the_page_of_five_hundred_groups_is_light_however_many_rows(tmp_path, pupils):
    page, single = weigh(of_sizes(tmp_path, PAGE.most if pupils == 24 else 60, pupils))
    assert page <= PAGE_BYTES
    assert single <= SINGLE_BYTES


def test_the_page_of_thousands_is_light(crowd):
    page, single = weigh(crowd)
    assert page <= PAGE_BYTES
    assert single <= SINGLE_BYTES


def test_large_groups_lend_the_page_some_rows(large):
    made = files(large)
    data = read_data(made)
    sizes = pd.Series([row["group"] for row in data["datasets"]["observations"]]).value_counts()
    assert set(sizes) == {MOST_ROWS // 12}
    assert {row["n"] for row in data["datasets"]["groups"]} == {1500}
    assert len(data["datasets"]["sizes"]) <= 1100
    trial = pd.Series([row["group"] for row in data["datasets"]["trial-rows"]]).value_counts()
    assert set(trial) == {400}
    said = text_of(made)
    assert "; of a group at most 1000 are points" in said
    assert "Take observations away" not in said
    assert "cannot be taken away here" in said
    own = {row["group"]: row["none"]["slope"] for row in data["datasets"]["groups"]}
    rows = large.pooled_rows
    for group in ("0", "11"):
        mine = rows[rows["g"] == group]
        assert own[group] == pytest.approx(np.polyfit(mine["x"], mine["y"], 1)[0])


def test_the_errors_of_a_split_are_those_of_all_rows(large):
    split = large.shown_split
    assert split.cut == len(split.groups) == 12
    group, shown = next(iter(split.groups.items()))
    assert shown.n == 1500
    assert len(shown.rows) == 400
    trial = shown.trials[3]
    assert (trial.n_known, trial.n_held_out) == (3, 1497)
    mine = large.pooled_rows[large.pooled_rows["g"] == group]
    known = {row.x for row, order in shown.rows if order < 3}
    rest = mine[~mine["x"].isin(known)]
    line = trial.lines["complete"]
    residuals = rest["y"] - line.intercept - line.slope * rest["x"]
    assert trial.errors["complete"] == pytest.approx(np.sqrt((residuals**2).mean()))
