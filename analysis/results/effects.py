"""The group effects on the height and the slope of the lines, in order, with their intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.inference.intervals import Interval, interval, region
from analysis.mixed.combinations import conditional_variances_of, random_covariance_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.mixed.crossproducts import Array
    from analysis.mixed.fit import MixedFit
    from analysis.results.lines import Lines, Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """
    What a group adds to the line that the fixed effects predict for it.

    Parameters
    ----------
    model : str
    term : str
        "height", at the mean of the predictor, or "slope".
    group : str
    rank : int
        Place among the effects of the model and term, from 0 for the lowest.
    effect : float
        Units of the outcome, or of the outcome per unit of the predictor.
    interval : Interval
        95%, the variances and the fixed effects taken as known.
    """

    model: str
    term: str
    group: str
    rank: int
    effect: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """
    What holds 95% of the lines that a model expects of groups, covariates at their means.

    Parameters
    ----------
    model : str
    points : tuple of Point
        An ellipse, or the ends of a bar where heights and slopes have one dimension.
    """

    model: str
    points: tuple[tuple[float, float], ...]


def effects(lines: Lines) -> tuple[Effect, ...]:
    """
    Return the group effects of every compared model.

    Parameters
    ----------
    lines : Lines

    Returns
    -------
    tuple of Effect
        By model and term, the lowest first.
    """
    return tuple(
        effect
        for model, fit in lines.fits.items()
        for known in [[group for group in lines.groups if group in fit.group_effects]]
        for term, weights in lines.random_terms(model, known).items()
        for effect in _ranked(fit, term, known, weights)
    )


def outlines(lines: Lines) -> tuple[Outline, ...]:
    """Return where every compared model expects the lines of groups, as heights and slopes."""
    return tuple(_outline(lines, model, fit) for model, fit in lines.fits.items())


def _outline(lines: Lines, model: str, fit: MixedFit) -> Outline:
    average: Point = lines.point(lines.at(model, None))
    weights = np.vstack(list(lines.random_terms(model, [None]).values()))
    covariance = random_covariance_of(fit, weights)
    around = region(covariance, min(fit.rank, len(weights))).T.tolist()
    slope = average.slope or 0.0
    return Outline(
        model=model,
        points=tuple((average.height + height, slope + more) for height, more in around),
    )


def _ranked(fit: MixedFit, term: str, groups: Sequence[str], weights: Array) -> list[Effect]:
    """Return the effects of some groups, each with its weights of the random effects."""
    places = {group: place for place, group in enumerate(fit.groups)}
    means = fit.conditional_means[[places[group] for group in groups]]
    # Term by term, from left to right, as a sum of Python's would be.
    total = sum((weights * means).T, np.zeros(len(groups))).tolist()
    variances = conditional_variances_of(fit, groups, weights).tolist()
    return [
        Effect(
            model=fit.name,
            term=term,
            group=groups[place],
            rank=rank,
            effect=total[place],
            interval=interval(total[place], variances[place]),
        )
        for rank, place in enumerate(np.argsort(total, kind="stable").tolist())
    ]
