"""Which rows a study uses, and what it says of the others."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ratings import STUDY, pupils, put, with_gaps

from analysis.errors import DataError
from analysis.results.results import analyse
from analysis.study.sample import load
from analysis.study.studyfile import read_study


def described(folder, frame, *, suffix=".csv", groups='"all"', rows="available"):
    """Write a study and its table, and read the study."""
    put(frame, folder / f"pupils{suffix}")
    text = STUDY.replace(".csv", suffix).replace('"all"', f'{groups}\nrows = "{rows}"')
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return read_study(folder / "study.toml")


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".sav"])
def test_rows_without_a_group_or_an_outcome_are_dropped_counted_and_said(tmp_path, suffix):
    sample = load(described(tmp_path, with_gaps(), suffix=suffix))
    assert (sample.n_missing_group, sample.n_missing_outcome, sample.n_incomplete) == (3, 2, 0)
    assert (sample.n_observations, sample.n_rows_in_table) == (67, 72)
    assert sample.groups == tuple("12345678")
    kept = with_gaps().dropna(subset=["class", "popular"])
    assert sample.table["popular"].tolist() == pytest.approx(kept["popular"].tolist())
    assert sample.notes == tuple(
        f"pupils{suffix}: {note}"
        for note in (
            "3 of 72 rows have no 'class' and are dropped",
            "2 of 69 rows have no 'popular' and are dropped",
            "column 'extrav' lacks 3 values; models with it drop those rows",
            "column 'sex' lacks 2 values; models with it drop those rows",
            "column 'texp' lacks 9 values; models with it drop those rows",
        )
    )


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".sav"])
def test_complete_rows_are_those_that_all_models_can_use(tmp_path, suffix):
    study = described(tmp_path, with_gaps(), suffix=suffix, rows="complete")
    results = analyse(study)
    sample = results.sample
    assert (sample.n_missing_group, sample.n_missing_outcome, sample.n_incomplete) == (3, 2, 14)
    assert sample.n_observations == len(with_gaps().dropna()) == 53
    assert sample.groups == tuple("1234567")
    assert sample.notes[2:] == (
        f'pupils{suffix}: rows = "complete": 53 of 67 rows have a value in every column of the '
        "study and are used",
        f"pupils{suffix}: no row is left of class 8",
    )
    assert {fit.n_observations for fits in results.models.values() for fit in fits.values()} == {53}
    assert results.comparison is not None


def test_a_missing_level_2_value_no_longer_prevents_the_comparison(root, tmp_path):
    """The third model's criteria, by lme4 1.1-31 at tight tolerances, on its 144 of 160 rows."""
    names = {"g": "class", "y": "popular", "x": "extrav", "w": "texp"}
    table = pd.read_csv(root / "tests" / "study" / "level_2_missing.csv").rename(columns=names)
    text = STUDY.replace('covariates = ["sex"]\n', "")
    put(table, tmp_path / "pupils.csv")
    (tmp_path / "study.toml").write_text(text.replace('"all"', '"all"\nrows = "complete"'))
    results = analyse(read_study(tmp_path / "study.toml"))
    assert results.sample.n_observations == 144
    fits = results.models["m3"]
    assert fits["REML"].criterion == pytest.approx(431.25085501, abs=1e-7)
    assert fits["ML"].criterion == pytest.approx(425.74084383, abs=1e-7)
    assert [row.model for row in results.comparison] == ["m1", "m2", "m3"]
    (tmp_path / "study.toml").write_text(text)
    assert analyse(read_study(tmp_path / "study.toml")).comparison is None


def test_words_that_are_read_as_missing_are_said(tmp_path):
    """Of a group called NA, nothing was left, and nobody said so."""
    frame = pupils().astype({"class": str})
    frame.loc[[0, 1, 9], "class"] = "NA"
    frame.loc[[2], "class"] = "null"
    frame.loc[[3, 4], "class"] = ["", "  "]
    sample = load(described(tmp_path, frame))
    assert (sample.n_missing_group, sample.words_for_missing_group) == (6, {"NA": 3, "null": 1})
    assert sample.notes == (
        "pupils.csv: 6 of 72 rows have no 'class' and are dropped "
        "(read as missing: 'NA' in 3, 'null' in 1; if such a word is a name, write "
        'names = ["NA", "null"] under [data])',
    )
    path = sample.study.table
    path.write_text("\n".join(f"{line}," for line in path.read_text().splitlines()))
    header, rest = path.read_text().split(",\n", 1)
    path.write_text(f"{header}\n{rest}")
    assert load(sample.study).notes == sample.notes


