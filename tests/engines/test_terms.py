"""Models by formula mean on an engine what they mean in memory: their terms, roles and refusals."""

import re

import narwhals as nw
import numpy as np
import pytest
from engines.on_engines import ENGINES, FORMULAS, QUICK, differences, pupils, put, record

from analysis.engines.opening import opened
from analysis.errors import DataError
from analysis.study.sample import load
from analysis.study.studyfile import parse_study


def by_formula(engine, models, data=""):
    lines = "\n".join(f"m{j} = '''{text}'''" for j, text in enumerate(models))
    return FORMULAS.format(suffix=".parquet", engine=engine, data=data, models=lines)


def on(folder, engine, models, data=""):
    """Return the record of models by formula, or its refusal."""
    return record(folder, by_formula(engine, models, data))


def as_in_memory(folder, engine, table, models, data=""):
    """Check an engine's record against that in memory; return the latter."""
    put(table, folder / "pupils.parquet")
    expected = on(folder, "memory", models, data)
    assert list(differences(expected, on(folder, engine, models, data))) == []
    return expected


def effects(found, name):
    return list(found["models"][name]["REML"]["fixed_effects"])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_category_of_one_model_is_a_number_in_another(engine, tmp_path):
    models = (
        "popular ~ extrav + dose + (1 | class)",
        "popular ~ extrav + C(dose) + (1 | class)",
        "popular ~ extrav*dose + I(dose**2) + (1 + dose | class)",
    )
    found = as_in_memory(tmp_path, engine, pupils(40), models)
    assert effects(found, "m0") == ["Intercept", "extrav", "dose"]
    assert effects(found, "m1") == ["Intercept", "extrav", "dose[2]", "dose[3]"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("ends", [False, True], ids=["as it is", "the same ends in each group"])
def test_the_slope_has_more_than_two_values(ends, engine, tmp_path):
    table = pupils()
    if ends:
        place = table.groupby("class").cumcount()
        between = table["extrav"].clip(1, 9)
        table["extrav"] = between.where(place > 1, 10 * place)
    models = ["popular ~ sex + extrav + (1 | class)"]
    as_in_memory(tmp_path, engine, table, models)
    study = parse_study(tmp_path / "study.toml", by_formula(engine, models))
    assert load(study).study.slope == "extrav"


UNDEFINED = {
    "log": ["popular ~ extrav + (1 | class)", "popular ~ extrav*log(w) + (1 | class)"],
    "root": ["popular ~ extrav + (1 + sqrt(w) | class)"],
    "power": ["popular ~ extrav + I(w**0.5) + (1 | class)"],
    "nothing by nothing": ["popular ~ extrav + I((w - w) / (w - w)) + (1 | class)"],
    "division": ["popular ~ extrav + I(extrav / (sex + 0)) + (1 | class)"],
    "both infinities": ["popular ~ extrav + I(w * 1e300 * 1e300) + (1 | class)"],
    "of means": ["popular ~ extrav + log(group_mean(w)) + (1 | class)"],
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("what", UNDEFINED)
def test_a_function_is_refused_where_it_is_not_defined(what, engine, tmp_path):
    table = pupils()
    table["w"] = np.random.default_rng(4).normal(0, 1, len(table))
    table.loc[:3, "w"] = None
    found = as_in_memory(tmp_path, engine, table, UNDEFINED[what])
    assert re.search(r"is not finite in \d+ rows; its function is not defined there", found)


@pytest.mark.parametrize("engine", QUICK)
@pytest.mark.parametrize("random", ["1 + diet", "1 + C(sex)", "0 + extrav:diet"])
def test_a_category_among_uncorrelated_effects_is_refused(random, engine, tmp_path):
    models = [f"popular ~ extrav + diet + ({random} || class)"]
    found = as_in_memory(tmp_path, engine, pupils(), models)
    assert "which || would treat as unrelated columns" in found


@pytest.mark.parametrize("engine", QUICK)
def test_a_name_is_made_once(engine, tmp_path):
    table = pupils().assign(dose=lambda t: t["dose"] + 1234560)
    found = as_in_memory(tmp_path, engine, table, ["popular ~ C(dose) + (1 | class)"])
    assert "column 'dose[1.23456e+06]' appears twice" in found


@pytest.mark.parametrize("engine", QUICK)
@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("log(extrav)", "popular ~ extrav + log(extrav) + (1 + `log(extrav)` | class)"),
        ("extrav:sex", "popular ~ extrav*sex + `extrav:sex` + (1 | class)"),
    ],
)
def test_a_term_is_not_called_as_a_column_of_its_model(name, model, engine, tmp_path):
    found = as_in_memory(tmp_path, engine, pupils().rename(columns={"texp": name}), [model])
    assert f"it computes {name}, and a column of the table has this name" in found


