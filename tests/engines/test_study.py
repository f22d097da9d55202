"""Studies whose table an engine holds: what they say is what the same rows say in memory."""

import decimal
import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from engines.on_engines import (
    ENGINES,
    QUICK,
    ROLES,
    SUFFIXES,
    differences,
    pupils,
    put,
    record,
    with_gaps,
)

TEXTS = ROLES.replace('["sex"]', '["sex", "diet"]').replace('["texp"]', '["texp", "town"]')
KEYS = {
    "plain": {},
    "a range of groups": {"data": 'groups = "1-15"'},
    "random groups": {"data": "groups = {random = 9, seed = 3}"},
    "a filter": {"data": 'filter = "extrav >= 3 and sex in [0, 1] and class != 7"'},
    "a filter of texts": {"data": "filter = \"diet == 'fish' or town not in ['big']\""},
    "a cross-level product": {"model": "cross_level = true"},
    "a category of numbers": {"model": "references = {sex = 1}"},
    "complete rows": {"data": 'rows = "complete"'},
    "groups that are missing": {"data": 'groups = "1-50"'},
    "a filter that none fulfils": {"data": 'filter = "extrav > 99"'},
}


def check(folder, engine, text, suffix, table=None, *, same_notes=True, **keys):
    """Check an engine's record against that in memory; return the latter."""
    if table is not None:
        put(table, folder / f"pupils{suffix}")
    keys = {"data": "", "model": "", "models": ""} | keys
    expected = record(folder, text.format(engine="memory", suffix=suffix, **keys))
    found = record(folder, text.format(engine=engine, suffix=suffix, **keys))
    if not same_notes:
        for each in (expected, found):
            each["notes"] = [re.sub(r" \(read as missing: .*\)", "", n) for n in each["notes"]]
    assert list(differences(expected, found)) == []
    return expected


@pytest.mark.parametrize(
    ("engine", "suffix"), [("duckdb", ".csv"), ("polars", ".parquet"), ("dask", ".parquet")]
)
@pytest.mark.parametrize("keys", KEYS)
def test_an_engine_says_what_memory_says(keys, suffix, engine, tmp_path):
    check(tmp_path, engine, ROLES, suffix, pupils(), **KEYS[keys])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("rows", ["available", "complete"])
def test_missing_values_are_counted(rows, suffix, engine, tmp_path):
    found = check(tmp_path, engine, TEXTS, suffix, with_gaps(), data=f'rows = "{rows}"')
    assert found["notes"][0] == "3 of 150 rows have no 'class' and are dropped"


@pytest.mark.parametrize("engine", ENGINES)
def test_missing_values_are_counted_in_the_groups_of_the_study(engine, tmp_path):
    groups = "groups = [2, 7, 11, 12, 13, 14, 20]"
    found = check(tmp_path, engine, TEXTS, ".parquet", with_gaps(), data=groups)
    assert "column 'texp' lacks 9 values; models with it drop those rows" in found["notes"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_codes_of_missing_values(suffix, engine, tmp_path):
    codes = 'missing = [10, " fish "]'
    found = check(tmp_path, engine, TEXTS, suffix, pupils(), same_notes=False, data=codes)
    assert "column 'extrav' lacks" in " ".join(found["notes"])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_categories(suffix, engine, tmp_path):
    found = check(
        tmp_path, engine, TEXTS, suffix, pupils(), model='references = {diet = "none at all"}'
    )
    assert "diet[fish]" in found["models"]["m1"]["ML"]["fixed_effects"]


@pytest.mark.parametrize("engine", QUICK)
@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "names",
    [
        lambda classes: "class " + classes.astype(str),
        lambda classes: " c " + classes.astype(str) + " ",
        lambda classes: classes.map("{:03d}".format),
        lambda classes: classes.map("1.{}".format),
        lambda classes: classes / 2,
        lambda classes: ("c" + classes.astype(str)).where(classes != 3, "  "),
    ],
    ids=["texts", "blanks around", "zeros before", "points", "halves", "blanks alone"],
)
def test_names_of_groups(names, suffix, engine, tmp_path):
    table = pupils()
    check(tmp_path, engine, ROLES, suffix, table.assign(**{"class": names(table["class"])}))


