"""The group effects on the height and the slope of the lines, in order, with their intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.inference.intervals import Interval, interval, region

if TYPE_CHECKING:
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
        for term, weights in _terms(lines, fit).items()
        for effect in _ranked(lines, model, term, weights)
    )


def outlines(lines: Lines) -> tuple[Outline, ...]:
    """Return where every compared model expects the lines of groups, as heights and slopes."""
    return tuple(_outline(lines, model, fit) for model, fit in lines.fits.items())


def _outline(lines: Lines, model: str, fit: MixedFit) -> Outline:
    average: Point = lines.point(lines.at(model, None))
    weights = np.array(list(_terms(lines, fit).values()))
    covariance = weights @ fit.random_covariance @ weights.T
    around = region(covariance, min(fit.rank, len(weights))).T.tolist()
    slope = average.slope or 0.0
    return Outline(
        model=model,
        points=tuple((average.height + height, slope + more) for height, more in around),
    )


def _terms(lines: Lines, fit: MixedFit) -> dict[str, Array]:
    """Return the weights of the random effects in a line's height, and in its slope."""
    means = lines.means_of_slopes(fit)
    terms = {"height": np.array([1.0, *means.values()])}
    if lines.study.slope in means:
        terms["slope"] = np.array([float(name == lines.study.slope) for name in fit.random_names])
    return terms


def _ranked(lines: Lines, model: str, term: str, weights: Array) -> list[Effect]:
    fit = lines.fits[model]
    total = {
        group: sum(w * effect for w, effect in zip(weights.tolist(), by_name.values(), strict=True))
        for group, by_name in fit.group_effects.items()
    }
    known = [group for group in lines.groups if group in total]
    ranked = []
    for rank, group in enumerate(sorted(known, key=total.__getitem__)):
        variance = float(weights @ fit.group_effect_covariances[group] @ weights)
        ranked.append(
            Effect(
                model=model,
                term=term,
                group=group,
                rank=rank,
                effect=total[group],
                interval=interval(total[group], variance),
            )
        )
    return ranked
