"""The rows that numbers are of, where an engine holds them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import pandas as pd

from analysis.engines.groupsums import Described, described
from analysis.engines.queries import (
    any_of,
    cells,
    collected,
    count,
    counts,
    distinct,
    equal,
    has_others,
    known,
    of_keys,
)
from analysis.mixed.enginesums import EngineSums
from analysis.results.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.mixed.crossproducts import Array
    from analysis.results.rows import Ends, Value
    from analysis.results.sums import StudySums

_CELLS = 4096
"""Between the ends of a column, whose counts tell its quantiles."""


class EngineRows(Rows):
    """
    Rows that an engine holds: most of their numbers follow from sums by group.

    Parameters
    ----------
    sums : EngineSums
        Of the rows, or of some of their columns; others are asked for when they are needed.
    study : StudySums
        Of all rows of the study.
    """

    def __init__(self, sums: EngineSums, study: StudySums) -> None:
        self.sums, self.study, self.survey = sums, study, study.survey
        self.source, self.group = sums.source, sums.group
        self._described: dict[str, tuple[Described, int]] = {}
        self._having: dict[tuple[str, Value], EngineRows] = {}
        self._cells: dict[str, pd.DataFrame] = {}

    def __len__(self) -> int:
        return self.sums.described.n_rows

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the groups, in the engine's order."""
        return self.sums.names

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """Number of rows of each group that has some."""
        return dict(zip(self.names, self.sums.described.sizes.tolist(), strict=True))

    def _of(self, column: str) -> tuple[Described, int]:
        """Return what is known of the groups, and the place of a column in it."""
        if column in self.sums.columns:
            return self.sums.described, self.sums.columns.index(column)
        if self.source is self.survey.source:
            return self.survey.known, self.survey.columns.index(column)
        if column not in self._described:
            self._described[column] = described(self.source, self.group, [column]), 0
        return self._described[column]

    def _ends(self, column: str) -> tuple[Array, Array]:
        """Return the least and the greatest value of the groups that have one."""
        found, at = self._of(column)
        has = found.counts[at] > 0
        return found.lows[at][has], found.highs[at][has]

    def n(self, column: str) -> int:
        """Return the number of values of a column."""
        if column not in self.survey.columns:
            return count(known(self.source, [column]))
        found, at = self._of(column)
        return int(found.counts[at].sum())

    def mean(self, column: str) -> float:
        """Return the mean of a column of numbers."""
        found, at = self._of(column)
        return found.mean(at)

    def deviation(self, column: str) -> float:
        """Return the standard deviation of a column, with divisor n - 1."""
        if column in self.sums.columns:
            return self.sums.deviation(column)
        if self.source is self.survey.source:
            return self.study.of([column]).deviation(column)
        return EngineSums(known(self.source, [column]), self.group, [column]).deviation(column)

    def range(self, column: str) -> Ends:
        """Return the least and the greatest value of a column."""
        lows, highs = self._ends(column)
        return float(lows.min()), float(highs.max())

    def whole(self, column: str) -> bool:
        """Tell whether all values of a column are whole numbers."""
        lows, highs = self._ends(column)
        # What the groups' ends tell needs no look at the rows.
        if (lows % 1).any() or (highs % 1).any():
            return False
        if np.array_equal(lows, highs):
            return True
        return not any_of(self.source, {column: nw.col(column) % 1 != 0})

    def steady(self, column: str) -> bool:
        """Tell whether a column has one value in each group."""
        if column not in self.survey.columns:
            pairs = distinct(self.source, [self.group, column])
            return not pairs[self.group].duplicated().any()
        lows, highs = self._ends(column)
        return bool(np.array_equal(lows, highs))

    def distinct(self, column: str) -> tuple[Any, ...]:
        """Return the different values of a category, or of a predictor of level 2."""
        if column in self.survey.columns:
            lows, highs = self._ends(column)
            if np.array_equal(lows, highs):
                return tuple(np.unique(lows).tolist())
        return tuple(sorted(distinct(self.source, [column])[column].tolist()))

    def few(self, column: str, most: int) -> tuple[Any, ...] | None:
        """Return the different values of a column, rising; None if there are more than so many."""
        if column not in self.survey.columns:
            found = self.distinct(column)
            return found if len(found) <= most else None
        lows, highs = self._ends(column)
        ends = np.union1d(lows, highs)
        if len(ends) > most:
            return None
        if len(ends) == 2 and most == 2:
            return None if has_others(self.source, column, ends.tolist()) else tuple(ends.tolist())
        if np.array_equal(lows, highs):
            return tuple(ends.tolist())
        held = self._in_cells(column)
        if len(held) > most:
            return None
        if (held["low"] == held["high"]).all():
            return tuple(held["low"].tolist())
        values = sorted(distinct(self.source, [column], most + 1)[column].tolist())
        return tuple(values) if len(values) <= most else None

    def _in_cells(self, column: str) -> pd.DataFrame:
        if column not in self._cells:
            ends = self.range(column)
            if ends[0] == ends[1]:
                n = int(self._of(column)[0].counts[self._of(column)[1]].sum())
                found = pd.DataFrame({"low": [ends[0]], "high": [ends[1]], "n": [n]})
            else:
                found = cells(self.source, column, ends, _CELLS)
            self._cells[column] = found
        return self._cells[column]

    def quantiles(self, column: str, shares: Sequence[float]) -> tuple[float, ...]:
        """
        Return values of a column at shares of the rows, from 0 to 1.

        Each is the least value of its cell: the one of pandas where no cell has two.
        """
        held = self._in_cells(column)
        upto = np.cumsum(held["n"].to_numpy())
        places = np.rint(np.array(shares) * (upto[-1] - 1))
        at = np.searchsorted(upto, places, side="right")
        return tuple(held["low"].to_numpy()[at].tolist())

    def counts(self, columns: tuple[str, str], edges: tuple[Array, Array]) -> NDArray[np.int64]:
        """Count the rows in a grid: cells with their lower edge, the last with both."""
        return counts(self.source, columns, edges)

    def means_by_group(self, column: str) -> dict[str, float]:
        """Return the mean of a column in each group with a row."""
        found, at = self._of(column)
        return dict(zip(self.names, found.means[at].tolist(), strict=True))

    def ranges_by_group(self, column: str, groups: Iterable[str] | None = None) -> dict[str, Ends]:
        """Return the least and the greatest value of a column in groups, by default in all."""
        found, at = self._of(column)
        ends = zip(found.lows[at].tolist(), found.highs[at].tolist(), strict=True)
        by_group = dict(zip(self.names, ends, strict=True))
        if groups is None:
            return by_group
        return {group: by_group[group] for group in groups if group in by_group}

    def first_by_group(self, column: str) -> dict[str, Any]:
        """Return the value of each group of a column that has one in each."""
        if column in self.survey.columns:
            found, at = self._of(column)
            # The least of equal values, whose mean may be rounded.
            return dict(zip(self.names, found.lows[at].tolist(), strict=True))
        pairs = distinct(self.source, [self.group, column])
        values = dict(zip(map(str, pairs[self.group].tolist()), pairs[column], strict=True))
        return {group: values.get(group) for group in self.names}

    def having(self, column: str, value: Value) -> Rows:
        """Return those with a value of a column."""
        if (column, value) not in self._having:
            sums = EngineSums(
                equal(self.source, column, value),
                self.group,
                self.sums.columns,
                rows=f"{self.sums.rows}, {column} = {value}",
            )
            self._having[column, value] = EngineRows(sums, self.study)
        return self._having[column, value]

    def table(self, groups: Iterable[str] | None = None) -> pd.DataFrame:
        """Return the rows themselves, of some groups or of all."""
        source, keys = self.source, self.sums.described.keys
        if groups is not None:
            wanted = set(groups)
            chosen = [name in wanted for name in self.names]
            keys = keys[chosen].reset_index(drop=True)
            source = of_keys(source, self.group, keys)
        columns = list(dict.fromkeys((*self.survey.columns, *self.survey.levels)))
        rows = collected(source, [self.group, *columns])
        # An engine gives them in any order.
        rows = rows.sort_values([self.group, *columns], ignore_index=True)
        rows[self.group] = rows[self.group].astype(str)
        for name in self.survey.levels.keys() - set(self.survey.columns):
            values = rows[name].astype(object)
            rows[name] = values.where(values.notna(), np.nan)
        return rows