KINDS = {
    "floating-point": pa.float64(),
    "small": pa.int8(),
    "unsigned": pa.uint64(),
    "single precision": pa.float32(),
    "decimals": pa.decimal128(22, 2),
    "text": pa.string(),
    "large text": pa.large_string(),
    "dictionary": pa.dictionary(pa.int32(), pa.string()),
}


@pytest.mark.parametrize("engine", QUICK)
@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_groups_in_parquet(kind, engine, tmp_path):
    table = pa.Table.from_pandas(pupils(), preserve_index=False)
    groups = table["class"].cast(pa.string()) if kind == "dictionary" else table["class"]
    groups = groups.dictionary_encode() if kind == "dictionary" else groups.cast(KINDS[kind])
    pq.write_table(table.set_column(0, "class", groups), tmp_path / "pupils.parquet")
    check(tmp_path, engine, ROLES, ".parquet")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("scale", [0, 2])
def test_groups_that_are_decimals_keep_their_zeros(scale, engine, tmp_path):
    table = pa.Table.from_pandas(pupils(), preserve_index=False)
    groups = [decimal.Decimal(f"{value:.{scale}f}") for value in table["class"].to_pylist()]
    groups = pa.array(groups, pa.decimal128(12, scale))
    pq.write_table(table.set_column(0, "class", groups), tmp_path / "pupils.parquet")
    check(tmp_path, engine, ROLES, ".parquet", data="missing = [7]")


@pytest.mark.parametrize("engine", ENGINES)
def test_groups_may_be_hashes_without_a_sign(engine, tmp_path):
    table = pupils()
    hashes = table["class"].astype("uint64") * np.uint64(2**59) + np.uint64(2**62 + 7)
    table = table.assign(**{"class": hashes, "extrav": table["extrav"].where(table.index > 3)})
    keys = {"data": "groups = {random = 9, seed = 2}\nmissing = [-99]"}
    check(tmp_path, engine, ROLES, ".parquet", table, **keys)


