"""Reading a table: every format the same, and every defect named."""

import decimal
import hashlib

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from analysis.errors import DataError
from analysis.results.results import analyse
from analysis.study.sample import load
from analysis.study.studyfile import read_study
from analysis.tables import TABLES


def table():
    rng = np.random.default_rng(5)
    classes = np.repeat([1, 2, 10, 3], 6)
    return pd.DataFrame(
        {
            "class": classes,
            "popular": rng.normal(5, 1, 24),
            "extrav": rng.integers(1, 10, 24),
            "sex": np.tile([0, 1], 12),
            "texp": classes * 2,
        }
    )


@pytest.fixture
def study(tmp_path):
    def study(frame, *, suffix=".csv", groups='"all"'):
        path = tmp_path / f"pupils{suffix}"
        match suffix:
            case ".csv":
                frame.to_csv(path, index=False)
            case ".parquet":
                frame.to_parquet(path)
            case ".sav":
                pyreadstat.write_sav(frame, str(path))
        document = tmp_path / "study.toml"
        document.write_text(
            f'[data]\ntable = "{path.name}"\ngroup = "class"\ngroups = {groups}\n'
            '[model]\noutcome = "popular"\nslope = "extrav"\ncovariates = ["sex"]\n'
            'group_covariates = ["texp"]\n',
            encoding="utf-8",
        )
        return read_study(document)

    return study


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".sav"])
def test_every_format_gives_the_same_sample(study, suffix):
    frame = table()
    sample = load(study(frame, suffix=suffix))
    expected = frame.astype(dict.fromkeys(frame.columns[1:], float))
    expected["class"] = expected["class"].astype(str)
    pd.testing.assert_frame_equal(sample.table, expected, check_dtype=False)
    assert sample.source == f"pupils{suffix}"
    assert sample.sha256 == hashlib.sha256(sample.study.table.read_bytes()).hexdigest()


def test_groups_are_in_numerical_order(study):
    sample = load(study(table()))
    assert sample.groups == ("1", "2", "3", "10")
    assert sample.sizes == {"1": 6, "2": 6, "3": 6, "10": 6}


@pytest.mark.parametrize("name", ["--1", "1²", "9" * 500])
def test_groups_that_only_look_like_numbers_are_words(study, name):
    sample = load(study(table().replace({"class": {1: name}}).astype({"class": str})))
    assert sorted(sample.groups) == sorted(["2", "3", "10", name])


def test_words_are_the_same_groups_in_every_format(study):
    frame = table().replace({"class": {1: "b", 2: "a", 10: " a", 3: "c"}})
    for suffix in (".csv", ".parquet", ".sav"):
        assert load(study(frame, suffix=suffix)).groups == (" a", "a", "b", "c")


@pytest.mark.parametrize("suffix", [".parquet", ".sav"])
def test_refuses_groups_whose_numbers_are_rounded(study, suffix):
    """Groups that differ in the 17th digit were one."""
    frame = table().astype({"class": float}).replace({"class": {10: 1e21}})
    with pytest.raises(DataError, match=r"'class' holds 1e\+21 in data row 13; .* as text"):
        load(study(frame, suffix=suffix))


def test_large_whole_numbers_are_groups(study):
    frame = table().assign(**{"class": lambda frame: frame["class"] + 2**53 - 10.0})
    assert load(study(frame, suffix=".sav")).groups[-1] == str(2**53)
    whole = frame.astype({"class": "int64"}).assign(**{"class": lambda f: f["class"] + 2**60})
    assert load(study(whole)).groups[-1] == str(2**53 + 2**60)


@pytest.mark.parametrize("names", [("1.1", "1.10", "2", "3"), ("01", "1", "2", "3"), ("1E1", "10")])
def test_names_that_are_one_number_are_several_groups(study, names):
    frame = table().astype({"class": str})
    frame["class"] = [names[i % len(names)] for i in range(24)]
    frame["texp"] = frame["class"].map({name: float(i) for i, name in enumerate(names)})
    for suffix in (".csv", ".parquet", ".sav"):
        assert set(load(study(frame, suffix=suffix)).groups) == set(names)


def test_whole_numbers_are_groups_however_they_are_written(study):
    frame = table().astype({"class": str})
    frame["class"] = [f" {name}.0" if i % 2 else name for i, name in enumerate(frame["class"])]
    assert load(study(frame)).groups == ("1", "2", "3", "10")


