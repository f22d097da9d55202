"""Text files as people have them, on every engine: read as in memory, or refused with advice."""

import numpy as np
import pandas as pd
import pytest
from engines.on_engines import ENGINES, ROLES, differences, pupils, put, record

LETTERS = ROLES.replace('["texp"]', '["texp", "town"]')


def with_letters():
    table = pupils()
    return table.assign(town=np.where(table["class"] % 3, "Köln", "Tübingen"))


def pair(folder, engine, text=LETTERS, data=""):
    """Return what memory says of a file, and what an engine does."""
    keys = {"suffix": ".csv", "data": data, "model": ""}
    return tuple(record(folder, text.format(engine=each, **keys)) for each in ("memory", engine))


READ = {
    "semicolons and commas": ({"sep": ";", "decimal": ","}, ""),
    "semicolons and commas, said": (
        {"sep": ";", "decimal": ","},
        'separator = ";"\ndecimal = ","',
    ),
    "tabs": ({"sep": "\t"}, ""),
    "a mark": ({"encoding": "utf-8-sig"}, ""),
    "Windows' line ends": ({"lineterminator": "\r\n"}, ""),
    "quotes": ({"quoting": 1}, ""),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("how", READ)
def test_files_are_read_as_in_memory(how, engine, tmp_path):
    options, data = READ[how]
    put(with_letters(), tmp_path / "pupils.csv", **options)
    expected, found = pair(tmp_path, engine, data=data)
    assert not isinstance(expected, str)
    assert list(differences(expected, found)) == []


NAMES = {
    "single quotes": "'{}'".format,
    "a single quote": "'t{}".format,
    "remarks": "#{}".format,
    "quotes and separators": 'the "{}", so to say'.format,
    "backslashes": 'a\\"{}'.format,
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("names", NAMES)
def test_names_with_signs_are_read_as_in_memory(names, engine, tmp_path):
    table = pupils()
    put(table.assign(**{"class": table["class"].map(NAMES[names])}), tmp_path / "pupils.csv")
    expected, found = pair(tmp_path, engine, ROLES)
    assert not isinstance(expected, str)
    assert list(differences(expected, found)) == []


def test_quotes_after_the_first_rows_are_quotes(tmp_path):
    table = pd.concat([pupils(), *[pupils(seed=9)] * 160], ignore_index=True)
    table["class"] = table["class"].map("c{}".format)
    table.loc[len(table) - 40 :, "class"] = 'the "last", so to say'
    put(table.assign(texp=5 + table["class"].str.len()), tmp_path / "pupils.csv")
    expected, found = pair(tmp_path, "duckdb", ROLES)
    assert not isinstance(expected, str)
    assert list(differences(expected, found)) == []


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "cp1252"])
def test_encodings(encoding, engine, tmp_path):
    put(with_letters(), tmp_path / "pupils.csv", encoding=encoding)
    expected, found = pair(tmp_path, engine, data=f'encoding = "{encoding}"')
    if engine == "dask" or (engine == "duckdb" and encoding != "cp1252"):
        assert list(differences(expected, found)) == []
    else:
        assert found.startswith(f'pupils.csv: engine = "{engine}" reads UTF-8')
        assert 'write engine = "dask", or save it anew as UTF-8' in found
    unsaid = pair(tmp_path, engine)[1]
    assert unsaid.startswith("pupils.csv: is not UTF-8; write its encoding under [data]")


