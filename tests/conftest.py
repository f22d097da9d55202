"""What several tests share."""

import os
from pathlib import Path

import pytest

from analysis.results import Results, analyse
from analysis.study import read_study

ROOT = Path(__file__).resolve().parents[1]

ORIGINAL = Path(os.environ.get("POPULAR2_PATH") or ROOT.parent / "shared" / "data" / "popular2.sav")
"""The original data, which the repository may not hold; tests on it need a copy beside it."""

if os.environ.get("CI"):
    from hypothesis import settings

    settings.register_profile("ci", derandomize=True)
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def results() -> Results:
    """Return the results of the report's own study."""
    return analyse(read_study(ROOT / "data" / "popularity.toml"))


@pytest.fixture
def original(monkeypatch, tmp_path_factory) -> Path:
    """Return the original data set, and let studies find it."""
    if not ORIGINAL.is_file():
        pytest.skip("the original data, whose licence keeps it out of the repository, is not here")
    monkeypatch.setenv("POPULAR2_MIRROR", str(ORIGINAL))
    monkeypatch.setenv("MULTILEVEL_REPORT_CACHE", str(tmp_path_factory.mktemp("cache")))
    return ORIGINAL
