"""What an engine says of rows, against pandas on the same."""

import numpy as np
import pandas as pd
import pytest
from engines.test_sums import ENGINES, source_of

from analysis.results.engine_rows import EngineRows
from analysis.results.rows import MemoryRows
from analysis.results.sums import StudySums
from analysis.study.studyfile import read_study
from analysis.study.survey import survey_of

NUMBERS = ("y", "score", "dose", "far", "w")


def table(n=400):
    """Return groups of 1 to many rows, with gaps, and one without a score."""
    rng = np.random.default_rng(4)
    group = rng.choice(np.arange(1, 24), n, p=(weights := rng.random(23) ** 2) / weights.sum())
    found = pd.DataFrame(
        {
            "g": group,
            "y": rng.normal(0, 1, n),
            "score": rng.integers(1, 8, n) / 2,
            "dose": rng.integers(0, 2, n) * 3.0,
            "far": 1e9 + rng.normal(0, 1, n),
            "w": rng.normal(0, 1, 24)[group],
            "diet": rng.choice(["fish", "meat", "none"], n),
            "town": np.where(group % 2, "big", "small"),
        }
    )
    for column, share in {"score": 0.1, "dose": 0.05, "diet": 0.2}.items():
        found.loc[rng.random(n) < share, column] = np.nan
    found.loc[found["g"] == group[0], "score"] = np.nan
    diet = found["diet"].astype(object)
    return found.assign(diet=diet.where(diet.notna(), None))


def study(folder):
    path = folder / "s.toml"
    path.write_text(
        '[data]\ntable = "t.parquet"\ngroup = "g"\n[model]\noutcome = "y"\nslope = "score"\n'
        'covariates = ["dose", "far", "diet"]\ngroup_covariates = ["w", "town"]\n',
        encoding="utf-8",
    )
    return read_study(path)


@pytest.fixture(scope="module", params=["memory", *ENGINES])
def sums(request, tmp_path_factory):
    found, _ = survey_of(study(tmp_path_factory.mktemp("s")), source_of(request.param, table()))
    return StudySums(found, "g")


def pairs(sums, columns):
    """Return the rows with a value of some columns, on the engine and in memory."""
    held = table()
    if columns:
        held = held.dropna(subset=list(columns))
    return EngineRows(sums.of(columns), sums), MemoryRows(held.assign(g=held["g"].astype(str)), "g")


@pytest.mark.parametrize("columns", [(), ("score",), ("score", "dose", "diet")])
def test_an_engine_says_of_rows_what_pandas_does(sums, columns):
    found, expected = pairs(sums, columns)
    if sums.survey.source.engine == "dask":  # takes its time
        if len(columns) == 3:
            check(found.having("dose", 3.0), expected.having("dose", 3.0))
        return
    check(found, expected)
    check(found.having("dose", 3.0), expected.having("dose", 3.0))
    check(found.having("diet", "fish"), expected.having("diet", "fish"))


def check(found, expected):
    assert len(found) == len(expected)
    assert dict(found.sizes) == dict(expected.sizes)
    for column in NUMBERS:
        assert found.n(column) == expected.n(column)
        assert found.mean(column) == pytest.approx(expected.mean(column), rel=1e-13, abs=1e-13)
        assert found.range(column) == expected.range(column)
        assert found.whole(column) is expected.whole(column)
        assert found.steady(column) is expected.steady(column)
        deviation = expected.deviation(column)
        assert found.deviation(column) == pytest.approx(deviation, rel=1e-9, abs=1e-12)
        for most in (2, 7, 25):
            assert found.few(column, most) == expected.few(column, most)
        assert found.pair(column) == expected.pair(column)
        by_group = expected.means_by_group(column)
        assert found.means_by_group(column) == pytest.approx(
            by_group, rel=1e-13, abs=1e-13, nan_ok=True
        )
        same(found.ranges_by_group(column), expected.ranges_by_group(column))
        some = ["3", "5", "no group"]
        same(found.ranges_by_group(column, some), expected.ranges_by_group(column, some))
    for column in ("diet", "town"):
        assert found.n(column) == expected.n(column)
        assert found.distinct(column) == tuple(sorted(expected.distinct(column)))
        assert found.pair(column) == expected.pair(column)
        assert found.steady(column) is expected.steady(column)
    assert found.distinct("w") == tuple(sorted(expected.distinct("w")))
    for column in ("w", "town"):
        assert found.first_by_group(column) == expected.first_by_group(column)
    shares = [0.0, 0.1, 0.35, 0.5, 0.77, 1.0]
    assert found.quantiles("score", shares) == expected.quantiles("score", shares)


