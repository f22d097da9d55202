"""Data frames of pandas, Polars and others: their columns, as a study or a model asks for them."""

from __future__ import annotations

import difflib
import warnings
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pandas as pd

from analysis.errors import DataError, listed

if TYPE_CHECKING:
    from collections.abc import Sequence


def usable(frame: Any, name: str) -> Any:  # noqa: ANN401
    """
    Return a data frame of pandas or Polars as it is, and another one as one of pandas.

    Parameters
    ----------
    frame : DataFrame
        Of pandas or Polars, or one with a method ``to_pandas``, as those of PyArrow are.
    name : str
        What messages call it.

    Returns
    -------
    DataFrame

    Raises
    ------
    DataError
        If it is no data frame, or has no rows.
    """
    if not isinstance(frame, pd.DataFrame) and _is_lazy(frame):
        msg = (
            f"{name}: a {type(frame).__name__} has its rows elsewhere; collect it into a data "
            "frame, or write it as Parquet and name that in a study with an engine under [data]"
        )
        raise DataError(msg)
    if not _is_of_polars(frame) and hasattr(frame, "to_pandas"):
        frame = frame.to_pandas()
    if not isinstance(frame, pd.DataFrame) and not _is_of_polars(frame):
        msg = f"{name}: a {type(frame).__name__} is no table; give a data frame"
        raise DataError(msg)
    if not len(frame):
        msg = f"{name}: the table has no rows"
        raise DataError(msg)
    return frame


def names_of(frame: Any) -> list[str]:  # noqa: ANN401
    """Return the names of the columns of a usable frame."""
    return [str(column) for column in frame.columns]


def select(frame: Any, positions: Sequence[int]) -> pd.DataFrame:  # noqa: ANN401
    """Return some columns of a usable frame as one of pandas, its rows counted from 0."""
    if not _is_of_polars(frame):
        chosen: pd.DataFrame = frame.iloc[:, list(positions)].reset_index(drop=True)
        return chosen
    columns = frame.get_columns()
    # Polars' own way goes through PyArrow, which a bare installation does without.
    return pd.DataFrame(
        {
            column.name: column.to_numpy()
            if column.dtype.is_float() or column.dtype.is_integer()
            else column.to_list()
            for column in (columns[position] for position in positions)
        }
    )


def taken(frame: Any, columns: Sequence[str], name: str) -> pd.DataFrame:  # noqa: ANN401
    """
    Return the columns that a model needs of a usable frame, its rows counted from 0.

    Raises
    ------
    DataError
        If there is no such column, or more than one.
    """
    names, problems = names_of(frame), []
    for column in columns:
        count = names.count(column)
        if count > 1:
            problems.append(f"{count} columns are named {column!r}; rename all but one")
        elif not count:
            close = alike(column, names)
            advice = f"did you mean {close!r}?" if close else f"columns: {listed(names)}"
            problems.append(f"no column {column!r}, which the model needs; {advice}")
    if problems:
        msg = f"{name}: {'; '.join(problems)}"
        raise DataError(msg)
    values = select(frame, [names.index(column) for column in columns])
    return pd.DataFrame({column: plain(values.iloc[:, j]) for j, column in enumerate(columns)})


def plain(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return the values of categories in their place."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype(column.cat.categories.dtype)
    return column


def alike(column: str, names: Sequence[str]) -> str | None:
    """Return the name that a column's may stand for, if there is one."""
    same = [name for name in names if name.casefold() == column.casefold()]
    return next(iter(same or difflib.get_close_matches(column, names, n=1)), None)


def _is_lazy(frame: object) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of Dask's, on narwhals' next releases
        return isinstance(nw.from_native(frame, pass_through=True), nw.LazyFrame)


def _is_of_polars(frame: object) -> bool:
    return type(frame).__module__.partition(".")[0] == "polars" and hasattr(frame, "get_columns")