@pytest.mark.parametrize("engine", QUICK)
def test_a_term_is_not_called_as_a_column_of_another_model(engine, tmp_path):
    put(pupils().rename(columns={"texp": "log(extrav)"}), tmp_path / "pupils.parquet")
    models = ["popular ~ log(extrav) + (1 | class)", "popular ~ `log(extrav)` + (1 | class)"]
    assert "under [columns]" in on(tmp_path, engine, models)


@pytest.mark.parametrize("engine", QUICK)
@pytest.mark.parametrize(
    ("term", "said"),
    [
        *((f"{function}(diet)",) * 2 for function in ("center", "scale", "group_mean", "log")),
        ("extrav:I(diet*2)", "I(diet * 2)"),
    ],
)
def test_functions_of_names_are_refused(term, said, engine, tmp_path):
    models = [f"popular ~ extrav + {term} + (1 | class)"]
    found = as_in_memory(tmp_path, engine, pupils(), models)
    assert found.endswith(f"{said} needs numbers; 'diet' has names")


def test_what_an_engine_cannot_compute_is_said_in_a_line(tmp_path):
    put(pupils(), tmp_path / "pupils.parquet")
    source = opened("duckdb", [tmp_path / "pupils.parquet"], None, "pupils")
    with pytest.raises(DataError, match=r"^pupils: .*log"):
        source.with_columns({"made": nw.col("diet").log()})


BY_CASE = {
    "levels": (
        pupils().replace({"diet": {"meat": "NONE AT ALL"}}),
        ["popular ~ C(diet, 'fish') + (1 | class)"],
    ),
    "of the table": (pupils().assign(Extrav=1), ["popular ~ extrav + Extrav + (1 | class)"]),
    "an unused one before": (
        pupils().assign(POPULAR=1).iloc[:, ::-1],
        ["popular ~ extrav + (1 | class)"],
    ),
    "computed": (
        pupils().rename(columns={"texp": "LOG(extrav)"}),
        ["popular ~ log(extrav) + (1 | class)", "popular ~ `LOG(extrav)` + (1 | class)"],
    ),
}


@pytest.mark.parametrize("names", BY_CASE)
def test_names_that_differ_by_case_are_refused_for_duckdb(names, tmp_path):
    table, models = BY_CASE[names]
    put(table, tmp_path / "pupils.parquet")
    found = on(tmp_path, "duckdb", models)
    assert "differ by case alone, and DuckDB does not tell them apart" in found
    assert "\n" not in found


@pytest.mark.parametrize("engine", ENGINES)
def test_levels_are_those_of_the_rows_of_each_model(engine, tmp_path):
    table = pupils().astype({"extrav": float})
    table.loc[(table["diet"] == "fish") | (table["dose"] == 3), "extrav"] = None
    models = (
        "popular ~ extrav*diet + C(dose) + (1 | class)",
        "popular ~ diet + C(dose) + (1 | class)",
    )
    found = as_in_memory(tmp_path, engine, table, models)
    assert "dose[2]" in effects(found, "m0")
    assert "dose[3]" not in effects(found, "m0")
    assert "diet[meat]" not in effects(found, "m0")
    assert "dose[3]" in effects(found, "m1")
    assert "diet[meat]" in effects(found, "m1")


WITHOUT_USE = {
    "has one level, fish": {"extrav": lambda t: t["extrav"].where(t["diet"] == "fish")},
    "needs more rows a level": {"diet": lambda t: "d" + ((t.index + 1) // 2).astype(str)},
    "no row has a value in each": {
        "extrav": lambda t: t["extrav"].where(t.index < 30),
        "diet": lambda t: t["diet"].where(t.index >= 30),
    },
}


@pytest.mark.parametrize("engine", QUICK)
@pytest.mark.parametrize("said", WITHOUT_USE)
def test_a_category_without_use_is_refused(said, engine, tmp_path):
    models = ["popular ~ extrav + diet + (1 | class)", "popular ~ sex + (1 | class)"]
    found = as_in_memory(tmp_path, engine, pupils().assign(**WITHOUT_USE[said]), models)
    assert said in found
