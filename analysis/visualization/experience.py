"""The first level 2 predictor, and what the largest model predicts as it grows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.specification import INTERCEPT
from analysis.visualization.intervals import interval

if TYPE_CHECKING:
    from analysis.results import Results
    from analysis.visualization.lines import Lines

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
    """

    column: str
    label: str
    unit: str
    grid: tuple[float, ...]
    least: float
    greatest: float

    @classmethod
    def of(cls, results: Results) -> Experience | None:
        """Return that of a study, or None if the study has no level 2 predictor."""
        if MODEL not in results.models:
            return None
        study = results.study
        column = study.group_covariates[0]
        values = results.sample.table[column]
        return cls(
            column=column,
            label=study.label(column),
            unit=study.unit(column),
            grid=tuple(grid(values)),
            least=_whole(values.min()),
            greatest=_whole(values.max()),
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
    def step(self) -> float:
        """From one value of the grid to the next."""
        return self.grid[1] - self.grid[0]

    @property
    def middle(self) -> float:
        """Where the slider stands at first."""
        return self.grid[len(self.grid) // 2]


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
    Return whole steps from the least value to one at or above the greatest.

    Parameters
    ----------
    values : iterable of float
        Those that are not NaN count.

    Returns
    -------
    list of float
        Quarters of the range if that is below 4.

    Examples
    --------
    >>> grid([2.0, 24.0])[:2], grid([2.0, 24.0])[-1]
    ([2, 3], 25)
    >>> grid([3, 200])[:2], grid([3, 200])[-1]
    ([3, 7], 203)
    >>> grid([0.0, 0.5])
    [0.0, 0.125, 0.25, 0.375, 0.5]
    """
    known = [value for value in values if not math.isnan(value)]
    low, high = min(known), max(known)
    if high - low < 4:
        return [low + (high - low) * i / 4 for i in range(5)]
    end = 5 * math.ceil(high / 5)
    step = max(1, round((end - low) / 50))
    first = math.floor(low)
    end += (first - end) % step
    return list(range(first, end + 1, step))


def _whole(value: float) -> float:
    return int(value) if value == int(value) else float(value)
