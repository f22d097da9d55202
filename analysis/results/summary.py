"""What the report says in words, tables and figures: every number of it, computed once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from analysis.inference.intervals import NORMAL_975
from analysis.results.coefficients import Coefficient
from analysis.results.components import VarianceComponents
from analysis.results.effects import Effect, Outline, effects, outlines
from analysis.results.level_2 import Level2, level_2
from analysis.results.weights import Weights, weights

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analysis.mixed.fit import MixedFit
    from analysis.results.lines import Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """
    A column of the sample, described.

    Parameters
    ----------
    level : int
        1, or 2 where a group counts once.
    n : int
        Values that are not missing, over the whole sample.
    low, high, mean : float
    deviation : float or None
        Standard deviation with divisor n - 1; None of a single value.
    whole : bool
        Whether all values are whole numbers.
    """

    level: int
    n: int
    low: float
    high: float
    mean: float
    deviation: float | None
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfGroup:
    """A quantity of one group."""

    group: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Extremes:
    """
    The lowest and the highest of a quantity among the groups.

    Parameters
    ----------
    low, high : OfGroup
    largest : float
        The larger of their sizes.
    """

    low: OfGroup
    high: OfGroup
    largest: float

    @classmethod
    def of(cls, values: Mapping[str, float]) -> Extremes:
        """Find them among values by group; of equal ones the first counts."""
        low, high = min(values, key=values.__getitem__), max(values, key=values.__getitem__)
        return cls(
            low=OfGroup(group=low, value=values[low]),
            high=OfGroup(group=high, value=values[high]),
            largest=max(map(abs, values.values())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolingSummary:
    """
    Complete and no pooling, over the rows with an outcome and the predictor.

    Parameters
    ----------
    n_observations : int
    smallest, largest : int
        Rows of the smallest and of the largest group.
    slopes : Extremes or None
        Of the groups' own lines; None if no group has a slope.
    intercept_deviation, slope_deviation : float or None
        Standard deviations of the groups' own intercepts, and of their slopes; None with fewer than
        two.
    slope_error : float or None
        Mean of their standard errors; None if none is known.
    without_slope : tuple of str
        Groups whose predictor has one value.
    """

    n_observations: int
    smallest: int
    largest: int
    slopes: Extremes | None
    intercept_deviation: float | None
    slope_deviation: float | None
    slope_error: float | None
    without_slope: tuple[str, ...]


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
        With the intercept at the means of the predictors with random slopes; None without any.
    """

    fixed: Mapping[str, Coefficient]
    random: Mapping[str, RandomTerm]
    components: VarianceComponents
    at_mean: VarianceComponents | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """
    Names of the compared models that criteria prefer, and what BIC charges a parameter.

    Parameters
    ----------
    aic, bic : str
    bic_of_groups : str
        By a BIC that counts groups, not rows.
    log_n : float
        Logarithm of the number of rows.
    """

    aic: str
    bic: str
    bic_of_groups: str
    log_n: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """
    The numbers of a report.

    Parameters
    ----------
    variables : Mapping of str to Described
        By column, over the whole sample.
    n_modelled : int
        Rows that the compared models use.
    smallest, largest : int
        Rows of the smallest and the largest group of the sample.
    centre, spread : float
        Mean and standard deviation of the predictor with the random slope, in the rows that the
        models use.
    off_scale : bool
        Whether a predictor of 0 is outside these rows.
    pooling : PoolingSummary
    models : Mapping of str to ModelSummary
        By name, the null model's too.
    weights : Weights or None
    level_2 : Level2 or None
    effects : tuple of Effect
    outlines : tuple of Outline
    best : Best or None
        None if the models may not be compared.
    """

    variables: Mapping[str, Described]
    n_modelled: int
    smallest: int
    largest: int
    centre: float
    spread: float
    off_scale: bool
    pooling: PoolingSummary
    models: Mapping[str, ModelSummary]
    weights: Weights | None
    level_2: Level2 | None
    effects: tuple[Effect, ...]
    outlines: tuple[Outline, ...]
    best: Best | None

    @property
    def normal_quantile(self) -> float:
        """Standard errors to either side of an estimate in a normal 95% interval."""
        return NORMAL_975


