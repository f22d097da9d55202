"""Pooling put to the test: the data and the words of the page, against the results."""

import dataclasses
import re

import numpy as np
import pytest
from page.reading import page_text, read_data
from page.studies import of_pairs

from analysis.inference.scores import METHODS, Score
from analysis.page.page import files
from analysis.page.trial import TrialWords
from analysis.results.results import analyse
from analysis.study.studyfile import read_study


@pytest.fixture(scope="module")
def sleep(root):
    return analyse(read_study(root / "data" / "sleep.toml"))


def with_scores(results, *by_split):
    """Return results of another prediction test, with these errors for each number known."""
    changed = dataclasses.replace(results)
    scores = tuple(
        Score(known=known, n_held_out=9, by_split=np.array(errors, dtype=float))
        for known, errors in zip((3, 5, 8, 12), by_split, strict=False)
    )
    found = dataclasses.replace(results.prediction, scores=scores, n_splits=2)
    changed.__dict__["prediction"] = found
    return changed


def test_rows_and_lines_are_those_of_the_split(data, results):
    split, sets = results.shown_split, data["datasets"]
    expected = [
        (name, row.x, row.y, place) for name, g in split.groups.items() for row, place in g.rows
    ]
    found = [(row["group"], row["x"], row["y"], row["order"]) for row in sets["trial-rows"]]
    assert found == expected
    places = {(row["x"], row["y"]): row["place"] for row in sets["observations"]}
    assert all(row["place"] == places[row["x"], row["y"]] for row in sets["trial-rows"])
    assert len(sets["trial-lines"]) == 15 * 5
    for row in sets["trial-lines"]:
        group = split.groups[row["group"]]
        assert (row["x1"], row["x2"]) == group.range
        for method, line in group.trials[row["known"]].lines.items():
            for x, y in ((row["x1"], row["y1"]), (row["x2"], row["y2"])):
                assert y[method] == line.intercept + line.slope * x


def test_errors_over_all_splits_are_those_of_the_results(data, results):
    rows = {(row["known"], row["method"]): row for row in data["datasets"]["trial-errors"]}
    assert len(rows) == 4 * 3
    for score in results.prediction.scores:
        for method in METHODS:
            row = rows[score.known, method]
            assert row["rmse"] == score.rmse[method]
            reach = 1.96 * score.error[method]
            assert row["low"] == pytest.approx(row["rmse"] - reach)
            assert row["high"] == pytest.approx(row["rmse"] + reach)


def test_numbers_that_are_said_are_those_of_the_results(data, results):
    trial, split = data["trial"], results.shown_split
    assert [stop["name"] for stop in trial["stops"]] == ["3", "5", "8", "12", "all"]
    assert [stop["known"] for stop in trial["stops"]] == list(split.known)
    for stop, score in zip(trial["stops"], results.prediction.scores, strict=False):
        assert stop["errors"] == {
            method: f"{score.rmse[method]:.3f} ± {score.error[method]:.3f}" for method in METHODS
        }
    assert trial["stops"][-1]["errors"] == {}
    for row in trial["groups"]:
        for known, said in zip(split.known, row["at"], strict=True):
            own = split.groups[row["group"]].trials[known]
            errors = {method: f"{error:.2f}" for method, error in own.errors.items()}
            assert said["errors"] == errors
            least = [m for m, text in errors.items() if text == min(errors.values(), key=float)]
            assert said["least"] == least


def test_sentences_of_a_group_name_what_errs_least(data):
    [first] = [row for row in data["trial"]["groups"] if row["group"] == "7"]
    assert data["trial"]["first"] == "7"
    assert first["at"][0]["head"] == "Class 7: 3 of 21 pupils known"
    assert first["at"][0]["show"] == "Show the other 18 pupils"
    said = first["at"][0]["said"]
    assert said == "On the other 18 pupils of class 7, the compromise errs least."
    assert first["at"][-1]["head"] == "Class 7: all 21 pupils known"
    assert first["at"][-1]["said"] == (
        "Of class 7 all 21 pupils are known: nothing is left to predict."
    )
    names = {
        "complete": "the average of all classes",
        "none": "the class’s own line",
        "partial": "the compromise",
    }
    seen = set()
    for row in data["trial"]["groups"]:
        for at in row["at"][:-1]:
            least = [names[method] for method in at["least"]]
            if len(least) == 1:
                assert at["said"].endswith(f", {least[0]} errs least.")
            elif len(least) == 2:
                assert at["said"].endswith(f", {least[0]} and {least[1]} err alike, and least.")
            else:
                assert at["said"].endswith(", all three lines err alike.")
            seen.add(tuple(at["least"]))
    # The page does not hide where another line is better.
    assert {("complete",), ("none",), ("partial",)} < seen


