"""Whether the ends of the lanes' searches are optima, by the criteria of a single fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.mixed.optimum import CERTIFIED_DECREASE, CERTIFIED_WITHIN_NOISE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.inference.lane_deviance import LaneDeviances, LaneProfiles
    from analysis.inference.lane_newton import LanePoints
    from analysis.mixed.crossproducts import Array

# No optimum is certified where rounding may hide more.
_MOST_NOISE = 0.05
# Scaled slopes nearer to 0 are rounding; the gain is at least this share of the others.
_LEVEL, _LEAST_SHARE = 1e-7, 1e-3


def natural_units(profiles: LaneProfiles) -> Array:
    """Return the roots of the standard errors of the relative variances, shape (n_lanes, q)."""
    q = profiles.slope.shape[1]
    diagonal = np.abs(np.diagonal(profiles.expected_hessian, axis1=1, axis2=2)[:, :: q + 1])
    unit: Array = np.where(diagonal > 0, diagonal, 1.0) ** -0.25
    return unit


def further_gains(profiles: LaneProfiles, *, diagonal: bool) -> Array:
    """Return what a further variance would take off each criterion, as `further_variance` does."""
    unit = natural_units(profiles)
    scaled = profiles.slope * unit[:, :, None] * unit[:, None]
    if diagonal:
        scaled = scaled * np.eye(scaled.shape[1])
    values, vectors = np.linalg.eigh(scaled)
    slope, direction = values[:, 0], unit * vectors[:, :, 0]
    square = (direction[:, :, None] * direction[:, None]).reshape(len(slope), -1, 1)
    curvature = (square.swapaxes(1, 2) @ profiles.expected_hessian @ square)[:, 0, 0]
    bends = curvature > 0
    second = slope**2 / (2 * np.where(bends, curvature, 1.0))
    gain = np.where(bends, np.maximum(second, -_LEAST_SHARE * slope), -slope)
    return np.where((slope >= -_LEVEL) | ~np.isfinite(profiles.criterion), 0.0, gain)


def noise_of(deviances: LaneDeviances, lanes: NDArray[np.intp], points: LanePoints) -> Array:
    """Return how far two criteria near each point may be apart by rounding alone."""
    apart = deviances.df[lanes] * (points.factor**2).sum(axis=(1, 2))
    size = np.abs(points.profiles.criterion) + apart
    noise: Array = 1e-9 + 4 * float(np.finfo(float).eps) * size
    return noise


def certified(
    deviances: LaneDeviances, lanes: NDArray[np.intp], points: LanePoints
) -> NDArray[np.bool_]:
    """Return where the first-order condition holds, as a single fit has it."""
    noise = noise_of(deviances, lanes, points)
    decrease = points.in_sight + further_gains(points.profiles, diagonal=deviances.diagonal)
    bound = np.maximum(CERTIFIED_DECREASE, np.minimum(CERTIFIED_WITHIN_NOISE, noise))
    holds: NDArray[np.bool_] = (decrease <= bound) & (noise <= _MOST_NOISE)
    return holds
