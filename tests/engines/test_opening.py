"""Which files an engine opens, and which of their columns it sees: those that memory does."""

import os

import numpy as np
import pytest
from engines.on_engines import ENGINES, ROLES, SUFFIXES, differences, pupils, put, record

from analysis.study.parts import engine_of, tables_of
from analysis.study.studyfile import parse_study

needs_signs = pytest.mark.skipif(os.name == "nt", reason="Windows has no * or ? in names of files")


def pair(folder, engine, table, data=""):
    """Return what memory says of a file, and what an engine does."""
    text = ROLES.replace("pupils{suffix}", table)
    return [
        record(folder, text.format(engine=each, data=data, model="")) for each in ("memory", engine)
    ]


def check(folder, engine, table, data=""):
    expected, found = pair(folder, engine, table, data)
    assert not isinstance(expected, str), expected
    assert list(differences(expected, found)) == []


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_name_that_is_a_pattern_as_well_is_that_of_its_file(suffix, engine, tmp_path):
    table = pupils()
    put(table, tmp_path / f"s[1]{suffix}")
    put(table.assign(popular=2 * table["popular"]), tmp_path / f"s1{suffix}")
    check(tmp_path, engine, f"s[1]{suffix}")


def test_a_file_whose_name_is_a_pattern_is_one_file(tmp_path):
    for name in ("s[1].csv", "s1.csv", "s2.csv"):
        put(pupils(), tmp_path / name)
    text = ROLES.replace('engine = "{engine}"\n', "").replace("pupils{suffix}", "{table}")

    def study(table):
        read = parse_study(tmp_path / "s.toml", text.format(table=table, data="", model=""))
        return engine_of(read), [path.name for path in tables_of(read)]

    assert study("s[1].csv") == ("memory", ["s[1].csv"])
    assert study("s[12].csv") == ("duckdb", ["s1.csv", "s2.csv"])


@needs_signs
@pytest.mark.parametrize("engine", ENGINES)
def test_signs_in_the_name_of_a_folder_are_its_name(engine, tmp_path):
    (tmp_path / "a [1]*?").mkdir()
    put(pupils(), tmp_path / "a [1]*?" / "pupils.parquet")
    check(tmp_path, engine, "a [1]*?/pupils.parquet")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_folder_is_no_column(suffix, engine, tmp_path):
    folder = "town=big/extrav=2/dose=7"
    (tmp_path / folder).mkdir(parents=True)
    put(pupils(), tmp_path / folder / f"pupils{suffix}")
    check(tmp_path, engine, f"{folder}/pupils{suffix}", "filter = \"dose < 3 or town == 'small'\"")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("index", [["class"], ["extrav", "class"]])
def test_what_was_an_index_of_pandas_is_a_column(index, engine, tmp_path):
    pupils().set_index(index).to_parquet(tmp_path / "pupils.parquet")
    check(tmp_path, engine, "pupils.parquet")


@pytest.mark.parametrize("engine", ENGINES)
def test_parts_may_differ_in_columns_that_the_study_does_not_read(engine, tmp_path):
    table = pupils()
    put(table, tmp_path / "pupils.parquet")
    (tmp_path / "parts").mkdir()
    changed = (lambda t: t, lambda t: t.assign(more=1), lambda t: t.drop(columns="dose"))
    for part, rows in enumerate(np.array_split(np.arange(len(table)), 3)):
        put(changed[part](table.iloc[rows]), tmp_path / "parts" / f"{part}.parquet")
    expected = pair(tmp_path, engine, "pupils.parquet")[0]
    found = pair(tmp_path, engine, "parts/*.parquet")[1]
    assert list(differences(expected, found)) == []
