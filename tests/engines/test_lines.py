"""Lines of models by formula where an engine holds the table, against the same in memory."""

import dataclasses

import numpy as np
import pytest
from engines.test_build import close
from results.category_studies import SHORT, table

from analysis.figures.figures import draw_all, draw_gallery
from analysis.page.datasets import datasets
from analysis.page.page import files
from analysis.results.level_2 import group_prediction
from analysis.results.named import named
from analysis.results.record import as_dict
from analysis.results.results import analyse
from analysis.study import columns, engine_typical
from analysis.study.studyfile import parse_study

FORMULAS = {
    "a power": {"a": "y ~ x + z + I(z**2) + diet + (1 + x | g)"},
    "products": {
        "a": "y ~ x + w + sex + (1 + x | g)",
        "b": "y ~ x * w + region + w:sex + sex + (1 + x | g)",
        "c": "y ~ x * diet + region + w + (1 + x | g)",
        "d": "y ~ x * sex + (1 + x * sex | g)",
    },
    "within and between": {
        "a": "y ~ within(x) + group_mean(x) + diet + z + (1 + within(x) | g)",
        "b": "y ~ within(x) + group_mean(x) + within(z) + C(dose, 2) + (1 + within(x) || g)",
    },
    "rescaled": {
        "a": "y ~ center(x) + scale(z) + log(size) + w + sex + (1 + center(x) || g)",
        "b": "y ~ center(x) * w + scale(z):x + z + sex + `two words`:sex + `two words`"
        " + (1 + center(x) | g)",
        "c": "y ~ center(x) + scale(z)*w + (0 + center(x) | g)",
    },
    "bent": {
        "a": "y ~ x + w + I(w**2) + (1 + x | g)",
        "b": "y ~ x + I(x**2) + w + (1 + x | g)",
    },
}
ROLES = "by roles"
STUDIES = (*FORMULAS, ROLES)


def rows():
    """Return groups that are numbers, one without a z and a diet, and others with gaps."""
    found = table()
    found["g"] = found["g"].str[1:].astype(int) + 1
    found["size"] = found["k"] + 0.5
    # Whose slopes differ, or the fits were singular and the last digits chance.
    found["y"] += np.where(found["sex"] == "girl", np.sin(found["g"]) * (1 + found["x"] / 2), 0.0)
    for column, where in {"x": 7, "z": 11, "diet": 13, "sex": 17}.items():
        found.loc[found.index % where == 3, column] = None
    found.loc[found["g"] == 4, ["z", "diet"]] = None
    return found


def study(folder, engine, case):
    text = f'[data]\ntable = "t.parquet"\nengine = "{engine}"\ngroup = "g"\n'
    if case == ROLES:
        text += f'[model]\noutcome = "y"\n{SHORT}'
    else:
        models = "\n".join(f"{name} = '''{model}'''" for name, model in FORMULAS[case].items())
        text += f"[models]\n{models}\n"
    return parse_study(folder / "study.toml", text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lines")
    rows().to_parquet(folder / "t.parquet")
    return folder


@pytest.fixture(scope="module", params=STUDIES)
def both(request, folder):
    """Return the results of a study in memory and on DuckDB."""
    return [analyse(study(folder, engine, request.param)) for engine in ("memory", "duckdb")]


def everything(results):
    """Return every line of a study, and what follows from lines, but for the order of groups."""
    lines = results.lines
    groups = sorted(lines.groups)
    found = {
        "lines": {
            (step, group, choice): lines.at(step, group, choice)
            for step in lines.steps
            for group in (None, *groups)
            for choice in lines.choices
        },
        "of the drawn": {
            (model, group): lines.of_model(model, group, lines.average)
            for model in lines.fits
            for group in (None, *groups)
        },
        "weights of effects": {
            model: {name: each.tolist() for name, each in lines.random_terms(model, groups).items()}
            for model in lines.fits
        },
        "panels": results.panels,
        "simple slopes": results.simple_slopes,
        "shrinkage": results.shrinkage,
        "of lines": {field: getattr(results.summary, field) for field in ("lines", "effects")},
    }
    level_2 = results.summary.level_2
    if level_2 is not None:
        found["level 2"] = dataclasses.replace(level_2, values=tuple(sorted(level_2.values)))
        found["of groups"] = {group: group_prediction(lines, level_2, group) for group in groups}
    return found


def test_lines_are_those_in_memory(both):
    memory, results = both
    assert results.has_lines
    expected = everything(memory)
    close(everything(results), expected)
    values = np.array([[line.intercept, line.slope or 0.0] for line in expected["lines"].values()])
    assert np.isfinite(values).all()
    assert results.notes[:-1] == memory.notes[:-1] or memory.notes == tuple(
        note for note in results.notes if "an engine holds the rows" not in note
    )


def test_named_values_and_the_record_are_those_in_memory(both):
    memory, results = both
    data = {"data": None}
    close(as_dict(results) | data, as_dict(memory) | data)
    ours, theirs = (
        {name: value for name, value in named(each).items() if name != "prediction"}
        for each in both
    )
    close(ours, theirs)


def test_the_page_is_that_in_memory(both):
    memory, results = (datasets(each) for each in reversed(both)), None
    found, expected = memory
    assert results is None
    for name in ("lines", "groups", "average", "complete", "ellipse", "grid"):
        assert (name in found) is (name in expected), name
        if name in expected:
            close(by_group(found[name]), by_group(expected[name]), name)


def by_group(given):
    return sorted(given, key=lambda row: str(row.get("group")))


@pytest.mark.parametrize("engine", ["polars", "dask"])
def test_other_engines_have_them_too(engine, folder):
    memory, results = (analyse(study(folder, each, "products")) for each in ("memory", engine))
    close(everything(results), everything(memory))


@pytest.mark.parametrize("both", ["products"], indirect=True)
def test_figures_and_page_are_made(both):
    memory, results = both
    drawn = draw_all(results)
    assert drawn.keys() == draw_all(memory).keys()
    assert "simple-slopes.svg" in {name.rpartition("/")[2] for name in draw_gallery(results)}
    assert files(results, drawn).keys() == files(memory, drawn).keys()


def test_levels_are_counted_once_for_all_rows_and_once_by_group(folder, monkeypatch):
    asked = []

    def counted(source, names, name):
        asked.append(tuple(names))
        return tallied(source, names, name)

    tallied = engine_typical.tallied
    monkeypatch.setattr(engine_typical, "tallied", counted)
    results = analyse(study(folder, "duckdb", "products"))
    everything(results)
    categories = [("region", "sex"), ("diet", "region"), ("sex",), ("sex",)]
    expected = [names for of in categories for names in (of, ("g", *of))]
    assert sorted(map(sorted, asked)) == sorted(map(sorted, expected))
    asked.clear()
    everything(analyse(study(folder, "duckdb", "bent")))
    assert asked == []


@pytest.mark.parametrize("engine", ["memory", "duckdb"])
def test_many_cases_are_evaluated_block_by_block(engine, folder, monkeypatch):
    found = everything(analyse(study(folder, engine, "within and between")))
    monkeypatch.setattr(columns, "_BLOCK", 3)
    close(everything(analyse(study(folder, engine, "within and between"))), found)
