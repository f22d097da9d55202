"""What holds a study's table where the study does not say, and names that are patterns."""

import pytest

from analysis.errors import DataError
from analysis.study.parts import LARGE, LARGE_PARQUET, engine_of, files_of
from analysis.study.sample import load
from analysis.study.studyfile import read_study


def study(folder, table, more=""):
    (folder / "study.toml").write_text(
        f"[data]\ntable = '{table}'\ngroup = 'g'\n{more}[model]\noutcome = 'y'\n", encoding="utf-8"
    )
    return read_study(folder / "study.toml")


@pytest.mark.parametrize(
    ("name", "size", "engine"),
    [
        ("t.parquet", LARGE_PARQUET, "memory"),
        ("t.parquet", LARGE_PARQUET + 1, "duckdb"),
        ("t.csv", LARGE, "memory"),
        ("t.csv", LARGE + 1, "duckdb"),
        ("t.sav", LARGE + 1, "memory"),
    ],
)
def test_the_size_of_a_file_decides(tmp_path, name, size, engine):
    with (tmp_path / name).open("wb") as file:
        file.truncate(size)  # without taking room on the disk
    assert engine_of(study(tmp_path, name)) == engine


def test_a_pattern_is_for_an_engine(tmp_path):
    (tmp_path / "part-1.csv").write_text("g,y\n1,2\n", encoding="utf-8")
    assert engine_of(study(tmp_path, "part-*.csv")) == "duckdb"
    with pytest.raises(DataError, match=r'read by an engine: write engine = "duckdb"'):
        load(study(tmp_path, "part-*.csv", 'engine = "memory"\n'))


def test_a_pattern_is_the_name_of_a_file(tmp_path):
    (tmp_path / "year-1").mkdir()
    (tmp_path / "year-1" / "part.csv").write_text("g,y\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"a pattern is a file's name, as in parts/\*\.parquet"):
        files_of(study(tmp_path, "year-*/part.csv", 'engine = "duckdb"\n'))
