"""Replace files and folders whole, or not at all."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Name a file or folder in what is refused of the temporary one that is to replace it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None


@contextmanager
def _room_beside(path: Path) -> Iterator[Path]:
    """Yield the path of what is to replace another, in a folder that is gone afterwards."""
    # The name says which process to ask for, as in report/renderer/staging.py. That protocol is
    # written down twice on purpose: the renderer imports nothing of the analysis.
    with _naming(path):
        _sweep(path)
        prefix = f".{path.name}.by{os.getpid()}-"
        room = Path(tempfile.mkdtemp(prefix=prefix, dir=path.parent))
    try:
        # Made inside, since mkdtemp leaves its own folder to nobody else, whatever the umask.
        yield room / path.name
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _sweep(path: Path) -> None:
    """Remove what builds left behind that were killed."""
    pattern = re.compile(re.escape(f".{path.name}.by") + r"(\d+)-\w{8}")
    for room in path.parent.iterdir():
        match = pattern.fullmatch(room.name)
        if match and not _runs(int(match[1])):
            shutil.rmtree(room, ignore_errors=True)


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


@contextmanager
def staged(path: Path, data: bytes) -> Iterator[Callable[[], None]]:
    """
    Write a file beside a path, and give the function that puts it there.

    Parameters
    ----------
    path : Path
    data : bytes

    Yields
    ------
    callable
        Without it the path stays as it is.

    Raises
    ------
    OSError
        If the file cannot be written or put there.
    """
    with _room_beside(path) as new:
        with _naming(path):
            new.write_bytes(data)

        def put() -> None:
            with _naming(path):
                new.replace(path)

        yield put


def replace_folder(folder: Path, files: Mapping[str, bytes], *, then: Callable[[], None]) -> None:
    """
    Replace a folder and do one thing more, or neither.

    Parameters
    ----------
    folder : Path
    files : Mapping of str to bytes
        By path below the folder.
    then : callable
        If it raises, the folder is as it was.

    Raises
    ------
    ArtifactError
        If a link or a file is in the place of the folder.
    OSError
        If it cannot be written.
    """
    # The parting folder, kept until the new one is in place.
    old = folder.with_name(f"{folder.name}.old")
    for path in (folder, old):
        if path.is_symlink() or (path.exists() and not path.is_dir()):
            what = "a link" if path.is_symlink() else "a file"
            msg = f"{path}: is {what}, and the artifacts need a folder there; move it away"
            raise ArtifactError(msg)
    if old.exists() and not folder.exists():
        old.rename(folder)  # an earlier run was killed between the two renames below
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _room_beside(folder) as new:
        with _naming(folder):
            new.mkdir()
        for name, data in files.items():
            target = new / name
            with _naming(folder / name):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        try:
            with _naming(folder):
                new.rename(folder)
            then()
        except BaseException:  # an interrupt too
            if not new.exists():
                folder.rename(new)
            if old.exists():
                old.rename(folder)
            raise
        shutil.rmtree(old, ignore_errors=True)
