"""The values of a column: groups as text, everything else as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.errors import LONGEST, control_in, cut, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.study.condition import Value

# Whole numbers up to here are floating-point numbers; of those beyond, some are not.
_MOST_EXACT = 2**53

# What pandas calls such values, be their column of objects.
_DATES = {"date", "datetime", "datetime64", "time", "timedelta", "timedelta64", "period"}

# Texts of so few kinds are names of categories, and the refusal can say how to code them.
_MOST_CATEGORIES = 4


def group_names(
    column: pd.Series[Any], value_labels: Mapping[Value, str] | None = None
) -> pd.Series[str]:
    """
    Give the groups of a column as text.

    Parameters
    ----------
    column : Series, shape (n_rows,)
        Its index counts the rows of the table from 0.
    value_labels : Mapping of value to str, optional
        Names of groups; used if they tell all groups apart.

    Returns
    -------
    Series of str, shape (n_rows,)
        NaN where a row has no group, or a text of blanks alone.

    Raises
    ------
    ValueError
        If a group is a list, a name has a control character or is too long, or groups are numbers
        too large to be told apart.
    """
    try:
        codes, values = pd.factorize(column)
    except TypeError:
        msg = f"column {column.name!r} holds lists; a group is a text or a number"
        raise ValueError(msg) from None
    distinct = pd.Series(values)
    # Whole numbers are floats in SPSS files; the group is "1" there too, not "1.0".
    if pd.api.types.is_float_dtype(distinct):
        beyond = np.flatnonzero(distinct.abs() > _MOST_EXACT)
        if len(beyond):
            msg = (
                f"column {column.name!r} holds {distinct[beyond[0]]:g} in data row "
                f"{column.index[np.flatnonzero(codes == beyond[0])[0]] + 1}; a number of more than "
                "15 digits is rounded: write groups as text, or as smaller numbers"
            )
            raise ValueError(msg)
        if bool((distinct % 1 == 0).all()):
            distinct = distinct.astype("int64")
    names = distinct.astype(str)
    if value_labels:
        labelled = pd.Series(values).map(value_labels).astype(object)
        labelled = labelled.where(labelled.notna(), names).astype(str)
        names = labelled if labelled.is_unique else names
    _refuse_unprintable(column, codes, names.tolist())
    # An empty text is what SPSS has for a missing one.
    names = names.where(names.str.strip() != "")
    found = names.array.take(codes, allow_fill=True)
    return pd.Series(found, index=column.index, name=column.name)


def _refuse_unprintable(column: pd.Series[Any], codes: NDArray[np.intp], names: list[str]) -> None:
    if not control_in("".join(names)) and max(map(len, names), default=0) <= LONGEST:
        return
    place = next(i for i, name in enumerate(names) if strange(name))
    name, row = names[place], column.index[np.flatnonzero(codes == place)[0]] + 1
    found = f"column {column.name!r} holds {cut(repr(name), 80)} in data row {row}"
    msg = f"{found}, {strange(name)}"
    raise ValueError(msg)


def strange(name: str) -> str:
    r"""
    Say what keeps a name from being shown; empty if nothing does.

    Examples
    --------
    >>> strange("a\tb"), strange("班")
    ('with the control character U+0009; take it out of the name', '')
    """
    if found := control_in(name):
        return f"with the control character {found}; take it out of the name"
    if len(name) > LONGEST:
        return f"of {len(name):,} characters; a name has {LONGEST} at most"
    return ""


def numbers(column: pd.Series[Any]) -> pd.Series[float]:
    """
    Give the values of a column as numbers.

    Parameters
    ----------
    column : Series, shape (n_rows,)
        Its index counts the rows of the table from 0.

    Returns
    -------
    Series of float64, shape (n_rows,)
        NaN where the table has no value.

    Raises
    ------
    ValueError
        If values are texts, dates, times or infinite; the first five are named.
    """
    if column.dtype.kind in "mM" or isinstance(column.dtype, pd.PeriodDtype | pd.DatetimeTZDtype):
        # pandas would count them, in whatever unit the file has.
        msg = (
            f"column {column.name!r} holds dates or times ({column.dtype}); it must hold "
            "numbers: days, say, since the first of them"
        )
        raise ValueError(msg)
    values = pd.to_numeric(column, errors="coerce").astype("float64")
    wrong = (values.isna() & column.notna()) | np.isinf(values)
    if wrong.any():
        found = column[wrong]
        rows = found.index + 1
        places = [
            f"{str(value)!r} in data row {row}" for row, value in zip(rows, found, strict=True)
        ]
        msg = f"column {column.name!r} holds {listed(places)}; it must hold numbers"
        if len(found) == column.notna().sum():
            msg += _coding(found)
        raise ValueError(msg)
    return values


def numbers_or_names(
    column: pd.Series[Any], value_labels: Mapping[Value, str] | None = None
) -> pd.Series[Any]:
    """
    Give the values of a column as numbers, or as text if fewer than half of them are numbers.

    Parameters
    ----------
    column : Series, shape (n_rows,)
        Its index counts the rows of the table from 0.
    value_labels : Mapping of value to str, optional
        What texts are called; used if that tells all of them apart.

    Returns
    -------
    Series of float64 or str, shape (n_rows,)
        NaN where the table has no value.

    Raises
    ------
    ValueError
        If among numbers there is a text, a date, a time or an infinite value.
    """
    if pd.api.types.is_numeric_dtype(column):
        return numbers(column)
    known = column.dropna()
    n_numbers = pd.to_numeric(known, errors="coerce").notna().sum()
    if pd.api.types.infer_dtype(known) in _DATES or 2 * n_numbers >= len(known):
        return numbers(column)
    return group_names(column, value_labels)


def _coding(texts: pd.Series[Any]) -> str:
    """Say how a column of nothing but texts may be coded."""
    kinds = sorted(set(map(str, texts)))
    if not 2 <= len(kinds) <= _MOST_CATEGORIES:
        return ""
    return f": code its texts, say {', '.join(f'{kind} = {j}' for j, kind in enumerate(kinds))}"
