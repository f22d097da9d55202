"""Rows as columns: the keys of thousands of rows are said once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.page.datasets import Rows


def by_column(rows: Rows) -> dict[str, Any] | Rows:
    """
    Turn rows into columns, and rows within rows into columns within columns.

    Parameters
    ----------
    rows : list of dict

    Returns
    -------
    dict of str to list or dict, or list of dict
        The rows as they are, where they do not have the same keys.

    Examples
    --------
    >>> by_column([{"x": 1, "y": {"a": 2}}, {"x": 3, "y": {"a": 4}}])
    {'x': [1, 3], 'y': {'a': [2, 4]}}
    """
    if not rows or not all(isinstance(row, dict) and row for row in rows):
        return rows
    if len({tuple(row) for row in rows}) > 1:
        return rows
    return {key: by_column([row[key] for row in rows]) for key in rows[0]}
