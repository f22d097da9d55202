"""How well rows that are held out are predicted, by each way to pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from analysis.mixed.crossproducts import Array

METHODS = ("complete", "none", "partial")
"""The ways to pool, in the order of the scores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """
    How well rows are predicted from so many known rows of each group.

    Parameters
    ----------
    known : int
        Known rows of a group.
    n_held_out : int
        Rows that are predicted in each split.
    by_split : ndarray, shape (n_splits, 3)
        Root mean square error over the rows that are held out, in units of the outcome, by split
        and method, in the order of `METHODS`.
    """

    known: int
    n_held_out: int
    by_split: Array

    def __post_init__(self) -> None:
        self.by_split.setflags(write=False)

    @property
    def n_splits(self) -> int:
        """Number of splits in which every method predicts."""
        return len(self.by_split)

    @property
    def rmse(self) -> dict[str, float]:
        """Root mean square error by method, the mean over the splits, in units of the outcome."""
        return dict(zip(METHODS, self.by_split.mean(axis=0).tolist(), strict=True))

    @property
    def error(self) -> dict[str, float]:
        """Its Monte Carlo standard error: that of a mean over independent splits."""
        return dict(zip(METHODS, _error(self.by_split).tolist(), strict=True))

    @property
    def interval(self) -> dict[str, tuple[float, float]]:
        """What 95% of such means over splits lie between, by method: 1.96 errors to either side."""
        reach = 1.96 * _error(self.by_split)
        mean = self.by_split.mean(axis=0)
        ends = zip((mean - reach).tolist(), (mean + reach).tolist(), strict=True)
        return dict(zip(METHODS, ends, strict=True))

    def gain(self, over: str) -> tuple[float, float]:
        """
        Return by how much partial pooling errs less than another method, with its error.

        Parameters
        ----------
        over : str
            "complete" or "none".

        Returns
        -------
        tuple of float
            Units of the outcome. The Monte Carlo error is that of the differences split by split,
            which are less uncertain than either part.
        """
        apart = self.by_split[:, METHODS.index(over)] - self.by_split[:, METHODS.index("partial")]
        return float(apart.mean()), float(_error(apart))

    @property
    def least(self) -> tuple[str, ...]:
        """The method that errs least, and those that err no more by two Monte Carlo errors."""
        order = np.argsort(self.by_split.mean(axis=0), kind="stable")
        apart = self.by_split - self.by_split[:, order[:1]]
        worse = apart.mean(axis=0) > 2 * _error(apart)
        return tuple(METHODS[i] for i in order if not worse[i])

    @property
    def partial_is_clear(self) -> bool:
        """Whether partial pooling errs less than both others, by two Monte Carlo errors."""
        gains = [self.gain(over) for over in METHODS if over != "partial"]
        return all(less > 2 * error for less, error in gains)


def _error(by_split: Array) -> Array:
    error: Array = by_split.std(axis=0, ddof=1) / np.sqrt(len(by_split))
    return error
