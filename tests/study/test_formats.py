"""Tables of other programs: what they hold beside numbers, and frames of Python."""

import datetime

import numpy as np
import pandas as pd
import polars
import pyarrow
import pytest
import xlsxwriter
from ratings import pupils
from tables_on_disk import SUFFIXES, put, put_sheets, study_of

from analysis.errors import DataError
from analysis.figures.figures import figures
from analysis.results.results import analyse
from analysis.study.sample import load, sample_of
from analysis.study.studyfile import read_study
from analysis.tables import TABLES

LABELS = {
    "column_labels": ["class ident", "how  popular\nsomeone is", "", "sex of the pupil", None],
    "variable_value_labels": {
        "class": {1.0: "South", 2.0: "North"},
        "sex": {0.0: "boy", 1.0: "girl; or woman", 9.0: "no answer"},
    },
}


def as_numbers(frame):
    return frame.astype({"class": str}).astype(dict.fromkeys(frame.columns[1:], float))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_gives_the_same_sample(tmp_path, suffix):
    frame = pupils().astype({"popular": float})
    frame.loc[5, "popular"] = np.nan
    sample = load(study_of(put(frame, tmp_path / f"table{suffix}")))
    expected = as_numbers(frame.drop(index=5)).reset_index(drop=True)
    pd.testing.assert_frame_equal(sample.table, expected[sample.table.columns], check_dtype=False)
    assert sample.n_missing_outcome == 1


@pytest.mark.parametrize("suffix", [".sav", ".dta"])
def test_labels_of_values_name_groups_and_the_values_of_a_binary_column(tmp_path, suffix):
    path = put(pupils().astype(float), tmp_path / f"table{suffix}", **LABELS)
    sample = load(study_of(path))
    assert sample.groups == ("3", "4", "5", "6", "7", "8", "North", "South")
    assert sample.study.units == {"sex": "0 = boy, 1 = girl or woman"}
    # Of the study; of the file, if the study says nothing; of a group, none.
    assert sample.study.label("extrav") == "Extraversion"
    assert sample.study.label("popular") == "how popular someone is"
    assert sample.study.label("sex") == "sex of the pupil"
    assert sample.study.label("class") == "class"
    assert sample.study.label("texp") == "texp"


def test_the_labels_of_the_study_come_first(tmp_path):
    path = put(pupils().astype(float), tmp_path / "table.sav", **LABELS)
    more = 'sex = "gender"\n[units]\nsex = "0 = m, 1 = f"\n'
    study = load(study_of(path, more=more)).study
    assert (study.label("sex"), study.unit("sex")) == ("gender", "0 = m, 1 = f")


def test_labels_of_values_stand_in_the_figures(tmp_path):
    path = put(pupils().astype(float), tmp_path / "table.sav", **LABELS)
    figure = figures(analyse(study_of(path)))["random-slopes"]
    titles = [axes.get_title().replace("\n", " ") for axes in figure.axes]
    assert titles == ["Sex of the pupil: boy", "Sex of the pupil: girl or woman"]


def test_labels_that_do_not_tell_groups_apart_are_left(tmp_path):
    labels = {"variable_value_labels": {"class": {1.0: "South", 2.0: "South"}}}
    path = put(pupils().astype(float), tmp_path / "table.dta", **labels)
    assert load(study_of(path)).groups == tuple("12345678")
    labels = {"variable_value_labels": {"class": {1.0: "2"}}}
    path = put(pupils().astype(float), tmp_path / "table.sav", **labels)
    assert load(study_of(path)).groups == tuple("12345678")


def test_a_column_of_three_values_or_an_unnamed_one_gets_no_unit(tmp_path):
    frame = pupils().astype(float)
    labels = {"variable_value_labels": {"sex": {1.0: "girl"}}}
    assert load(study_of(put(frame, tmp_path / "table.sav", **labels))).study.units == {}
    frame["sex"] = np.arange(72) % 3
    labels = {"variable_value_labels": {"sex": {0.0: "a", 1.0: "b", 2.0: "c"}}}
    assert load(study_of(put(frame, tmp_path / "table.sav", **labels))).study.units == {}


def test_values_that_spss_calls_missing_are_so(tmp_path):
    frame = pupils().astype(float)
    frame.loc[[3, 5], "popular"], frame.loc[7, "sex"] = -99, 9
    missing = {"missing_ranges": {"popular": [-99], "sex": [{"lo": 8, "hi": 9}]}}
    sample = load(study_of(put(frame, tmp_path / "table.sav", **missing, **LABELS)))
    assert (sample.n_missing_outcome, sample.table["sex"].isna().sum()) == (2, 1)
    assert sample.study.unit("sex") == "0 = boy, 1 = girl or woman"


