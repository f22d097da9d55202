"""What several tests share."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings
from page.crowd import of_a_crowd
from ratings import STUDY, pupils, put
from what_is_here import original_data

from analysis.build import STUDY_VARIABLE, build
from analysis.output.artifacts import write
from analysis.output.project import Project
from analysis.results.results import Results, analyse
from analysis.study.studyfile import read_study

ROOT = Path(__file__).resolve().parents[1]

# The same examples in every run, as Hypothesis has it by itself only where CI is set.
# For others: pytest --hypothesis-profile=default
settings.load_profile("ci")


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def results() -> Results:
    """Return the results of the report's own study."""
    return analyse(read_study(ROOT / "data" / "popularity.toml"))


@pytest.fixture(scope="session")
def crowd(tmp_path_factory) -> Results:
    """Return the results of more classes, of 4 to 9 pupils, than are drawn one by one."""
    return of_a_crowd(ROOT, tmp_path_factory.mktemp("crowd"), 2000)


@pytest.fixture(scope="session")
def gaps(tmp_path_factory) -> Results:
    """
    Return the results of the report's study with values missing, as people's tables have them.

    Of the 307 pupils of its classes 7 lack the outcome, 43 others the extraversion and 5 more the
    gender.
    """
    folder = tmp_path_factory.mktemp("gaps")
    header, *rows = (ROOT / "data" / "popularity.csv").read_text(encoding="utf-8").splitlines()
    names, chosen = header.split(","), 0
    lines = [header]
    for cells in (row.split(",") for row in rows):
        if int(cells[names.index("class")]) <= 15:
            # 41 is coprime to 307: every pupil has a place of its own in the order.
            place = chosen * 41 % 307
            chosen += 1
            column = "popular" if place < 7 else "extrav" if place < 50 else "sex"
            if place < 55:
                cells[names.index(column)] = ""
        lines.append(",".join(cells))
    (folder / "popularity.csv").write_text("\n".join(lines), encoding="utf-8")
    study = folder / "popularity.toml"
    shutil.copy(ROOT / "data" / "popularity.toml", study)
    return analyse(read_study(study))


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """Build the site from nothing, as `nox -s report` does where Quarto is missing."""
    project = tmp_path_factory.mktemp("project")
    for name in ("data", "report"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("_artifacts*"))
    for settings_file in ROOT.glob("_quarto*.yml"):
        shutil.copy(settings_file, project)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        assert build()
    done = subprocess.run(
        [sys.executable, str(ROOT / "report" / "render.py")],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return project / "_site"


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """Return a project with a study in which nothing is wrong, and artifacts of an earlier one."""
    (tmp_path / "_quarto.yml").write_text("profile: {default: popularity}\n")
    (tmp_path / "report").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "popularity.toml").write_text(STUDY, encoding="utf-8")
    put(pupils(), tmp_path / "data" / "pupils.csv")
    write(Project(tmp_path), {"results.json": b"{}"}, {"n": "1"}, "an earlier study")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(STUDY_VARIABLE, raising=False)
    return tmp_path


@pytest.fixture
def original(monkeypatch, tmp_path_factory) -> Path:
    """Return the original data set, and let studies find it."""
    path = original_data()
    monkeypatch.setenv("POPULAR2_MIRROR", str(path))
    monkeypatch.setenv("MULTILEVEL_REPORT_CACHE", str(tmp_path_factory.mktemp("cache")))
    return path
