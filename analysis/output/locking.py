"""Locks of a folder, which end with the process that holds them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    import hashlib
    import msvcrt
    import tempfile

    def open_lock(folder: Path) -> int:
        """Return a descriptor of what is locked in a folder's stead: Windows opens no folder."""
        name = hashlib.sha256(os.fspath(folder).encode("utf-8", "surrogatepass")).hexdigest()
        path = os.path.join(tempfile.gettempdir(), f"multilevel-report-{name[:16]}.lock")  # noqa: PTH118
        return os.open(path, os.O_RDWR | os.O_CREAT)

    def take(descriptor: int) -> None:
        """Lock a descriptor; BlockingIOError says that another process has it."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(*error.args) from None

else:
    import fcntl

    def open_lock(folder: Path) -> int:
        """Return a descriptor of the folder itself: there is no file to be left behind."""
        return os.open(folder, os.O_RDONLY)

    def take(descriptor: int) -> None:
        """Lock a descriptor; BlockingIOError says that another process has it."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
