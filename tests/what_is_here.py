"""What a machine may lack: the original data, whose licence keeps it out, and a browser."""

import os
import shutil
from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data" / "popular2.sav"

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
"""The browser of the page's tests; None if there is none, which is a failure in CI."""


def original_data() -> Path:
    """
    Return the original data, or skip the test where no copy lies beside the checkout.

    The twin runs through the same tests; a copy that is named but not there is a failure.
    """
    named = os.environ.get("POPULAR2_PATH")
    path = Path(named).expanduser() if named else _BESIDE
    if not named and not path.is_file():
        pytest.skip("no copy of popular2.sav here; name one in POPULAR2_PATH")
    assert path.is_file(), f"POPULAR2_PATH names {path}, which is not there"
    return path
