"""Complete pooling, no pooling, and the weight between the two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analysis.study.sample import Sample

# Group means of a predictor that is centred within groups are 0 but for this.
_ROUNDING = 64 * float(np.finfo(float).eps)


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


def complete_pooling(sample: Sample) -> Line:
    """
    Fit one line to all pupils, as if there were no groups.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    Line
        Least squares of the outcome on the predictor alone.
    """
    return _least_squares(sample.table.dropna(subset=[sample.study.slope]), sample)


def no_pooling(sample: Sample) -> dict[str, Line]:
    """
    Fit a line to each group by itself.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    dict of str to Line
        By group; a group without a complete row has none.
    """
    complete = sample.table.dropna(subset=[sample.study.slope])
    by_group = dict(list(complete.groupby(sample.study.group)))
    return {
        group: _least_squares(by_group[group], sample)
        for group in sample.groups
        if group in by_group
    }


def slope_standard_errors(sample: Sample, lines: Mapping[str, Line]) -> dict[str, float]:
    r"""
    Return how uncertain the slope of each group's own line is.

    Parameters
    ----------
    sample : Sample
    lines : Mapping of str to Line
        The result of `no_pooling`.

    Returns
    -------
    dict of str to float
        By group, :math:`\sqrt{\mathrm{RSS} / (n - 2) / \sum (x - \bar{x})^2}`, in units of the
        outcome per unit of the predictor; groups without a slope, or of two pupils, have none.
    """
    complete = sample.table.dropna(subset=[sample.study.slope])
    errors = {}
    for group, rows in complete.groupby(sample.study.group):
        line = lines[str(group)]
        y, x = (rows[name].to_numpy() for name in (sample.study.outcome, sample.study.slope))
        if line.slope is None or len(x) < 3:
            continue
        deviations = x - x.mean()
        residuals = y - y.mean() - line.slope * deviations
        variance = residuals @ residuals / (len(x) - 2)
        errors[str(group)] = float(np.sqrt(variance / (deviations @ deviations)))
    return errors


def between_groups(sample: Sample) -> Line:
    """
    Fit one line to the groups' means, each weighted by its pupils.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    Line
        What differences between groups, rather than within them, add to complete pooling.
    """
    complete = sample.table.dropna(subset=[sample.study.slope])
    columns = [sample.study.outcome, sample.study.slope]
    means = complete.groupby(sample.study.group)[columns].transform("mean")
    return _least_squares(means, sample)


def shrinkage_weight(n: int, *, between_variance: float, within_variance: float) -> float:
    r"""
    Return the share of a group's own line in its partially pooled one.

    Parameters
    ----------
    n : int
        Pupils in the group.
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


def _least_squares(table: pd.DataFrame, sample: Sample) -> Line:
    y, x = (table[name].to_numpy() for name in (sample.study.outcome, sample.study.slope))
    largest = float(sample.table[sample.study.slope].abs().max())
    if x.max() - x.min() <= _ROUNDING * largest:
        return Line(intercept=float(y.mean()), slope=None)
    # Half a second of imports, which the process that draws results can do without.
    from statsmodels.regression.linear_model import OLS

    # Far from 0, or in small units, a predictor is to a pseudo-inverse the intercept's own column.
    mean = float(x.mean())
    deviations = x - mean
    unit = float(np.abs(deviations).max())
    design = np.column_stack((np.ones_like(x), deviations / unit))
    at_mean, rise = OLS(y, design).fit().params.tolist()
    slope = rise / unit
    return Line(intercept=at_mean - slope * mean, slope=slope)
