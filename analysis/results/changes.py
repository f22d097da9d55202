"""What a model's further predictors or random effects change in the variances."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from analysis.mixed.model import INTERCEPT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.mixed.fit import MixedFit
    from analysis.results.lines import Lines
    from analysis.results.models import ModelSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """
    Standard deviations of a model and of the one before it, a special case on the same rows.

    Parameters
    ----------
    reduced, full : str
    fixed : tuple of str
        Fixed effects that the second adds.
    random : tuple of str
        Random effects that it adds.
    between : tuple of two floats or None
        Of the groups' heights before and after, units of the outcome; None where different things
        vary, or no height does.
    within : tuple of two floats
        Within groups.
    at : tuple of str
        Predictors whose slopes vary in both: the heights are at their means.
    """

    reduced: str
    full: str
    fixed: tuple[str, ...]
    random: tuple[str, ...]
    between: tuple[float, float] | None
    within: tuple[float, float]
    at: tuple[str, ...]


def changes(lines: Lines, models: Mapping[str, ModelSummary]) -> tuple[Change, ...]:
    """
    Return the changes from each model to the next that extends it.

    Parameters
    ----------
    lines : Lines
    models : Mapping of str to ModelSummary
        By name, the null model's too.

    Returns
    -------
    tuple of Change
        REML fits; none of a model that uses other rows than the one before.
    """
    fits = [lines.fitted.models[rung.spec.name]["REML"] for rung in lines.fitted.ladder.rungs]
    return tuple(
        _change(reduced, full, models)
        for reduced, full in pairwise(fits)
        if _extends(reduced, full) and reduced.fingerprint.rows == full.fingerprint.rows
    )


def on_other_rows(lines: Lines) -> tuple[tuple[str, str], ...]:
    """Return the models that extend the one before them, each after that, and use other rows."""
    fits = [lines.fitted.models[rung.spec.name]["REML"] for rung in lines.fitted.ladder.rungs]
    return tuple(
        (reduced.name, full.name)
        for reduced, full in pairwise(fits)
        if _extends(reduced, full) and reduced.fingerprint.rows != full.fingerprint.rows
    )


def height_deviation(model: ModelSummary) -> float | None:
    """Return the standard deviation of the groups' heights; None if they have one height."""
    components = model.components if model.at_mean is None else model.at_mean
    return components.deviations.get(INTERCEPT)


def _extends(reduced: MixedFit, full: MixedFit) -> bool:
    fixed = set(reduced.spec.fixed) <= set(full.spec.fixed)
    random = set(reduced.random_names) <= set(full.random_names)
    more = full.n_parameters > reduced.n_parameters
    return fixed and random and more


def _change(reduced: MixedFit, full: MixedFit, models: Mapping[str, ModelSummary]) -> Change:
    before, after = models[reduced.name], models[full.name]
    between = None
    same = reduced.random_names == full.random_names
    if same and reduced.spec.diagonal == full.spec.diagonal:
        heights = height_deviation(before), height_deviation(after)
        if heights[0] is not None and heights[1] is not None:
            between = heights[0], heights[1]
    return Change(
        reduced=reduced.name,
        full=full.name,
        fixed=tuple(name for name in full.spec.fixed if name not in reduced.spec.fixed),
        random=tuple(name for name in full.random_names if name not in reduced.random_names),
        between=between,
        within=(before.components.residual_deviation, after.components.residual_deviation),
        at=full.spec.slopes,
    )
