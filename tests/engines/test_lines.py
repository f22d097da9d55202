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

MODELS = {
    "products": {
        "a": "y ~ x * w + z + I(z**2) + region + w:sex + sex + (1 + x | g)",
        "b": "y ~ x * diet + region + w + (1 + x | g)",
        "c": "y ~ x * sex + (1 + x * sex | g)",
    },
    "within and between": {
        "a": "y ~ within(x) + group_mean(x) + diet + z + (1 + within(x) | g)",
        "b": "y ~ within(x) + group_mean(x) + within(z) + C(dose, 2) + (1 + within(x) || g)",
    },
    "rescaled": {
        "a": "y ~ center(x) * w + log(size) + scale(z):x + z + sex + `two words`:sex + `two words`"
        " + (1 + center(x) | g)",
        "b": "y ~ center(x) + scale(z)*w + (0 + center(x) || g)",
    },
    "bent": {
        "a": "y ~ x + w + I(w**2) + (1 + x | g)",
        "b": "y ~ x + I(x**2) + w + (1 + x | g)",
    },
}
ROLES = "by roles"
STUDIES = (*MODELS, ROLES)


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
        models = "\n".join(f"{name} = '''{model}'''" for name, model in MODELS[case].items())
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


def lines_of(results):
    """Return every line of a study, and the weights of random effects in it."""
    lines = results.lines
    groups = sorted(lines.groups)
    return {
        "lines": {
            (step, group, choice): lines.at(step, group, choice)
            for step in lines.steps
            for group in (None, *groups)
            for choice in lines.choices
        },
        "at the means": {
            (model, group): lines.of_model(model, group, lines.average)
            for model in lines.fits
            for group in (None, *groups)
        },
        "weights": {
            (model, name): weights.tolist()
            for model in lines.fits
            for name, weights in lines.random_terms(model, groups).items()
        },
    }


def shown(results):
    """Return what a report shows of lines, but for the order of groups."""
    level_2, found = results.summary.level_2, {}
    if level_2 is not None:
        found["level 2"] = dataclasses.replace(level_2, values=tuple(sorted(level_2.values)))
        found["of groups"] = {
            group: group_prediction(results.lines, level_2, group)
            for group in sorted(results.lines.groups)
        }
    return found | {
        "panels": results.panels,
        "simple slopes": results.simple_slopes,
        "shrinkage": results.shrinkage,
        "lines": results.summary.lines,
        "effects": results.summary.effects,
        "left out": [note for note in results.notes if "an engine holds the rows" not in note],
    }


def test_lines_are_those_in_memory(both):
    found, expected = (lines_of(results) for results in reversed(both))
    close(found, expected)
    values = np.array([[line.intercept, line.slope or 0.0] for line in expected["lines"].values()])
    assert np.isfinite(values).all()


def test_what_is_shown_of_them_is_that_in_memory(both):
    found, expected = (shown(results) for results in reversed(both))
    close(found, expected)


def test_the_record_is_that_in_memory(both):
    found, expected = (as_dict(results) | {"data": None} for results in reversed(both))
    close(found, expected)


@pytest.mark.parametrize("both", ["within and between", ROLES], indirect=True)
def test_the_page_is_that_in_memory(both):
    found, expected = (datasets(results) for results in reversed(both))
    for name in ("lines", "groups", "average", "complete", "ellipse"):
        close(*(sorted(each[name], key=group) for each in (found, expected)), name)


def group(row):
    return str(row.get("group"))


@pytest.mark.parametrize("engine", ["polars", "dask"])
def test_other_engines_have_them_too(engine, folder):
    case = "within and between"
    memory, results = (analyse(study(folder, each, case)) for each in ("memory", engine))
    close(lines_of(results), lines_of(memory))


@pytest.mark.parametrize("both", [ROLES], indirect=True)
def test_values_of_documents_are_those_in_memory(both):
    found, expected = (named(results) for results in reversed(both))
    # The test by prediction needs the rows.
    close(*({**each, "prediction": None} for each in (found, expected)))


@pytest.mark.parametrize("both", ["products"], indirect=True)
def test_figures_and_page_are_made(both):
    memory, results = both
    assert results.panels.keys() == memory.panels.keys()
    drawn, beside = draw_all(results).files, draw_gallery(results).files
    for name in results.panels:
        assert len(drawn[name]) > 20_000, name
    assert len(beside["simple-slopes"]) > 20_000
    assert results.left_out.keys().isdisjoint({"simple-slopes"})
    page = files(results, drawn)["visualization/complete-visualization.html"]
    assert len(page) > 500_000


def test_levels_are_counted_once_for_all_rows_and_once_by_group(folder, monkeypatch):
    asked = []

    def counted(source, names, name):
        asked.append(tuple(names))
        return tallied(source, names, name)

    tallied = engine_typical.tallied
    monkeypatch.setattr(engine_typical, "tallied", counted)
    lines_of(analyse(study(folder, "duckdb", "within and between")))
    assert sorted(asked) == [("diet",), ("dose",), ("g", "diet"), ("g", "dose")]
    asked.clear()
    lines_of(analyse(study(folder, "duckdb", "bent")))
    assert asked == []


def test_many_cases_are_evaluated_block_by_block(folder, monkeypatch):
    results = [analyse(study(folder, "duckdb", "within and between")) for _ in range(2)]
    found = lines_of(results[0])
    monkeypatch.setattr(columns, "_BLOCK", 3)
    close(lines_of(results[1]), found)


@pytest.mark.parametrize("both", ["rescaled"], indirect=True)
def test_simple_slopes_are_over_the_groups_that_the_models_use(both):
    table = rows()
    used = table[table["g"] != 4].groupby("g")["w"].first()
    for results in both:
        assert results.simple_slopes.named["mean"].value == pytest.approx(used.mean(), rel=1e-12)
