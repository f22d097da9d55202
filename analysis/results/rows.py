"""The rows that numbers are of, be they in memory or on an engine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from analysis.mixed.crossproducts import Array

    Value = float | str
    Ends = tuple[float, float]


class Rows(ABC):
    """Some of the rows of a study; values that are missing count in none of its numbers."""

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of rows."""

    @property
    @abstractmethod
    def sizes(self) -> Mapping[str, int]:
        """Number of rows of each group that has some."""

    @abstractmethod
    def n(self, column: str) -> int:
        """Return the number of values of a column."""

    @abstractmethod
    def mean(self, column: str) -> float:
        """Return the mean of a column of numbers."""

    @abstractmethod
    def deviation(self, column: str) -> float:
        """Return the standard deviation of a column, with divisor n - 1."""

    @abstractmethod
    def range(self, column: str) -> Ends:
        """Return the least and the greatest value of a column."""

    @abstractmethod
    def whole(self, column: str) -> bool:
        """Tell whether all values of a column are whole numbers."""

    @abstractmethod
    def steady(self, column: str) -> bool:
        """Tell whether a column has one value in each group."""

    @abstractmethod
    def distinct(self, column: str) -> tuple[Any, ...]:
        """Return the different values of a category, or of a predictor of level 2."""

    @abstractmethod
    def few(self, column: str, most: int) -> tuple[Any, ...] | None:
        """Return the different values of a column, rising; None if there are more than so many."""

    @abstractmethod
    def quantiles(self, column: str, shares: Sequence[float]) -> tuple[float, ...]:
        """Return values of a column at shares of the rows, from 0 to 1."""

    @abstractmethod
    def counts(self, columns: tuple[str, str], edges: tuple[Array, Array]) -> NDArray[np.int64]:
        """Count the rows in a grid: cells with their lower edge, the last with both."""

    @abstractmethod
    def means_by_group(self, column: str) -> dict[str, float]:
        """Return the mean of a column in each group with a row."""

    @abstractmethod
    def ranges_by_group(self, column: str, groups: Iterable[str] | None = None) -> dict[str, Ends]:
        """Return the least and the greatest value of a column in groups, by default in all."""

    @abstractmethod
    def first_by_group(self, column: str) -> dict[str, Any]:
        """Return the value of each group of a column that has one in each."""

    @abstractmethod
    def having(self, column: str, value: Value) -> Rows:
        """Return those with a value of a column."""

    @abstractmethod
    def table(self, groups: Iterable[str] | None = None) -> pd.DataFrame:
        """
        Return the rows themselves, of some groups or of all.

        On an engine their labels are of this table alone, and they are in the order of the groups.
        """

    def pair(self, column: str) -> tuple[Any, Any] | None:
        """Return the two values of a column, rising; None if it has another number of them."""
        found = self.few(column, 2)
        return (found[0], found[1]) if found is not None and len(found) == 2 else None


class MemoryRows(Rows):
    """
    The rows of a table in memory.

    Parameters
    ----------
    table : DataFrame
    group : str
    """

    def __init__(self, table: pd.DataFrame, group: str) -> None:
        self._table, self.group = table, group

    def __len__(self) -> int:
        return len(self._table)

    @cached_property
    def _by_group(self) -> Any:  # noqa: ANN401
        return self._table.groupby(self.group)

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """Number of rows of each group that has some."""
        counts: dict[str, int] = self._by_group.size().to_dict()
        return counts

    def n(self, column: str) -> int:
        """Return the number of values of a column."""
        return len(self._values(column))

    def _values(self, column: str) -> pd.Series[Any]:
        return self._table[column].dropna()

    def mean(self, column: str) -> float:
        """Return the mean of a column of numbers."""
        return float(self._values(column).mean())

    def deviation(self, column: str) -> float:
        """Return the standard deviation of a column, with divisor n - 1."""
        return float(self._values(column).std())

    def range(self, column: str) -> Ends:
        """Return the least and the greatest value of a column."""
        values = self._table[column]
        return float(values.min()), float(values.max())

    def whole(self, column: str) -> bool:
        """Tell whether all values of a column are whole numbers."""
        return bool((self._values(column) % 1 == 0).all())

    def steady(self, column: str) -> bool:
        """Tell whether a column has one value in each group."""
        return int(self._by_group[column].nunique().max()) < 2

    def distinct(self, column: str) -> tuple[Any, ...]:
        """Return the different values of a category, or of a predictor of level 2."""
        return tuple(self._values(column).unique().tolist())

    def few(self, column: str, most: int) -> tuple[Any, ...] | None:
        """Return the different values of a column, rising; None if there are more than so many."""
        found = self.distinct(column)
        return tuple(sorted(found)) if len(found) <= most else None

    def quantiles(self, column: str, shares: Sequence[float]) -> tuple[float, ...]:
        """Return values of a column at shares of the rows, from 0 to 1."""
        values = self._table[column]
        return tuple(values.quantile(list(shares), interpolation="nearest").tolist())

    def counts(self, columns: tuple[str, str], edges: tuple[Array, Array]) -> NDArray[np.int64]:
        """Count the rows in a grid: cells with their lower edge, the last with both."""
        across, up = (self._table[column].to_numpy(dtype=float) for column in columns)
        found, *_ = np.histogram2d(across, up, bins=list(edges))
        counts: NDArray[np.int64] = found.astype(np.int64)
        return counts

    def means_by_group(self, column: str) -> dict[str, float]:
        """Return the mean of a column in each group with a row."""
        found: dict[str, float] = self._by_group[column].mean().to_dict()
        return found

    def ranges_by_group(self, column: str, groups: Iterable[str] | None = None) -> dict[str, Ends]:
        """Return the least and the greatest value of a column in groups, by default in all."""
        by_group = self.table(groups).groupby(self.group, sort=False)[column]
        low, high = by_group.min(), by_group.max()
        ends = zip(map(float, low), map(float, high), strict=True)
        return dict(zip(low.index.tolist(), ends, strict=True))

    def first_by_group(self, column: str) -> dict[str, Any]:
        """Return the value of each group of a column that has one in each."""
        found: dict[str, Any] = self._by_group[column].first().to_dict()
        return found

    def having(self, column: str, value: Value) -> Rows:
        """Return those with a value of a column."""
        return MemoryRows(self._table[self._table[column] == value], self.group)

    def table(self, groups: Iterable[str] | None = None) -> pd.DataFrame:
        """Return the rows themselves, of some groups or of all."""
        if groups is None:
            return self._table
        return self._table[self._table[self.group].isin(set(groups))]
