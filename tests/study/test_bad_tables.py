"""Bad tables: one line that names all that is wrong, exit status 2, and nothing is written."""

import contextlib
import io
import zipfile
from dataclasses import dataclass

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from ratings import STUDY, column, everything, pupils, run
from tables_on_disk import SUFFIXES, put, put_sheets, study_of

from analysis.errors import DataError
from analysis.study import sheetsize
from analysis.study.sample import Sample, load
from analysis.study.textfile import TextFile


@dataclass(frozen=True)
class Bad:
    """A table, by its name and its bytes or how it is made, and the words that must be said."""

    name: str
    table: object
    says: tuple[str, ...]
    data: str = ""
    more: str = ""


def text(separator=",", **settings):
    return pupils().to_csv(index=False, sep=separator, **settings)


def made(frame, suffix, **labels):
    """Return a function that writes a frame."""
    return lambda path: put(frame, path.with_suffix(suffix), **labels)


def cut(suffix, *, share=0.6):
    """Return a function that writes the first bytes of a table alone."""

    def write(path):
        put(pupils(), path)
        data = path.read_bytes()
        path.write_bytes(data[: int(share * len(data))])

    return f"pupils{suffix}", write


def lines(change):
    """Return a CSV file whose lines are changed."""
    return "\n".join(change(text().splitlines()))


def without(name):
    return pupils().drop(columns=name)


def empty_workbook(path):
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet()


def stray(cell, *, styled=False):
    """Return a function that writes a table and a cell far from it, which may be empty."""

    def write(path):
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("Pupils")
            rows = [list(pupils().columns), *pupils().to_numpy().tolist()]
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
            sheet.write(cell, "" if styled else " ", book.add_format({"bold": True}))
            book.add_worksheet("Notes")

    return write


def zip_file():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("readme.txt", "no workbook")
    return data.getvalue()


many = pupils().astype(object)
for row, name in ((0, "extrav"), (1, "extrav"), (4, "sex"), (7, "popular")):
    many.loc[row, name] = f"?{row}"

