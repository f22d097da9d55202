"""What the sums by group do not say of a table that an engine holds: one small query each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.engines.source import Source

    Array = NDArray[np.float64]

# Names of columns that no table has, since they begin with a control character.
_N, _CELL, _VALUE, _LOW, _HIGH = "\x01n", "\x01cell", "\x01value", "\x01low", "\x01high"


def known(source: Source, columns: Sequence[str]) -> Source:
    """Return the rows with a value of each of some columns."""
    return source.having(source.frame.filter(*(~nw.col(name).is_null() for name in columns)))


def equal(source: Source, column: str, value: float | str) -> Source:
    """Return the rows with a value of a column."""
    return source.having(source.frame.filter(nw.col(column) == value))


def of_keys(source: Source, group: str, keys: pd.Series[Any]) -> Source:
    """Return the rows of some groups, by what the table has in place of their names."""
    lifted = source.lift(pd.DataFrame({group: keys}))
    return source.having(source.frame.join(lifted, on=group, how="inner"))


def collected(source: Source, columns: Sequence[str]) -> pd.DataFrame:
    """Return the rows themselves: for few of them."""
    return source.collected(source.frame.select(*columns))


def count(source: Source) -> int:
    """Return the number of rows."""
    return int(source.collected(source.frame.select(nw.len().alias(_N)))[_N].sum())


def not_finite(source: Source, columns: Sequence[str]) -> dict[str, int]:
    """Return in how many rows each of some columns is infinite, or not defined."""
    # What is missing or no number is not below infinity, whatever an engine has in its place.
    finite = {f"{_VALUE}{j}": nw.col(name).abs() < math.inf for j, name in enumerate(columns)}
    asked = [nw.col(each).cast(nw.Int64).sum() for each in finite]
    found = source.collected(source.frame.select(**finite).select(nw.len().alias(_N), *asked))
    n_rows = int(found[_N].sum())
    return {
        name: n_rows - int(found[each].sum()) for name, each in zip(columns, finite, strict=True)
    }


def any_of(source: Source, conditions: Mapping[str, nw.Expr]) -> bool:
    """Tell whether a row fulfils one of some conditions, each on a column that is not missing."""
    asked = [condition & ~nw.col(name).is_null() for name, condition in conditions.items()]
    found = source.frame.select(nw.any_horizontal(*asked, ignore_nulls=True).any().alias(_N))
    return bool(source.collected(found)[_N].any())


def has_others(source: Source, column: str, two: Sequence[float]) -> bool:
    """Tell whether a column of numbers has further values than two."""
    first, second = (nw.col(column) != float(value) for value in two)
    return any_of(source, {column: first & second})


def distinct(source: Source, columns: Sequence[str], most: int | None = None) -> pd.DataFrame:
    """
    Return the different rows of some columns, none missing, in no order.

    Parameters
    ----------
    source : Source
    columns : sequence of str
    most : int, optional
        So many of them at most.
    """
    frame = known(source, columns).frame.select(*columns).unique()
    return source.collected(frame if most is None else frame.head(most))


def tallied(source: Source, columns: Sequence[str], name: str) -> pd.DataFrame:
    """
    Count the rows with the same values of some columns.

    Parameters
    ----------
    source : Source
    columns : sequence of str
        None missing.
    name : str
        Of the column with the counts.

    Returns
    -------
    DataFrame
        Each combination that occurs, in no order.
    """
    return source.collected(source.frame.group_by(*columns).agg(nw.len().alias(name)))


def cells(source: Source, column: str, ends: tuple[float, float], n: int) -> pd.DataFrame:
    """
    Count the values of a column in even cells between its ends.

    Parameters
    ----------
    source : Source
    column : str
        Of numbers.
    ends : tuple of two floats
        Its least and its greatest value, which differ.
    n : int

    Returns
    -------
    DataFrame
        Least and greatest value ("low", "high") and how many there are ("n") of each cell that has
        some, rising.
    """
    low, high = ends
    place = ((nw.col(column) - low) / (high - low) * float(n)).floor()
    frame = known(source, [column]).frame.select(**{_CELL: place, _VALUE: nw.col(column)})
    value = nw.col(_VALUE)
    found = source.collected(
        frame.group_by(_CELL).agg(
            value.min().alias(_LOW), value.max().alias(_HIGH), nw.len().alias(_N)
        )
    )
    named = found[[_LOW, _HIGH, _N]].set_axis(["low", "high", "n"], axis=1)
    return named.sort_values("low", ignore_index=True)


def counts(
    source: Source, columns: tuple[str, str], edges: tuple[Array, Array]
) -> NDArray[np.int64]:
    """
    Count rows in a grid.

    Parameters
    ----------
    source : Source
    columns : tuple of two str
        Across and up; of numbers, none missing.
    edges : tuple of two ndarrays, shapes (n_x + 1,) and (n_y + 1,)
        Rising. A cell has its lower edge, and the last one both; no value lies outside.

    Returns
    -------
    ndarray, shape (n_x, n_y)
    """
    places = {
        name: sum(
            ((nw.col(column) >= edge).cast(nw.Int64) for edge in inner[1:-1].tolist()),
            start=nw.lit(0),
        )
        for name, column, inner in zip((_LOW, _HIGH), columns, edges, strict=True)
    }
    by_cell = source.frame.select(**places).group_by(_LOW, _HIGH).agg(nw.len().alias(_N))
    found = source.collected(by_cell)
    counted = np.zeros([len(each) - 1 for each in edges], dtype=np.int64)
    counted[found[_LOW].to_numpy(dtype=int), found[_HIGH].to_numpy(dtype=int)] = found[_N]
    return counted
