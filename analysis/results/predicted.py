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
    none = dict.fromkeys(fit.random_names, 0.0)
    effects = np.array(
        [list(fit.group_effects.get(group or "", none).values()) for _, group in cases]
    )
    heights, slopes = (at @ beta + (z * effects).sum(axis=1) for at, z in zip(*both, strict=True))
    return [
        Line(intercept=height - slope * centre, slope=slope)
        for height, slope in zip(heights.tolist(), slopes.tolist(), strict=True)
    ]


def predicted_line(
    fit: MixedFit, slope: str | None, at: Covariates, group: str | None = None
) -> Line:
    """
    Return the line of the outcome on a predictor that a model predicts.

    Parameters
    ----------
    fit : MixedFit
    slope : str or None
        The predictor.
    at : Mapping of str to float
        Values of all other predictors.
    group : str or None
        With this group's predicted effects, which are 0 in a model that uses none of its rows;
        None leaves them at 0, their mean.

    Returns
    -------
    Line
    """
    effects = {} if group is None else fit.group_effects.get(group, {})
    fixed = fit.fixed_effects
    others = [name for name in dict.fromkeys((*fit.spec.fixed, *fit.spec.slopes)) if name != slope]
    shift = sum((fixed.get(name, 0.0) + effects.get(name, 0.0)) * at[name] for name in others)
    return Line(
        intercept=fixed[INTERCEPT] + effects.get(INTERCEPT, 0.0) + shift,
        slope=0.0 if slope is None else fixed.get(slope, 0.0) + effects.get(slope, 0.0),
    )


def predicted_lines(fit: MixedFit, slope: str | None, cases: Sequence[Case]) -> list[Line]:
    """Return the lines of some cases, each as `predicted_line` does it, at once."""
    fixed, n = fit.fixed_effects, len(cases)
    none = np.zeros(len(fit.random_names))
    places = {group: place for place, group in enumerate(fit.groups)}
    rows = [fit.conditional_means[places[group]] if group in places else none for _, group in cases]
    effects = dict(zip(fit.random_names, np.array(rows).reshape(n, -1).T, strict=True))
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
