r"""
Pooling put to the test: rows that are held out, predicted from the known rows of their groups.

In each random split some rows of every group are known. From these alone the others are predicted
by complete pooling (one line), by no pooling (a line for each group) and by partial pooling (random
intercepts and slopes, by REML). A group with no more rows than are to be known is known whole: it
helps to estimate, and has nothing to predict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.inference.pooled_lines import (
    Rows,
    complete_pooling,
    no_pooling,
    partial_pooling,
)
from analysis.inference.scores import Score

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from analysis.mixed.crossproducts import Array


def pooling_scores(
    x: Array,
    y: Array,
    codes: NDArray[np.int64],
    *,
    known: Sequence[int],
    n_splits: int,
    seed: int,
) -> tuple[Score, ...]:
    """
    Predict held-out rows by all three ways to pool.

    Parameters
    ----------
    x, y : ndarray, shape (n_rows,)
        Predictor and outcome, none missing.
    codes : ndarray of int, shape (n_rows,)
        The group of each row, from 0 to the number of groups less 1, each at least once.
    known : sequence of int
        How many rows of each group are known; the rows of a smaller number are among those of a
        larger one, so that numbers are compared on like splits.
    n_splits : int
        Random splits, at least 2.
    seed : int
        Of NumPy's default generator.

    Returns
    -------
    tuple of Score
        For each number for which a row is held out and which identifies the model: more known rows
        than random effects. A split is left out for all methods where its known rows do not,
        because their predictor is constant or lines fit them exactly.
    """
    by_group = np.argsort(codes, kind="stable")
    rows = Rows(x[by_group], y[by_group], np.bincount(codes))
    shuffles = list(_shuffles(rows, n_splits, seed))
    used = [k for k in known if _identified(rows.sizes, k)]
    splits = [(k, shuffled) for k in used for shuffled in shuffles]
    # All at once, which is what lanes are for; the rows themselves are split again after that.
    partial = partial_pooling(_split(rows, *each).known for each in splits)
    errors: dict[int, list[list[float]]] = {k: [] for k in used}
    for (k, shuffled), shrunken in zip(splits, partial, strict=True):
        if shrunken is not None:
            known_rows, asked = _split(rows, k, shuffled)
            lines = (complete_pooling(known_rows), no_pooling(known_rows), shrunken)
            errors[k].append([_rmse(asked, *each) for each in lines])
    return tuple(
        Score(
            known=k,
            n_held_out=int(np.maximum(rows.sizes - k, 0).sum()),
            by_split=np.array(found),
        )
        for k, found in errors.items()
        if len(found) > 1
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """
    One random split, with the lines that its known rows give.

    Parameters
    ----------
    order : ndarray of int, shape (n_rows,)
        Place of each row among those of its group, from 0: where k rows are known, it is those
        with a place below k.
    known : tuple of int
        Known rows of a group, rising.
    lines : ndarray, shape (n_known, 3, n_groups, 2)
        Intercept and slope by number known, method and group.
    """

    order: NDArray[np.int64]
    known: tuple[int, ...]
    lines: Array

    def __post_init__(self) -> None:
        self.order.setflags(write=False)
        self.lines.setflags(write=False)


def first_split(
    x: Array,
    y: Array,
    codes: NDArray[np.int64],
    *,
    known: Sequence[int],
    n_splits: int,
    seed: int,
) -> Split | None:
    """
    Return the first of the splits of `pooling_scores` in which the fewest known rows predict.

    Parameters
    ----------
    x, y, codes, n_splits, seed
        As there.
    known : sequence of int
        Numbers of known rows, rising; the last may be so large that all rows are known.

    Returns
    -------
    Split or None
        With the numbers that identify the model in this split; None if the fewest do in no split.
    """
    by_group = np.argsort(codes, kind="stable")
    rows = Rows(x[by_group], y[by_group], np.bincount(codes))
    for shuffled in _shuffles(rows, n_splits, seed):
        parts = [_split(rows, k, shuffled).known for k in known]
        partial = partial_pooling(parts)
        if partial[0] is None:
            continue
        fitted = {
            k: np.array([complete_pooling(part), no_pooling(part), shrunken])
            for k, part, shrunken in zip(known, parts, partial, strict=True)
            if shrunken is not None
        }
        starts = np.cumsum(rows.sizes) - rows.sizes
        order = np.empty_like(shuffled)
        order[by_group[shuffled]] = np.arange(len(x)) - np.repeat(starts, rows.sizes)
        return Split(
            order=order,
            known=tuple(fitted),
            lines=np.array([lines.swapaxes(1, 2) for lines in fitted.values()]),
        )
    return None


def _shuffles(rows: Rows, n_splits: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Yield the rows of each split, group after group, those first that are known first."""
    random = np.random.default_rng(seed)
    for _ in range(n_splits):
        yield np.lexsort((random.random(len(rows.x)), rows.codes))


def _identified(sizes: NDArray[np.int64], k: int) -> bool:
    """Whether rows are held out, and there are more known rows than random effects."""
    known = np.minimum(sizes, k)
    return bool((sizes > k).any() and len(sizes) > 1 and known.sum() > 2 * len(sizes))


class _Split(NamedTuple):
    """The rows of a split that are known, and those that are to be predicted."""

    known: Rows
    asked: Rows


def _split(rows: Rows, k: int, shuffled: NDArray[np.int64]) -> _Split:
    """Split rows, shuffled within groups."""
    starts = np.cumsum(rows.sizes) - rows.sizes
    is_known = np.arange(len(shuffled)) - np.repeat(starts, rows.sizes) < k
    sizes = np.minimum(rows.sizes, k)
    return _Split(
        known=rows.taken(shuffled[is_known], sizes),
        asked=rows.taken(shuffled[~is_known], rows.sizes - sizes),
    )


def _rmse(asked: Rows, intercepts: Array, slopes: Array) -> float:
    codes = asked.codes
    return float(np.sqrt(np.mean((asked.y - intercepts[codes] - slopes[codes] * asked.x) ** 2)))
