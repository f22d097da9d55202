"""What several tests share."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings
from what_is_here import original_data

from analysis.build import build
from analysis.results.results import Results, analyse
from analysis.study.study import read_study

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
def site(tmp_path_factory) -> Path:
    """Build the site from nothing, as `nox -s report` does where Quarto is missing."""
    project = tmp_path_factory.mktemp("project")
    for name in ("data", "report"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("_artifacts*"))
    shutil.copy(ROOT / "_quarto.yml", project)
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
def original(monkeypatch, tmp_path_factory) -> Path:
    """Return the original data set, and let studies find it."""
    path = original_data()
    monkeypatch.setenv("POPULAR2_MIRROR", str(path))
    monkeypatch.setenv("MULTILEVEL_REPORT_CACHE", str(tmp_path_factory.mktemp("cache")))
    return path
