"""Complete and no pooling of a study: by its rows in memory, or by sums that an engine added."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypedDict

import numpy as np
from scipy.special import stdtrit

from analysis.results.pooling import (
    ROUNDING,
    Line,
    OwnLine,
    PooledLine,
    between_groups,
    complete_pooling,
    no_pooling,
    own_lines,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.results.sums import StudySums
    from analysis.study.sample import Sample

    Array = NDArray[np.float64]


class Pooling(TypedDict):
    """Complete and no pooling, and the line of the groups' means."""

    complete: PooledLine
    between: Line
    none: dict[str, OwnLine]


def pooled(sample: Sample, sums: StudySums | None) -> Pooling:
    """
    Pool a sample both ways.

    Parameters
    ----------
    sample : Sample
    sums : StudySums or None
        Of a sample that an engine holds.
    """
    if sums is None:
        return {
            "complete": complete_pooling(sample),
            "between": between_groups(sample),
            "none": no_pooling(sample),
        }
    study = sample.study
    found = sums.of([] if study.slope is None else [study.slope])
    sizes, names = found.described.sizes, found.names
    if study.slope is None:
        origin, means, products = found.of_columns([study.outcome])
        origin = np.append(0.0, origin)
        means = np.vstack((np.zeros(len(sizes)), means))
        products = np.pad(products, ((1, 0), (1, 0), (0, 0)))
        varies, largest = np.zeros(len(sizes), dtype=bool), 0.0
    else:
        origin, means, products = found.of_columns([study.slope, study.outcome])
        at = found.columns.index(study.slope)
        low, high = found.described.lows[at], found.described.highs[at]
        largest = float(max(abs(low.min()), abs(high.max())))
        varies = high - low > ROUNDING * largest
    (xx, xy), yy = products[0], products[1, 1]
    slopes = np.divide(xy, xx, out=np.zeros(len(sizes)), where=varies)
    residual = np.maximum(yy - slopes * xy, 0.0)
    known = varies & (sizes > 2)
    variances = np.divide(residual, (sizes - 2) * xx, out=np.zeros(len(sizes)), where=known)
    x, y = means
    intercepts = (origin[1] + y) - slopes * (origin[0] + x)
    columns = (intercepts, slopes, varies, sizes, residual, np.sqrt(variances), known)
    return {
        "complete": _complete(origin, means, products, sizes, bool(varies.any())),
        "between": _between(origin, means, sizes, ROUNDING * largest),
        "none": own_lines(sample, names, columns),
    }


def _between(origin: Array, means: Array, sizes: NDArray[np.int64], least: float) -> Line:
    x, y = means
    if np.ptp(x) <= least:
        return Line(intercept=float(origin[1]), slope=None)
    slope = float((sizes * x) @ y / ((sizes * x) @ x))
    return Line(intercept=float(origin[1] - slope * origin[0]), slope=slope)


def _complete(
    origin: Array, means: Array, products: Array, sizes: NDArray[np.int64], varies: bool
) -> PooledLine:
    """Return the line of least squares through all rows."""
    n = int(sizes.sum())
    (xx, xy), (_, yy) = products.sum(axis=2) + (means * sizes) @ means.T
    varies = varies or xx > 0
    slope = float(xy / xx) if varies else 0.0
    left, df = float(yy - slope * xy), n - 1 - varies
    variance = left / df
    mean = float(origin[0])
    of_slope = variance / xx if varies else 0.0
    errors = (math.sqrt(variance / n + mean**2 * of_slope), math.sqrt(of_slope))
    estimates = (float(origin[1]) - slope * mean, slope)
    reach = float(stdtrit(df, 0.975))
    intervals = [
        (estimate - reach * error, estimate + reach * error)
        for estimate, error in zip(estimates, errors, strict=True)
    ]
    return PooledLine(
        intercept=estimates[0],
        slope=slope if varies else None,
        intercept_standard_error=errors[0],
        slope_standard_error=errors[1] if varies else None,
        intercept_interval=intervals[0],
        slope_interval=intervals[1] if varies else None,
        r_squared=1 - left / float(yy) if varies else 0.0,
        residual_variance=variance,
        n_observations=n,
    )
