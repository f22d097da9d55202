"""The report of a study that an engine holds, against the same in memory."""

import json
import re
from collections import Counter
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import ratings
from results.category_studies import SHORT, table

from analysis.build import STUDY_VARIABLE, build
from analysis.prose.alt_texts import alt_texts
from analysis.prose.readings import readings
from analysis.prose.values import values
from analysis.results import capabilities
from analysis.results.agreement import agreement
from analysis.results.density import dense, density_of
from analysis.results.named import named
from analysis.results.on_page import on_page
from analysis.results.record import as_dict
from analysis.results.results import analyse
from analysis.study.parts import tables_of
from analysis.study.references import read_references
from analysis.study.studyfile import read_study
from analysis.tables import TABLES

ENGINES = ("duckdb", "polars")
ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {"residuals", "quantiles"}


def pupils():
    return pd.read_csv(ROOT / "data" / "popularity.csv")


def with_gaps():
    """Return pupils without an outcome, a predictor or a gender, and a class without any."""
    found, rng = pupils(), np.random.default_rng(3)
    for column, n in {"popular": 20, "extrav": 130, "sex": 80}.items():
        found.loc[rng.choice(len(found), n, replace=False), column] = np.nan
    found.loc[found["class"] == 7, "sex"] = np.nan
    return found


def thousands():
    """Return more classes than are drawn, of 3 to 27 pupils."""
    rng = np.random.default_rng(5)
    parts = [pupils().assign(**{"class": lambda t, k=k: t["class"] + 100 * k}) for k in range(6)]
    found = pd.concat(parts, ignore_index=True)
    found["popular"] += rng.normal(0, 0.3, len(found))
    share = rng.uniform(0.3, 1, 601)[found["class"]]
    return found[rng.random(len(found)) < share].reset_index(drop=True)


CASES = {
    "the report": (pupils, '"1-15"'),
    "gaps": (with_gaps, '"all"'),
    "thousands": (thousands, '"all"'),
}


def study(folder, engine, frame, groups='"all"', more=""):
    """Write a study of the report's, of a frame as Parquet."""
    frame.to_parquet(folder / "pupils.parquet")
    text = (ROOT / "data" / "popularity.toml").read_text(encoding="utf-8")
    text = text.replace('"popularity.csv"', f'"pupils.parquet"\nengine = "{engine}"')
    text = text.replace('groups = "1-15"', f"groups = {groups}")
    path = folder / f"{engine}.toml"
    path.write_text(text + more, encoding="utf-8")
    return path


@pytest.fixture(scope="module", params=CASES)
def both(request, tmp_path_factory):
    """Return the results of a case in memory, and on each engine."""
    make, groups = CASES[request.param]
    folder = tmp_path_factory.mktemp("study")
    return [
        analyse(read_study(study(folder, engine, make(), groups)))
        for engine in ("memory", *ENGINES)
    ]


def close(found, expected, where="", rel=1e-9):
    """Check that two records are one, numbers to the ninth digit."""
    if is_dataclass(expected) and not isinstance(expected, type):
        for field in fields(expected):
            pair = (getattr(each, field.name) for each in (found, expected))
            close(*pair, f"{where}.{field.name}", rel)
    elif isinstance(expected, dict):
        assert found.keys() == expected.keys(), where
        for key, value in expected.items():
            close(found[key], value, f"{where}/{key}", rel)
    elif isinstance(expected, list | tuple):
        assert len(found) == len(expected), where
        for place, (one, other) in enumerate(zip(found, expected, strict=True)):
            close(one, other, f"{where}[{place}]", rel)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=rel, abs=rel), where
    else:
        assert found == expected, where


def test_the_record_and_the_summary_are_those_in_memory(both):
    memory, *engines = both
    for results in engines:
        record = as_dict(results) | {"data": as_dict(memory)["data"]}
        close(record, as_dict(memory))
        for field in fields(memory.summary):
            if field.name != "level_2":
                pair = (getattr(each.summary, field.name) for each in (results, memory))
                close(*pair, field.name, rel=1e-8)
        one, other = results.summary.level_2, memory.summary.level_2
        assert sorted(one.values) == sorted(other.values)
        assert one.grid == other.grid
        close(one.predictions, other.predictions, rel=1e-8)
        close(results.lines.means, memory.lines.means)
        close(results.lines.ranges, memory.lines.ranges)
        close(results.lines.choices, memory.lines.choices)
        close(results.verdicts, memory.verdicts)
        further = [
            {name: (m.added, m.test) for name, m in each.further.models.items()}
            for each in (results, memory)
        ]
        close(*further, rel=1e-7)


