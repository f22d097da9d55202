"""Rows as columns: the keys of thousands of rows are said once, and the names of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.page.datasets import Rows


def by_column(rows: Rows) -> dict[str, Any] | Rows:
    """
    Turn rows into columns, rows within rows into columns within columns.

    A column of texts that return is the texts, each once, under an empty key, and their places.

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
    >>> by_column([{"x": "one"}, {"x": "two"}, {"x": "one"}, {"x": "one"}])
    {'x': {'': ['one', 'two'], 'at': [0, 1, 0, 0]}}
    """
    if rows and all(isinstance(value, str) for value in rows):
        texts = {text: place for place, text in enumerate(dict.fromkeys(rows))}
        if len(texts) == len(rows):
            return rows
        return {"": list(texts), "at": [texts[text] for text in rows]}
    if not rows or not all(isinstance(row, dict) and row for row in rows):
        return rows
    if len({tuple(row) for row in rows}) > 1:
        return rows
    return {key: by_column([row[key] for row in rows]) for key in rows[0]}
