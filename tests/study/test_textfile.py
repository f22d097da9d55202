"""Text files of any separator, decimal mark and encoding."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ratings import pupils
from tables_on_disk import study_of

from analysis.errors import DataError
from analysis.results.results import analyse
from analysis.study.reading import Reading
from analysis.study.sample import load
from analysis.study.studyfile import read_study
from analysis.study.textfile import TextFile

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")
LETTERS = "abcdefABCDEF .-,;_\"'äöüßéñÅ0123456789"


def written(header, rows, separator, decimal, encoding):
    """Return a table as the bytes of a file, with quotes where they are needed."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow(header)
    for group, *numbers in rows:
        cells = ["" if n is None else repr(n).replace(".", decimal) for n in numbers]
        writer.writerow([group, *cells])
    return text.getvalue().encode(encoding)


names = st.text(LETTERS, min_size=1, max_size=9).map(str.strip).filter(bool)
headers = st.lists(names, min_size=3, max_size=3, unique=True)
numbers = st.floats(-1e6, 1e6) | st.integers(-9, 9) | st.none()
rows = st.lists(
    st.tuples(st.sampled_from(["Süd", "nord-ost", "1,5", "1.10"]), numbers, st.floats(-9, 9)),
    max_size=6,
)


@settings(max_examples=150)
@given(
    header=headers,
    rows=rows,
    separator=st.sampled_from([",", ";", "\t"]),
    decimal=st.sampled_from([".", ","]),
    encoding=st.sampled_from(ENCODINGS),
)
def test_every_way_of_writing_a_table_gives_the_same_numbers(
    tmp_path_factory, header, rows, separator, decimal, encoding
):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    # 0.5 is no thousands, whatever the others are.
    rows = [("Süd", 0.5, 0.25), *rows]
    path.write_bytes(written(header, rows, separator, decimal, encoding))
    file = TextFile(path=path, reading=Reading(), wanted=tuple(header), group=header[0])
    assert file.names == header
    table, found = file.read(header)
    for column, expected in zip(header, zip(*rows, strict=True), strict=True):
        got = [None if value != value else value for value in table[column].tolist()]
        assert got == list(expected)
    said = {
        'separator = "\\t"' if separator == "\t" else f'separator = "{separator}"': separator
        != ",",
        'decimal = ","': decimal == ",",
        f'encoding = "{encoding}"': encoding in {"utf-16-le", "utf-16-be", "cp1252"},
    }
    for words, expected in said.items():
        assert (words in found) == expected
    assert ("write what is right under [data]" in found) == any(said.values())


def test_the_values_of_read_csv2(root, tmp_path):
    """By lme4 1.1-31 on R's read.csv2 of the file."""
    path = tmp_path / "table.csv"
    path.write_bytes((root / "tests" / "study" / "semicolons.csv").read_bytes())
    results = analyse(small_study(path, "klasse", "punkte", "alter"))
    fit = results.models["m1"]["REML"]
    assert fit.criterion == pytest.approx(308.43155573, abs=1e-7)
    assert fit.fixed_effects["alter"] == pytest.approx(1.199818, abs=1e-6)
    assert results.models["m2"]["ML"].criterion == pytest.approx(305.27098701, abs=1e-6)
    assert results.sample.notes == (
        'table.csv: read with separator = ";", decimal = ","; where that is wrong, write what is '
        "right under [data]",
    )


def test_umlauts_are_letters(root, tmp_path):
    text = (root / "tests" / "study" / "semicolons.csv").read_text(encoding="utf-8")
    path = tmp_path / "table.csv"
    text = text.replace("klasse", "schüler_gruppe").replace("alter", "größe")
    path.write_text(text, encoding="utf-8")
    study = small_study(path, "schüler_gruppe", "punkte", "größe")
    fit = analyse(study).models["m2"]["REML"]
    assert fit.criterion == pytest.approx(307.66058494, abs=1e-6)
    assert fit.spec.formula == "punkte ~ größe + (1 + größe | schüler_gruppe)"


def small_study(path, group, outcome, slope):
    """Write and read a study with one predictor."""
    document = path.with_suffix(".toml")
    document.write_text(
        f'[data]\ntable = "{path.name}"\ngroup = "{group}"\n'
        f'[model]\noutcome = "{outcome}"\nslope = "{slope}"\n',
        encoding="utf-8",
    )
    return read_study(document)