def test_figures_and_page_show_what_they_do_in_memory(both):
    memory, *engines = both
    for results in engines:
        assert results.drawn == memory.drawn
        assert results.panels.keys() == memory.panels.keys()
        for name, panels in memory.panels.items():
            for panel, expected in zip(results.panels[name], panels, strict=True):
                assert set(panel.lines) == set(expected.lines)
                close({g: panel.lines[g] for g in expected.lines}, dict(expected.lines))
                close(panel.references, expected.references)
                assert panel.absent == expected.absent
        if dense(memory):
            held, known = (density_of(each, each.of_pooling) for each in (results, memory))
            assert held.counts.tolist() == known.counts.tolist()
            close(held.ends, known.ends)
        page, expected = results.on_page, memory.on_page
        # The groups of a split are drawn too, and which are shown is its own affair.
        assert page.drawn == on_page(memory.lines, memory.summary, results.shown_split).drawn
        assert page.pool == expected.pool
        assert page.most_of_group == expected.most_of_group
        assert (page.density is None) is (expected.density is None)
        if expected.density is not None:
            close(page.density.cells, expected.density.cells)
        both_drawn = {*page.drawn.groups} & {*expected.drawn.groups}
        for facts in (
            lambda row: (row.group, row.x, row.y, row.choice, row.known),
            lambda row: (row.group, row.turn),
        ):
            counted = [
                Counter(facts(row) for row in each.rows if row.group in both_drawn)
                for each in (page, expected)
            ]
            assert counted[0] == counted[1]


def test_what_is_left_out_has_its_reason(both):
    memory, *engines = both
    assert memory.left_out == {}
    for results in engines:
        assert results.checks is None
        close(results.simple_slopes, memory.simple_slopes, rel=1e-7)
        assert set(results.left_out) == LEFT_OUT
        assert "an engine holds the rows" in results.left_out["residuals"]
        texts, expected = alt_texts(results), alt_texts(memory)
        assert texts.keys() == expected.keys()
        for name, text in expected.items():
            if name in LEFT_OUT:
                assert texts[name].startswith("No figure of ")
            elif name != "prediction":
                assert texts[name] == text
        (note,) = (note for note in results.notes if note not in memory.notes)
        assert note.startswith("no plots of residuals and no values of lme4")


def test_prediction_errs_as_in_memory(both):
    """Within the Monte Carlo errors of both: an engine has the rows in another order."""
    memory, *engines = (results.prediction for results in both)
    for found in engines:
        assert found.rows.groups == memory.rows.groups
        assert (found.n_splits, found.n_all, found.known) == (
            memory.n_splits,
            memory.n_all,
            memory.known,
        )
        for own, other in zip(found.scores, memory.scores, strict=True):
            assert own.n_held_out == other.n_held_out
            for method, rmse in own.rmse.items():
                error = np.hypot(own.error[method], other.error[method])
                assert abs(rmse - other.rmse[method]) < 4 * error


def words(results):
    """Return all that a document shows of results in words and numbers."""
    return {
        "values": values(results),
        "named": named(results),
        "tables": {name: make(results) for name, make in TABLES.items()},
        "readings": readings(results),
    }


@pytest.mark.parametrize("case", ["the report", "gaps"])
def test_documents_say_what_they_do_in_memory(case, tmp_path):
    make, groups = CASES[case]
    paths = [study(tmp_path, engine, make(), groups) for engine in ("memory", *ENGINES)]
    memory, *others = (words(analyse(read_study(path))) for path in paths)
    for found in (memory, *others):
        # Its splits are of rows in another order.
        for part in ("values", "named"):
            assert found[part].pop("prediction")
        verdict = found["readings"]["verdict"].splitlines()
        (place,) = (n for n, line in enumerate(verdict) if "are predicted" in line)
        verdict[place] = re.sub(r"\d+\.\d+", "0", verdict[place]).replace(
            ": partial pooling errs least", ""
        )
        found["readings"]["verdict"] = "\n".join(verdict)
    for found in others:
        # What is estimated by search, at a boundary, has eight digits.
        close(found, memory, rel=1e-7)


