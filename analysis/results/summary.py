"""What the report says in words, tables and figures: every number of it, computed once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.inference.intervals import NORMAL_975
from analysis.results.described import Described, Levels, categories, variables
from analysis.results.effects import Effect, Outline, effects, outlines
from analysis.results.level_2 import Level2, level_2
from analysis.results.models import ModelSummary, model_summary
from analysis.results.pooled import PoolingSummary, pooling_summary
from analysis.results.slopes import LineSummary, line_summaries
from analysis.results.weights import Weights, weights

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.results.lines import Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """
    Names of the compared models that criteria prefer, and what BIC charges a parameter.

    Parameters
    ----------
    aic, bic : str
    bic_of_groups : str
        By a BIC that counts groups, not rows.
    tests : str
        The last one whose likelihood-ratio test against the one before it has p < 0.05; the first
        if there is none.
    log_n : float
        Logarithm of the number of rows.
    """

    aic: str
    bic: str
    bic_of_groups: str
    tests: str
    log_n: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """
    The numbers of a report.

    Parameters
    ----------
    variables : Mapping of str to Described
        By column, over the whole sample.
    categories : Mapping of str to Levels
        The same of columns that are names.
    n_modelled : int
        Rows that the compared models use.
    smallest, largest : int
        Rows of the smallest and the largest group of the sample.
    centre, spread : float
        Mean and standard deviation of the predictor with the random slope, in the rows that the
        models use; 0 without one.
    off_scale : bool
        Whether a predictor of 0 is outside these rows.
    pooling : PoolingSummary
    models : Mapping of str to ModelSummary
        By name, the null model's too.
    lines : Mapping of str to LineSummary
        Of the compared models that predict straight lines, by name.
    weights : Weights or None
    level_2 : Level2 or None
    effects : tuple of Effect
    outlines : tuple of Outline
    best : Best or None
        None if the models may not be compared.
    """

    variables: Mapping[str, Described]
    categories: Mapping[str, Levels]
    n_modelled: int
    smallest: int
    largest: int
    centre: float
    spread: float
    off_scale: bool
    pooling: PoolingSummary
    models: Mapping[str, ModelSummary]
    lines: Mapping[str, LineSummary]
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
    slope, sizes = lines.study.slope, lines.fitted.sample.sizes.values()
    rows = lines.fitted.of_models
    low, high = (0.0, 0.0) if slope is None else rows.range(slope)
    return Summary(
        variables=variables(lines.fitted),
        categories=categories(lines.fitted),
        n_modelled=len(rows),
        smallest=min(sizes),
        largest=max(sizes),
        centre=lines.centre,
        spread=0.0 if slope is None else rows.deviation(slope),
        off_scale=low > 0 or high < 0,
        pooling=pooling_summary(lines),
        models={
            name: model_summary(fits["REML"], lines.means_of_slopes(fits["REML"]))
            for name, fits in lines.fitted.models.items()
        },
        lines=line_summaries(lines),
        weights=weights(lines),
        level_2=level_2(lines),
        effects=effects(lines),
        outlines=outlines(lines),
        best=_best(lines),
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
        tests=([rows[0]] + [row for row in rows if row.p is not None and row.p < 0.05])[-1].model,
        log_n=math.log(fit.n_observations),
    )