CLEAR = [[1.4, 2.0, 1.0], [1.2, 2.1, 1.0]]
IN_DOUBT = [[1.5, 2.0, 1.0], [1.1, 2.1, 1.0]]
OTHERWISE = [[1.0, 2.0, 1.4], [1.0, 2.1, 1.2]]
ALIKE = [[1.1, 1.0, 1.2], [1.0, 1.1, 0.9]]
BETWEEN_OTHERS = [[1.0, 1.5, 2.0], [1.0, 1.1, 2.1]]


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        (CLEAR, "the compromise errs least, by more than two Monte Carlo errors."),
        (
            IN_DOUBT,
            "the compromise errs least, but the average of all classes by no more than two "
            "Monte Carlo errors more, which may be chance.",
        ),
        (
            OTHERWISE,
            "the average of all classes errs least, by more than two Monte Carlo errors. Here the "
            "compromise is not the best.",
        ),
        (
            ALIKE,
            "the average of all classes errs least, but the others by no more than two Monte "
            "Carlo errors more, which may be chance.",
        ),
        (
            BETWEEN_OTHERS,
            "the average of all classes errs least, but the class’s own line by no more than two "
            "Monte Carlo errors more, which may be chance. Here the compromise is not the "
            "best.",
        ),
    ],
)
def test_what_is_said_of_all_groups_is_true_whatever_the_numbers(results, errors, said):
    words = TrialWords.of(with_scores(results, errors))
    assert words.stops[0].said == f"Over 15 classes and 2 random splits, {said}"
    body = page_text(files(with_scores(results, errors)))
    assert f"<li>3 pupils known per class. Over 15 classes and 2 random splits, {said}</li>" in body


def test_errors_in_small_units_are_not_zero(altered):
    results = altered(lambda table: table.assign(popular=table["popular"] * 1e-9))
    trial = read_data(files(results))["trial"]
    assert trial["stops"][0]["errors"]["partial"] == "1.020\xa0×\xa010⁻⁹ ± 0.009\xa0×\xa010⁻⁹"
    [first] = [row for row in trial["groups"] if row["group"] == "7"]
    assert first["at"][0]["errors"]["partial"] == "1.12\xa0×\xa010⁻⁹"


def test_the_section_is_first_and_asks_in_the_study_s_words(pages, sleep):
    body = page_text(pages)
    asked = "You know three pupils of a class. Trust them, or the average of all classes?"
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", body)[0] == asked
    assert "The pupils are synthetic: what rests on single ones" in body
    assert "Class 7 comes first because it is the most usual" in body
    assert "can be shown, drawn by chance" not in body
    theirs = page_text(files(sleep))
    asked = "You know three nights of a person. Trust them, or the average of all persons?"
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", theirs)[0] == asked
    section = re.search(r'<section class="viz-section viz-trial".*?</section>', theirs)[0]
    assert not re.search(r"pupil|class\b|synthetic", re.sub(r"<[^>]*>", "", section))
    assert "Beside it 23 of the other persons can be shown, drawn by chance." in section
    assert "in hours" in section


def test_who_hands_it_in_stands_at_the_foot(pages):
    single = page_text(pages, "complete-visualization.html")
    assert single.index("<!-- byline -->") > single.index('class="viz-table"')
    assert single.index("<h1>") < single.index('id="viz-trial"') < single.index("a companion to")


def test_where_prediction_tests_nothing_the_page_begins_with_the_steps(tmp_path):
    results = of_pairs(tmp_path)
    pages = files(results)
    data = read_data(pages)
    assert data["trial"] is None
    assert not {name for name in (*data["charts"], *data["datasets"]) if "trial" in name}
    body = page_text(pages)
    assert "viz-trial" not in body
    assert re.findall(r'<h2 id="([\w-]+)"', body)[0] == "viz-steps"
