"""The first level 2 predictor, and what a model with it predicts as it grows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from analysis.inference.intervals import Interval, interval
from analysis.mixed.combinations import fixed_covariance_of
from analysis.results.capabilities import level_2_number, no_level_2
from analysis.results.coefficients import Coefficient
from analysis.results.ladder import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.mixed.fit import MixedFit
    from analysis.results.lines import Lines

_MOST_STEPS = 25
"""Between the values of a grid of multiples, besides those at its ends."""

_NOISE = Decimal("1e-6")
"""Part of a step within which a value is one of the grid: 0.1 + 0.2 is 0.3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """
    What the model predicts for the average group at a value of the level 2 predictor.

    Parameters
    ----------
    choice : str
        Key of the covariate values that it is for.
    value : float
        The level 2 predictor's.
    fit : float
        Predicted outcome at the mean of the level 1 predictor.
    interval : Interval
        Its 95% confidence interval.
    """

    choice: str
    value: float
    fit: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPrediction:
    """
    What the model predicts for a group at the mean of the level 1 predictor.

    Parameters
    ----------
    value : float
        The group's own level 2 predictor.
    predicted : Mapping of str to float
        The outcome, by the key of the covariate values.
    """

    value: float
    predicted: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level2:
    """
    The first level 2 predictor of a study, over the groups that the models use.

    Parameters
    ----------
    column : str
    model : str
        Name of the model with it.
    grid : tuple of float
        Even steps over its range, rising.
    values : tuple of float
        Those of the groups, each once.
    least, greatest : float
        Among the groups.
    effect : Coefficient
        What a unit of it adds to the prediction for the average group.
    over_span : Coefficient
        The same of the greatest against the least.
    predictions : tuple of Prediction
        For each choice of covariate values and each value of the grid.
    """

    column: str
    model: str
    grid: tuple[float, ...]
    values: tuple[float, ...]
    least: float
    greatest: float
    effect: Coefficient
    over_span: Coefficient
    predictions: tuple[Prediction, ...]

    @property
    def last_place(self) -> int:
        """The last place in the grid."""
        return len(self.grid) - 1

    @property
    def middle(self) -> int:
        """The middle of the grid, as a place in it."""
        return len(self.grid) // 2

    @property
    def narrowest(self) -> float:
        """Least distance from a prediction to an end of its interval, units of the outcome."""
        return min(each.interval.high - each.fit for each in self.predictions)

    @property
    def extrapolated(self) -> bool:
        """Whether the grid goes beyond the groups."""
        return self.grid[0] < self.least or self.grid[-1] > self.greatest


def level_2(lines: Lines) -> Level2 | None:
    """Return the first level 2 predictor of a study, or None if no model has one."""
    name = lines.fitted.ladder.name(Role.LEVEL_2)
    if name not in lines.fits or lines.study.slope is None or no_level_2(lines.fitted):
        return None
    fit, column = lines.fits[name], level_2_number(lines.fitted, name)
    assert column is not None  # else capabilities has said so
    effect = _effect(lines, fit, column)
    values = lines.fitted.of_models.distinct(column)
    taken = tuple(grid(values))
    least, greatest = _on(taken, min(values)), _on(taken, max(values))
    return Level2(
        column=column,
        model=name,
        grid=taken,
        values=values,
        least=least,
        greatest=greatest,
        effect=effect,
        over_span=effect.times(greatest - least),
        predictions=_predictions(lines, fit, column, taken),
    )


def _effect(lines: Lines, fit: MixedFit, column: str) -> Coefficient:
    if lines.fitted.ladder.rung(fit.name).made is None:
        return Coefficient.of(fit, column)
    low, high = lines.fitted.of_models.range(column)
    below, above = lines.fixed_rows(fit, [{**lines.average, column: x} for x in (low, high)])
    return Coefficient.combined(fit, (above - below) / (high - low))


def group_prediction(lines: Lines, found: Level2, group: str) -> GroupPrediction:
    """Return what the model predicts for a group at its own level 2 predictors."""
    own = lines.of_level_2(group)
    cases = [({**lines.average, **own, **each.fixed}, group) for each in lines.choices.values()]
    predicted = {
        key: line.at(lines.centre)
        for key, line in zip(lines.choices, lines.of_cases(found.model, cases), strict=True)
    }
    return GroupPrediction(value=own[found.column], predicted=predicted)


def _predictions(
    lines: Lines, fit: MixedFit, column: str, values: tuple[float, ...]
) -> tuple[Prediction, ...]:
    columns = list(fit.fixed_effects)
    predictions = []
    for key, choice in lines.choices.items():
        cases = [{**lines.average, **choice.fixed, column: float(value)} for value in values]
        for value, x in zip(values, lines.fixed_rows(fit, cases), strict=True):
            terms = zip(columns, x.tolist(), strict=True)
            predicted = float(sum(fit.fixed_effects[name] * value for name, value in terms))
            predictions.append(
                Prediction(
                    choice=key,
                    value=value,
                    fit=predicted,
                    interval=interval(predicted, fixed_covariance_of(fit, x[None]).item()),
                )
            )
    return tuple(predictions)


def grid(values: Iterable[float]) -> list[float]:
    """
    Return even steps from the least value or below it to the greatest or above it.

    Parameters
    ----------
    values : iterable of float
        Those that are not NaN count.

    Returns
    -------
    list of float
        Each whole number where the values are such and lie 4 to 50 apart, up to a multiple of 5;
        else multiples of 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> grid([2.0, 24.0])[:2], grid([2.0, 24.0])[-1]
    ([2, 3], 25)
    >>> grid([3, 200])[:2], grid([3, 200])[-1]
    ([0.0, 10.0], 200.0)
    >>> grid([-0.31, 1.27])
    [-0.4, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3]
    """
    known = [value for value in values if not math.isnan(value)]
    low, high = min(known), max(known)
    if 4 <= high - low <= 50 and all(value % 1 == 0 for value in known):
        return list(range(int(low), 5 * math.ceil(high / 5) + 1))
    return _multiples(Decimal(repr(float(low))), Decimal(repr(float(high))))


def _on(grid: tuple[float, ...], value: float) -> float:
    """Return the value of the grid that a value is but for rounding, or the value itself."""
    nearest = min(grid, key=lambda taken: abs(taken - value))
    return nearest if abs(nearest - value) <= float(_NOISE) * (grid[1] - grid[0]) else value


def _multiples(low: Decimal, high: Decimal) -> list[float]:
    """Return multiples of a neat step, about twenty, that cover what lies between two numbers."""
    # In decimals, because 0.3 is no multiple of 0.1 in floating-point numbers.
    tenth = Decimal(1).scaleb((high - low).adjusted() - 1)
    steps = [tenth * times for times in (1, 2, 5, 10)]
    step = next(step for step in steps if (high - low) / step <= _MOST_STEPS)
    first = int((low / step + _NOISE).to_integral_value(ROUND_FLOOR))
    last = int((high / step - _NOISE).to_integral_value(ROUND_CEILING))
    return [float(step * i) for i in range(first, last + 1)]