def test_values_that_stata_calls_missing_are_so(tmp_path):
    frame = pupils().astype({"sex": object})
    frame.loc[[4, 6], "sex"] = "a"
    path = put(frame, tmp_path / "table.dta", missing_user_values={"sex": ["a"]})
    assert load(study_of(path)).table["sex"].isna().sum() == 2


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_declared_codes_are_missing_in_every_column(tmp_path, suffix):
    frame = pupils().astype(float)
    frame.loc[[1, 2], "popular"], frame.loc[[4], "sex"], frame.loc[[30], "class"] = -99, -99, -99
    sample = load(study_of(put(frame, tmp_path / f"table{suffix}"), data="missing = [-99]"))
    assert (sample.n_missing_outcome, sample.n_missing_group) == (2, 1)
    assert sample.table["sex"].isna().sum() == 1


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_declared_words_are_missing(tmp_path, suffix):
    frame = pupils().astype({"class": str, "sex": object})
    frame.loc[[3, 9], "sex"], frame.loc[[4], "class"], frame.loc[5, "sex"] = ".", "?", " . "
    path = put(frame, tmp_path / f"table{suffix}")
    sample = load(study_of(path, data='missing = [".", "?"]'))
    assert (sample.table["sex"].isna().sum(), sample.n_missing_group) == (3, 1)
    with pytest.raises(DataError, match=r"'sex' holds '.' in data row 4, ' . ' in data row 6, '.'"):
        load(study_of(path))


def test_a_workbook_has_one_table_or_the_study_names_its_sheet(tmp_path):
    path = put_sheets({"all": pupils(), "some": pupils()[:36]}, tmp_path / "table.xlsx")
    with pytest.raises(DataError, match=r"has 2 sheets; write .* sheet = one of 'all', 'some'$"):
        load(study_of(path))
    assert load(study_of(path, data='sheet = "some"')).n_observations == 36
    with pytest.raises(DataError, match=r"has no sheet 'none'; .* one of 'all', 'some'$"):
        load(study_of(path, data='sheet = "none"'))
    put_sheets({"all": pupils(), "empty": pd.DataFrame()}, path)
    assert load(study_of(path)).n_observations == 72


def test_a_table_may_begin_anywhere_in_a_sheet(tmp_path):
    path = tmp_path / "table.xlsx"
    frame = pupils()
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(3, 2, [f" {name} " for name in frame.columns])
        for i, row in enumerate(frame.itertuples(index=False)):
            sheet.write_row(4 + i + (i > 9), 2, row)  # one row is left free
    sample = load(study_of(path))
    assert (sample.n_rows_in_table, sample.n_observations, sample.notes) == (72, 72, ())
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, frame.columns)
        for i, row in enumerate(frame.itertuples(index=False)):
            sheet.write_row(1 + i + (i > 9), 0, row)
        sheet.write(12, 2, "often")
    with pytest.raises(DataError, match="'extrav' holds 'often' in data row 12; it must"):
        load(study_of(path))


def test_whole_numbers_of_a_workbook_are_groups_beside_words(tmp_path):
    frame = pupils().astype({"class": object})
    frame.loc[frame["class"] == 3, "class"] = "3b"
    sample = load(study_of(put(frame, tmp_path / "table.xlsx")))
    assert sample.groups == ("1", "2", "3b", "4", "5", "6", "7", "8")


def test_dates_of_a_workbook_are_no_numbers(tmp_path):
    frame = pupils().assign(sex=datetime.date(2026, 1, 2))
    with pytest.raises(DataError, match=r"'sex' holds '2026-01-02' in data row 1, .* and 67 more"):
        load(study_of(put(frame, tmp_path / "table.xlsx")))


FRAMES = {
    "pandas": lambda frame: frame,
    "an index": lambda frame: frame.set_index(np.arange(72) + 9),
    "categories": lambda frame: frame.assign(
        **{
            "class": pd.Categorical(frame["class"].astype(float)),
            "sex": frame["sex"].astype("category"),
        }
    ),
    "nullable": lambda frame: frame.convert_dtypes(),
    "polars": polars.from_pandas,
    "pyarrow": pyarrow.Table.from_pandas,
}


@pytest.mark.parametrize("kind", FRAMES)
def test_a_frame_is_a_table(tmp_path, kind):
    study = study_of(put(pupils(), tmp_path / "table.csv"))
    expected, sample = load(study), sample_of(FRAMES[kind](pupils()), study)
    pd.testing.assert_frame_equal(sample.table, expected.table, rtol=1e-14)
    assert (sample.groups, sample.source, sample.sha256) == (
        expected.groups,
        "the data frame",
        "",
    )


def test_what_is_no_frame_is_refused(tmp_path):
    study = study_of(tmp_path / "table.csv")
    with pytest.raises(DataError, match=r"^ratings: a dict is no table; give a data frame$"):
        sample_of({"class": [1]}, study, name="ratings")
    frame = pupils().astype({"sex": object}).set_index(np.arange(72) + 9)
    frame.iloc[2, 3] = "x"
    with pytest.raises(DataError, match=r"^ratings: column 'sex' holds 'x' in data row 3; it must"):
        sample_of(frame, study, name="ratings")


