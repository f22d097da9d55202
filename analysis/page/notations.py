"""How the page writes its quantities: the decimals of each, or its power of ten."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.writing.notation import Notation, two_decimals

if TYPE_CHECKING:
    from analysis.results.coefficients import Coefficient
    from analysis.results.level_2 import Level2
    from analysis.results.likelihood import RatioLikelihood
    from analysis.results.results import Results


@dataclass(frozen=True, slots=True, kw_only=True)
class Notations:
    """
    Notations of what is printed in several places, and so in one way.

    Parameters
    ----------
    predictor : Notation
        Of the level 1 predictor with the slopes.
    intercept, height, slope : Notation
        Of the lines; the height is that at the mean of the predictor.
    ratio : Notation or None
        Of the variances, if a model has random intercepts alone.
    region : Notation or None
        Of the ratios that the data do not rule out.
    prediction : Notation or None
        Of the outcome that the model with a level 2 predictor predicts.
    """

    predictor: Notation
    intercept: Notation
    height: Notation
    slope: Notation
    ratio: Notation | None
    region: Notation | None
    prediction: Notation | None

    @classmethod
    def of(cls, results: Results) -> Notations:
        """Choose those of a study."""
        summary, own = results.summary, results.none.values()
        pooling, weights, level_2 = summary.pooling, summary.weights, summary.level_2
        slopes = [line.slope for line in own if line.slope is not None]
        return cls(
            predictor=two_decimals(summary.spread, [summary.centre]),
            intercept=two_decimals(pooling.intercept_deviation, [line.intercept for line in own]),
            height=two_decimals(
                pooling.height_deviation, [line.at(summary.centre) for line in own]
            ),
            slope=two_decimals(pooling.slope_deviation, slopes),
            ratio=None if weights is None else two_decimals(weights.ratio),
            region=_of_region(results.ratio_likelihood),
            prediction=None if level_2 is None else _of_predictions(level_2),
        )


def finer(notation: Notation) -> Notation:
    """Return a notation with one more decimal."""
    return dataclasses.replace(notation, decimals=notation.decimals + 1)


def deviation(value: float, decimals: int = 3) -> str:
    r"""
    Write a standard deviation, or with two decimals a variance.

    Examples
    --------
    >>> deviation(0.5177), deviation(5.177e-9)
    ('0.518', '5.2\xa0×\xa010⁻⁹')
    """
    return Notation.of(value, decimals=decimals, digits=2).write(value)


def coefficient(effect: Coefficient, decimals: int = 3) -> str:
    """Write a fixed effect with a digit of its standard error at least."""
    return _notation(effect, decimals).write(effect.estimate)


def standard_error(effect: Coefficient) -> str:
    """Write the standard error of a fixed effect beside it."""
    return _notation(effect, 3).write(effect.error)


def _notation(effect: Coefficient, decimals: int) -> Notation:
    return Notation.of_estimate(effect.estimate, effect.error, decimals=decimals)


def _of_region(found: RatioLikelihood | None) -> Notation | None:
    if found is None:
        return None
    ends = [end for end in (found.low, found.high) if end is not None]
    return two_decimals(min(ends, default=None), ends)


def _of_predictions(level_2: Level2) -> Notation:
    ends = [end for each in level_2.predictions for end in each.interval]
    return Notation.of(level_2.narrowest, ends, decimals=2, digits=1)
