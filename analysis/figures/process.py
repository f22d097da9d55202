"""
A second process that draws the figures.

It imports matplotlib while the first one imports statsmodels and fits the models, which takes about
as long; on two processors a build from scratch is a third shorter for it.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import pickle
import signal
import sys
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from analysis.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

    from analysis.figures.drawn import Drawn
    from analysis.results.results import Results


@contextmanager
def drawing_process() -> Iterator[Executor]:
    """
    Start a process that is ready to draw soon, and end it, whatever happens meanwhile.

    Yields
    ------
    Executor
        An error of what it runs is raised where the result is asked for.

    Raises
    ------
    ArtifactError
        If the process is killed, as systems do with one that takes much memory.
    """
    # Started anew, not forked: the same on every system, and safe beside the threads of NumPy.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=_prepare) as executor:
        with _interrupts_held():
            executor.submit(_import)
        try:
            yield executor
        except BrokenExecutor:
            msg = (
                "the process that draws the figures was killed, most likely for want of memory; "
                "close other programs, and build again"
            )
            raise ArtifactError(msg) from None
        finally:
            executor.shutdown(wait=False, cancel_futures=True)


def orders(executor: Executor, results: Results) -> list[Future[Drawn]]:
    """
    Let another process draw all figures of a report.

    Parameters
    ----------
    executor : Executor
        What `drawing_process` yields.
    results : Results

    Returns
    -------
    list of Future
        Of the numbered figures' files, and of the others'.
    """
    from analysis.results.room import FIGURES

    if results.sums is not None:
        # What an engine holds goes to no other process.
        return [_done(_drawn(results, gallery=gallery)) for gallery in (False, True)]
    if results.sample.n_groups <= FIGURES.most:
        return [order(executor, results), order(executor, results, gallery=True)]
    # Which groups are drawn follows from all of them, and a million rows take seconds to send:
    # what both drawings need is computed once, and sent as one.
    _ = results.panels
    pickled = _pickled(results, gallery=True)
    return [executor.submit(_draw, pickled, gallery=gallery) for gallery in (False, True)]


def order(executor: Executor, results: Results, *, gallery: bool = False) -> Future[Drawn]:
    """
    Let another process draw the numbered figures, or those beside them.

    Parameters
    ----------
    executor : Executor
        What `drawing_process` yields.
    results : Results
    gallery : bool
        Which: what those beside show is computed here, while the others are drawn.

    Returns
    -------
    Future
        Of the figures' files.
    """
    return executor.submit(_draw, _pickled(results, gallery=gallery), gallery=gallery)


def _pickled(results: Results, *, gallery: bool) -> bytes:
    """Pickle here and now: the executor's own thread would do it while this one computes more."""
    if gallery:
        _ = results.prediction, results.checks, results.shrinkage, results.simple_slopes
    return pickle.dumps(results)


def _draw(pickled: bytes, *, gallery: bool) -> Drawn:
    return _drawn(pickle.loads(pickled), gallery=gallery)


def _drawn(results: Results, *, gallery: bool) -> Drawn:
    from analysis.figures.figures import draw_all, draw_gallery

    return (draw_gallery if gallery else draw_all)(results)


def _done(drawn: Drawn) -> Future[Drawn]:
    done: Future[Drawn] = Future()
    done.set_result(drawn)
    return done


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let interrupts wait, here and in a process that is started, until `_prepare` ignores them."""
    if sys.platform == "win32":  # has no mask of signals
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare() -> None:
    """Leave an interrupt to the first process, and end with it even if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Python would take its libraries apart before it ends, for which the first process waits.
    atexit.register(os._exit, 0)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _import() -> None:
    """Import what drawing needs, and what results consist of."""
    import analysis.figures.figures
    import analysis.results.results  # noqa: F401
