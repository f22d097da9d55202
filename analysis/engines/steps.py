"""What long work is at, said at a terminal while it lasts."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

from tqdm import tqdm

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG_SECONDS = 2.0
"""A step that takes longer is said."""

_REFRESH_SECONDS = 0.5


class Steps:
    """Steps one after the other, whose number nobody knows beforehand."""

    def __init__(self) -> None:
        self._n = 0

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Say at a terminal that a step is being done, from when it takes long until it is done."""
        self._n += 1
        done = Event()
        watch = Thread(target=_say, args=(f"step {self._n}: {what}", done), daemon=True)
        watch.start()
        try:
            yield
        finally:
            done.set()
            watch.join()


def _say(what: str, done: Event) -> None:
    if done.wait(LONG_SECONDS):
        return
    # `disable=None`: what is written to a file is noise.
    with tqdm(bar_format="{desc} {elapsed}", desc=what, leave=False, disable=None) as bar:
        while not done.wait(_REFRESH_SECONDS):
            bar.refresh()