def test_a_column_goes_by_the_name_that_the_study_gives_it(tmp_path):
    frame = pupils().rename(columns={"popular": "Q 1.2", "class": "Klasse\nNr."})
    path = put(frame, tmp_path / "table.parquet")
    more = '[columns]\npopular = "Q 1.2"\nclass = "Klasse\\nNr."\n'
    assert list(load(study_of(path, more=more)).table)[:2] == ["class", "popular"]
    with pytest.raises(DataError, match=r"no column 'Q 1.3', .*; did you mean 'Q 1.2'\?$"):
        load(study_of(path, more=more.replace("1.2", "1.3")))
    with pytest.raises(DataError, match=r"no column 'popular', .*; did you mean 'populr'\?$"):
        load(study_of(path, more=more.replace("popular", "populr")))


TEXTS = {0: "f", 1: "m"}
CALLED = {"f": "woman", "m": "man"}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_texts_are_categories_in_every_format(tmp_path, suffix):
    frame = pupils().assign(sex=lambda rows: rows["sex"].map(TEXTS)).astype({"popular": float})
    frame.loc[[5, 9], "sex"] = ""
    sample = load(study_of(put(frame, tmp_path / f"table{suffix}")))
    assert sample.study.categories == ("sex",)
    assert sample.study.covariates == ()
    assert sample.table["sex"].dropna().tolist() == frame["sex"].drop([5, 9]).tolist()
    assert sample.table["sex"].isna().sum() == 2
    found = analyse(study_of(tmp_path / f"table{suffix}"))
    assert list(found.models["m1"]["REML"].fixed_effects) == ["Intercept", "extrav", "sex[m]"]
    assert [panel.value for panel in found.panels["level-2"]] == ["f", "m"]


@pytest.mark.parametrize("formula", [False, True])
def test_labels_of_values_stand_in_the_place_of_texts(tmp_path, formula):
    frame = pupils().assign(sex=lambda rows: rows["sex"].map(TEXTS)).astype({"popular": float})
    path = put(frame, tmp_path / "table.sav", variable_value_labels={"sex": CALLED})
    study = study_of(path)
    if formula:
        text = '[data]\ntable = "table.sav"\n[models]\n'
        text += 'm1 = "popular ~ extrav + sex + texp + (1 + extrav | class)"'
        study.path.write_text(text, encoding="utf-8")
        study = read_study(study.path)
    found = analyse(study)
    name = "m1" if formula else "m3"
    assert "sex[woman]" in found.models[name]["REML"].fixed_effects
    assert found.summary.categories["sex"].names == ("man", "woman")
    titles = [ax.get_title() for ax in figures(found)["level-2"].axes]
    assert [title.split(": ")[1] for title in titles] == ["man", "woman"]
    assert ">sex[woman]<" in TABLES["regression"](found)


@pytest.mark.parametrize("reference", ["f", "woman"])
def test_a_reference_may_be_the_text_or_its_label(tmp_path, reference):
    frame = pupils().assign(sex=lambda rows: rows["sex"].map(TEXTS)).astype({"popular": float})
    path = put(frame, tmp_path / "table.sav", variable_value_labels={"sex": CALLED})
    study = study_of(path)
    text = study.path.read_text(encoding="utf-8")
    text = text.replace("[labels]", f'references = {{sex = "{reference}"}}\n[labels]')
    study.path.write_text(text, encoding="utf-8")
    fit = analyse(read_study(study.path)).models["m1"]["REML"]
    assert list(fit.fixed_effects)[2:] == ["sex[man]"]


def test_labels_of_numbers_that_are_names_are_told(tmp_path):
    labels = {"variable_value_labels": {"sex": {0.0: "girl", 1.0: "boy"}}}
    study = study_of(put(pupils().astype(float), tmp_path / "table.sav", **labels))
    text = study.path.read_text(encoding="utf-8")
    text = text.replace("[labels]", "references = {sex = 1}\n[labels]")
    study.path.write_text(text, encoding="utf-8")
    found = analyse(read_study(study.path))
    assert list(found.models["m1"]["REML"].fixed_effects)[2:] == ["sex[0]"]
    assert found.study.unit("sex") == "0 = girl, 1 = boy"
    assert [panel.value for panel in found.panels["level-2"]] == [0.0, 1.0]
    titles = [ax.get_title() for ax in figures(found)["level-2"].axes]
    assert [title.split(": ")[1] for title in titles] == ["girl", "boy"]


def test_frames_of_python_may_hold_categories(tmp_path):
    frame = pupils().assign(sex=lambda rows: rows["sex"].map(TEXTS))
    study = study_of(put(frame, tmp_path / "table.csv"))
    kinds = {"texts": frame, "categories": frame.astype({"sex": "category"})}
    kinds["polars"] = polars.from_pandas(frame)
    for name, each in kinds.items():
        sample = sample_of(each, study)
        assert sample.study.categories == ("sex",), name
        assert sample.table["sex"].tolist() == frame["sex"].tolist(), name