BAD = {
    # Text.
    "nothing": Bad("pupils.csv", b"", ("cannot be read as a .csv table: it is empty",)),
    "blank lines": Bad("pupils.csv", "\n\n\n", ("it is empty",)),
    "a mark and no more": Bad("pupils.csv", b"\xef\xbb\xbf", ("it is empty",)),
    "a header alone": Bad("pupils.csv", text().split("\n")[0], ("the table has no rows",)),
    "an open quotation mark": Bad(
        "pupils.csv", text() + '1,2,3,4,"5\n', ("cannot be read as a .csv table", "EOF")
    ),
    "an open quotation mark in the header": Bad("pupils.csv", '"' + text(), ("no column 'class'",)),
    "a row that ends too soon": Bad(
        "pupils.csv", text()[:-8], ("header has 5 fields, but data row 72 has 2", "give each row")
    ),
    "rows that are too long": Bad(
        "pupils.csv",
        lines(lambda rows: [*rows[:4], f"{rows[4]},7,8", *rows[5:9], f"{rows[9]},7"]),
        ("data row 4 has 7, data row 9 has 6; give",),
    ),
    "separators at the end of a row": Bad(
        "pupils.csv", lines(lambda rows: [*rows[:4], f"{rows[4]},,", *rows[5:]]), ("row 4 has 7",)
    ),
    "rows too long and too short": Bad(
        "pupils.tsv", "class\tpopular\n1\t2\t3\t4\n1\n1\t2\n", ("row 1 has 4, data row 2 has 1",)
    ),
    "bytes of no encoding": Bad(
        "pupils.csv", text().encode() + b"\x81\x8d", ("neither UTF-8, UTF-16 nor cp1252",)
    ),
    "half a character of UTF-16": Bad(
        "pupils.csv", text().encode("utf-16")[:-1], ("cannot be read as a .csv table", "truncated")
    ),
    "zeros": Bad("pupils.csv", bytes(4000), ("neither UTF-8, UTF-16 nor cp1252",)),
    "another encoding than it says": Bad(
        "pupils.csv",
        text().replace("class", "klässe").encode("cp1252"),
        ("cannot be read as a .csv table", "can't decode byte 0xe4"),
        'encoding = "utf-8"',
    ),
    "another separator than it says": Bad(
        "pupils.csv", text(";"), ("no column 'class'", "no column 'texp'"), 'separator = "\\t"'
    ),
    "thousands": Bad(
        "pupils.csv",
        pupils().assign(popular=[f"{1000 + row:,}" for row in range(72)]),
        ("column 'popular' holds '1,000'", 'write decimal = ","'),
    ),
    "thousands and decimals": Bad(
        "pupils.csv", column("popular", "1,234.5"), ("'popular' holds '1,234.5' in data row 5",)
    ),
    # Names.
    "a name twice": Bad(
        "pupils.csv",
        text().replace("sex", "extrav", 1),
        ("2 columns are named 'extrav'; rename all but one", "no column 'sex'", "columns: class"),
    ),
    "names that are missing": Bad(
        "pupils.parquet",
        made(pupils().rename(columns={"sex": "Sex", "texp": "experience"}), ".parquet"),
        ("no column 'sex', which popularity.toml names; did you mean 'Sex'?; no column 'texp'",),
    ),
    "no names": Bad("pupils.csv", text(header=False), ("no column 'class'", "no column 'sex'")),
    "a new name for a column that is not there": Bad(
        "pupils.csv",
        text(),
        ("no column 'Sex (m/f)', which popularity.toml names",),
        more='[columns]\nsex = "Sex (m/f)"\n',
    ),
    # Values.
    "several values in several columns": Bad(
        "pupils.csv",
        many,
        (
            "column 'popular' holds '?7' in data row 8; it must hold numbers; column 'extrav' "
            "holds '?0' in data row 1, '?1' in data row 2; it must hold numbers; column 'sex' "
            "holds '?4' in data row 5; it must hold numbers",
        ),
    ),
    "a name missing and values": Bad(
        "pupils.xlsx",
        made(many.drop(columns="texp"), ".xlsx"),
        ("no column 'texp'", "'?7' in data row 8", "'?4' in data row 5"),
    ),
    "more than five values": Bad(
        "pupils.csv", column("sex", "?", rows=range(9)), ("'?' in data row 5 and 4 more; it must",)
    ),
    "texts for numbers": Bad(
        "pupils.csv",
        pupils().assign(extrav=lambda frame: frame["sex"].map({0: "shy", 1: "bold"})),
        (
            "column 'extrav' holds 'bold' in data row 1",
            "code its texts, say bold = 0, shy = 1; or name it in covariates",
        ),
    ),
    "texts for the outcome": Bad(
        "pupils.csv",
        pupils().assign(popular=lambda frame: frame["sex"].map({0: "no", 1: "yes"})),
        ("column 'popular' holds 'yes' in data row 1", "code its texts, say no = 0, yes = 1\n"),
    ),
    "texts of one kind": Bad(
        "pupils.csv", pupils().assign(sex="girl"), ("column 'sex' is constant in the study's",)
    ),
    "texts that vary within groups": Bad(
        "pupils.csv",
        pupils().assign(texp=lambda frame: frame["sex"].map({0: "old", 1: "young"})),
        ("column 'texp' is a level 2 predictor but varies within class 1, 2, 3, 4, 5 and 3",),
    ),
    "several columns without use": Bad(
        "pupils.csv",
        pupils().assign(sex=1, texp=range(72)),
        (
            "'sex' is constant",
            "'texp' is a level 2 predictor but varies within class 1, 2, 3, 4, 5 and 3",
        ),
    ),
    "nothing but codes of missing values": Bad(
        "pupils.csv", pupils().assign(sex=-99), ("'sex' is constant",), "missing = [-99]"
    ),
    # Files of other programs.
    "half a workbook": Bad(*cut(".xlsx"), ("cannot be read as a .xlsx table",)),
    "half a Parquet file": Bad(*cut(".parquet"), ("cannot be read as a .parquet table",)),
    "half an SPSS file": Bad(*cut(".sav"), ("cannot be read as a .sav table",)),
    "half a Stata file": Bad(*cut(".dta"), ("cannot be read as a .dta table",)),
    "an empty Stata file": Bad("pupils.dta", b"", ("cannot be read as a .dta table",)),
    "an empty workbook file": Bad("pupils.xlsx", b"", ("cannot be read as a .xlsx table",)),
    "a stray cell": Bad(
        "pupils.xlsx",
        stray("XFD1048576"),
        (
            "the sheet 'Pupils' reaches from A1 to XFD1048576, 17,179,869,184 cells of which 366 "
            "hold something; delete the rows and columns after the table, or save it as CSV",
        ),
    ),
    "a stray cell below": Bad("pupils.xlsx", stray("N1048576"), ("reaches from A1 to N1048576,",)),
    "a zip file": Bad("pupils.xlsx", zip_file(), ("cannot be read as a .xlsx table",)),
    "an empty sheet": Bad("pupils.xlsx", empty_workbook, ("the workbook is empty",)),
    "a sheet with a header alone": Bad(
        "pupils.xlsx", made(pupils().iloc[:0], ".xlsx"), ("the table has no rows",)
    ),
    "several sheets": Bad(
        "pupils.xlsx",
        lambda path: put_sheets({"a": pupils(), "b": pupils()}, path),
        ("has 2 sheets", "sheet = one of 'a', 'b'"),
    ),
    "an unknown sheet": Bad(
        "pupils.xlsx", made(pupils(), ".xlsx"), ("no sheet 'b'", "'Sheet1'"), 'sheet = "b"'
    ),
    "a workbook called .csv": Bad(
        "pupils.csv", zip_file(), ("by its content it is a workbook", "let its name end in .xlsx")
    ),
    "an SPSS file called .dta": Bad(
        "pupils.dta", b"$FL2 and more", ("an SPSS file; let its name end in .sav",)
    ),
    "an old workbook": Bad(
        "pupils.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1", ("before 2007; save it as .xlsx",)
    ),
    "an SPSS file without rows": Bad(
        "pupils.sav", made(pupils().iloc[:0].astype(float), ".sav"), ("the table has no rows",)
    ),
    "dates": Bad(
        "pupils.dta",
        made(pupils().assign(sex=pd.Timestamp("2026-01-02")), ".dta"),
        ("column 'sex' holds", "must hold numbers"),
    ),
    # What the study says of its table.
    "a sheet of a CSV file": Bad("pupils.csv", text(), ("sheet is for", ".xlsx"), 'sheet = "a"'),
    "a separator of a workbook": Bad(
        "pupils.xlsx", made(pupils(), ".xlsx"), ("separator is for", ".csv"), 'separator = ";"'
    ),
    "an unknown encoding": Bad(
        "pupils.csv", text(), ("encoding is 'utf-9'", '"cp1252"'), 'encoding = "utf-9"'
    ),
    "an encoding of no text": Bad("pupils.csv", text(), ("encoding is 'hex'",), 'encoding = "hex"'),
    "an unknown separator": Bad(
        "pupils.csv", text(), ("separator is 'x'", '"," or ";" or "\\t"'), 'separator = "x"'
    ),
    "a code that is no list": Bad(
        "pupils.csv", text(), ("missing is -99", '[-99, "."]'), "missing = -99"
    ),
    "a code that is a list": Bad("pupils.csv", text(), ("missing is [[]]",), "missing = [[]]"),
    "a filter that is code": Bad(
        "pupils.csv", text(), ("filter is", "write comparisons"), "filter = \"exit('now')\""
    ),
    "a filter without rows": Bad(
        "pupils.csv", text(), ("no row fulfils filter = 'sex > 5'",), 'filter = "sex > 5"'
    ),
}


