"""Read the columns of a table file: groups as text, everything else as numbers."""

from __future__ import annotations

import difflib
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


# Whole numbers up to here are floating-point numbers; of those beyond, some are not.
_MOST_EXACT = 2**53


def read_columns(path: Path, columns: Sequence[str], *, named_by: str) -> pd.DataFrame:
    """
    Read some columns of a table file.

    Parameters
    ----------
    path : Path
        A file that ends in .csv, .parquet or .sav.
    columns : sequence of str
        The columns that must be there.
    named_by : str
        Who names these columns, for the message if one is missing.

    Returns
    -------
    DataFrame, shape (n_rows, n_columns)
        The columns as the file holds them.

    Raises
    ------
    DataError
        If the file is missing or damaged, has no rows, or lacks a column.
    """
    table = _read(path, columns)
    if table.empty and len(table.columns):
        msg = f"{path}: the table has no rows"
        raise DataError(msg)
    for column in columns:
        if column not in table.columns:
            names = [str(name) for name in table.columns]
            close = difflib.get_close_matches(column, names, n=1)
            advice = f"did you mean {close[0]!r}?" if close else f"columns: {', '.join(names)}"
            msg = f"{path}: no column {column!r}, which {named_by} names; {advice}"
            raise DataError(msg)
    return table[list(columns)]


def group_names(column: pd.Series[Any], path: Path) -> pd.Series[str]:
    """
    Give the groups of a column as text.

    Parameters
    ----------
    column : Series, shape (n_rows,)
    path : Path
        The file it is from, for the message.

    Returns
    -------
    Series of str, shape (n_rows,)

    Raises
    ------
    DataError
        If a row has no group, or groups are numbers too large to be told apart.
    """
    # An empty text is what SPSS has for a missing one.
    empty = [name for name in column.unique() if isinstance(name, str) and not name.strip()]
    absent = column.isna() | column.isin(empty) if empty else column.isna()
    if absent.any():
        row = int(np.flatnonzero(absent)[0]) + 1
        msg = (
            f"{path}: column {column.name!r} has no value in data row {row}; every row needs a "
            "group"
        )
        raise DataError(msg)
    # Whole numbers are floats in SPSS files; the group is "1" there too, not "1.0".
    if pd.api.types.is_float_dtype(column):
        beyond = np.flatnonzero(column.abs() > _MOST_EXACT)
        if len(beyond):
            msg = (
                f"{path}: column {column.name!r} holds {column.iloc[beyond[0]]:g} in data row "
                f"{beyond[0] + 1}; a number of more than 15 digits is rounded: write groups as "
                "text, or as smaller numbers"
            )
            raise DataError(msg)
        if bool((column % 1 == 0).all()):
            column = column.astype("int64")
    return column.astype(str)


def numbers(column: pd.Series[Any], path: Path) -> pd.Series[float]:
    """
    Give the values of a column as numbers.

    Parameters
    ----------
    column : Series, shape (n_rows,)
    path : Path
        The file it is from, for the message.

    Returns
    -------
    Series of float64, shape (n_rows,)
        NaN where the file has no value.

    Raises
    ------
    DataError
        If a value is text, a date, a time or infinite.
    """
    if not (
        pd.api.types.is_numeric_dtype(column)
        or pd.api.types.is_string_dtype(column)
        or isinstance(column.dtype, pd.CategoricalDtype)
    ):
        # pandas would count them, in whatever unit the file has.
        msg = (
            f"{path}: column {column.name!r} holds dates or times ({column.dtype}); it must hold "
            "numbers: days, say, since the first of them"
        )
        raise DataError(msg)
    values = pd.to_numeric(column, errors="coerce").astype("float64")
    wrong = (values.isna() & column.notna()) | np.isinf(values)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        msg = (
            f"{path}: column {column.name!r} holds {str(column.iloc[row])!r} in data row {row + 1}"
            f" ({int(wrong.sum())} such values); it must hold numbers"
        )
        raise DataError(msg)
    return values


def _read(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    try:
        match path.suffix.lower():
            case ".csv":
                return _read_csv(path)
            case ".parquet":
                return pd.read_parquet(path)
            case _:
                return _read_sav(path, columns)
    except DataError:
        raise
    except FileNotFoundError:
        msg = f"{path}: no such table; check the key table of the study file"
        raise DataError(msg) from None
    except Exception as error:  # each reader has exceptions of its own for a damaged file
        msg = f"{path}: cannot be read as a {path.suffix} table: {' '.join(str(error).split())}"
        raise DataError(msg) from None


def _read_csv(path: Path) -> pd.DataFrame:
    # Where rows are longer than the header, pandas takes their first columns for an index, and
    # every name moves to a neighbour's values. Without an index it drops the surplus with a
    # warning, but for a single field that is empty in every row: a comma at the end.
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            return pd.read_csv(path, low_memory=False, index_col=False)
        except pd.errors.ParserWarning:
            n_columns = len(pd.read_csv(path, nrows=0, index_col=False).columns)
    msg = (
        f"{path}: data row 1 has more fields than the header, which names {n_columns} columns; "
        "give every column a name in the header"
    )
    raise DataError(msg)


def _read_sav(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    import pyreadstat

    if not path.is_file():
        raise FileNotFoundError(path)
    _, metadata = pyreadstat.read_sav(path, metadataonly=True)
    present = [column for column in columns if column in metadata.column_names]
    frame, _ = pyreadstat.read_sav(path, usecols=present)
    return pd.DataFrame(frame, columns=present) if present else pd.DataFrame()