def test_what_the_study_says_is_not_found_out(tmp_path):
    path = tmp_path / "table.txt"
    text = pupils().to_csv(index=False, sep="\t", decimal=",").replace("class", "Klässe")
    path.write_bytes(text.encode("cp1252"))
    data = 'separator = "\\t"\ndecimal = ","\nencoding = "latin-1"'
    sample = load(study_of(path, data=data, renamed={"class": "Klässe"}))
    assert sample.found == ""
    assert sample.table["popular"].tolist() == pytest.approx(pupils()["popular"].tolist())


def test_the_study_decides_against_what_would_be_found(tmp_path):
    path = tmp_path / "pupils.csv"
    path.write_text(pupils().to_csv(index=False, sep=";", decimal=","), encoding="utf-8")
    with pytest.raises(DataError, match="no column 'class'"):
        load(study_of(path, data='separator = ","'))
    with pytest.raises(DataError, match=r"'popular' holds '.*,.*; it must hold numbers"):
        load(study_of(path, data='decimal = "."'))


def test_thousands_are_not_taken_for_decimals(tmp_path):
    frame = pupils()
    frame["popular"] = [f"{1000 + round(100 * value):,}" for value in frame["popular"]]
    path = tmp_path / "pupils.csv"
    frame.to_csv(path, index=False)
    with pytest.raises(DataError, match=r"column 'popular' holds '\d,\d\d\d', whose comma may be"):
        load(study_of(path))
    decimals = load(study_of(path, data='decimal = ","')).table["popular"]
    assert decimals.between(1, 10).all()


def test_numbers_of_both_marks_are_refused(tmp_path):
    frame = pupils().astype({"popular": str})
    frame.loc[7, "popular"] = "4,5"
    path = tmp_path / "pupils.csv"
    frame.to_csv(path, index=False, sep=";")
    with pytest.raises(DataError, match="column 'popular' holds '4,5' in data row 8; it must"):
        load(study_of(path))


def test_a_point_beside_decimal_commas_may_be_one_of_thousands(tmp_path):
    """1.234 was read as a number between 1 and 2."""
    frame = pupils().assign(sex=[f"1.{100 + row}" for row in range(72)])
    path = tmp_path / "pupils.csv"
    frame.to_csv(path, index=False, sep=";", decimal=",")
    with pytest.raises(
        DataError, match=r"'sex' holds '1\.100' in data row 1, with a point, and the"
    ):
        load(study_of(path))


def test_group_names_that_are_whole_are_so_with_a_decimal_comma(tmp_path):
    path = tmp_path / "pupils.csv"
    frame = pupils().astype({"class": float})
    path.write_text(frame.to_csv(index=False, sep=";", decimal=","), encoding="utf-8")
    assert load(study_of(path)).groups == tuple("12345678")


def test_blanks_around_names_are_none(tmp_path):
    path = tmp_path / "pupils.csv"
    path.write_text("\n" + pupils().to_csv(index=False).replace(",", " , ", 4), encoding="utf-8")
    assert load(study_of(path)).n_observations == 72


def test_rows_that_end_too_soon_are_named(tmp_path):
    """pandas fills them up, and says nothing."""
    lines = pupils().to_csv(index=False).splitlines()
    for row in (3, 5, 8, 20, 30, 41):
        lines[row] = lines[row].rpartition(",")[0]
    path = tmp_path / "pupils.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DataError) as refusal:
        load(study_of(path))
    assert str(refusal.value).endswith(
        "pupils.csv: the header has 5 fields, but data row 3 has 4, data row 5 has 4, data row 8 "
        "has 4, data row 20 has 4, data row 30 has 4 and 1 more; give each row a field for each "
        "name in the header"
    )


def test_a_last_column_may_lack_values(tmp_path):
    path = tmp_path / "pupils.csv"
    frame = pupils().astype({"texp": float})
    frame.loc[frame["class"] == 3, "texp"] = None
    frame.to_csv(path, index=False)
    assert load(study_of(path)).table["texp"].isna().sum() == 9