def defile(project, bad):
    """Put a bad table into the project, and name it in the study."""
    study = STUDY.replace('"pupils.csv"', f'"{bad.name}"\n{bad.data}') + bad.more
    (project / "data" / "popularity.toml").write_text(study, encoding="utf-8")
    path = project / "data" / bad.name
    match bad.table:
        case bytes():
            path.write_bytes(bad.table)
        case str():
            path.write_text(bad.table, encoding="utf-8")
        case pd.DataFrame():
            put(bad.table, path)
        case _:
            bad.table(path)


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_refuses_a_bad_table_in_one_line(project, capsys, bad):
    defile(project, bad)
    before = everything(project)
    status, out, err = run(capsys, "fit", "data/popularity.toml")
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert bad.name in err or "popularity.toml" in err
    for words in bad.says:
        assert words in err
    assert everything(project) == before


edits = st.lists(st.tuples(st.integers(0, 2**16), st.binary(max_size=4)), min_size=1, max_size=4)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_with_some_bytes_changed_is_read_or_refused(tmp_path_factory, suffix):
    path = put(pupils(), tmp_path_factory.mktemp("damaged") / f"pupils{suffix}")
    study, whole = study_of(path), path.read_bytes()

    @settings(max_examples=60)
    @given(edits, st.none() | st.integers(0, len(whole)))
    def holds(edits, end):
        data = whole[:end]
        for place, new in edits:
            start = place % (len(data) + 1)
            data = data[:start] + new + data[start + 2 :]
        path.write_bytes(data)
        with contextlib.suppress(DataError):
            assert isinstance(load(study), Sample)

    holds()


