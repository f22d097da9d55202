"""The lines that a model predicts, from its coefficients or from the columns of its formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.mixed.model import INTERCEPT
from analysis.results.pooling import Line

if TYPE_CHECKING:
    from analysis.mixed.crossproducts import Array
    from analysis.mixed.fit import MixedFit
    from analysis.study.columns import Columns

Covariates = Mapping[str, Any]
"""Values of predictors, by column: numbers, and the levels of categories."""

Case = tuple[Covariates, str | None]
"""Values of predictors, and a group or None for the average one."""

# Share of a row's element by which it may change for no reason. A mean of 1e12 is no reason to take
# a range of 7 for none.
_ROUNDING = 64 * float(np.finfo(float).eps)


class Part(NamedTuple):
    """A part of a model at the predictor's mean, and what a unit adds, shapes (n_cases, k)."""

    at_centre: Array
    per_unit: Array


def parts(
    made: Columns,
    cases: Sequence[Case],
    *,
    predictor: str | None,
    centre: float,
    step: float,
    own: bool = False,
) -> tuple[Part, Part]:
    """
    Return the fixed and the random part of straight lines.

    Parameters
    ----------
    made : Columns
    cases : sequence of Case
    predictor : str or None
        What the lines run along.
    centre : float
        Its mean.
    step : float
        How far from there the other end of the lines is.
    own : bool
        Whether categories are held at their shares of each group's own rows, not of all.

    Returns
    -------
    tuple of Part
    """
    asked = [
        ({**at, predictor: x} if predictor is not None else at, group)
        for x in (centre, centre + step)
        for at, group in cases
    ]
    fixed, random = (_part(rows, len(cases), step) for rows in made.rows(asked, own=own))
    return fixed, random


def _part(rows: Array, n: int, step: float) -> Part:
    near, far = rows[:n], rows[n:]
    added = far - near
    added[np.abs(added) <= _ROUNDING * np.maximum(np.abs(near), np.abs(far))] = 0.0
    return Part(near, added / step)


def lines_of(
    fit: MixedFit, cases: Sequence[Case], both: tuple[Part, Part], centre: float
) -> list[Line]:
    """Return the lines of some cases from the fixed and the random part of their rows."""
    beta = np.array(list(fit.fixed_effects.values()))
    effects = _effects(fit, cases)
    heights, slopes = (at @ beta + (z * effects).sum(axis=1) for at, z in zip(*both, strict=True))
    return [
        Line(intercept=height - slope * centre, slope=slope)
        for height, slope in zip(heights.tolist(), slopes.tolist(), strict=True)
    ]


def predicted_lines(fit: MixedFit, slope: str | None, cases: Sequence[Case]) -> list[Line]:
    """
    Return the lines of the outcome on a predictor that a model without a formula predicts.

    Parameters
    ----------
    fit : MixedFit
    slope : str or None
        The predictor.
    cases : sequence of Case
        Values of all other predictors, which are numbers. The effects of a group are 0 in a model
        that uses none of its rows, and those of None are their mean, 0.

    Returns
    -------
    list of Line
    """
    fixed, n = fit.fixed_effects, len(cases)
    effects = dict(zip(fit.random_names, _effects(fit, cases).T, strict=True))
    shift = np.zeros(n)
    for name in dict.fromkeys((*fit.spec.fixed, *fit.spec.slopes)):
        if name != slope:
            at = np.array([values[name] for values, _ in cases])
            shift = shift + (fixed.get(name, 0.0) + effects.get(name, 0.0)) * at
    intercepts = fixed[INTERCEPT] + effects.get(INTERCEPT, np.zeros(n)) + shift
    slopes = np.zeros(n)
    if slope is not None:
        slopes = fixed.get(slope, 0.0) + effects.get(slope, np.zeros(n))
    return [
        Line(intercept=intercept, slope=each)
        for intercept, each in zip(intercepts.tolist(), slopes.tolist(), strict=True)
    ]


def _effects(fit: MixedFit, cases: Sequence[Case]) -> Array:
    """Return the predicted effects of each case's group, 0 of others, shape (n_cases, q)."""
    at = np.array([fit.places.get(group or "", -1) for _, group in cases])
    found: Array = np.where(at[:, None] < 0, 0.0, fit.conditional_means[at])
    return found