def _logical(frame):
    return frame.assign(sex=frame["sex"].map({0: "FALSE", 1: "TRUE"}).where(frame.index != 3))


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("kind", ["logical", "decimal", "null"])
def test_odd_columns_of_numbers_are_numbers(study, suffix, kind):
    frame = table()
    if kind == "logical":
        frame = _logical(frame)
        if suffix == ".parquet":
            frame["sex"] = frame["sex"].map({"TRUE": True, "FALSE": False})
    elif kind == "decimal":
        frame["sex"] = [decimal.Decimal(value) for value in frame["sex"]]
    else:
        frame = frame.assign(sex=None)
    if kind == "null":
        with pytest.raises(DataError, match="column 'sex' is constant"):
            load(study(frame, suffix=suffix))
        return
    sex = load(study(frame, suffix=suffix)).table["sex"]
    assert sex.isna().sum() == (kind == "logical")
    assert sex.dropna().tolist() == table()["sex"][sex.notna()].tolist()


def test_refuses_a_list_for_a_group(study):
    frame = table()
    frame["class"] = [[name] for name in frame["class"]]
    with pytest.raises(DataError, match="column 'class' holds lists"):
        load(study(frame, suffix=".parquet"))


def test_refuses_a_name_that_two_columns_have(study):
    described = study(table())
    header, *rows = described.table.read_text().splitlines()
    described.table.write_text("\n".join([f"{header},extrav", *(f"{row},1" for row in rows)]))
    with pytest.raises(DataError, match="2 columns are named 'extrav'; rename all but one"):
        load(described)


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".sav"])
def test_refusals_name_the_columns_that_there_are(study, suffix):
    with pytest.raises(DataError, match=r"no column 'extrav', .*; did you mean 'EXTRAV'\?"):
        load(study(table().rename(columns={"extrav": "EXTRAV"}), suffix=suffix))
    names = {"class": "aaa", "popular": "bbb", "extrav": "ccc", "sex": "ddd", "texp": "eee"}
    frame = table().rename(columns=names)
    with pytest.raises(DataError, match=r"no column 'class'.*; columns: aaa, bbb, ccc, ddd, eee$"):
        load(study(frame, suffix=suffix))
    with pytest.raises(DataError, match=r"columns: aaa, bbb, ccc, ddd, eee and 2 more$"):
        load(study(frame.assign(fff=1, ggg=2), suffix=suffix))


def test_a_constant_slope_is_one_thing_that_is_wrong(study):
    with pytest.raises(DataError) as refusal:
        load(study(table().assign(extrav=3)))
    assert "'extrav' is constant" in str(refusal.value)
    assert "one value in each" not in str(refusal.value)


DAY = pd.Timestamp("2020-02-28")


@pytest.mark.parametrize(
    ("value", "suffixes"),
    [
        (DAY, (".parquet", ".sav")),
        (DAY.tz_localize("UTC"), (".parquet",)),
        (pd.Timedelta(90, "min"), (".parquet",)),
        (DAY.to_period("M"), (".parquet",)),
        (DAY.date(), (".csv", ".parquet", ".sav")),
        (DAY.time(), (".csv", ".parquet", ".sav")),
    ],
)
def test_refuses_dates_and_times_for_numbers(study, value, suffixes):
    """pandas makes nanoseconds of them, or microseconds."""
    frame = table()
    frame["extrav"] = pd.Series([value] * len(frame))
    for suffix in suffixes:
        with pytest.raises(DataError, match=r"'extrav' holds .*; it must hold numbers"):
            load(study(frame, suffix=suffix))


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_takes_true_and_false_for_1_and_0(study, suffix):
    expected = load(study(table(), suffix=suffix)).table
    frame = table().astype({"sex": bool})
    pd.testing.assert_frame_equal(load(study(frame, suffix=suffix)).table, expected)


def test_groups_named_by_words_are_in_alphabetical_order(study):
    frame = table().replace({"class": {1: "b", 2: "a", 10: "c2", 3: "c10"}})
    assert load(study(frame)).groups == ("a", "b", "c10", "c2")


