"""What the rows of a model by formula have on average, where an engine holds them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from analysis.engines.queries import tallied
from analysis.study.shares import COUNT
from analysis.study.typical import Typical

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.engines.groupsums import Described
    from analysis.engines.source import Source
    from analysis.study.formula import Formula


class Sums(Protocol):
    """What is known of the rows of a model, none of which lacks a value."""

    @property
    def source(self) -> Source:
        """These rows."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of numbers, those of the formula among them."""

    @property
    def described(self) -> Described:
        """The groups."""

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""


class OnEngine(Typical):
    """
    The same of a table that an engine holds: levels are counted there when they are asked for.

    Parameters
    ----------
    formula : Formula
    sums : Sums
    """

    def __init__(self, formula: Formula, sums: Sums) -> None:
        super().__init__(formula)
        self._sums = sums

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """The columns that are categories: a mean of them is none."""
        return tuple(
            column
            for column in self.formula.columns
            if column in self.formula.levelled or column not in self._sums.columns
        )

    def _mean(self, column: str) -> float:
        return self._sums.described.mean(self._sums.columns.index(column))

    def range(self, column: str) -> tuple[float, float]:
        """Return the least and the greatest value of a column of numbers."""
        place = self._sums.columns.index(column)
        return float(self._sums.described.lows[place].min()), float(
            self._sums.described.highs[place].max()
        )

    @cached_property
    def groups(self) -> pd.Index[Any]:
        """Names of the groups that have rows."""
        return pd.Index(self._sums.names, dtype=object)

    def means_of(self, groups: pd.Series[Any], column: str) -> NDArray[np.float64]:
        """Return the means of a column in some groups, by name; of others that of the means."""
        means = self._sums.described.means[self._sums.columns.index(column)]
        at = self.groups.get_indexer(pd.Index(groups, dtype=object))
        found: NDArray[np.float64] = np.where(at < 0, means.mean(), means[at])
        return found

    def _counts(self, *, by_group: bool) -> pd.DataFrame:
        group = self.formula.group
        found = tallied(
            self._sums.source, [*([group] if by_group else []), *self.categories], COUNT
        )
        if by_group:
            at = pd.Index(self._sums.described.keys).get_indexer(pd.Index(found[group]))
            found[group] = pd.Categorical.from_codes(at, categories=self.groups)
        return found
