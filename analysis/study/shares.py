"""The levels of categories that occur together, and their shares of the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

COUNT = "\x01n"
"""The column of a table of counts that says how many rows there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """
    Shares among all rows, and among those of each group.

    Parameters
    ----------
    levels : Mapping of str to ndarray, shape (n_places,)
        By category: those that occur together have one place.
    weights : ndarray, shape (n_places,)
        The share of each.
    starts : ndarray of int, shape (n_groups + 2,)
        The first place of all rows, of each group, and the end.
    groups : Index of str
    """

    levels: Mapping[str, NDArray[Any]]
    weights: NDArray[np.float64]
    starts: NDArray[np.intp]
    groups: pd.Index[Any]

    def places(
        self, groups: Sequence[str | None]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """
        Return the places of some groups, one group after the other.

        Parameters
        ----------
        groups : sequence of (str or None)
            None stands for all rows, and so does a group without any.

        Returns
        -------
        places : ndarray of int, shape (n,)
        of : ndarray of int, shape (n,)
            For which of the groups each is.
        starts : ndarray of int, shape (n_groups,)
            Where each group begins among them.
        """
        at = self.groups.get_indexer(pd.Index(groups, dtype=object)) + 1
        sizes = np.diff(self.starts)[at]
        starts = np.cumsum(sizes) - sizes
        places = np.repeat(self.starts[at] - starts, sizes) + np.arange(sizes.sum())
        return places, np.repeat(np.arange(len(at)), sizes), starts


def shares(
    counts: pd.DataFrame, by_group: pd.DataFrame | None, named: Sequence[str], group: str
) -> Shares:
    """
    Return the shares of some categories' levels.

    Parameters
    ----------
    counts : DataFrame
        How many rows (`COUNT`) have which levels of these categories, and maybe of others.
    by_group : DataFrame or None
        The same of each group; None where no group's own are asked for.
    named : sequence of str
        Without any there is one place.
    group : str
    """
    if not named:
        none = pd.Index([], dtype=object)
        return Shares(levels={}, weights=np.ones(1), starts=np.array([0, 1]), groups=none)
    tables = [_summed(counts, named)]
    groups, starts = pd.Index([], dtype=object), np.zeros(1, dtype=np.intp)
    if by_group is not None:
        tables.append(_summed(by_group, [group, *named]))
        codes, found = pd.factorize(tables[1][group])
        groups = pd.Index(found).astype(object)
        first = np.flatnonzero(np.diff(codes, prepend=-1))
        starts = np.concatenate((starts, len(tables[0]) + first))
    n = np.concatenate([table[COUNT].to_numpy() for table in tables])
    starts = np.append(starts, len(n))
    return Shares(
        levels={
            column: np.concatenate([table[column].to_numpy() for table in tables])
            for column in named
        },
        weights=n / np.repeat(np.add.reduceat(n, starts[:-1]), np.diff(starts)),
        starts=starts,
        groups=groups,
    )


def _summed(counts: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    return counts.groupby(list(columns), observed=True)[COUNT].sum().reset_index()
