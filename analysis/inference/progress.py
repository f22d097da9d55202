"""Long work in parts: a bar for what would take a while."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tqdm import tqdm

if TYPE_CHECKING:
    from collections.abc import Iterator

# Work that is estimated to take longer shows how far it is.
_LONG_SECONDS = 5.0


def in_parts(total: int, at_once: int, what: str) -> Iterator[slice]:
    """
    Go through so many items a part at a time, with a bar at a terminal if it takes long.

    Parameters
    ----------
    total : int
        Number of items.
    at_once : int
        Items of a part.
    what : str
        What the bar is called.

    Yields
    ------
    slice
        The items of the next part.
    """
    begun, bar = time.monotonic(), None
    try:
        for first in range(0, total, at_once):
            part = slice(first, min(first + at_once, total))
            yield part
            spent = time.monotonic() - begun
            if bar is None and spent / part.stop * total > _LONG_SECONDS:
                # `disable=None`: a bar that is written to a file is noise.
                bar = tqdm(total=total, initial=part.start, desc=what, leave=False, disable=None)
            if bar is not None:
                bar.update(part.stop - part.start)
    finally:
        if bar is not None:
            bar.close()
