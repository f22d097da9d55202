"""Read the columns of a table file: groups as text, everything else as numbers."""

from __future__ import annotations

import difflib
import re
import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.errors import DataError, listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


# Whole numbers up to here are floating-point numbers; of those beyond, some are not.
_MOST_EXACT = 2**53


def read_columns(path: Path, columns: Sequence[str], *, group: str, named_by: str) -> pd.DataFrame:
    """
    Read some columns of a table file.

    Parameters
    ----------
    path : Path
        A file that ends in .csv, .parquet or .sav.
    columns : sequence of str
        The columns that must be there.
    group : str
        The one of them with the groups. A CSV file does not say whether they are texts or numbers;
        they are read as texts, or 1.1 and 1.10 would be one group.
    named_by : str
        Who names these columns, for the message if one is missing.

    Returns
    -------
    DataFrame, shape (n_rows, n_columns)
        The columns as the file holds them.

    Raises
    ------
    DataError
        If the file is missing or damaged, has no rows, or lacks a column or has it twice.
    """
    try:
        _refuse_names(_names(path), columns, path, named_by)
        table = _values(path, list(columns), group)
    except (DataError, MemoryError):
        raise
    except FileNotFoundError:
        msg = f"{path}: no such table; check the key table of the study file"
        raise DataError(msg) from None
    except Exception as error:  # each reader has exceptions of its own for a damaged file
        msg = f"{path}: cannot be read as a {path.suffix} table: {' '.join(str(error).split())}"
        raise DataError(msg) from None
    if table.empty:
        msg = f"{path}: the table has no rows"
        raise DataError(msg)
    return table[list(columns)]


def _refuse_names(names: Sequence[str], columns: Sequence[str], path: Path, named_by: str) -> None:
    for column in columns:
        if column not in names:
            msg = f"{path}: no column {column!r}, which {named_by} names; {_advice(column, names)}"
            raise DataError(msg)
        if names.count(column) > 1:
            msg = f"{path}: {names.count(column)} columns are named {column!r}; rename all but one"
            raise DataError(msg)


def _advice(column: str, names: Sequence[str]) -> str:
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        return "its fields are not separated by commas; write them so, with points in numbers"
    alike = [name for name in names if name.casefold() == column.casefold()]
    close = alike or difflib.get_close_matches(column, names, n=1)
    return f"did you mean {close[0]!r}?" if close else f"columns: {listed(names)}"


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
        NaN where a row has no group, or a text of blanks alone.

    Raises
    ------
    DataError
        If a group is a list, or groups are numbers too large to be told apart.
    """
    try:
        codes, values = pd.factorize(column)
    except TypeError:
        msg = f"{path}: column {column.name!r} holds lists; a group is a text or a number"
        raise DataError(msg) from None
    distinct = pd.Series(values)
    # Whole numbers are floats in SPSS files; the group is "1" there too, not "1.0".
    if pd.api.types.is_float_dtype(distinct):
        beyond = np.flatnonzero(distinct.abs() > _MOST_EXACT)
        if len(beyond):
            msg = (
                f"{path}: column {column.name!r} holds {distinct[beyond[0]]:g} in data row "
                f"{np.flatnonzero(codes == beyond[0])[0] + 1}; a number of more than 15 digits is "
                "rounded: write groups as text, or as smaller numbers"
            )
            raise DataError(msg)
        if bool((distinct % 1 == 0).all()):
            distinct = distinct.astype("int64")
    names = distinct.astype(str)
    # An empty text is what SPSS has for a missing one.
    names = names.where(names.str.strip() != "")
    return pd.Series(names.array.take(codes, allow_fill=True), name=column.name)


def words_for_missing(path: Path, column: str, missing: pd.Series[bool]) -> dict[str, int]:
    """
    Count the words, such as NA, that stand in a CSV file where pandas reads no value.

    Parameters
    ----------
    path : Path
    column : str
    missing : Series of bool, shape (n_rows,)
        Where pandas reads no value.

    Returns
    -------
    dict of str to int
        Rows by word; rows without a word are not counted. Other formats have no such words.
    """
    if path.suffix.lower() != ".csv" or not missing.any():
        return {}
    written = pd.read_csv(
        path, usecols=[column], index_col=False, dtype=str, keep_default_na=False
    )[column][missing]
    return dict(Counter(word for word in written if word.strip()))


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
    if column.dtype.kind in "mM" or isinstance(column.dtype, pd.PeriodDtype | pd.DatetimeTZDtype):
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


def numbers_or_names(column: pd.Series[Any], path: Path) -> pd.Series[Any]:
    """
    Give the values of a column as numbers, or as text if fewer than half of them are numbers.

    Parameters
    ----------
    column : Series, shape (n_rows,)
    path : Path
        The file it is from, for the message.

    Returns
    -------
    Series of float64 or str, shape (n_rows,)
        NaN where the file has no value.

    Raises
    ------
    DataError
        If among numbers there is a text, a date, a time or an infinite value.
    """
    if not pd.api.types.is_numeric_dtype(column) and column.dtype.kind not in "mM":
        known = column.dropna()
        if 2 * pd.to_numeric(known, errors="coerce").notna().sum() < len(known):
            return group_names(column, path)
    return numbers(column, path)


def _names(path: Path) -> list[str]:
    """Return the names of all columns."""
    match path.suffix.lower():
        case ".csv":
            # pandas would rename a name's second column, and say nothing.
            header = pd.read_csv(path, header=None, nrows=1, dtype=str, keep_default_na=False)
            return [str(name) for name in header.iloc[0]]
        case ".parquet":
            from pyarrow.parquet import read_schema

            return [str(name) for name in read_schema(path).names]
        case _:
            import pyreadstat

            if not path.is_file():
                raise FileNotFoundError(path)
            _, metadata = pyreadstat.read_sav(path, metadataonly=True)
            return [str(name) for name in metadata.column_names]


def _values(path: Path, columns: list[str], group: str) -> pd.DataFrame:
    """Return some columns, and perhaps others."""
    match path.suffix.lower():
        case ".csv":
            return _read_csv(path, group)
        case ".parquet":
            table = pd.read_parquet(path, columns=columns)
            # What was an index when pandas wrote the file is one again.
            return table if set(columns) <= set(table.columns) else table.reset_index()
        case _:
            import pyreadstat

            return pd.DataFrame(pyreadstat.read_sav(path, usecols=columns)[0])


def _read_csv(path: Path, group: str) -> pd.DataFrame:
    # Where rows are longer than the header, pandas takes their first columns for an index, and
    # every name moves to a neighbour's values. Without an index it drops the surplus with a
    # warning, but for a single field that is empty in every row: a comma at the end.
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            table = pd.read_csv(path, low_memory=False, index_col=False, dtype={group: str})
        except pd.errors.ParserWarning:
            msg = (
                f"{path}: data row 1 has more fields than the header; give every column a name in "
                "the header"
            )
            raise DataError(msg) from None
    table[group] = _as_written(table[group])
    return table


def _as_written(groups: pd.Series[str]) -> pd.Series[str]:
    """Return texts as they are; whole numbers lose blanks, and a fraction of zeros."""
    names = [name for name in groups.unique() if isinstance(name, str)]
    if all(re.fullmatch(r"\s*-?\d+(\.0+)?\s*", name) for name in names):
        return groups.map({name: re.sub(r"\.0+$", "", name.strip()) for name in names})
    return groups