def test_words_that_are_names_are_so_in_columns_of_texts_alone(tmp_path):
    frame = pupils().astype({"class": str, "extrav": object})
    frame.loc[:8, "class"] = "NA"
    frame.loc[9, "class"] = "null"
    frame.loc[10, "extrav"] = "NA"
    sample = load(described(tmp_path, frame, groups='"all"\nnames = ["NA"]'))
    assert sample.sizes["NA"] == 9
    assert (sample.n_missing_group, sample.words_for_missing_group) == (1, {"null": 1})
    assert sample.table["extrav"].isna().sum() == 1


@pytest.mark.parametrize("index", [["class"], ["class", "sex"], ["class", "popular", "extrav"]])
def test_what_pandas_had_as_an_index_is_a_column_of_parquet(tmp_path, index):
    study = described(tmp_path, pupils(), suffix=".parquet")
    expected = load(study).table
    pupils().set_index(index).to_parquet(study.table)
    assert load(study).table.equals(expected)


@pytest.mark.parametrize("suffix", [".parquet", ".sav"])
def test_other_files_tell_a_group_called_na_from_a_missing_one(tmp_path, suffix):
    frame = pupils().astype({"class": str})
    frame.loc[:8, "class"] = "NA"
    frame.loc[9, "class"] = ""
    sample = load(described(tmp_path, frame, suffix=suffix))
    assert sample.sizes["NA"] == 9
    assert (sample.n_missing_group, sample.words_for_missing_group) == (1, {})


def test_rows_of_other_groups_are_neither_dropped_nor_counted(tmp_path):
    sample = load(described(tmp_path, with_gaps(), groups='"2-8"', rows="complete"))
    assert (sample.n_missing_group, sample.n_missing_outcome, sample.n_incomplete) == (3, 1, 12)
    assert (sample.n_rows_in_table, sample.n_groups_in_table) == (72, 8)


@pytest.mark.parametrize("rows", ["available", "complete"])
def test_a_group_that_lost_its_rows_is_said(tmp_path, rows):
    frame = pupils()
    frame.loc[frame["class"] == 2, "popular"] = np.nan
    sample = load(described(tmp_path, frame, rows=rows))
    assert sample.groups == tuple("1345678")
    assert sample.notes[1:] == ("pupils.csv: no row is left of class 2",)


def test_lists_of_groups_name_five_and_count_the_rest(tmp_path):
    frame = pupils().groupby("class").head(1)
    single = pd.concat([frame, pupils().iloc[1:9]])
    (note,) = load(described(tmp_path, single)).notes
    assert note == (
        "pupils.csv: one row only in class 2, 3, 4, 5, 6 and 2 more, which therefore have no lines "
        "of their own"
    )
    two = pupils().iloc[8:]
    (note,) = load(described(tmp_path, two)).notes
    assert note.endswith("one row only in class 1, which therefore has no line of its own")


@pytest.mark.parametrize(
    ("rows", "what"), [("available", "a 'popular'"), ("complete", "a complete")]
)
def test_refuses_a_study_without_rows(tmp_path, rows, what):
    frame = pupils()
    frame["popular" if rows == "available" else "sex"] = np.nan
    with pytest.raises(DataError, match=f"'class' has 0 groups with {what}"):
        load(described(tmp_path, frame, rows=rows))
    frame = pupils()
    frame.loc[9:, "popular"] = np.nan
    with pytest.raises(DataError, match=f"'class' has 1 group with {what}"):
        load(described(tmp_path, frame, rows=rows))


columns = st.sampled_from(list(pupils().columns))


@settings(max_examples=40)
@given(st.sets(st.tuples(st.integers(0, 71), columns), max_size=60))
def test_every_row_is_used_or_counted_once(tmp_path_factory, gaps):
    folder = tmp_path_factory.getbasetemp()
    frame = pupils().astype(float)
    for row, column in gaps:
        frame.loc[row, column] = np.nan
    try:
        samples = [load(described(folder, frame, rows=rows)) for rows in ("available", "complete")]
    except DataError:
        assume(False)
    available, complete = samples
    for sample in samples:
        dropped = sample.n_missing_group + sample.n_missing_outcome + sample.n_incomplete
        assert sample.n_observations + dropped == sample.n_rows_in_table == 72
        assert sum(sample.sizes.values()) == sample.n_observations
        assert set(sample.groups) | set(sample.groups_without_rows) == set("12345678")
    assert available.n_incomplete == 0
    expected = available.table.dropna().reset_index(drop=True)
    pd.testing.assert_frame_equal(complete.table, expected)
