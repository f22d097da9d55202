"""What lies in source/ makes the same report again, in a folder that has nothing else."""

import json
import shutil

import pytest
from handed_in import unpacked
from provenance import digest as digest_of_report
from ratings import STUDY, pupils, put
from sources import sources_of

from analysis.build import STUDY_VARIABLE, build
from analysis.errors import RenderError
from analysis.output.project import Project
from analysis.study.parts import digest

SETTINGS = """
author: B. One
subtitle: A course
date: 2022-05-01
profile: {default: popularity}
"""
FRONT = "---\ntitle: x\n---\n\n"


@pytest.fixture(autouse=True)
def variables(monkeypatch):
    for name in ("SOURCE_DATE_EPOCH", "QUARTO_PROFILE", STUDY_VARIABLE):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path):
    """Return a project with nothing but settings, a study and a document with parts in a folder."""
    project = tmp_path / "project"
    for name, text in {
        "_quarto.yml": SETTINGS,
        "_quarto-popularity.yml": "lang: en-GB\n",
        "data/popularity.toml": STUDY,
        "report/index.qmd": FRONT + "{{< include parts/_m.qmd >}}\n",
        "report/parts/_m.qmd": "{{< include parts/_n.qmd >}}\n",
        "report/parts/_n.qmd": "A part of a part.\n",
    }.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    put(pupils(), project / "data" / "pupils.csv")
    return project


def built(project, monkeypatch, study=None):
    """Build in a folder; return all artifacts but the manifest, which is of files' places."""
    monkeypatch.chdir(project)
    build(study)
    folder = project / "report" / "_artifacts"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


def with_site(project):
    """Put a page there that stands for the site of the artifacts."""
    site = project / "_site" / "report"
    site.mkdir(parents=True)
    (site / "index.html").write_text("<p>A page</p>")
    shutil.copy(project / "report" / "_artifacts" / "results.json", site)
    return project


def test_parts_of_documents_and_of_tables_go_along(project, tmp_path, monkeypatch):
    study = project / "data" / "popularity.toml"
    named = STUDY.replace('"pupils.csv"', '"../tables/part-*.parquet"\nengine = "duckdb"')
    study.write_text(named, encoding="utf-8")
    (project / "tables").mkdir()
    for name, rows in (("1", pupils().iloc[:40]), ("2", pupils().iloc[40:])):
        put(rows, project / "tables" / f"part-{name}.parquet")
    before = built(project, monkeypatch)
    folder = unpacked(with_site(project), tmp_path / "unpacked") / "source"
    after = built(folder, monkeypatch)
    assert after.keys() == before.keys()
    # An engine adds in an order of its own: what it says of the data is all that is the same.
    assert json.loads(after["results.json"])["data"] == json.loads(before["results.json"])["data"]
    assert not (folder / "data" / "pupils.csv").exists()
    said = (folder.parent / "HOW-TO-CHECK.txt").read_text("utf-8")
    assert "source/tables/part-*.parquet" in said
    made = json.loads((project / "report" / "_artifacts" / "releases.json").read_bytes())
    assert {"narwhals", "pyarrow", "pyreadstat", "python-calamine", "duckdb"} <= made.keys()
    assert "polars" not in made
    assert all(f"{name} {release}" in " ".join(said.split()) for name, release in made.items())
    parts = sorted((folder / "tables").iterdir())
    assert f"SHA-256 {digest(parts)}" in said
    assert "of the SHA-256 of each file" in said
    assert "then compare the numbers to nine digits" in " ".join(said.split())


def test_a_study_from_elsewhere_finds_its_table_and_reference_values(
    project, tmp_path, monkeypatch
):
    study = tmp_path / "elsewhere" / "other.toml"
    (study.parent / "tables").mkdir(parents=True)
    study.write_text(STUDY.replace("pupils.csv", "tables/y.csv"), encoding="utf-8")
    (project / "data" / "pupils.csv").rename(study.parent / "tables" / "y.csv")
    values = '{"lme4": "1.1-35", "R": "4.3.3", "models": {}}'
    study.with_name("other.lme4.json").write_text(values)
    before = built(project, monkeypatch, study)
    monkeypatch.setenv(STUDY_VARIABLE, str(study))
    folder = unpacked(with_site(project), tmp_path / "unpacked") / "source"
    monkeypatch.delenv(STUDY_VARIABLE)
    after = built(folder, monkeypatch, folder / "data" / "other.toml")
    assert after == before
    assert b"4.3.3" in b"".join(after.values())
    # By whose columns what the documents claim is checked or not.
    assert (folder / "data" / "popularity.toml").is_file()


@pytest.mark.parametrize("name", ["{}/data/pupils.csv", "../../pupils.csv"])
def test_a_table_that_nobody_else_has_is_refused(project, monkeypatch, name):
    table = name.format(project.as_posix())
    shutil.copy(project / "data" / "pupils.csv", project.parent)
    study = project / "data" / "popularity.toml"
    study.write_text(STUDY.replace("pupils.csv", table), encoding="utf-8")
    results = project / "results.json"
    results.write_text(f'{{"data": {{"sha256": "{digest([project / "data" / "pupils.csv"])}"}}}}')
    with pytest.raises(RenderError, match="which nobody else has; put the table into the project"):
        sources_of(Project(project), study, {}, results)


def test_the_analysis_and_the_report_have_one_digest(project):
    files = [project / "_quarto.yml", project / "report" / "index.qmd"]
    for some in (files, files[:1]):
        assert digest(some) == digest_of_report(some)
