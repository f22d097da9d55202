"""
A second process that draws the figures.

It imports matplotlib while the first one imports statsmodels and fits the models, which takes about
as long; on two processors a build from scratch is a third shorter for it.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, NoReturn

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from analysis.results.results import Results


class Draughtsman:
    """
    Draws the figures, in another process where that is safe and of use, else in this one.

    Safe is a fork on Linux before NumPy and its threads are there. Use it as a context manager:
    whatever happens, no process is left behind.
    """

    def __init__(self) -> None:
        self._process: int | None = None
        self._orders: BinaryIO | None = None
        self._drawings: BinaryIO | None = None
        if sys.platform == "linux" and "numpy" not in sys.modules and (os.cpu_count() or 1) > 1:
            self._fork()

    def _fork(self) -> None:
        orders, drawings = os.pipe(), os.pipe()
        self._process = os.fork()
        if self._process == 0:
            os.close(orders[1])
            os.close(drawings[0])
            _work(os.fdopen(orders[0], "rb"), os.fdopen(drawings[1], "wb"))
        os.close(orders[0])
        os.close(drawings[1])
        self._orders, self._drawings = os.fdopen(orders[1], "wb"), os.fdopen(drawings[0], "rb")

    def order(self, results: Results) -> None:
        """
        Hand over what is to be drawn.

        Parameters
        ----------
        results : Results
        """
        if self._orders is not None:
            # A process that is gone leaves the drawing to `collect`.
            with suppress(BrokenPipeError), self._orders:
                pickle.dump(results, self._orders)

    def collect(self, results: Results) -> dict[str, bytes]:
        """
        Return the figures.

        Parameters
        ----------
        results : Results
            What was ordered.

        Returns
        -------
        dict of str to bytes
            SVG files by the figures' names.
        """
        if self._drawings is not None:
            with suppress(EOFError, pickle.UnpicklingError):
                drawings: dict[str, bytes] = pickle.load(self._drawings)
                return drawings
        from analysis.figures.figures import draw_all

        return draw_all(results)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for pipe in (self._orders, self._drawings):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)


def _work(orders: BinaryIO, drawings: BinaryIO) -> NoReturn:
    """Draw what is ordered and end the process, silently: the other one reports what is wrong."""
    status = 1
    with suppress(BaseException):
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        from analysis.figures.figures import draw_all

        with orders:
            results = pickle.load(orders)
        with drawings:
            pickle.dump(draw_all(results), drawings)
        status = 0
    os._exit(status)
