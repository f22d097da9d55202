"""How far the groups differ in a model: their heights, their slopes, and the two together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.mixed.model import INTERCEPT
from analysis.results.changes import height_deviation
from analysis.results.extremes import Extremes

if TYPE_CHECKING:
    from analysis.mixed.fit import MixedFit
    from analysis.results.effects import Effect
    from analysis.results.lines import Lines
    from analysis.results.models import ModelSummary
    from analysis.results.predictors import FixedEffect


@dataclass(frozen=True, slots=True, kw_only=True)
class SlopeSpread:
    """
    How a slope varies over the groups.

    Parameters
    ----------
    term : str
    deviation : float
        Its standard deviation.
    around_fixed : bool
        Whether the groups' slopes spread around the term's fixed effect, or around 0 without one:
        not where a product adds to it, nor where it is a part of a curve.
    in_products : bool
        Whether a product adds to it.
    low, high : float
        Two standard deviations to either side of that: about 95% of groups are between.
    predicted : Extremes
        Fixed effect and group effect together.
    correlation : float or None
        With the heights; None beside a deviation of 0, and where no height varies.
    """

    term: str
    deviation: float
    around_fixed: bool
    in_products: bool
    low: float
    high: float
    predicted: Extremes
    correlation: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """
    How far the groups differ in a model.

    Parameters
    ----------
    model : str
    height : float or None
        Standard deviation of their heights beyond the predictors, at the means of the predictors
        whose slopes vary; None if no height varies.
    within : float
        Standard deviation within groups.
    heights : Extremes or None
        What groups' heights differ from what the fixed effects predict; None where the model has
        no lines.
    slopes : tuple of SlopeSpread
    """

    model: str
    height: float | None
    within: float
    heights: Extremes | None
    slopes: tuple[SlopeSpread, ...]


def spread(
    lines: Lines,
    fit: MixedFit,
    model: ModelSummary,
    effects: tuple[Effect, ...],
    fixed: tuple[FixedEffect, ...],
) -> Spread:
    """
    Return how far the groups differ in a fit.

    Parameters
    ----------
    lines : Lines
    fit : MixedFit
    model : ModelSummary
        Of the fit.
    effects : tuple of Effect
        Of all models' lines.
    fixed : tuple of FixedEffect
        Of the fit.

    Returns
    -------
    Spread
    """
    multiplied = {factor.name for each in fixed if len(each.factors) > 1 for factor in each.factors}
    alone = {each.term for each in fixed if each.plain} - multiplied
    with_fixed = {each.term for each in fixed}
    return Spread(
        model=fit.name,
        height=height_deviation(model),
        within=model.components.residual_deviation,
        heights=_heights(lines, fit, model, effects),
        slopes=tuple(
            SlopeSpread(
                term=term,
                deviation=model.random[term].deviation,
                around_fixed=term in alone or (term not in with_fixed and term not in multiplied),
                in_products=term in multiplied,
                low=model.random[term].two_below,
                high=model.random[term].two_above,
                predicted=model.random[term].totals,
                correlation=None if model.at_mean is None else model.at_mean.correlations[term],
            )
            for term in fit.spec.slopes
        ),
    )


def _heights(
    lines: Lines, fit: MixedFit, model: ModelSummary, effects: tuple[Effect, ...]
) -> Extremes | None:
    if not fit.spec.slopes:
        return model.random[INTERCEPT].effects
    # At a group's own mean a deviation from it is 0: these heights are at the mean of all.
    if set(fit.spec.slopes) - set(lines.study.level_1):
        return None
    heights = {
        effect.group: effect.effect
        for effect in effects
        if effect.model == fit.name and effect.term == "height"
    }
    return Extremes.of(heights) if heights and fit.spec.random_intercept else None
