"""What a report was made from and with, for whoever checks it."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from contextlib import suppress
from importlib import metadata
from typing import TYPE_CHECKING

from reading import read_text

from analysis.errors import RenderError, listed

if TYPE_CHECKING:
    from pathlib import Path

AGAIN = "build it again: nox -s report"
"""What to do where a site and what it was made from do not fit."""

RENDERERS = ("pypandoc_binary", "typst")
"""The packages of the built-in renderer."""


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(paths: list[Path]) -> str:
    """Return the SHA-256 of a file, or that of those of several: the one of results.json."""
    if len(paths) == 1:
        return sha256(paths[0])
    return hashlib.sha256(b"".join(bytes.fromhex(sha256(path)) for path in paths)).hexdigest()


def commit(root: Path) -> str:
    """
    Return the commit that a folder is at, and what was changed since.

    Parameters
    ----------
    root : Path

    Returns
    -------
    str
        "not a git checkout" where no commit holds the folder's settings.
    """
    head = _git(root, "rev-parse", "HEAD").strip()
    # A folder that was unpacked within another checkout is in none of its commits.
    if not head or not _git(root, "ls-files", "_quarto.yml"):
        return "not a git checkout"
    changed = [line[3:] for line in _git(root, "status", "--porcelain", "--", ".").splitlines()]
    if not changed:
        return f"{head}, with nothing changed since"
    return f"{head}, and changed since: {listed(sorted(changed))}"


def _git(root: Path, *command: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *command],
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def versions(page: Path, releases: Path) -> list[str]:
    """
    Return what made the numbers and the pages, each with its release.

    Parameters
    ----------
    page : Path
        A page of the site, which says so if Quarto made it.
    releases : Path
        Those that the build wrote down.

    Raises
    ------
    RenderError
        If they are missing or damaged.
    """
    quarto = re.search(r'name="generator" content="quarto-([^"]+)"', page.read_text("utf-8"))
    maker = [f"Quarto {quarto[1]}"] if quarto else ["the built-in renderer", *_renderer()]
    try:
        made = json.loads(read_text(releases, AGAIN)).items()
    except (ValueError, AttributeError, RecursionError):
        msg = f"{releases}: is damaged; {AGAIN}"
        raise RenderError(msg) from None
    return [*(f"{name} {release}" for name, release in made), *maker]


def _renderer() -> list[str]:
    found = []
    for name in RENDERERS:
        with suppress(metadata.PackageNotFoundError):  # the site was made in another environment
            found.append(f"{name} {metadata.version(name)}")
    return found
