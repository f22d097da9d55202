"""The columns of a model by formula at values of its predictors, wherever its table is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.study.formula import Formula
    from analysis.study.typical import Typical

    Parts = tuple[NDArray[np.float64], NDArray[np.float64]]

Case = tuple[Mapping[str, float | str], str | None]

GROUP_OF_ALL = "\0all"
"""The group of no group: its means are those of the groups, each counted once."""

# Cases that are evaluated at once: a million groups need not be in memory a second time.
_BLOCK = 50_000

# Shares of a predictor's range by which a straight line may be missed.
_STRAIGHT = 1e-9


@dataclass(frozen=True, kw_only=True)
class Columns(ABC):
    """
    The columns of a model by formula.

    Parameters
    ----------
    formula : Formula
    fixed : tuple of str
        Columns with fixed effects, but the intercept.
    slopes : tuple of str
        Columns whose slopes vary.
    random_intercept : bool
    typical : Typical
        What the model's rows have on average.
    """

    formula: Formula
    fixed: tuple[str, ...]
    slopes: tuple[str, ...]
    random_intercept: bool
    typical: Typical

    @abstractmethod
    def values(self, rows: pd.DataFrame) -> Parts:
        """
        Return the fixed part, the intercept first, and the random part of other rows.

        Means, deviations and levels are those of the model's own.

        Parameters
        ----------
        rows : DataFrame, shape (n_rows, n_columns)
            Predictors, and the group where the formula asks for means of groups; none missing,
            their kinds and levels those of the table.

        Returns
        -------
        tuple of ndarray, shapes (n_rows, p) and (n_rows, q)
        """

    def rows(self, cases: Sequence[Case], *, own: bool = False) -> Parts:
        """
        Return rows of the fixed part, the intercept first, and of the random part.

        Parameters
        ----------
        cases : sequence of (Mapping of str to (float or str), str or None)
            Values of predictors, and the group from whose means deviations within groups are taken;
            None for the average group, which a group without rows counts as too. Other predictors
            are held at their mean, categories at all their levels, by their shares of the rows.
        own : bool
            Whether these are the shares of the group's own rows, where it has some.

        Returns
        -------
        tuple of ndarray, shapes (n_cases, p) and (n_cases, q)
        """
        alike: dict[tuple[str, ...], list[int]] = {}
        for place, (at, _) in enumerate(cases):
            named = tuple(name for name in self.typical.categories if name not in at)
            alike.setdefault(named, []).append(place)
        fixed = np.empty((len(cases), 1 + len(self.fixed)))
        random = np.empty((len(cases), self.random_intercept + len(self.slopes)))
        for named, places in alike.items():
            for first in range(0, len(places), _BLOCK):
                block = places[first : first + _BLOCK]
                found = self._alike(named, [cases[place] for place in block], own=own)
                fixed[block], random[block] = found
        return fixed, random

    def _alike(self, named: tuple[str, ...], cases: Sequence[Case], *, own: bool) -> Parts:
        """Return the rows of cases that leave the same categories open."""
        groups, means = [group for _, group in cases], self.typical.means
        mixed = groups if own else [None] * len(groups)
        shares = self.typical.shares(named, by_group=any(group is not None for group in mixed))
        places, of, starts = shares.places(mixed)
        columns = {
            column: shares.levels[column][places]
            if column in named
            else np.array([at.get(column, means.get(column)) for at, _ in cases])[of]
            for column in self.formula.columns
        }
        if self.formula.averages:
            asked = pd.Index(groups, dtype=object)
            known = self.typical.groups.get_indexer(asked) >= 0
            columns[self.formula.group] = np.where(known, asked, GROUP_OF_ALL)[of]
        weights = shares.weights[places][:, None]
        fixed, random = (
            np.add.reduceat(weights * each, starts) for each in self.values(pd.DataFrame(columns))
        )
        return fixed, random

    def straight(self, column: str) -> bool:
        """Whether all predictions are straight lines on a predictor, as far as the rows reach."""
        if column not in self.formula.columns:
            return True
        low, high = self.typical.range(column)
        cases: list[Case] = [({column: x}, None) for x in (low, (low + high) / 2, high)]
        ends = np.hstack(self.rows(cases))
        bend = np.abs(ends[0] + ends[2] - 2 * ends[1])
        return bool((bend <= _STRAIGHT * (1 + np.abs(ends[2] - ends[0]))).all())
