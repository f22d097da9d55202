"""What the rows of a model by formula have on average, where an engine holds them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.engines.queries import tallied
from analysis.study.shares import COUNT
from analysis.study.typical import Typical

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.engines.groupsums import Described
    from analysis.engines.source import Source
    from analysis.study.formula import Formula


class OnEngine(Typical):
    """
    The same of a table that an engine holds: levels are counted there when they are asked for.

    Parameters
    ----------
    formula : Formula
    source : Source
        The rows of the model: none lacks a value.
    columns : sequence of str
        Columns of numbers, those of the formula among them.
    described : Described
        Of these.
    """

    def __init__(
        self, formula: Formula, source: Source, columns: Sequence[str], described: Described
    ) -> None:
        super().__init__(formula)
        self._source, self._columns, self._described = source, tuple(columns), described

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """The columns that are categories: a mean of them is none."""
        return tuple(column for column in self.formula.columns if column not in self._columns)

    def _mean(self, column: str) -> float:
        return self._described.mean(self._columns.index(column))

    def range(self, column: str) -> tuple[float, float]:
        """Return the least and the greatest value of a column of numbers."""
        place = self._columns.index(column)
        return float(self._described.lows[place].min()), float(self._described.highs[place].max())

    @cached_property
    def groups(self) -> pd.Index[Any]:
        """Names of the groups that have rows."""
        return pd.Index([str(key) for key in self._described.keys.tolist()], dtype=object)

    def means_of(self, groups: pd.Series[Any], column: str) -> NDArray[np.float64]:
        """Return the means of a column in some groups, by name; of others that of the means."""
        means = self._described.means[self._columns.index(column)]
        at = self.groups.get_indexer(pd.Index(groups, dtype=object))
        found: NDArray[np.float64] = np.where(at < 0, means.mean(), means[at])
        return found

    def _counts(self, *, by_group: bool) -> pd.DataFrame:
        group = self.formula.group
        found = tallied(self._source, [*([group] if by_group else []), *self.categories], COUNT)
        if by_group:
            at = pd.Index(self._described.keys).get_indexer(pd.Index(found[group]))
            found[group] = pd.Categorical.from_codes(at, categories=self.groups)
        return found