CHANGED = {
    "blanks in the header": (lambda text: text.replace(",", ", "), "has blanks around 'popular'"),
    "empty": (lambda _: "", "cannot be read as a .csv table: it is empty"),
    "a header only": (lambda text: text.split("\n")[0] + "\n", "the table has no rows"),
    "a column twice": (lambda text: text.replace("dose", "sex"), "2 columns are named 'sex'"),
    "more fields": (lambda text: text + "1,2,3,4,5,6,7,8,9,10\n", ""),
    "cut off": (lambda text: text + "3,4", "its last row has 2 of 8 fields"),
    "a text": (lambda text: text.replace("\n1,", "\nseven,9,none,", 1), ""),
    "a text late": (lambda text: text + text.split("\n", 1)[1] * 100 + "1,2,x,1,7,a,b,1\n", "x"),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("what", CHANGED)
def test_what_memory_refuses_is_refused_in_one_line(what, engine, tmp_path):
    change, said = CHANGED[what]
    text = pupils().to_csv(index=False)
    (tmp_path / "pupils.csv").write_text(change(text), encoding="utf-8")
    expected, found = pair(tmp_path, engine, ROLES)
    assert isinstance(expected, str) or what == "blanks in the header"
    assert isinstance(found, str)
    assert found.startswith("pupils.csv: ")
    assert said in found
    assert "\n" not in found
    assert len(found) < 400


def quoted(text):
    return "\n".join(",".join(f'"{f}"' for f in row.split(",")) for row in text.splitlines())


def with_row(text, number, change):
    rows = text.splitlines()
    rows[number] = change(rows[number])
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("keys", [{}, {"model": "references = {sex = 1}"}], ids=["", "category"])
def test_true_and_false_are_numbers_as_in_memory(keys, engine, tmp_path):
    table = pupils()
    words = table["sex"].map({0: "False", 1: "TRUE"}).where(table["sex"].index > 2, "true")
    put(table.assign(sex=words.mask(table.index == 7)), tmp_path / "pupils.csv")
    keys = {"suffix": ".csv", "data": 'filter = "sex < 2 or dose > 1"', "model": ""} | keys
    expected, found = (record(tmp_path, ROLES.format(engine=e, **keys)) for e in ("memory", engine))
    assert not isinstance(expected, str), expected
    assert list(differences(expected, found)) == []


RAGGED = {
    "a row cut short": lambda text: with_row(text, 9, lambda row: row.rpartition(",")[0]),
    "a row cut in two": lambda text: with_row(text, 9, lambda row: "1\n" + row),
    "a row too long": lambda text: with_row(text, 9, lambda row: row + ",9"),
    "the last row cut off, with quotes": lambda text: quoted(text)[:-16],
    "a row cut short late": lambda text: with_row(
        text + text.split("\n", 1)[1] * 200, -9, lambda row: row.rpartition(",")[0]
    ),
    "a row too long late": lambda text: with_row(
        text + text.split("\n", 1)[1] * 200, -9, lambda row: row + ",9"
    ),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("ragged", RAGGED)
def test_rows_of_other_lengths_are_refused_as_in_memory(ragged, engine, tmp_path):
    text = RAGGED[ragged](pupils().to_csv(index=False))
    (tmp_path / "pupils.csv").write_text(text, encoding="utf-8")
    expected, found = pair(tmp_path, engine, ROLES)
    assert expected.startswith("pupils.csv: the header has 8 fields, but data row ")
    assert found == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_a_part_with_a_row_cut_short_is_refused(engine, tmp_path):
    (tmp_path / "parts").mkdir()
    for part in range(3):
        put(pupils(), tmp_path / "parts" / f"{part}.csv")
    part = tmp_path / "parts" / "1.csv"
    part.write_text(RAGGED["a row cut short"](part.read_text("utf-8")), encoding="utf-8")
    text = ROLES.replace("pupils{suffix}", "parts/*.csv")
    found = record(tmp_path, text.format(engine=engine, data="", model=""))
    assert found.startswith("parts/1.csv: the header has 8 fields, but data row 9 has 7; ")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_separator_at_the_end_of_each_row_is_no_field(engine, tmp_path):
    header, _, rows = pupils().to_csv(index=False).partition("\n")
    text = header + "\n" + rows.replace("\n", ",\n")
    (tmp_path / "pupils.csv").write_text(text, encoding="utf-8")
    expected, found = pair(tmp_path, engine, ROLES)
    assert not isinstance(expected, str)
    assert list(differences(expected, found)) == []


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("place", ["middle", "end"])
def test_blank_lines_are_no_rows(place, engine, tmp_path):
    row = 9 if place == "middle" else -1
    text = with_row(pupils().to_csv(index=False), row, lambda row: row + "\n\n")
    (tmp_path / "pupils.csv").write_text(text, encoding="utf-8")
    expected, found = pair(tmp_path, engine, ROLES)
    assert not isinstance(expected, str)
    if engine == "polars":
        assert found.startswith('pupils.csv: has blank lines, of which engine = "polars" makes')
    else:
        assert list(differences(expected, found)) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_words_that_are_names_are_refused_with_advice(engine, tmp_path):
    put(pupils(), tmp_path / "pupils.csv")
    found = pair(tmp_path, engine, data='names = ["NA"]')[1]
    assert "names under [data] is for tables in memory" in found


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_pattern_reads_its_files_as_one_table(engine, suffix, tmp_path):
    table = pupils()
    put(table, tmp_path / f"pupils{suffix}")
    (tmp_path / "parts").mkdir()
    for part, rows in enumerate(np.array_split(np.arange(len(table)), 3)):
        put(table.iloc[rows], tmp_path / "parts" / f"{part}{suffix}")
    keys = {"data": "", "model": ""}
    expected = record(tmp_path, ROLES.format(engine="memory", suffix=suffix, **keys))
    parts = ROLES.replace("pupils{suffix}", "parts/*{suffix}")
    found = record(tmp_path, parts.format(engine=engine, suffix=suffix, **keys))
    assert list(differences(expected, found)) == []
    none = ROLES.replace("pupils{suffix}", "none/*{suffix}")
    assert record(tmp_path, none.format(engine=engine, suffix=suffix, **keys)).endswith(
        "no such table; check the key table of the study file"
    )


MARKED = {
    "commas of thousands": (".", {1: "1", 2: "1,000", 3: "2", 4: "2,000"}),
    "points of thousands": (",", {1: "1", 2: "1.000", 3: "2", 4: "2.000"}),
    "decimals of zeros": (".", {1: "1.0", 2: " 2", 3: "3.00", 4: "4 "}),
    "decimals of zeros after commas": (",", {1: "1,0", 2: "2,00", 3: "-99,0", 4: "-99"}),
    "blanks alone": (".", {1: "1.0", 2: "  ", 3: "\u00a03", 4: "4.0"}),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("marked", MARKED)
def test_groups_that_are_numbers_are_written_by_the_files_decimal_mark(marked, engine, tmp_path):
    decimal, names = MARKED[marked]
    table = pupils()
    groups = table["class"].map(lambda name: names.get(name, str(name)))
    sep = ";" if decimal == "," else ","
    put(table.assign(**{"class": groups}), tmp_path / "pupils.csv", sep=sep, decimal=decimal)
    expected, found = pair(tmp_path, engine, ROLES, "missing = [-99]")
    assert not isinstance(expected, str), expected
    for each in (expected, found):
        each["notes"] = [note.partition(" (read as missing")[0] for note in each["notes"]]
    assert list(differences(expected, found)) == []
