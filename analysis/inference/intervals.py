"""What holds 95 percent of a normal distribution, in one dimension and in two."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from analysis.mixed.crossproducts import Array

NORMAL_975 = NormalDist().inv_cdf(0.975)
"""97.5% quantile of the normal distribution."""

_CHI_SQUARE_95 = -2 * math.log(0.05)
"""95% quantile of the chi-square distribution with 2 degrees of freedom."""

_N_POINTS = 61
"""Points of an ellipse, the last of which is the first."""


class Interval(NamedTuple):
    """The ends of an interval, in the unit of what it is of."""

    low: float
    high: float


def interval(estimate: float, variance: float) -> Interval:
    """
    Return the normal 95% interval of an estimate.

    Parameters
    ----------
    estimate : float
    variance : float
        Its variance, squared units of the estimate.

    Returns
    -------
    Interval

    Examples
    --------
    >>> interval(2.0, 0.0)
    Interval(low=2.0, high=2.0)
    """
    # A variance of 0 can have come out below it, by rounding.
    reach = NORMAL_975 * math.sqrt(max(variance, 0.0))
    return Interval(low=estimate - reach, high=estimate + reach)


def region(covariance: Array, rank: int) -> Array:
    """
    Return the outline of what holds 95% of two quantities with mean 0.

    Parameters
    ----------
    covariance : ndarray, shape (q, q)
        Of the two; with q = 1 the second is constant.
    rank : int
        Of `covariance`.

    Returns
    -------
    ndarray, shape (2, n)
        Points of an ellipse, or the ends of a bar where the two have one dimension.
    """
    full = np.zeros((2, 2))
    full[: len(covariance), : len(covariance)] = covariance
    values, vectors = np.linalg.eigh(full)
    root = vectors * np.sqrt(np.clip(values, 0.0, None))
    angles = np.linspace(0, 2 * math.pi, _N_POINTS)
    circle = math.sqrt(_CHI_SQUARE_95) * np.array([np.cos(angles), np.sin(angles)])
    bar = NORMAL_975 * np.array([[0.0, 0.0], [-1.0, 1.0]])
    outline: Array = root @ (circle if rank > 1 else bar)
    return outline