COLUMNS = {
    "truth": lambda t: t.assign(sex=t["sex"] == 1),
    "truth with gaps": lambda t: t.assign(sex=(t["sex"] == 1).astype("boolean").mask(t.index < 3)),
    "whole with gaps": lambda t: t.assign(extrav=t["extrav"].astype("Int64").mask(t.index < 3)),
    "small whole": lambda t: t.astype({"extrav": "int8", "sex": "uint8"}),
    "single precision": lambda t: t.astype({"popular": "float32"}),
    "decimals": lambda t: t.assign(popular=[decimal.Decimal(str(x)) for x in t["popular"]]),
    "numerals": lambda t: t.astype({"sex": str}),
    "categories": lambda t: t.astype({"diet": "category", "town": "string", "class": "category"}),
    "categories of numbers": lambda t: t.assign(
        sex=pd.Categorical(t["sex"] == 1), extrav=pd.Categorical(t["extrav"].where(t.index > 3))
    ),
    "categories of numerals": lambda t: t.assign(
        sex=pd.Categorical(t["sex"].astype(str)), **{"class": pd.Categorical(t["class"])}
    ),
    "ordered categories": lambda t: t.assign(
        diet=pd.Categorical(t["diet"], ["none at all", "fish", "meat"], ordered=True),
        **{"class": pd.Categorical(t["class"].astype(str), ordered=True)},
    ),
    "nullable groups": lambda t: t.assign(
        **{"class": t["class"].astype("Int64").mask(t.index < 3)}
    ),
    "far from 0": lambda t: t.assign(popular=t["popular"] + 1e6, extrav=t["extrav"] * 1e3 + 2e6),
    "single rows": lambda t: t.drop_duplicates("class"),
    "one group": lambda t: t[t["class"] == 3],
    "two groups": lambda t: t[t["class"] < 3],
    "no rows": lambda t: t.iloc[:0],
    "constant covariate": lambda t: t.assign(sex=1),
    "constant outcome": lambda t: t.assign(popular=1.5),
    "constant slope": lambda t: t.assign(extrav=1.5),
    "constant text": lambda t: t.assign(town="big"),
    "no value": lambda t: t.assign(sex=np.nan),
    "level 2 varies": lambda t: t.assign(texp=t["texp"].where(t.index != 3, 99)),
    "collinear": lambda t: t.assign(sex=t["extrav"] * 2),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("columns", COLUMNS)
def test_kinds_of_columns_in_parquet(columns, engine, tmp_path):
    check(tmp_path, engine, TEXTS, ".parquet", COLUMNS[columns](pupils()))


@pytest.mark.parametrize("engine", ENGINES)
def test_enumerations_of_polars_are_names(engine, tmp_path):
    import polars as pl

    diet, groups = pl.Enum(["none at all", "fish", "meat"]), pl.Enum(list(map(str, range(1, 21))))
    table = pl.from_pandas(pupils()).with_columns(
        pl.col("diet").cast(diet), pl.col("class").cast(pl.String).cast(groups)
    )
    table.write_parquet(tmp_path / "pupils.parquet")
    check(tmp_path, engine, TEXTS, ".parquet")


@pytest.mark.parametrize("engine", ENGINES)
def test_nan_and_null_are_both_missing(engine, tmp_path):
    table = pa.Table.from_pandas(pupils(), preserve_index=False)
    for name, nulls, nans in (("popular", (0, 1), (2, 3)), ("extrav", (9, 10), (11, 12))):
        values = [float(value) for value in table[name].to_pylist()]
        for j in (*nulls, *nans):
            values[j] = None if j in nulls else float("nan")
        table = table.set_column(table.schema.get_field_index(name), name, pa.array(values))
    pq.write_table(table, tmp_path / "pupils.parquet")
    found = check(tmp_path, engine, ROLES, ".parquet")
    assert found["notes"][0] == "4 of 150 rows have no 'popular' and are dropped"


REFUSED = {
    "infinite": (lambda t: t.assign(extrav=t["extrav"] / (t["extrav"] != 3)), "infinite values"),
    "dates": (lambda t: t.assign(sex=pd.Timestamp("2020-01-01")), "holds Datetime"),
    "times of groups": (
        lambda t: t.assign(
            **{"class": pd.Timestamp("2020-01-01") + pd.to_timedelta(t["class"], "D")}
        ),
        "must hold texts or numbers",
    ),
    "tenths of single precision": (
        lambda t: t.assign(**{"class": (t["class"] / 10).astype("float32")}),
        "holds Float32, 0.1 for one; an engine writes such groups with other digits",
    ),
    "truth of groups": (lambda t: t.assign(**{"class": t["class"] > 3}), "holds Boolean"),
    "huge numbers": (
        lambda t: t.assign(**{"class": t["class"] * 2.0**54}),
        "of more than 15 digits",
    ),
    "control characters": (
        lambda t: t.assign(**{"class": "c\x07" + t["class"].astype(str)}),
        "the control character U+0007",
    ),
    "long names": (
        lambda t: t.assign(town="c" * 600 + t["town"]),
        "characters; a name has 500 at most",
    ),
    "texts among numbers": (
        lambda t: t.assign(sex=t["sex"].astype(str).replace("1", "one").where(t.index > 90, "0")),
        "column 'sex' holds texts among numbers",
    ),
    "texts of the outcome": (lambda t: t.assign(popular="high"), "it must hold numbers"),
    "another name": (lambda t: t.rename(columns={"sex": "Sex"}), "did you mean 'Sex'?"),
    "no group": (lambda t: t.assign(**{"class": np.nan}), "has no value in any row"),
}


OF_MEMORY = {
    "times of groups",
    "truth of groups",
    "tenths of single precision",
}
"""What memory makes names of."""


@pytest.mark.parametrize("engine", QUICK)
@pytest.mark.parametrize("what", REFUSED)
def test_an_engine_refuses_what_memory_refuses(what, engine, tmp_path):
    change, said = REFUSED[what]
    put(change(pupils()), tmp_path / "pupils.parquet")
    keys = {"suffix": ".parquet", "data": "", "model": ""}
    if what not in OF_MEMORY:
        assert isinstance(record(tmp_path, TEXTS.format(engine="memory", **keys)), str)
    found = record(tmp_path, TEXTS.format(engine=engine, **keys))
    assert isinstance(found, str)
    assert found.startswith("pupils.parquet: ")
    assert "\n" not in found
    assert said in found
