"""The weights of partial pooling, by the model with random intercepts alone."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median_low
from typing import TYPE_CHECKING

from analysis.mixed.model import INTERCEPT
from analysis.results.components import VarianceComponents
from analysis.results.ladder import Role
from analysis.results.pooling import shrinkage_weight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.mixed.fit import MixedFit
    from analysis.results.lines import Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """
    Partial pooling of one group's intercept.

    Parameters
    ----------
    group : str
    which : tuple of str
        Which of all groups it is: "smallest", "median", "largest".
    n : int
        Rows that the model uses.
    own : float
        Mean outcome less what the fixed effects make of the mean predictors, units of the outcome.
    weight, other_weight : float
        Of the own estimate and of the average; together 1.
    both : float
        The weighted average.
    predicted : float
        What the model predicts.
    """

    group: str
    which: tuple[str, ...]
    n: int
    own: float
    weight: float
    other_weight: float
    both: float
    predicted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """
    Partial pooling in the model with random intercepts.

    Parameters
    ----------
    model : str
        Its name.
    between, within : float
        Variance of the intercepts, and within groups, squared units of the outcome.
    ratio : float
        The first over the second.
    average : float
        The fixed intercept.
    by_group : Mapping of str to float
        The weight of each group's own intercept, from 0 (complete pooling) to 1 (no pooling).
    median_size : int
        Rows of a group of median size.
    median, one, three : float
        The weight of a group of median size, of one row and of three.
    examples : tuple of Example
        The smallest, a median and the largest group. Of groups of equal size that one whose own
        estimate is furthest from the average, where shrinkage shows best.
    """

    model: str
    between: float
    within: float
    ratio: float
    average: float
    by_group: Mapping[str, float]
    median_size: int
    median: float
    one: float
    three: float
    examples: tuple[Example, ...]

    @property
    def least(self) -> float:
        """Least weight of a group that the model knows."""
        return min(weight for weight in self.by_group.values() if weight or not self.between)

    @property
    def greatest(self) -> float:
        """Greatest weight of a group."""
        return max(self.by_group.values())


def weights(lines: Lines) -> Weights | None:
    """
    Return the weights of a study's groups, in the rows that the models use.

    Parameters
    ----------
    lines : Lines

    Returns
    -------
    Weights or None
        None without a model of random intercepts alone.
    """
    fit = lines.fitted.fit(Role.INTERCEPTS)
    if fit is None:
        return None
    components = VarianceComponents.of(fit)
    between, within = components.variances[INTERCEPT], components.residual_variance
    sizes = lines.model_sizes
    median_size = median_low(filter(None, sizes.values()))

    def weight(n: int) -> float:
        return shrinkage_weight(n, between_variance=between, within_variance=within)

    return Weights(
        model=fit.name,
        between=between,
        within=within,
        ratio=components.ratio,
        average=fit.fixed_effects[INTERCEPT],
        by_group={group: weight(n) for group, n in sizes.items()},
        median_size=median_size,
        median=weight(median_size),
        one=weight(1),
        three=weight(3),
        examples=tuple(
            _example(fit, group, which, sizes[group], own, weight(sizes[group]))
            for group, (which, own) in _chosen(lines, fit, sizes).items()
        ),
    )


def _example(
    fit: MixedFit, group: str, which: tuple[str, ...], n: int, own: float, weight: float
) -> Example:
    average = fit.fixed_effects[INTERCEPT]
    return Example(
        group=group,
        which=which,
        n=n,
        own=own,
        weight=weight,
        other_weight=1 - weight,
        both=weight * own + (1 - weight) * average,
        predicted=average + fit.group_effects[group][INTERCEPT],
    )


def _chosen(
    lines: Lines, fit: MixedFit, sizes: Mapping[str, int]
) -> dict[str, tuple[tuple[str, ...], float]]:
    """Return the groups of the example, each with which it is and with its own estimate."""
    rows = lines.fitted.rows_of(lines.fitted.ladder.rung(fit.name))
    means = {name: rows.means_by_group(name) for name in fit.spec.columns}
    own = {
        group: mean - sum(fit.fixed_effects[name] * means[name][group] for name in fit.spec.fixed)
        for group, mean in means[fit.spec.outcome].items()
    }
    distances = {group: abs(value - fit.fixed_effects[INTERCEPT]) for group, value in own.items()}
    known = {group: n for group, n in sizes.items() if n}
    wanted = {
        "smallest": min(known.values()),
        "median": median_low(known.values()),
        "largest": max(known.values()),
    }
    chosen: dict[str, tuple[str, ...]] = {}
    for which, size in wanted.items():
        alike = [group for group, n in known.items() if n == size]
        group = max(alike, key=distances.__getitem__)
        chosen[group] = (*chosen.get(group, ()), which)
    return {group: (which, own[group]) for group, which in chosen.items()}
