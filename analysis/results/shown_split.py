"""One split of the prediction test, group by group, for a reader to look into."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.inference.prediction import first_split
from analysis.inference.scores import METHODS
from analysis.results.observations import observations
from analysis.results.pooling import Line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.inference.prediction import Split
    from analysis.results.fitted import Fitted
    from analysis.results.observations import Observation
    from analysis.results.prediction import PredictionTest
    from analysis.results.tested import RowsTested

    Array = NDArray[np.float64]
    Integers = NDArray[np.int64]

MOST_SHOWN = 24
"""Groups that are shown at most; of more, those beside the first are drawn at random."""

MOST_ROWS = 400
"""Rows of a group that are drawn at most: those known first, and of the others as many as fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """
    A group of which so many rows are known.

    Parameters
    ----------
    n_known, n_held_out : int
        Its rows on either side.
    lines : Mapping of str to Line
        By method; without pooling a group whose known rows have one predictor value has its mean.
    errors : Mapping of str to float
        Root mean square error over the rows that are held out, in units of the outcome, by method;
        empty where none is.
    """

    n_known: int
    n_held_out: int
    lines: Mapping[str, Line]
    errors: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGroup:
    """
    A group in the split.

    Parameters
    ----------
    rows : tuple of (Observation, int)
        Its rows, each with its place in the split's order: with k known, those below k are; of
        more than `MOST_ROWS` the first in that order.
    n : int
        Rows that it has.
    range : tuple of float
        Least and greatest predictor of these.
    trials : Mapping of int to Trial
        By the number of known rows.
    """

    rows: tuple[tuple[Observation, int], ...]
    n: int
    range: tuple[float, float]
    trials: Mapping[int, Trial]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSplit:
    """
    A split of the prediction test.

    Parameters
    ----------
    known : tuple of int
        Numbers of known rows, rising; those of the test, and last the size of the largest group,
        with which all rows are known.
    groups : Mapping of str to ShownGroup
        Those with a row held out where the fewest are known, at most `MOST_SHOWN`.
    first : str
        The most usual of all that have one: where the fewest are known, its three errors come
        nearest to those of the whole test.
    n_testable : int
        Groups with a row held out there.
    n_groups : int
        Groups of the test.
    """

    known: tuple[int, ...]
    groups: Mapping[str, ShownGroup]
    first: str
    n_testable: int
    n_groups: int

    @property
    def n_others(self) -> int:
        """Groups that can be shown beside the first."""
        return len(self.groups) - 1

    @property
    def last(self) -> int:
        """Place of the last of these numbers, from 0."""
        return len(self.known) - 1

    @property
    def cut(self) -> int:
        """Groups that are shown with some of their rows only."""
        return sum(group.n > len(group.rows) for group in self.groups.values())


def shown_split(fitted: Fitted, test: PredictionTest | None) -> ShownSplit | None:
    """
    Take one of the splits of a prediction test apart.

    Parameters
    ----------
    fitted : Fitted
    test : PredictionTest or None

    Returns
    -------
    ShownSplit or None
        The first split in which the fewest known rows predict; None without a test.
    """
    if test is None:
        return None
    names, codes, x, y = test.rows.groups, test.rows.codes, test.rows.x, test.rows.y
    split = first_split(
        x,
        y,
        codes,
        known=(*test.known, int(np.bincount(codes).max())),
        n_splits=test.n_splits,
        seed=test.seed,
    )
    assert split is not None  # a score of the fewest rests on two such splits at least
    errors = _errors(split, x, y, codes)
    apart = np.linalg.norm(errors - np.array([*test.fewest.rmse.values()])[:, None], axis=0)
    first = int(np.nanargmin(apart))
    testable = np.flatnonzero(~np.isnan(apart))
    chosen = _chosen(testable, first, test.seed)
    places = {code: np.flatnonzero(codes == code) for code in chosen}
    return ShownSplit(
        known=split.known,
        groups={
            names[code]: _group(split, fitted, test.rows, at, code) for code, at in places.items()
        },
        first=names[first],
        n_testable=len(testable),
        n_groups=len(names),
    )


def _errors(split: Split, x: Array, y: Array, codes: Integers) -> Array:
    """Return the errors by method and group where the fewest are known; NaN without a row."""
    lines = split.lines[0]
    residuals = y - lines[:, codes, 0] - lines[:, codes, 1] * x
    held_out = split.order >= split.known[0]
    n = np.bincount(codes, held_out)
    squares = np.array([np.bincount(codes, held_out * each**2) for each in residuals])
    # A group that is known whole has no error: 0 / 0.
    errors: Array = np.sqrt(np.divide(squares, n, out=np.full_like(squares, np.nan), where=n > 0))
    return errors


def _chosen(codes: Integers, first: int, seed: int) -> list[int]:
    """Return the groups to show, in order."""
    others = codes[codes != first]
    if len(others) >= MOST_SHOWN:
        others = np.random.default_rng(seed).choice(others, MOST_SHOWN - 1, replace=False)
    return sorted([first, *others.tolist()])


def _group(
    split: Split, fitted: Fitted, rows: RowsTested, places: Integers, code: int
) -> ShownGroup:
    order = split.order[places]
    shown = order < MOST_ROWS
    drawn = observations(fitted, rows.table.iloc[places[shown]])
    x, y = rows.x[places], rows.y[places]
    return ShownGroup(
        rows=tuple(zip(drawn, order[shown].tolist(), strict=True)),
        n=len(places),
        range=(float(x.min()), float(x.max())),
        trials={
            k: _trial(x, y, order >= k, split.lines[i, :, code]) for i, k in enumerate(split.known)
        },
    )


def _trial(x: Array, y: Array, held_out: NDArray[np.bool_], lines: Array) -> Trial:
    n, x, y = int(held_out.sum()), x[held_out], y[held_out]
    found = dict(zip(METHODS, lines.tolist(), strict=True))
    squares = {method: (y - (a + b * x)) ** 2 for method, (a, b) in found.items()}
    return Trial(
        n_known=len(held_out) - n,
        n_held_out=n,
        lines={method: Line(intercept=a, slope=b) for method, (a, b) in found.items()},
        errors={
            method: math.sqrt(math.fsum(each.tolist()) / n) for method, each in squares.items() if n
        },
    )
