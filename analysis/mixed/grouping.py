"""Which rows belong to which group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """
    Rows by group.

    Parameters
    ----------
    order : ndarray of int, shape (n_rows,), or None
        The rows, group after group; None where they lie so already.
    bounds : ndarray of int, shape (n_groups + 1,)
        Where in that order each group begins, and the last one ends.
    names : tuple of str
        Names of the groups, in the order of their first rows.
    """

    order: NDArray[np.int64] | None
    bounds: NDArray[np.int64]
    names: tuple[str, ...]


def grouping(labels: pd.Series | NDArray[np.generic]) -> Grouping:
    """
    Find the rows of each group.

    Parameters
    ----------
    labels : Series or ndarray, shape (n_rows,)
        The group of each row, none missing.

    Returns
    -------
    Grouping
    """
    n = len(labels)
    values = labels if isinstance(labels, np.ndarray) else labels.array.to_numpy()
    if values.dtype.kind in "iuf" and n:
        # Rows of a group mostly lie together; then there is little to look up.
        starts = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
        codes, names = pd.factorize(values[starts])
        found = names.tolist()
    else:
        by_row, others = pd.factorize(labels)
        found = others.tolist()
        starts = np.flatnonzero(np.diff(by_row, prepend=-1))
        codes = by_row[starts]
    bounds, order = np.append(starts, n), None
    if len(codes) > len(found):
        by_row = np.repeat(codes, np.diff(bounds)).astype(np.int64)
        bounds = np.concatenate(([0], np.cumsum(np.bincount(by_row))))
        # Numbers sort faster than by way of argsort, and so the rows of a group keep their order.
        order = np.sort(by_row * n + np.arange(n)) % n
    return Grouping(order=order, bounds=bounds, names=tuple(map(str, found)))
