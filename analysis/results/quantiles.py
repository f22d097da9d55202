"""Ordered values against those of a normal distribution, with a simulated envelope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.mixed.crossproducts import Array

    Places = NDArray[np.int64]

_MOST_QUANTILES = 150
"""Points of a quantile plot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantiles:
    """
    Ordered values against those of a normal distribution, with what chance makes of them.

    Parameters
    ----------
    n : int
        Values; of more than can be told apart in a figure, those nearest to even steps are here.
    normal, found : ndarray, shape (n_shown,)
        Normal quantiles at (i - 1/2) / n, and the standardised values, rising.
    low, high : ndarray, shape (n_shown,)
        What 95% of simulations lie between, at each place by itself.
    """

    n: int
    normal: Array
    found: Array
    low: Array
    high: Array

    @property
    def n_outside(self) -> int:
        """How many of the values here lie outside of what 95% of simulations do."""
        return int(((self.found < self.low) | (self.found > self.high)).sum())


def places_of(n: int) -> Places:
    """Return which of n ordered values are shown: at even steps between normal quantiles."""
    if n <= _MOST_QUANTILES:
        return np.arange(n)
    reach = float(ndtri(0.5 / n))
    wanted = n * ndtr(np.linspace(reach, -reach, _MOST_QUANTILES)) - 0.5
    return np.unique(np.clip(wanted.round().astype(np.int64), 0, n - 1))


def quantiles(values: Array, simulated: Array) -> Quantiles:
    """Compare values with simulated ones, in order; all of these, or those that are shown."""
    n = len(values)
    places = places_of(n)
    low, high = middle(simulated[places] if len(simulated) == n else simulated)
    return Quantiles(
        n=n,
        normal=ndtri((places + 0.5) / n),
        found=np.sort(values)[places],
        low=low,
        high=high,
    )


def middle(simulated: Array) -> tuple[Array, Array]:
    """Return what 95% of simulations lie between, by ranks 2.5% of n + 1 from either end."""
    ordered = np.sort(simulated, axis=1)
    last = round(0.025 * (ordered.shape[1] + 1)) - 1
    return ordered[:, last], ordered[:, -1 - last]
