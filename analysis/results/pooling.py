"""Complete pooling, no pooling, and the weight between the two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from analysis.study.sample import Sample

    _Floats = NDArray[np.float64]
    _Integers = NDArray[np.int64]

# Predictors that differ by no more, as a share of their size, differ by rounding: so do group means
# of a predictor that is centred within groups.
ROUNDING = 64 * float(np.finfo(float).eps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    A straight line of the outcome on the predictor.

    Parameters
    ----------
    intercept : float
        Outcome at a predictor of 0.
    slope : float or None
        Outcome per unit of the predictor; None where the predictor does not vary, and then
        `intercept` is the mean.

    Examples
    --------
    >>> Line(intercept=1.0, slope=0.5).at(4.0)
    3.0
    """

    intercept: float
    slope: float | None

    def at(self, x: float) -> float:
        """Return the outcome that the line predicts at a value of the predictor."""
        return self.intercept + (self.slope or 0.0) * x


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledLine(Line):
    """
    The line of all rows, with what least squares says of it.

    Parameters
    ----------
    intercept_standard_error : float
        In units of the outcome.
    slope_standard_error : float or None
        In units of the outcome per unit of the predictor; None without a slope.
    intercept_interval, slope_interval : tuple of two floats
        95% confidence intervals, by Student's t distribution; the slope's is None without a slope.
    r_squared : float
        Share of the outcome's variance, from 0 to 1.
    residual_variance : float
        Squared units of the outcome.
    n_observations : int
        Rows with a value of the predictor.
    """

    intercept_standard_error: float
    slope_standard_error: float | None
    intercept_interval: tuple[float, float]
    slope_interval: tuple[float, float] | None
    r_squared: float
    residual_variance: float
    n_observations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLine(Line):
    r"""
    The line of a group by itself.

    Parameters
    ----------
    n : int
        Rows of the group with a value of the predictor.
    residual_sum_of_squares : float
        Squared units of the outcome.
    slope_standard_error : float or None
        :math:`\sqrt{\mathrm{RSS} / (n - 2) / \sum (x - \bar{x})^2}`, in units of the outcome per
        unit of the predictor; None without a slope, or of two rows.
    """

    n: int
    residual_sum_of_squares: float
    slope_standard_error: float | None


def complete_pooling(sample: Sample) -> PooledLine:
    """
    Fit one line to all rows, as if there were no groups.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    PooledLine
        Least squares of the outcome on the predictor alone, by statsmodels.
    """
    # Half a second of imports, which the process that draws results can do without.
    from statsmodels.regression.linear_model import OLS

    x, y, _ = _known(sample)
    # Far from 0, or in small units, a predictor is to least squares the intercept's own column.
    mean, level = float(x.mean()), float(y.mean())
    deviations = x - mean
    unit = float(np.abs(deviations).max())
    if np.ptp(x) <= ROUNDING * _largest(sample):
        design, back = np.ones((len(x), 1)), [[1.0]]
    else:
        design = np.column_stack((np.ones_like(x), deviations / unit))
        back = [[1.0, -mean / unit], [0.0, 1.0 / unit]]
    # By QR, since a pseudo-inverse of a million rows takes a second.
    # An outcome far from 0 would leave its digits there; the line is as far above its level.
    fit = OLS(y - level, design).fit(method="qr")
    test = fit.t_test(back)
    estimates, errors = test.effect.tolist(), test.sd.tolist()
    intervals = [(float(low), float(high)) for low, high in test.conf_int(alpha=0.05)]
    has_slope = len(estimates) == 2
    return PooledLine(
        intercept=level + estimates[0],
        slope=estimates[1] if has_slope else None,
        intercept_standard_error=errors[0],
        slope_standard_error=errors[1] if has_slope else None,
        intercept_interval=(level + intervals[0][0], level + intervals[0][1]),
        slope_interval=intervals[1] if has_slope else None,
        r_squared=float(fit.rsquared) if has_slope else 0.0,
        residual_variance=float(fit.mse_resid),
        n_observations=len(x),
    )


def no_pooling(sample: Sample) -> dict[str, OwnLine]:
    """
    Fit a line to each group by itself.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    dict of str to OwnLine
        By group; a group without a complete row has none.
    """
    x, y, group = _known(sample)
    codes, groups = pd.factorize(group)
    n = np.bincount(codes)
    mean_x, x = _centred(x, codes, n)
    mean_y, y = _centred(y, codes, n)
    squares, products = (np.bincount(codes, weights=x * by) for by in (x, y))
    varies = _ranges(x, codes) > ROUNDING * _largest(sample)
    slopes = np.divide(products, squares, out=np.zeros(len(n)), where=varies)
    # Of the residuals themselves: a difference of sums would lose the digits of a close fit.
    residual = np.bincount(codes, weights=(y - slopes[codes] * x) ** 2)
    known = varies & (n > 2)
    variances = np.divide(residual, (n - 2) * squares, out=np.zeros(len(n)), where=known)
    columns = (mean_y - slopes * mean_x, slopes, varies, n, residual, np.sqrt(variances), known)
    return own_lines(sample, groups, columns)


