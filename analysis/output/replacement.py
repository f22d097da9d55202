"""Replace files and folders whole, or not at all: whatever swaps one does it here."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import ArtifactError
from analysis.output.locking import open_lock, take

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


# A swap takes milliseconds; the lock is given up after ten seconds.
_ATTEMPTS, _PAUSE = 200, 0.05

# The name of a room, with the process to ask for.
_ROOM = re.compile(r"\..+\.by(\d+)-\w{8}")

# What Windows says of a folder that another program has open: access denied, sharing violation.
_IN_USE = (5, 32)


def replace(contents: Mapping[Path, bytes | Mapping[str, bytes]]) -> None:
    """
    Put new content in the place of files and folders: all at once, or none.

    Parameters
    ----------
    contents : Mapping
        A file's bytes, or the files of a folder by their path below it.

    Raises
    ------
    ArtifactError
        If something cannot be written; what was there before is still there then.
    """
    with replacing(*contents) as news:
        for new, content in zip(news, contents.values(), strict=True):
            if isinstance(content, bytes):
                _write(new, content)
                continue
            new.mkdir()
            for name, data in content.items():
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                _write(new / name, data)


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:  # which names no file where the disk is full
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None


@contextmanager
def replacing(*targets: Path) -> Iterator[tuple[Path, ...]]:
    """
    Let files and folders be made anew beside the old ones, whose places they take if all goes well.

    Parameters
    ----------
    *targets : Path

    Yields
    ------
    tuple of Path
        Where to make each of them; nothing is there yet.

    Raises
    ------
    ArtifactError
        If something cannot be written; what was there before is still there then.
    """
    moves: dict[Path, Path] = {}
    with ExitStack() as rooms, _refusing(moves, targets):
        for target in targets:
            target.parent.mkdir(parents=True, exist_ok=True)
            with _alone((target,)):
                _recover(target)
            moves[rooms.enter_context(_room_beside(target)) / target.name] = target
        yield tuple(moves)
        swap(moves)


def settle(*targets: Path) -> None:
    """
    Put right what a run left of files and folders that was killed, and remove what it left beside.

    Parameters
    ----------
    *targets : Path

    Raises
    ------
    ArtifactError
        If something cannot be moved or removed.
    """
    with _refusing({}, targets), _alone(targets):
        for target in targets:
            if target.parent.is_dir():
                _recover(target)
                sweep(target.parent)


def sweep(folder: Path) -> None:
    """Remove what runs that were killed left in a folder, whatever they were making there."""
    for room in folder.glob(".*.by*"):
        match = _ROOM.fullmatch(room.name)
        if match and not _runs(int(match[1])):
            shutil.rmtree(room, ignore_errors=True)


def swap(moves: Mapping[Path, Path]) -> None:
    """
    Let complete files and folders take the places of others: all at once, or none.

    Parameters
    ----------
    moves : Mapping of Path to Path
        The place that each takes, in the same file system.

    Raises
    ------
    ArtifactError
        If one of them cannot be moved; all places are as they were then.
    """
    with _refusing(moves, tuple(moves.values())), _alone(tuple(moves.values())):
        for new, target in moves.items():
            _recover(target)
            if new.exists() and target.exists() and target.is_dir() != new.is_dir():
                kinds = ("folder", "file") if target.is_dir() else ("file", "folder")
                msg = f"{target}: is a {kinds[0]}, and a {kinds[1]} belongs there; move it away"
                raise ArtifactError(msg)
        try:
            for new, target in moves.items():
                if target.exists():
                    target.rename(_old(target))
                new.rename(target)
        except BaseException:  # an interrupt too
            _undo(moves)
            raise
        for target in moves.values():
            _discard_old(target)


@contextmanager
def _alone(targets: tuple[Path, ...]) -> Iterator[None]:
    """Let one run at a time move what lies in the folders of some targets."""
    with ExitStack() as locks:
        # In one order, or two runs might wait for each other.
        for folder in sorted({target.parent.resolve() for target in targets}):
            if folder.is_dir():
                locks.enter_context(_locked(folder))
        yield


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = open_lock(folder)
    try:
        for attempt in range(_ATTEMPTS + 1):
            try:
                take(descriptor)
            except BlockingIOError:
                if attempt == _ATTEMPTS:
                    msg = f"{folder}: another build has been writing there; wait for it to end"
                    raise ArtifactError(msg) from None
                time.sleep(_PAUSE)
            except OSError:  # some file systems have no locks
                break
            else:
                break
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _refusing(moves: Mapping[Path, Path], targets: tuple[Path, ...]) -> Iterator[None]:
    """Refuse what cannot be written by the name of its place, not of what is made for it."""
    try:
        yield
    except OSError as error:
        place = _place(error, moves, targets)
        if place is None:  # a source, which whoever reads it knows more of
            raise
        advice = "check the folder's permissions and free space"
        if getattr(error, "winerror", None) in _IN_USE:
            advice = "close the program in which it is open, or check its permissions"
        msg = (
            f"{place}: cannot be written ({error.strerror}); what was there is left as it was: "
            f"{advice}"
        )
        raise ArtifactError(msg) from None


def _place(error: OSError, moves: Mapping[Path, Path], targets: tuple[Path, ...]) -> Path | None:
    # A copy that fails on a full disk names its source first.
    names = [Path(name) for name in (error.filename2, error.filename) if isinstance(name, str)]
    for name in names:
        for new, target in moves.items():
            if name.is_relative_to(new):
                return target / name.relative_to(new)
        for target in targets:
            if target.is_relative_to(name):
                return name
    return None if names else targets[0]


def _undo(moves: Mapping[Path, Path]) -> None:
    for new, target in moves.items():
        if not new.exists() and target.exists():
            target.rename(new)
        if _old(target).exists() and not target.exists():
            _old(target).rename(target)


def _old(target: Path) -> Path:
    """Return where the old content waits until the new one is in place."""
    return target.with_name(f".{target.name}.old")


def _recover(target: Path) -> None:
    """Settle what a run left that was killed in the midst of a swap; refuse what is in the way."""
    old = _old(target)
    for path in (target, old):
        if path.is_symlink():
            msg = f"{path}: is a link, which no build made; move it away"
            raise ArtifactError(msg)
    if target.exists():
        _discard_old(target)
    elif old.exists():
        old.rename(target)


def _discard_old(target: Path) -> None:
    # Out of its place first: a removal takes time, and half of a folder must not be recovered.
    if _old(target).exists():
        with _room_beside(target) as room:
            _old(target).rename(room / target.name)


@contextmanager
def _room_beside(path: Path) -> Iterator[Path]:
    """Yield a new folder beside a path, which is gone afterwards with all that is in it."""
    sweep(path.parent)
    try:
        # What is put in has the mode that the umask gives, where mkdtemp leaves its own folder to
        # nobody else.
        room = Path(tempfile.mkdtemp(prefix=f".{path.name}.by{os.getpid()}-", dir=path.parent))
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None
    try:
        yield room
    finally:
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