def same(found, expected):
    assert found.keys() == expected.keys()
    for group, ends in expected.items():
        assert np.array_equal(found[group], ends, equal_nan=True), group


def test_quantiles_of_many_values_are_values_near_them(sums):
    found, expected = pairs(sums, ())
    shares = [(place + 0.5) / 50 for place in range(50)]
    low, high = expected.range("y")
    values = expected.quantiles("y", shares)
    assert found.quantiles("y", shares) == pytest.approx(values, abs=(high - low) / 4096)
    assert set(found.quantiles("y", shares)) <= set(table()["y"])


def test_counts_in_a_grid_are_those_of_numpy(sums):
    found, expected = pairs(sums, ("score",))
    # Edges that values lie on, and the greatest value on the last.
    edges = (np.array([0.5, 1.0, 2.5, 3.5]), np.linspace(*expected.range("y"), 9))
    counted = found.counts(("score", "y"), edges)
    assert counted.tolist() == expected.counts(("score", "y"), edges).tolist()
    assert counted.sum() == len(expected)


def test_rows_of_some_groups_are_theirs(sums):
    found, expected = pairs(sums, ("score",))
    for groups in (None, ["5", "2", "11"], ["3"]):
        rows, known = found.table(groups), expected.table(groups)
        columns = ["g", *NUMBERS, "diet", "town"]
        by_value = known[columns].assign(order=known["g"].astype(int))
        by_value = by_value.sort_values(["order", "y"], ignore_index=True).drop(columns="order")
        assert rows["diet"].map(type).isin({str, float}).all()
        assert values_of(rows[columns]) == values_of(by_value)
        assert rows.index.tolist() == list(range(len(rows)))


def values_of(frame):
    return frame.astype(object).where(frame.notna(), "-").to_dict("list")


def test_what_the_ends_of_groups_tell_is_asked_of_no_rows(sums, monkeypatch):
    from analysis.results import engine_rows

    def refused(*_):
        msg = "a look at the rows"
        raise AssertionError(msg)

    for query in ("any_of", "cells", "distinct", "counts", "collected", "described"):
        monkeypatch.setattr(engine_rows, query, refused)
    found, _ = pairs(sums, ())
    assert found.whole("y") is False
    assert found.few("y", 25) is None
    assert found.pair("score") is None
    assert found.steady("w") is True
    assert len(found.distinct("w")) == len(found.sizes)
    assert found.mean("score") > 0


def test_values_between_the_ends_of_groups_are_seen(tmp_path):
    # Two values lie in one of the cells that are counted.
    small = pd.DataFrame(
        {
            "g": [1, 1, 1, 1, 2, 2],
            "y": [0.0, 1.0, 2.0, 3.0, 4.0, 5.5],
            "score": [0.0, 1.0, 1.000001, 2.0, 0.0, 2.0],
            "dose": [0.0, 3.0, 3.0, 0.0, 0.0, 3.0],
            "far": [0.0, 0.5, 1.0, 1.0, 0.0, 1.0],
            "w": [1.0] * 4 + [2.0] * 2,
            "diet": ["a", "b", "a", "b", "a", "b"],
            "town": ["big"] * 4 + ["small"] * 2,
        }
    )
    found, _ = survey_of(study(tmp_path), source_of("duckdb", small))
    sums = StudySums(found, "g")
    rows = EngineRows(sums.of(()), sums)
    assert rows.pair("score") is None
    assert rows.pair("dose") == (0.0, 3.0)
    assert rows.few("score", 4) == (0.0, 1.0, 1.000001, 2.0)
    assert rows.few("score", 3) is None
    assert rows.whole("far") is False
