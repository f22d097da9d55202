"""What the rows of a model by formula have on average: what predictors are held at elsewhere."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.study.shares import COUNT, Shares, shares

if TYPE_CHECKING:
    from analysis.study.formula import Formula


class Typical(ABC):
    """
    The means, ranges and levels of a formula's columns in the rows of its model.

    Parameters
    ----------
    formula : Formula
    """

    def __init__(self, formula: Formula) -> None:
        self.formula = formula
        self._shares: dict[tuple[tuple[str, ...], bool], Shares] = {}

    @cached_property
    @abstractmethod
    def categories(self) -> tuple[str, ...]:
        """The columns that are categories: a mean of them is none."""

    @cached_property
    @abstractmethod
    def groups(self) -> pd.Index[Any]:
        """Names of the groups that have rows."""

    @cached_property
    def means(self) -> dict[str, float]:
        """Means of the other columns."""
        others = [column for column in self.formula.columns if column not in self.categories]
        return {column: self._mean(column) for column in others}

    @abstractmethod
    def _mean(self, column: str) -> float:
        """Return the mean of a column of numbers."""

    @abstractmethod
    def range(self, column: str) -> tuple[float, float]:
        """Return the least and the greatest value of a column of numbers."""

    @abstractmethod
    def _counts(self, *, by_group: bool) -> pd.DataFrame:
        """Count the rows with the same levels of all categories, in all or in each group."""

    @cached_property
    def _of_all(self) -> pd.DataFrame:
        return self._counts(by_group=False)

    @cached_property
    def _of_groups(self) -> pd.DataFrame:
        return self._counts(by_group=True)

    def shares(self, named: tuple[str, ...], *, by_group: bool) -> Shares:
        """
        Return the shares of the levels of some categories.

        Parameters
        ----------
        named : tuple of str
        by_group : bool
            Whether those of each group's own rows are among them.
        """
        by_group = by_group and bool(named)
        if (named, by_group) not in self._shares:
            counts = self._of_all if named else pd.DataFrame()
            of_groups = self._of_groups if by_group else None
            found = shares(counts, of_groups, named, self.formula.group)
            self._shares[named, by_group] = found
        return self._shares[named, by_group]


class InMemory(Typical):
    """
    The same of a table in memory.

    Parameters
    ----------
    formula : Formula
    table : DataFrame
        The rows of the model: none lacks a value.
    """

    def __init__(self, formula: Formula, table: pd.DataFrame) -> None:
        super().__init__(formula)
        self._table = table

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """The columns that are categories: a mean of them is none."""
        return tuple(
            column
            for column in self.formula.columns
            if column in self.formula.levelled
            or not pd.api.types.is_numeric_dtype(self._table[column])
        )

    @cached_property
    def groups(self) -> pd.Index[Any]:
        """Names of the groups that have rows."""
        names: pd.Index[Any] = pd.Index(self._table[self.formula.group].unique(), dtype=object)
        return names

    def _mean(self, column: str) -> float:
        return float(self._table[column].mean())

    def range(self, column: str) -> tuple[float, float]:
        """Return the least and the greatest value of a column of numbers."""
        values = self._table[column]
        return float(values.min()), float(values.max())

    def _counts(self, *, by_group: bool) -> pd.DataFrame:
        columns = [*([self.formula.group] if by_group else []), *self.categories]
        return self._table.groupby(columns).size().reset_index(name=COUNT)
