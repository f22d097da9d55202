"""The sums that engines add by group, against those of the rows in memory."""

import json
from dataclasses import replace
from pathlib import Path

import dask.dataframe as dd
import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mixed.designs import wild

from analysis.engines.groupsums import described
from analysis.engines.source import Source, of_pandas
from analysis.errors import AnalysisError
from analysis.mixed.design import design, design_of_sums
from analysis.mixed.enginesums import EngineSums
from analysis.mixed.estimate import estimate
from analysis.mixed.model import ModelSpec

ORACLE = Path(__file__).resolve().parents[1] / "oracle"
REFERENCES = json.loads((ORACLE / "references.json").read_text(encoding="utf-8"))["datasets"]
CASES = [case for case, data in REFERENCES.items() if data["data"] != "popular2"]

KINDS = (
    *("plain", "single rows", "collinear", "no spread", "wide spread", "no residual"),
    *("tiny residual", "rounded", "shifted", "scaled", "missing"),
)


def on_duckdb(table):
    connection = duckdb.connect()
    return connection.from_df(table), connection.from_df


def on_polars(table):
    def lift(groups):
        return pl.LazyFrame({name: groups[name].to_numpy() for name in groups})

    return pl.LazyFrame({name: table[name].to_numpy() for name in table}), lift


def on_dask(table):
    return dd.from_pandas(table, npartitions=3), lambda groups: dd.from_pandas(groups, 1)


ENGINES = {"duckdb": on_duckdb, "polars": on_polars, "dask": on_dask}


def source_of(engine, table):
    if engine == "memory":
        return of_pandas(table, "the table")
    from analysis.engines.source import refusing

    with refusing("the table"):
        frame, lift = ENGINES[engine](table)
        return Source(
            where="the table",
            engine=engine,
            frame=nw.from_native(frame).lazy(),
            lifting=lambda groups: nw.from_native(lift(groups)).lazy(),
        )


def complete(spec, table):
    """Return the rows that a model uses, in which an engine looks for nothing else."""
    rows = table.dropna(subset=[spec.group, *spec.columns])
    return rows.astype(dict.fromkeys(spec.columns, float)).reset_index(drop=True)


def sums_of(engine, spec, table):
    return EngineSums(source_of(engine, complete(spec, table)), spec.group, spec.columns)


def attempt(make):
    try:
        return estimate(make(), "REML")
    except AnalysisError as error:
        return type(error)


def check_same(found, expected, *, rel=1e-9):
    """Check that two fits are one; of the groups the order may differ."""
    assert found.criterion == pytest.approx(expected.criterion, abs=1e-8)
    errors = expected.standard_errors
    for name, value in expected.fixed_effects.items():
        assert abs(found.fixed_effects[name] - value) < 100 * rel * errors[name], name
        assert found.standard_errors[name] == pytest.approx(errors[name], rel=100 * rel)
    largest = np.abs(expected.random_covariance).max()
    assert found.random_covariance == pytest.approx(expected.random_covariance, abs=rel * largest)
    assert found.residual_variance == pytest.approx(expected.residual_variance, rel=rel)
    assert found.rank == expected.rank
    assert dict(found.group_effects).keys() == dict(expected.group_effects).keys()
    deviation = max(largest, 1e-30) ** 0.5
    for group, effects in expected.group_effects.items():
        for name, value in effects.items():
            assert abs(found.group_effects[group][name] - value) < 100 * rel * deviation


@pytest.mark.parametrize(
    ("engine", "case"),
    [(engine, case) for case in CASES for engine in ("memory", "duckdb", "polars")]
    # The same expressions: Dask takes seconds to begin a pass.
    + [("dask", case) for case in ("bad_scales", "large_outcome", "near_collinear", "unbalanced")],
)
def test_the_hard_cases_of_the_oracle_keep_their_digits(engine, case):
    data = REFERENCES[case]
    table = pd.read_csv(ORACLE / data["data"])
    entry = list(data["models"].values())[-1]
    spec = ModelSpec(
        name="m",
        outcome=data["outcome"],
        fixed=tuple(entry["fixed"]),
        slopes=tuple(entry["random"]),
        group=data["group"],
    )
    expected = estimate(design(spec, table), "REML")
    found = estimate(design_of_sums(spec, sums_of(engine, spec, table)), "REML")
    check_same(found, expected)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(KINDS))
def test_wild_designs_have_the_same_sums(seed, kind):
    spec, table = wild(seed, kind)

    def total(make):
        try:
            made = make().products
        except AnalysisError as error:
            return type(error)
        return made.within + np.einsum("akg,alg->kl", made.spanned, made.spanned)

    expected = total(lambda: design(spec, table))
    found = total(lambda: design_of_sums(spec, sums_of("memory", spec, table)))
    if isinstance(expected, type):
        assert found == expected
    else:
        # Of a column that others explain to the eighth digit, eight are left.
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-6 * np.abs(expected).max())


def test_what_means_lack_of_digits_the_sums_of_deviations_tell():
    spec, table = wild(3, "plain")
    table, columns = complete(spec, table), spec.columns
    source = of_pandas(table, "the table")
    known = described(source, spec.group, columns)
    off = known.means + 1e-2 * (known.highs.max(axis=1) - known.lows.min(axis=1))[:, None]
    expected = estimate(design(spec, table), "REML")
    sums = EngineSums(source, spec.group, columns, replace(known, means=off))
    check_same(estimate(design_of_sums(spec, sums), "REML"), expected)


def test_what_a_slope_explains_nearly_whole_keeps_its_digits():
    rng = np.random.default_rng(4)
    g = np.repeat(np.arange(20), 12)
    x = rng.normal(0, 1, len(g))
    z = x + 1e-6 * rng.normal(0, 1, len(g))
    y = rng.normal(0, 1, 20)[g] + (1 + rng.normal(0, 1, 20)[g]) * x + rng.normal(0, 1, len(g))
    table = pd.DataFrame({"y": y, "x": x, "z": z, "g": [f"g{i:02}" for i in g]})
    spec = ModelSpec(name="m", outcome="y", fixed=("x", "z"), slopes=("x",), group="g")
    expected = estimate(design(spec, table), "REML")
    check_same(estimate(design_of_sums(spec, sums_of("memory", spec, table)), "REML"), expected)
