"""What a machine may lack: the original data, whose licence keeps it out, and a browser."""

import os
import shutil
from pathlib import Path

import pooch
import pytest

from analysis.study.popular2 import CACHE_VARIABLE

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data" / "popular2.sav"
_FETCHED = Path(os.environ.get(CACHE_VARIABLE) or pooch.os_cache("multilevel-report"), _BESIDE.name)

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
"""The browser of the page's tests; None if there is none, which is a failure in CI."""


def original_data() -> Path:
    """
    Return the original data, or skip the test where no copy is beside the checkout or fetched.

    The twin runs through the same tests; a copy that is named but not there is a failure.
    """
    named = os.environ.get("POPULAR2_PATH")
    if named:
        path = Path(named).expanduser()
        assert path.is_file(), f"POPULAR2_PATH names {path}, which is not there"
        return path
    for path in (_BESIDE, _FETCHED):
        if path.is_file():
            return path
    pytest.skip("no copy of popular2.sav here; run python -m analysis fetch")
