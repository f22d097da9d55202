"""What a machine may lack: the original data, a browser, Quarto, and means of the system."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pooch
import pytest
from playwright.sync_api import Browser, sync_playwright

from analysis.study.popular2 import CACHE_VARIABLE

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data" / "popular2.sav"
_FETCHED = Path(os.environ.get(CACHE_VARIABLE) or pooch.os_cache("multilevel-report"), _BESIDE.name)

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
"""The browser of the page's tests; None if there is none, which is a failure in CI."""

knows_processes = pytest.mark.skipif(
    os.name == "nt", reason="on Windows nothing removes what a killed process left: README says so"
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser, or skip the tests that need it; in CI that there is none is a failure."""
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium on this machine; install it, or name one in CHROMIUM")
    assert CHROMIUM is not None, "CI has no Chromium: .ci/run installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-quic"]
        )
        yield browser
        browser.close()


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


def quarto() -> Path:
    """
    Return Quarto 1.7 or newer, or skip the test on a machine without it.

    One that is named but does not run, or is older, is a failure; continuous integration names it.
    """
    named = os.environ.get("QUARTO_PATH")
    found = named or shutil.which("quarto")
    if found is None:
        pytest.skip(
            "no Quarto on PATH; the job of checks.yml that publishes names one in QUARTO_PATH"
        )
    done = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
    release = tuple(map(int, done.stdout.split(".")[:2]))
    if release < (1, 7) and not named:
        pytest.skip(f"Quarto on PATH is {done.stdout.strip()}; 1.7 or newer is needed")
    assert release >= (1, 7), f"{found} is Quarto {done.stdout.strip()}"
    return Path(found).resolve()