def test_models_by_formula_have_numbers_and_lines(tmp_path):
    table().to_parquet(tmp_path / "t.parquet")
    found = {}
    for engine in ("memory", "duckdb"):
        path = tmp_path / f"{engine}.toml"
        path.write_text(
            f'[data]\ntable = "t.parquet"\nengine = "{engine}"\ngroup = "g"\n'
            f'[model]\noutcome = "y"\n{SHORT}',
            encoding="utf-8",
        )
        found[engine] = analyse(read_study(path))
    memory, results = found["memory"], found["duckdb"]
    assert results.has_lines
    close(as_dict(results) | {"data": None}, as_dict(memory) | {"data": None}, rel=1e-8)
    for name, make in TABLES.items():
        assert make(results) == make(memory), name
    close(results.summary.variables, memory.summary.variables)
    assert results.summary.categories == memory.summary.categories
    assert results.notes[:-1] == memory.notes
    assert results.notes[-1].startswith("no plots of residuals and no values of lme4")


def test_estimates_are_not_said_to_differ_from_values_of_lme4(tmp_path):
    results = analyse(read_study(study(tmp_path, "duckdb", pupils(), '"1-15"')))
    references = read_references(ROOT / "data" / "popularity.toml")
    assert references is not None
    found = agreement(results, references)
    assert found.checked == ()
    from analysis.prose.reproduction import agreement as said

    assert said(found, "popularity") == (
        "The values of lme4 that are kept are not compared here: an engine holds the rows, and "
        "they are needed in memory.\n"
    )


def test_groups_with_too_many_rows_are_not_drawn(tmp_path, monkeypatch):
    path = study(tmp_path, "duckdb", thousands())
    monkeypatch.setattr(capabilities, "MOST_HELD", 10)
    results = analyse(read_study(path))
    assert not results.has_lines
    largest = sorted(results.sample.sizes.values(), reverse=True)[:240]
    assert f"would be drawn have {sum(largest):,} of them, more than 10" in results.notes[-1]
    monkeypatch.setattr(capabilities, "MOST_HELD", sum(largest))
    assert results.has_lines


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return the artifacts of small studies of one table, by what holds it; DuckDB twice."""
    found = {}
    for name in ("memory", *ENGINES, "duckdb again"):
        root, engine = tmp_path_factory.mktemp("project"), name.split()[0]
        for folder in ("data", "report"):
            (root / folder).mkdir()
        (root / "_quarto.yml").write_text("profile: {default: small}\n", encoding="utf-8")
        ratings.pupils().to_parquet(root / "data" / "pupils.parquet")
        text = ratings.STUDY.replace('"pupils.csv"', f'"pupils.parquet"\nengine = "{engine}"')
        (root / "data" / "small.toml").write_text(text, encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(root)
            patch.delenv(STUDY_VARIABLE, raising=False)
            assert build()
            assert not build()  # the next one finds nothing to do
        artifacts = root / "report" / "_artifacts"
        found[name] = {
            each.relative_to(artifacts).as_posix(): each.read_bytes()
            for each in artifacts.rglob("*")
            if each.is_file() and each.name != "manifest.json"
        }
    return found


def test_a_build_writes_the_same_bytes_again(built):
    # Polars adds on several threads, which decides on the last digits.
    assert built["duckdb"] == built["duckdb again"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_build_on_an_engine_writes_the_files_of_one_in_memory(built, engine):
    found, memory = built[engine], built["memory"]
    assert found.keys() == memory.keys()
    record, expected = (json.loads(each["results.json"]) for each in (found, memory))
    close(record, expected, rel=1e-8)
    for name in LEFT_OUT:
        assert len(found[f"figures/{name}.svg"]) < len(memory[f"figures/{name}.svg"])
    for name, content in memory.items():
        # The releases of the engine are beside the others, and no value of lme4.
        if name.startswith("tables/") and not {"agreement", "releases"} & {Path(name).stem}:
            assert found[name] == content, name


def test_parts_of_a_table_are_what_a_build_looks_at(tmp_path):
    for name in ("b", "a"):
        (tmp_path / f"part-{name}.csv").write_text("x\n1\n", encoding="utf-8")
    path = study(tmp_path, "duckdb", ratings.pupils())
    for pattern, expected in {
        "part-*.csv": ["part-a.csv", "part-b.csv"],
        "part-a.csv": ["part-a.csv"],
        "none-*.csv": ["none-*.csv"],
    }.items():
        text = path.read_text(encoding="utf-8").replace("pupils.parquet", pattern)
        (tmp_path / "parts.toml").write_text(text, encoding="utf-8")
        found = tables_of(read_study(tmp_path / "parts.toml"))
        assert [each.name for each in found] == expected
