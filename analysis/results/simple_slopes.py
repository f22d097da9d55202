"""The slope on the level 1 predictor at values of the level 2 predictor that it depends on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.inference.intervals import NORMAL_975, Interval
from analysis.mixed.combinations import fixed_covariance_of
from analysis.results.capabilities import moderator, no_simple_slopes
from analysis.results.coefficients import Coefficient
from analysis.results.further import CROSS_LEVEL
from analysis.results.ladder import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.mixed.crossproducts import Array
    from analysis.mixed.fit import MixedFit
    from analysis.results.further import Further
    from analysis.results.ladder import Rung
    from analysis.results.lines import Lines
    from analysis.study.columns import Columns

_N_POINTS = 61
"""Of the band."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleSlope:
    """
    The slope at one value of the level 2 predictor.

    Parameters
    ----------
    value : float
        The level 2 predictor's.
    slope : Coefficient
        Units of the outcome per unit of the level 1 predictor.
    parts : Mapping of str to float
        What each fixed effect contributes to it, by name; together they are the slope.
    """

    value: float
    slope: Coefficient
    parts: Mapping[str, float]

    @property
    def interval(self) -> Interval:
        """Normal 95% interval, at this value by itself."""
        return self.slope.interval


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleSlopes:
    """
    The slope as a line in the level 2 predictor.

    Parameters
    ----------
    model : str
    column : str
        The level 2 predictor; others are at their means.
    band : tuple of SimpleSlope
        At even steps over the groups' values, rising.
    named : Mapping of str to SimpleSlope
        At "least", "below" (a standard deviation below the mean), "mean", "above" and "greatest",
        over the groups, each counted once; of "below" and "above" those within the groups' values.
    values : tuple of float
        Those of the groups, each once, rising.
    bounds : tuple of (float or None)
        Where the 95% interval begins or ceases to include 0 (Johnson & Neyman 1936; Bauer & Curran
        2005, on multilevel models), the lower one first; None for one that does not exist, or lies
        outside of the groups' values.
    clear : tuple of Interval
        The stretches of the groups' values over which the interval excludes 0, rising.
    """

    model: str
    column: str
    band: tuple[SimpleSlope, ...]
    named: Mapping[str, SimpleSlope]
    values: tuple[float, ...]
    bounds: tuple[float | None, float | None]
    clear: tuple[Interval, ...]

    @property
    def clear_everywhere(self) -> bool:
        """Whether the interval excludes 0 at all of the groups' values."""
        return self.clear == (Interval(low=self.values[0], high=self.values[-1]),)


def simple_slopes(lines: Lines, further: Further | None = None) -> SimpleSlopes | None:
    """
    Return how the slope of the cross-level model depends on its level 2 predictor.

    Parameters
    ----------
    lines : Lines
    further : Further, optional
        Where the cross-level model is if it is none of the study's own.

    Returns
    -------
    SimpleSlopes or None
        None where `no_simple_slopes` says why.
    """
    rung, fit = cross_level(lines, further)
    if no_simple_slopes(lines.fitted, rung) or rung is None or fit is None:
        return None
    name, column = rung.spec.name, moderator(lines.fitted, rung)
    assert column is not None  # else capabilities has said so
    assert rung.made is not None
    by_group = pd.Series(lines.fitted.of_models.first_by_group(column))
    values = tuple(sorted(set(by_group.tolist())))
    line = _Line.of(lines, rung.made, column, values)
    ends = _bounds(*line.moments(fit))
    inside = tuple(b if b is not None and values[0] <= b <= values[-1] else None for b in ends)
    mean, deviation = float(by_group.mean()), float(by_group.std())
    wanted = {
        "least": values[0],
        "below": mean - deviation,
        "mean": mean,
        "above": mean + deviation,
        "greatest": values[-1],
    }
    return SimpleSlopes(
        model=name,
        column=column,
        band=tuple(
            line.at(fit, value) for value in np.linspace(values[0], values[-1], _N_POINTS).tolist()
        ),
        named={
            key: line.at(fit, value)
            for key, value in wanted.items()
            if values[0] <= value <= values[-1]
        },
        values=values,
        bounds=(inside[0], inside[1]),
        clear=_clear(line, fit, (values[0], *(b for b in inside if b is not None), values[-1])),
    )


def cross_level(lines: Lines, further: Further | None) -> tuple[Rung | None, MixedFit | None]:
    """Return the cross-level model of a study, or the one a step further, and its REML fit."""
    name = lines.fitted.ladder.name(Role.CROSS_LEVEL)
    if name is not None:
        return lines.fitted.ladder.rung(name), lines.fitted.compared[name]
    model = None if further is None else further.models.get(CROSS_LEVEL)
    return (None, None) if model is None else (model.rung, model.fits["REML"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """Weights of the fixed effects in the slope, (p,): at the least value, and a unit's."""

    least: float
    there: Array
    per_unit: Array

    @classmethod
    def of(cls, lines: Lines, made: Columns, column: str, values: tuple[float, ...]) -> _Line:
        low, *_, high = values
        below, above = (lines.fixed_slope_row(made, {column: value}) for value in (low, high))
        return cls(least=low, there=below, per_unit=(above - below) / (high - low))

    def weights(self, value: float) -> Array:
        return self.there + (value - self.least) * self.per_unit

    def at(self, fit: MixedFit, value: float) -> SimpleSlope:
        weights = self.weights(value)
        terms = zip(fit.fixed_effects.items(), weights.tolist(), strict=True)
        return SimpleSlope(
            value=value,
            slope=Coefficient.combined(fit, weights),
            parts={name: weight * effect for (name, effect), weight in terms if weight},
        )

    def moments(self, fit: MixedFit) -> tuple[Array, Array, float]:
        """Return estimates and covariance of the line from the least value on, and that value."""
        both = np.vstack((self.there, self.per_unit))
        effects = np.array(list(fit.fixed_effects.values()))
        return both @ effects, fixed_covariance_of(fit, both), self.least


def _bounds(
    estimates: Array, covariance: Array, origin: float
) -> tuple[float | None, float | None]:
    """
    Return where a line is as far from 0 as its interval reaches, the lower value first.

    The roots of a quadratic in the distance from the origin, :math:`(a + bt)^2 = z^2(v_{aa} +
    2v_{ab}t + v_{bb}t^2)`.
    """
    a, b = estimates.tolist()
    square = NORMAL_975**2
    roots = np.roots(
        [
            b * b - square * float(covariance[1, 1]),
            2 * (a * b - square * float(covariance[0, 1])),
            a * a - square * float(covariance[0, 0]),
        ]
    )
    found = sorted(origin + float(root.real) for root in roots if not root.imag)
    if len(found) < 2:
        return (found[0] if found else None), None
    return found[0], found[1]


def _clear(line: _Line, fit: MixedFit, ends: tuple[float, ...]) -> tuple[Interval, ...]:
    """Return the stretches between some ends in whose middle the interval excludes 0."""
    found = []
    for low, high in pairwise(ends):
        at = line.at(fit, (low + high) / 2).interval
        if low < high and (at.low > 0 or at.high < 0):
            found.append(Interval(low=low, high=high))
    return tuple(found)
