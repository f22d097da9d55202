"""The site's folder: built beside the last one, put in its place whole, over no other files."""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from renderer.project import Project
from renderer.reading import RenderError
from renderer.record import RECORD

MARKS = (RECORD, "site_libs/quarto-html", "report/complete-visualization.html")
"""What tells a site from other folders: this renderer's record, Quarto's libraries, and, for
Quarto's PDFs alone, what publish.py adds to every site."""

ADVICE = "name another folder by --target, or by project.output-dir in _quarto.yml"
FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def site_folder(path: Path, project: Project) -> Path:
    """
    Return where a site is to be written, if nothing but a site is lost there.

    Parameters
    ----------
    path : Path
        The site's folder as it was asked for.
    project : Project
        The project, whose own files must stay.

    Returns
    -------
    Path
        The folder itself, where `path` is a link to it.

    Raises
    ------
    RenderError
        If the project's own files or any other than a site's are there.
    """
    # Not Path.resolve, which raises for a loop of links.
    target = Path(os.path.realpath(path))
    folders = {project.root, *(document.path.parent for document in project.documents)}
    if any(folder.is_relative_to(target) for folder in folders):
        msg = f"cannot write the site to {target}: the project's own files are there; {ADVICE}"
        raise RenderError(msg)
    if not _may_go(target):
        msg = f"cannot write the site to {target}: files are there that no build made; {ADVICE}"
        raise RenderError(msg)
    return target


def _may_go(folder: Path) -> bool:
    if not folder.is_dir() or not any(folder.iterdir()):
        return True
    return not (folder / ".git").exists() and any((folder / mark).exists() for mark in MARKS)


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """
    Yield an empty folder that takes the target's place if all goes well.

    Parameters
    ----------
    target : Path
        The site's folder; it stays as it is until the new one is complete.

    Yields
    ------
    Path
        A folder beside the target.

    Raises
    ------
    RenderError
        If nothing can be written there.
    """
    old = _old(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(old) and (old.is_symlink() or not old.is_dir() or not _may_go(old)):
            msg = f"cannot write {target}: {old} is in the way, which no build made; move it"
            raise RenderError(msg)
        if old.exists() and not target.exists():
            old.rename(target)  # a build was killed between the two renames below
        if target.exists() and not target.is_dir():
            msg = f"cannot write {target}: it is not a folder"
            raise RenderError(msg)
        _sweep(target)
        # The name says which process to ask for, as in analysis/replacement.py. That protocol is
        # written down twice on purpose: the renderer imports nothing of the analysis.
        prefix = f"{target.name}.new-by{os.getpid()}-"
        room = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    except OSError as error:
        msg = f"cannot write {target}: {error.strerror}"
        raise RenderError(msg) from error
    try:
        # Made inside, since mkdtemp leaves its own folder to nobody else, whatever the umask.
        folder = room / target.name
        folder.mkdir()
        yield folder
        _take_place(folder, target)
    except OSError as error:
        # A full disk is the target's, although Python names the file that was being copied.
        full = error.errno in FULL
        place = f"cannot write {target}" if full else error.filename or target
        msg = f"{place}: {error.strerror}"
        raise RenderError(msg) from error
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _old(target: Path) -> Path:
    return target.with_name(f"{target.name}.old")


def _sweep(target: Path) -> None:
    """Remove what builds left behind that were killed."""
    pattern = re.compile(re.escape(target.name) + r"\.new-by(\d+)-\w{8}")
    for path in target.parent.iterdir():
        match = pattern.fullmatch(path.name)
        if match and not _runs(int(match[1])):
            shutil.rmtree(path, ignore_errors=True)


def _runs(process: int) -> bool:
    if os.name == "nt":  # where signal 0 ends a process instead of asking for it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _take_place(folder: Path, target: Path) -> None:
    old = _old(target)
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    try:
        folder.rename(target)
    except BaseException:  # an interrupt too
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
