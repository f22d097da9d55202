"""One split of the prediction test, group by group, against the table itself."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from ratings import put

from analysis.inference.scores import METHODS
from analysis.results.results import analyse
from analysis.results.shown_split import MOST_SHOWN
from analysis.study.selection import GroupSelection
from analysis.study.studyfile import read_study


@pytest.fixture(scope="module")
def split(results):
    return results.shown_split


@pytest.fixture(scope="module")
def every_class(root):
    study = read_study(root / "data" / "popularity.toml")
    return analyse(dataclasses.replace(study, groups=GroupSelection.parse("all")))


def test_rows_are_those_of_the_table_each_with_a_place_of_its_own(results, split):
    table = results.sample.table
    assert list(split.groups) == list(results.sample.groups)
    for name, group in split.groups.items():
        own = table[table["class"] == name]
        assert [row.y for row, _ in group.rows] == own["popular"].tolist()
        assert [row.x for row, _ in group.rows] == own["extrav"].tolist()
        assert sorted(place for _, place in group.rows) == list(range(len(own)))
        assert group.range == (own["extrav"].min(), own["extrav"].max())


def test_errors_are_those_of_the_rows_held_out(split):
    for group in split.groups.values():
        for known, trial in group.trials.items():
            asked = [(row.x, row.y) for row, place in group.rows if place >= known]
            assert trial.n_held_out == len(asked) == len(group.rows) - trial.n_known
            assert bool(trial.errors) == bool(asked)
            for method, error in trial.errors.items():
                line = trial.lines[method]
                missed = [y - line.intercept - line.slope * x for x, y in asked]
                assert error == pytest.approx(np.sqrt(np.mean(np.square(missed))))


def test_the_split_is_the_first_of_the_test(results, split):
    for at, score in enumerate(results.prediction.scores):
        assert split.known[at] == score.known
        trials = [group.trials[score.known] for group in split.groups.values()]
        assert sum(trial.n_held_out for trial in trials) == score.n_held_out
        for method, error in zip(METHODS, score.by_split[0], strict=True):
            squares = [trial.n_held_out * trial.errors[method] ** 2 for trial in trials]
            assert np.sqrt(sum(squares) / score.n_held_out) == pytest.approx(error)


def test_where_all_rows_are_known_the_lines_are_those_of_all_rows(results, split):
    assert split.known[-1] == split.known[split.last] == max(results.sample.sizes.values())
    for name, group in split.groups.items():
        lines = group.trials[split.known[-1]].lines
        for method, expected in (("complete", results.complete), ("none", results.none[name])):
            found = (lines[method].intercept, lines[method].slope)
            assert found == pytest.approx((expected.intercept, expected.slope))


def test_the_first_is_the_most_usual(results, split):
    whole = np.array([results.prediction.fewest.rmse[method] for method in METHODS])
    apart = {
        name: np.linalg.norm([group.trials[3].errors[m] for m in METHODS] - whole)
        for name, group in split.groups.items()
    }
    assert split.first == min(apart, key=apart.get)
    assert sorted(apart.values())[1] > apart[split.first] + 0.01


def test_of_many_groups_some_are_drawn_and_the_most_usual_is_among_them(every_class):
    split = every_class.shown_split
    assert (split.n_groups, split.n_testable, len(split.groups)) == (100, 100, MOST_SHOWN)
    assert split.n_others == MOST_SHOWN - 1
    assert split.first in split.groups
    order = list(every_class.sample.groups)
    places = [order.index(name) for name in split.groups]
    assert places == sorted(places)
    # Neither the first of the table nor at even steps.
    assert places[-1] > 80
    assert len(set(np.diff(places))) > 3
    again = analyse(every_class.study).shown_split
    assert list(again.groups) == list(split.groups)


def test_a_group_that_is_known_whole_is_not_shown(root, tmp_path):
    study = read_study(root / "data" / "popularity.toml")
    table = pd.read_csv(root / "data" / "popularity.csv")
    table = table[table["class"] <= 15]
    small = table[table["class"] != 7]
    small = pd.concat([small, table[table["class"] == 7].head(3)])
    path = tmp_path / "small.csv"
    put(small, path)
    results = analyse(dataclasses.replace(study, table=path, groups=GroupSelection.parse("all")))
    split = results.shown_split
    assert "7" not in split.groups
    assert split.first != "7"
    assert (split.n_testable, split.n_groups) == (14, 15)


def test_without_a_test_there_is_no_split(results):
    bare = dataclasses.replace(results.study, slope=None, covariates=("extrav",))
    alone = analyse(dataclasses.replace(bare, group_covariates=()))
    assert alone.prediction is None
    assert alone.shown_split is None