def test_chooses_groups(study):
    assert load(study(table(), groups='["10", "1"]')).groups == ("1", "10")
    drawn = load(study(table(), groups="{random = 2, seed = 3}"))
    assert drawn.groups == ("1", "3")  # the same for ever
    assert drawn.n_observations == 12
    assert (drawn.n_rows_in_table, drawn.n_groups_in_table) == (24, 4)


def _with(column, row, value):
    frame = table().astype({column: object})
    frame.loc[row, column] = value
    return frame


@pytest.mark.parametrize(
    ("frame", "groups", "said"),
    [
        (table().drop(columns="sex"), '"all"', "no column 'sex'"),
        (table().rename(columns={"extrav": "extra"}), '"all"', "did you mean 'extra'?"),
        (_with("extrav", 4, "often"), '"all"', "'extrav' holds 'often' in data row 5; it must"),
        (_with("popular", 4, "inf"), '"all"', "'popular' holds 'inf' in data row 5"),
        (table().assign(**{"class": None}), '"all"', "column 'class' has no value in any row"),
        (table().assign(**{"class": None}), "[1]", "column 'class' has no value in any row"),
        (table(), '"1-4"', "study.toml asks for group 4; column 'class' has 4 groups, 1 to 10"),
        (table(), '"9-900000"', "asks for group 9, 11, 12, 13, 14 and 899,986 more; column"),
        (table(), "{random = 9}", "asks for 9 random groups; column 'class' has 4 groups"),
        (table(), "[1]", "1 group with a 'popular'; a multilevel model needs at least 2"),
        (table().assign(extrav=3), '"all"', "column 'extrav' is constant"),
        (
            table().assign(extrav=lambda frame: frame["texp"] % 7),
            '"all"',
            "'extrav' has one value in each class, so no class has a slope of it; move it to",
        ),
        (table().assign(popular=3.5), '"all"', "column 'popular' is constant"),
        (table().assign(texp=range(24)), '"all"', "a level 2 predictor but varies within class 1"),
        (table().iloc[:0], '"all"', "the table has no rows"),
    ],
)
def test_refuses_a_table_in_one_line(study, frame, groups, said):
    with pytest.raises(DataError) as refusal:
        load(study(frame, groups=groups))
    assert said in str(refusal.value)
    assert "pupils.csv" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_index_of_a_parquet_file_is_a_column(study):
    described, expected = study(table(), suffix=".parquet"), load(study(table(), suffix=".parquet"))
    for index in (["class"], ["class", "texp"]):
        table().set_index(index).to_parquet(described.table)
        pd.testing.assert_frame_equal(load(described).table, expected.table)


def test_refuses_a_folder_of_parquet_files(study):
    described = study(table(), suffix=".parquet")
    described.table.unlink()
    described.table.mkdir()
    table().to_parquet(described.table / "part.parquet")
    with pytest.raises(DataError, match="cannot be read: it is a folder; check its name"):
        load(described)


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".sav"])
def test_refuses_a_missing_and_a_damaged_file(study, suffix):
    described = study(table(), suffix=suffix)
    described.table.write_bytes(b'\x00\xff"\n\x80,,\n"')
    with pytest.raises(DataError, match=f"cannot be read as a {suffix} table|no column"):
        load(described)
    described.table.unlink()
    with pytest.raises(DataError, match="no such table"):
        load(described)


def test_original_and_twin_give_the_same_report(original, results, tmp_path):
    path = tmp_path / "original.toml"
    study = results.study.path.read_text(encoding="utf-8")
    named = study.replace('table = "popularity.csv"', 'dataset = "popular2"')
    path.write_text(named, encoding="utf-8")
    real = analyse(read_study(path))
    assert real.sample.source == "popular2.sav"
    for name, fits in results.models.items():
        for method, fit in fits.items():
            other = real.models[name][method]
            for attribute in ("fixed_effects", "standard_errors"):
                assert getattr(other, attribute) == pytest.approx(getattr(fit, attribute), abs=1e-8)
            for attribute in ("criterion", "aic", "bic", "residual_variance"):
                assert getattr(other, attribute) == pytest.approx(getattr(fit, attribute), abs=1e-8)
    assert real.complete.slope == pytest.approx(results.complete.slope, abs=1e-10)
    for group, line in results.none.items():
        assert real.none[group].intercept == pytest.approx(line.intercept, abs=1e-9)
    for name in ("comparison", "regression", "weights"):
        assert TABLES[name](real) == TABLES[name](results)