def summarise(lines: Lines) -> Summary:
    """
    Compute the numbers of a report.

    Parameters
    ----------
    lines : Lines

    Returns
    -------
    Summary
    """
    predictor, sizes = lines.fitted.rows[lines.study.slope], lines.fitted.sample.sizes.values()
    return Summary(
        variables=_variables(lines),
        n_modelled=len(lines.fitted.rows),
        smallest=min(sizes),
        largest=max(sizes),
        centre=lines.centre,
        spread=float(predictor.std()),
        off_scale=bool(predictor.min() > 0 or predictor.max() < 0),
        pooling=_pooling(lines),
        models={
            name: _model(fits["REML"], lines.means_of_slopes(fits["REML"]))
            for name, fits in lines.fitted.models.items()
        },
        weights=weights(lines),
        level_2=level_2(lines),
        effects=effects(lines),
        outlines=outlines(lines),
        best=_best(lines),
    )


def _variables(lines: Lines) -> dict[str, Described]:
    study, table = lines.study, lines.fitted.sample.table
    by_group = table.groupby(study.group)
    return {
        name: described(2, by_group[name].first())
        if name in study.group_covariates
        else described(1, table[name])
        for name in study.columns[1:]
    }


def described(level: int, column: pd.Series[float]) -> Described:
    """Describe the values of a column that are not missing."""
    values = column.dropna()
    return Described(
        level=level,
        n=len(values),
        low=float(values.min()),
        high=float(values.max()),
        mean=float(values.mean()),
        deviation=float(values.std()) if len(values) > 1 else None,
        whole=bool((values % 1 == 0).all()),
    )


def _pooling(lines: Lines) -> PoolingSummary:
    own = lines.fitted.none
    slopes = {group: line.slope for group, line in own.items() if line.slope is not None}
    errors = [error for line in own.values() if (error := line.slope_standard_error) is not None]
    sizes = lines.sizes.values()
    return PoolingSummary(
        n_observations=len(lines.fitted.pooled_rows),
        smallest=min(sizes),
        largest=max(sizes),
        slopes=Extremes.of(slopes) if slopes else None,
        intercept_deviation=_deviation([line.intercept for line in own.values()]),
        slope_deviation=_deviation(list(slopes.values())),
        slope_error=fmean(errors) if errors else None,
        without_slope=tuple(group for group in lines.groups if group not in slopes),
    )


def _deviation(values: list[float]) -> float | None:
    return stdev(values) if len(values) > 1 else None


def _model(fit: MixedFit, means: Mapping[str, float]) -> ModelSummary:
    components = VarianceComponents.of(fit)
    fixed = {name: Coefficient.of(fit, name) for name in fit.fixed_effects}
    return ModelSummary(
        fixed=fixed,
        random={
            name: _random(fit, name, fixed[name].estimate, deviation)
            for name, deviation in components.deviations.items()
        },
        components=components,
        at_mean=VarianceComponents.of(fit, means) if fit.spec.slopes else None,
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


def _best(lines: Lines) -> Best | None:
    rows = lines.fitted.comparison
    if rows is None:
        return None
    # All have the same rows and groups, or they could not be compared.
    fit = lines.fitted.models[rows[0].model]["ML"]
    per_group = math.log(fit.n_groups)
    return Best(
        aic=min(rows, key=lambda row: row.aic).model,
        bic=min(rows, key=lambda row: row.bic).model,
        bic_of_groups=min(rows, key=lambda row: row.deviance + per_group * row.npar).model,
        log_n=math.log(fit.n_observations),
    )
