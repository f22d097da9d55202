"""Codes that stand for no value, on every engine: the same rows lack values as in memory."""

import pytest
from engines.on_engines import ENGINES, QUICK, SUFFIXES, pupils
from engines.test_study import TEXTS, check


def some(table, column, *texts):
    """Return a table whose column is of texts, in turn these and its own in the first rows."""
    column_of_texts = table[column].astype(str)
    for row, text in enumerate(texts):
        column_of_texts[2 * row] = text
    return table.assign(**{column: column_of_texts})


CODED = {
    "a number among groups of texts": ("missing = [-99]", "class", ("-99", "-99.0", " -99 ")),
    "a number among names": ("missing = [99]", "diet", ("99", "099", "99.", " +99.00 ")),
    "a fraction among names": ("missing = [0.5, -0.25]", "diet", ("0.5", ".50", "-.25")),
    "zero among names": ("missing = [0]", "diet", ("0", "-0.0", "00")),
    "large numbers among names": ("missing = [1e20]", "diet", ("1" + "0" * 20,)),
    "a text among numerals": ('missing = ["."]', "sex", (".", " . ")),
    "a text among decimals": ('missing = ["no"]', "extrav", ("no", " no")),
    "a number among numerals": ("missing = [-9]", "sex", ("-9", "-9.0")),
    "a text among names": ('missing = [" ? "]', "diet", ("?", " ?")),
}


@pytest.mark.parametrize("engine", QUICK)
@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("coded", CODED)
def test_codes_among_texts(coded, suffix, engine, tmp_path):
    data, column, texts = CODED[coded]
    table = some(pupils().assign(sex=lambda t: t["sex"] + 1), column, *texts)
    found = check(tmp_path, engine, TEXTS, suffix, table, same_notes=False, data=data)
    said = "rows have no 'class'" if column == "class" else f"column '{column}' lacks"
    assert any(f"{len(texts)} " in note and said in note for note in found["notes"])


def test_codes_among_texts_on_dask(tmp_path):
    table = pupils()
    for data, column, texts in CODED.values():
        if data in {"missing = [-99]", "missing = [99]", 'missing = ["."]'}:
            table = some(table, column, *texts)
    data = 'missing = [-99, 99, "."]'
    check(tmp_path, "dask", TEXTS, ".parquet", table, same_notes=False, data=data)


@pytest.mark.parametrize("engine", ENGINES)
def test_other_numbers_among_texts_are_names(engine, tmp_path):
    table = some(pupils(), "diet", "199", "99.5", "-99", "99a", "990")
    check(tmp_path, engine, TEXTS, ".parquet", table, data="missing = [99]")


@pytest.mark.parametrize("engine", QUICK)
@pytest.mark.parametrize("blank", ["\u00a0", " \u2003", ""])
def test_blanks_of_any_kind_are_no_name(blank, engine, tmp_path):
    table = some(some(pupils(), "class", blank, blank), "diet", *5 * [blank])
    found = check(tmp_path, engine, TEXTS, ".parquet", table)
    assert found["notes"][0] == "2 of 150 rows have no 'class' and are dropped"