def own_lines(
    sample: Sample, groups: Iterable[str], columns: tuple[NDArray[np.generic], ...]
) -> dict[str, OwnLine]:
    """
    Return lines by group, in the order of the sample.

    Parameters
    ----------
    sample : Sample
    groups : iterable of str
        Names of the groups.
    columns : tuple of ndarray, shape (n_groups,)
        Intercept, slope, whether there is one, size, residual sum of squares, the slope's standard
        error, and whether there is one.
    """
    lines = {
        group: OwnLine(
            intercept=intercept,
            slope=slope if has_slope else None,
            n=size,
            residual_sum_of_squares=squared,
            slope_standard_error=error if has_error else None,
        )
        for group, intercept, slope, has_slope, size, squared, error, has_error in zip(
            groups, *(column.tolist() for column in columns), strict=True
        )
    }
    return {group: lines[group] for group in sample.groups if group in lines}


def between_groups(sample: Sample) -> Line:
    """
    Fit one line to the groups' means, each weighted by its rows.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    Line
        What differences between groups, rather than within them, add to complete pooling.
    """
    x, y, group = _known(sample)
    codes, _ = pd.factorize(group)
    n = np.bincount(codes)
    (means_x, _), (means_y, _) = _centred(x, codes, n), _centred(y, codes, n)
    mean_x, mean_y = (float(np.average(means, weights=n)) for means in (means_x, means_y))
    if np.ptp(means_x) <= ROUNDING * _largest(sample):
        return Line(intercept=mean_y, slope=None)
    weighted = n * (means_x - mean_x)
    slope = float(weighted @ (means_y - mean_y) / (weighted @ (means_x - mean_x)))
    return Line(intercept=mean_y - slope * mean_x, slope=slope)


def shrinkage_weight(n: int, *, between_variance: float, within_variance: float) -> float:
    r"""
    Return the share of a group's own line in its partially pooled one.

    Parameters
    ----------
    n : int
        Rows in the group.
    between_variance : float
        :math:`\sigma_\alpha^2`, squared units of the outcome.
    within_variance : float
        :math:`\sigma_y^2`, same unit, greater than 0.

    Returns
    -------
    float
        :math:`(n/\sigma_y^2) / (n/\sigma_y^2 + 1/\sigma_\alpha^2)`, from 0 (complete pooling) to 1
        (no pooling). Gelman & Hill (2007), equation 12.1.

    Examples
    --------
    >>> shrinkage_weight(3, between_variance=1.0, within_variance=1.0)
    0.75
    >>> shrinkage_weight(3, between_variance=0.0, within_variance=1.0)
    0.0
    """
    return n * between_variance / (n * between_variance + within_variance)


def _known(sample: Sample) -> tuple[_Floats, _Floats, pd.Series[str]]:
    """Return predictor, outcome and group of the rows with a value of the predictor."""
    study = sample.study
    if study.slope is None:
        outcome = sample.table[study.outcome].to_numpy()
        return np.zeros(len(outcome)), outcome, sample.table[study.group]
    known = sample.table[study.slope].notna()
    table = sample.table if known.all() else sample.table[known]
    return table[study.slope].to_numpy(), table[study.outcome].to_numpy(), table[study.group]


def _centred(values: _Floats, codes: _Integers, n: _Integers) -> tuple[_Floats, _Floats]:
    """Return the groups' means, and the values' deviations from them."""
    means = np.bincount(codes, weights=values) / n
    deviations = values - means[codes]
    # The mean of values far from 0 is rounded; its error is a mean of values that are near.
    errors = np.bincount(codes, weights=deviations) / n
    return means + errors, deviations - errors[codes]


def _ranges(values: _Floats, codes: _Integers) -> _Floats:
    high, low = (np.full(codes.max() + 1, end) for end in (-np.inf, np.inf))
    np.maximum.at(high, codes, values)
    np.minimum.at(low, codes, values)
    return high - low


def _largest(sample: Sample) -> float:
    slope = sample.study.slope
    return 0.0 if slope is None else float(sample.table[slope].abs().max())