def test_a_table_too_large_for_the_memory_is_refused(project, capsys, monkeypatch):
    def read(*_):
        raise MemoryError

    monkeypatch.setattr(TextFile, "read", read)
    status, _, err = run(capsys, "fit", "data/popularity.toml")
    assert status == 2
    assert "pupils.csv: takes more memory than there is; use fewer rows" in err


@pytest.mark.parametrize(("cell", "styled"), [("XFD1048576", True), ("C9000", False)])
def test_a_cell_that_takes_no_memory_may_lie_anywhere(tmp_path, cell, styled):
    path = tmp_path / "pupils.xlsx"
    stray(cell, styled=styled)(path)
    assert load(study_of(path, data='missing = [" ", ""]')).n_observations == 72


def test_a_full_sheet_may_be_large(monkeypatch, tmp_path):
    monkeypatch.setattr(sheetsize, "_MOST_CELLS", 72 * 5)
    monkeypatch.setattr(sheetsize, "_CHUNK", 7)
    path = put(pupils(), tmp_path / "pupils.xlsx")
    assert load(study_of(path)).n_observations == 72
    monkeypatch.setattr(sheetsize, "_FULL", 1.01)
    with pytest.raises(DataError, match="from A1 to E73, 365 cells of which 365 hold something"):
        load(study_of(path))


def test_a_stray_cell_of_a_sheet_that_is_not_read_is_no_matter(tmp_path):
    path = tmp_path / "pupils.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Pupils")
        for i, row in enumerate([list(pupils().columns), *pupils().to_numpy().tolist()]):
            sheet.write_row(i, 0, row)
        notes = book.add_worksheet("Notes")
        notes.write("A1", "note")
        notes.write("XFD1048576", "note")
    assert load(study_of(path, data='sheet = "Pupils"')).n_observations == 72
    with pytest.raises(DataError, match="the sheet 'Notes' reaches from A1 to XFD1048576"):
        load(study_of(path))


def test_an_spss_file_that_promises_more_rows_than_it_holds_is_refused(tmp_path):
    path = put(pupils().astype(float), tmp_path / "pupils.sav")
    data = bytearray(path.read_bytes())
    assert int.from_bytes(data[80:84], "little", signed=True) == 72  # the number of cases
    data[80:84] = (5000).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"damaged: it cannot hold the 5,000 rows that it"):
        load(study_of(path))
