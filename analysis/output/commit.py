"""The commit that a project is at, if git keeps it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS = 20
"""A repository on a drive that does not answer must not keep a build waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """
    A commit of git, and whether the files are still those of it.

    Parameters
    ----------
    name : str
        Its hash, hexadecimal.
    changed : bool
        Whether a file of the project differs from it, or is new; what git ignores does not count.
    """

    name: str
    changed: bool


def commit_of(root: Path) -> Commit | None:
    """Return the commit that a project's folder is at; None without git, or without a commit."""
    name = _git(root, "rev-parse", "--verify", "HEAD")
    status = _git(root, "status", "--porcelain", "--", ".")
    if not name or status is None:
        return None
    return Commit(name=name.strip(), changed=bool(status))


def _git(root: Path, *arguments: str) -> str | None:
    # A look at the status must not lock the index: someone may be committing.
    command = ["git", "--no-optional-locks", *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
