"""The first level 2 predictor, and what the largest model predicts as it grows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.inference.intervals import interval
from analysis.mixed.model import INTERCEPT
from analysis.writing.notation import Notation

if TYPE_CHECKING:
    from analysis.results.lines import Lines
    from analysis.results.results import Results

_MOST_STEPS = 25
"""Between the values of a grid of multiples, besides those at its ends."""

_NOISE = Decimal("1e-6")
"""Part of a step within which a value is one of the grid: 0.1 + 0.2 is 0.3."""

MODEL = "m3"
"""The model with level 2 predictors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experience:
    """
    The predictor that the last slider moves; in the report's study the teacher's experience.

    Parameters
    ----------
    column, label, unit : str
    grid : tuple of float
        Values that the slider can take, rising.
    least, greatest : float
        Among the groups.
    notation : Notation
        How the page writes its values.
    """

    column: str
    label: str
    unit: str
    grid: tuple[float, ...]
    least: float
    greatest: float
    notation: Notation

    @classmethod
    def of(cls, results: Results) -> Experience | None:
        """Return that of a study, or None if the study has no level 2 predictor."""
        if MODEL not in results.models:
            return None
        study = results.study
        column = study.group_covariates[0]
        values = results.sample.table[column].dropna()
        taken = tuple(grid(values))
        return cls(
            column=column,
            label=study.label(column),
            unit=study.unit(column),
            grid=taken,
            least=_on(taken, float(values.min())),
            greatest=_on(taken, float(values.max())),
            notation=Notation.spanning([*taken, *values.unique().tolist()]),
        )

    @property
    def one(self) -> str:
        """What one of the unit is called."""
        return self.unit.removesuffix("s") or "unit"

    @property
    def first(self) -> float:
        """Where the grid begins."""
        return self.grid[0]

    @property
    def last(self) -> float:
        """Where the grid ends."""
        return self.grid[-1]

    @property
    def middle(self) -> int:
        """Where the slider stands at first, as a place in the grid."""
        return len(self.grid) // 2

    def write(self, value: float) -> str:
        """Write a value."""
        return self.notation.in_prose(value)

    def measure(self, value: float) -> str:
        """Write a value with its unit, if there is one."""
        return f"{self.write(value)} {self.unit}".rstrip()


def prediction_for(lines: Lines, experience: Experience, group: str) -> dict[str, Any]:
    """
    Return what the model predicts for a group at the mean of the pupils' predictor.

    Parameters
    ----------
    lines : Lines
    experience : Experience
    group : str

    Returns
    -------
    dict
        ``years``, the group's own value, and ``predicted``, the outcome by mix.
    """
    own = {column: lines.means[group][column] for column in lines.study.group_covariates}
    own_lines = {
        key: lines.of_model(MODEL, group, {**lines.average, **own, **mix.fixed})
        for key, mix in lines.mixes.items()
    }
    predicted = {key: line.at(lines.centre) for key, line in own_lines.items()}
    return {"years": own[experience.column], "predicted": predicted}


def predictions(lines: Lines, experience: Experience) -> list[dict[str, Any]]:
    """
    Return what the model predicts for the average group at the mean of the pupils' predictor.

    Parameters
    ----------
    lines : Lines
    experience : Experience

    Returns
    -------
    list of dict
        A row per mix and value of the grid: ``fit`` and the ends of its 95% confidence interval.
    """
    fit = lines.fits[MODEL]
    columns = list(fit.fixed_effects)
    centre = {**lines.average, INTERCEPT: 1.0, lines.study.slope: lines.centre}
    rows = []
    for key, mix in lines.mixes.items():
        for years in experience.grid:
            at = {**centre, **mix.fixed, experience.column: float(years)}
            x = np.array([at[column] for column in columns])
            predicted = float(sum(fit.fixed_effects[column] * at[column] for column in columns))
            ends = interval(predicted, float(x @ fit.covariance @ x))
            rows.append({"mix": key, "years": years, "fit": predicted, **ends})
    return rows


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
