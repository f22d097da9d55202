"""How densely rows lie, in place of more points than a reader can tell apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.mixed.crossproducts import Array
    from analysis.results.fitted import Fitted
    from analysis.results.rows import Rows

    Counts = NDArray[np.int64]

MOST_POINTS = 3000
"""Rows that a figure draws one by one."""

LEVELS = 8
"""Shades of a density."""

_MOST_VALUES = 25
_BINS = (30, 24)


class Cell(NamedTuple):
    """A cell with rows: its sides, how many rows, and its shade from 1 to `LEVELS`."""

    x1: float
    x2: float
    y1: float
    y2: float
    n: int
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """
    Counts of rows in a grid.

    Parameters
    ----------
    x, y : ndarray, shapes (n_x + 1,) and (n_y + 1,)
        The edges of the cells, rising.
    counts : ndarray, shape (n_x, n_y)
    """

    x: Array
    y: Array
    counts: Counts

    @property
    def n(self) -> int:
        """Rows in all."""
        return int(self.counts.sum())

    @property
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The outermost edges, along and up."""
        return (float(self.x[0]), float(self.x[-1])), (float(self.y[0]), float(self.y[-1]))

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells with rows; a shade follows the root of the count, so that few show too."""
        most = max(1, int(self.counts.max(initial=0)))
        levels = np.ceil(LEVELS * np.sqrt(self.counts / most)).astype(int)
        return tuple(
            Cell(
                x1=float(self.x[i]),
                x2=float(self.x[i + 1]),
                y1=float(self.y[j]),
                y2=float(self.y[j + 1]),
                n=int(self.counts[i, j]),
                level=int(levels[i, j]),
            )
            for i, j in zip(*self.counts.nonzero(), strict=True)
        )


def edges(values: Array, bins: int) -> Array:
    """
    Return the edges of cells that hold values.

    Parameters
    ----------
    values : ndarray, shape (n,)
        At least one.
    bins : int

    Returns
    -------
    ndarray
        Around every value where few differ, as far as midway to the next; else of so many even
        cells from the least to the greatest.

    Examples
    --------
    >>> edges(np.array([1.0, 2.0, 2.0, 4.0]), 30).tolist()
    [0.5, 1.5, 3.0, 5.0]
    """
    known = np.unique(values)
    if len(known) > _MOST_VALUES:
        return np.linspace(known[0], known[-1], bins + 1)
    if len(known) == 1:
        return np.array([known[0] - 0.5, known[0] + 0.5])
    middles = (known[1:] + known[:-1]) / 2
    first, last = (2 * known[end] - middles[end] for end in (0, -1))
    return np.concatenate(([first], middles, [last]))


def dense(fitted: Fitted) -> bool:
    """Tell whether figures draw a density in place of a study's rows."""
    return len(fitted.of_pooling) > MOST_POINTS


def density_of(fitted: Fitted, rows: Rows) -> Density:
    """
    Count rows along the predictor and the outcome.

    Parameters
    ----------
    fitted : Fitted
        All of whose rows the grid holds, so that it is the same for any of them.
    rows : Rows
        Those that are counted.

    Returns
    -------
    Density
    """
    columns = (fitted.study.axis, fitted.study.outcome)
    x, y = (
        _edges(fitted.of_pooling, column, bins) for column, bins in zip(columns, _BINS, strict=True)
    )
    return Density(x=x, y=y, counts=rows.counts(columns, (x, y)))


def _edges(rows: Rows, column: str, bins: int) -> Array:
    few = rows.few(column, _MOST_VALUES)
    if few is None:
        return np.linspace(*rows.range(column), bins + 1)
    return edges(np.array(few, dtype=float), bins)
