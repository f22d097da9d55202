"""A model, in the numbers of the prose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.results.coefficients import Coefficient
from analysis.results.components import VarianceComponents
from analysis.results.extremes import Extremes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.mixed.fit import MixedFit


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomTerm:
    """
    A coefficient that varies over the groups.

    Parameters
    ----------
    deviation : float
        Its standard deviation.
    two_below, two_above : float
        The fixed effect less and plus two of these: about 95% of groups are between.
    totals : Extremes
        Of fixed effect and group effect together.
    effects : Extremes
        Of the group effects.
    """

    deviation: float
    two_below: float
    two_above: float
    totals: Extremes
    effects: Extremes


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSummary:
    """
    A REML fit, in the numbers of the prose.

    Parameters
    ----------
    fixed : Mapping of str to Coefficient
    random : Mapping of str to RandomTerm
    components : VarianceComponents
        With the intercept where the model has it, at 0 of all predictors.
    at_mean : VarianceComponents or None
        With the intercept at the means of the predictors with random slopes; None without any, or
        without a random intercept.
    """

    fixed: Mapping[str, Coefficient]
    random: Mapping[str, RandomTerm]
    components: VarianceComponents
    at_mean: VarianceComponents | None


def model_summary(fit: MixedFit, means: Mapping[str, float]) -> ModelSummary:
    """Summarise a fit, with the means of the predictors whose slopes vary."""
    components = VarianceComponents.of(fit)
    fixed = {name: Coefficient.of(fit, name) for name in fit.fixed_effects}
    return ModelSummary(
        fixed=fixed,
        random={
            name: _random(fit, name, fit.fixed_effects.get(name, 0.0), deviation)
            for name, deviation in components.deviations.items()
        },
        components=components,
        at_mean=(
            VarianceComponents.of(fit, means)
            if fit.spec.slopes and fit.spec.random_intercept
            else None
        ),
    )


def _random(fit: MixedFit, name: str, fixed: float, deviation: float) -> RandomTerm:
    effects = {group: by_name[name] for group, by_name in fit.group_effects.items()}
    return RandomTerm(
        deviation=deviation,
        two_below=fixed - 2 * deviation,
        two_above=fixed + 2 * deviation,
        totals=Extremes.of({group: fixed + effect for group, effect in effects.items()}),
        effects=Extremes.of(effects),
    )
