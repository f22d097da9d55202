"""The rows on which prediction tests pooling: those of all groups, or of some by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.results.room import MOST_HELD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.mixed.crossproducts import Array
    from analysis.results.fitted import Fitted

SEED = 1
"""Of the groups, and of the random splits of their rows."""

MOST_TESTED, LEAST_GROUPS = 200_000, 30
"""Rows of the groups that are tested, at most; and how many groups are, however large they are."""


@dataclass(frozen=True, kw_only=True)
class RowsTested:
    """
    Rows with an outcome and the predictor, in the order of the table, or that of an engine.

    Parameters
    ----------
    table : DataFrame, shape (n_rows, n_columns)
    groups : tuple of str
        Theirs, in the order of the study.
    codes : ndarray of int, shape (n_rows,)
        The group of each row, as its place among them.
    x, y : ndarray, shape (n_rows,)
        Predictor and outcome.
    """

    table: pd.DataFrame
    groups: tuple[str, ...]
    codes: NDArray[np.int64]
    x: Array
    y: Array


def tested_groups(fitted: Fitted) -> tuple[str, ...]:
    """
    Choose the groups that are tested.

    Parameters
    ----------
    fitted : Fitted

    Returns
    -------
    tuple of str
        In the order of the study: all, if they have no more than `MOST_TESTED` rows, else so many
        by chance, but `LEAST_GROUPS` at least; on an engine no more than `MOST_HELD` rows, and
        none where a single group has more.
    """
    sizes = fitted.of_pooling.sizes
    groups = [group for group in fitted.sample.groups if group in sizes]
    if sum(sizes.values()) <= MOST_TESTED:
        return tuple(groups)
    room = MOST_HELD if fitted.sums is not None else sum(sizes.values())
    chosen: list[int] = []
    n_rows = 0
    for place in np.random.default_rng(SEED).permutation(len(groups)).tolist():
        n_rows += sizes[groups[place]]
        if n_rows > room or (n_rows > MOST_TESTED and len(chosen) >= LEAST_GROUPS):
            break
        chosen.append(place)
    return tuple(groups[place] for place in sorted(chosen))


def rows_tested(fitted: Fitted) -> RowsTested:
    """Return the rows of these groups, which an engine is asked for."""
    study, groups = fitted.study, tested_groups(fitted)
    everyone = len(groups) == len(fitted.of_pooling.sizes)
    table = fitted.of_pooling.table(None if everyone else groups)
    return RowsTested(
        table=table,
        groups=groups,
        codes=pd.Index(groups).get_indexer(pd.Index(table[study.group])).astype(np.int64),
        x=table[study.axis].to_numpy(dtype=float),
        y=table[study.outcome].to_numpy(dtype=float),
    )
