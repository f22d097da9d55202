"""The levels of categories that occur together, and their shares of the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Shares = tuple[dict[str, "NDArray[Any]"], "NDArray[np.float64]"]
"""Levels by column, those that occur together at one place, and the share of each."""

_COUNT = "\0n"


def shares_of_all(rows: pd.DataFrame, categories: tuple[str, ...]) -> Shares:
    """
    Return the shares among all rows.

    Parameters
    ----------
    rows : DataFrame, shape (n_rows, n_columns)
    categories : tuple of str
        Columns; without any there is one place.
    """
    if not categories:
        return {}, np.ones(1)
    counts = rows.value_counts(list(categories), sort=False)
    levels = counts.index.to_frame(index=False)
    shares = counts.to_numpy() / counts.sum()
    return {column: levels[column].to_numpy() for column in categories}, shares


def shares_of_groups(
    rows: pd.DataFrame, group: str, categories: tuple[str, ...]
) -> dict[str, Shares]:
    """Return the shares among the rows of each group, as those of all; there is a category."""
    # One count for all of them: there may be many groups.
    counts = rows.groupby([group, *categories]).size().reset_index(name=_COUNT)
    groups, starts = np.unique(counts[group].to_numpy(dtype=str), return_index=True)
    ends = [*starts[1:].tolist(), len(counts)]
    columns = {column: counts[column].to_numpy() for column in (*categories, _COUNT)}
    found = {}
    for name, start, end in zip(groups.tolist(), starts.tolist(), ends, strict=True):
        here = {column: values[start:end] for column, values in columns.items()}
        n = here.pop(_COUNT)
        found[name] = (here, n / n.sum())
    return found
