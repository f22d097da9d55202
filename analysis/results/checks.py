"""What the residuals and the group effects of the largest model show of its assumptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.inference.residuals import Rows
from analysis.mixed.design import used_rows
from analysis.mixed.model import INTERCEPT
from analysis.results.capabilities import no_checks
from analysis.results.quantiles import Quantiles, middle, places_of, quantiles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.mixed.crossproducts import Array
    from analysis.mixed.fit import MixedFit
    from analysis.results.lines import Lines

    Sizes = NDArray[np.int64]

SEED = 1
"""Of the simulations."""

# So that the 95% in the middle end at a simulated value: the 5th of 199, the last of 39.
_MANY, _FEW, _FEW_FROM = 199, 39, 20_000
# Points and means of residuals against fitted values.
_MOST_POINTS = 1500
_MOST_BINS, _ROWS_OF_A_BIN = 12, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """
    How far the residuals of a group lie apart.

    Parameters
    ----------
    group : str
    n : int
        Rows.
    deviation : float
        Standard deviation of the residuals, units of the outcome: the root of their sum of squares
        over what the model expects of that in units of the residual variance.
    low, high : float
        What 95% of simulations with the same spread in every group lie between.
    """

    group: str
    n: int
    deviation: float
    low: float
    high: float

    @property
    def usual(self) -> bool:
        """Whether it lies in between."""
        return self.low <= self.deviation <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """
    The checks of a model.

    Parameters
    ----------
    model : str
        Name of the largest model; its REML fit is checked.
    synthetic : bool
        Whether the rows are invented: then what rests on them tells how, and what rests on groups
        alone tells of the data.
    n : int
        Rows that the model uses.
    fitted, residuals : ndarray, shape (n_shown,)
        Units of the outcome; of very many rows, some at even steps.
    deviation : float
        Residual standard deviation of the model, same unit.
    trend : tuple of (float, float)
        Mean fitted value and mean residual of rows with like fitted values.
    of_residuals : Quantiles
        Of the residuals, standardised.
    of_groups : Mapping of str to Quantiles
        Of the group effects, standardised, by term ("height" at the predictor's mean, "slope");
        none whose variance is estimated as 0.
    spread : tuple of Spread
        In the order of the fit's groups.
    n_simulations, seed : int
        Outcomes drawn from the fit; of each, fixed effects and residual variance were estimated
        anew, and group effects predicted with the fit's relative covariance.
    """

    model: str
    synthetic: bool
    n: int
    fitted: Array
    residuals: Array
    deviation: float
    trend: tuple[tuple[float, float], ...]
    of_residuals: Quantiles
    of_groups: Mapping[str, Quantiles]
    spread: tuple[Spread, ...]
    n_simulations: int
    seed: int

    @property
    def n_unusual(self) -> int:
        """Groups whose spread lies outside of what 95% of simulations do."""
        return sum(not each.usual for each in self.spread)


def checks(lines: Lines) -> Checks | None:
    """
    Check the largest of a study's compared models.

    Parameters
    ----------
    lines : Lines

    Returns
    -------
    Checks or None
        None where `no_checks` says why.
    """
    fitted = lines.fitted
    if no_checks(fitted):
        return None
    fit = fitted.models[fitted.ladder.compared[-1]]["REML"]
    table, codes = _rows(lines, fit)
    spec, ones = fit.spec, np.ones((len(table), 1))
    x = np.hstack((ones, table[list(spec.fixed)].to_numpy(dtype=float)))
    z = table[list(spec.slopes)].to_numpy(dtype=float)
    z = np.hstack((ones, z)) if spec.random_intercept else z
    outcome = table[spec.outcome].to_numpy(dtype=float)[:, None]
    rows = Rows(fit, x, z, np.bincount(codes), _terms(lines, fit))
    residuals = rows.residuals(outcome - outcome.mean())[0][:, 0]
    n_simulations = _MANY if len(table) <= _FEW_FROM else _FEW
    simulated = _Simulated.of(rows, len(table), n_simulations)
    found = rows.standardised(outcome - outcome.mean())
    predicted = outcome[:, 0] - residuals
    shown = slice(None, None, -(-len(table) // _MOST_POINTS))
    deviation = float(np.sqrt(fit.residual_variance))
    return Checks(
        model=fit.name,
        synthetic=fitted.study.synthetic,
        n=len(table),
        fitted=predicted[shown],
        residuals=residuals[shown],
        deviation=deviation,
        trend=_trend(predicted, residuals),
        of_residuals=quantiles(found.residuals[:, 0], simulated.residuals),
        of_groups={
            term: quantiles(values[:, 0], simulated.effects[term])
            for term, values in found.effects.items()
        },
        spread=_spread(fit, np.bincount(codes), deviation * found.spread[:, 0], simulated.spread),
        n_simulations=n_simulations,
        seed=SEED,
    )


def _rows(lines: Lines, fit: MixedFit) -> tuple[pd.DataFrame, Sizes]:
    """Return the rows of a fit, group after group, and the group of each."""
    matrix = lines.fitted.ladder.rung(fit.name).matrix
    table = used_rows(fit.spec, lines.fitted.sample.table if matrix is None else matrix.table)
    codes = pd.Index(fit.groups).get_indexer(pd.Index(table[fit.spec.group].astype(str)))
    by_group = np.argsort(codes, kind="stable")
    return table.iloc[by_group], codes[by_group]


def _terms(lines: Lines, fit: MixedFit) -> dict[str, Array]:
    """Return the weights of the random effects in heights and slopes."""
    if fit.name in lines.fits:
        return lines.random_terms(fit.name, fit.groups)
    # Without lines there are the random effects by themselves.
    unit = np.eye(len(fit.random_names))
    names = ["height" if name == INTERCEPT else name for name in fit.random_names]
    return {name: np.tile(row, (fit.n_groups, 1)) for name, row in zip(names, unit, strict=True)}


class _Simulated:
    """Simulated values in order, at the places that are shown, an outcome a column."""

    def __init__(self, residuals: Array, effects: dict[str, Array], spread: Array) -> None:
        self.residuals, self.effects, self.spread = residuals, effects, spread

    @classmethod
    def of(cls, rows: Rows, n_rows: int, n_simulations: int) -> _Simulated:
        places = places_of(n_rows)
        parts = [
            (
                np.sort(part.residuals, axis=0)[places],
                {term: np.sort(each, axis=0) for term, each in part.effects.items()},
                part.spread,
            )
            for part in rows.simulated(n_simulations, SEED)
        ]
        residuals, effects, spread = zip(*parts, strict=True)
        return cls(
            np.hstack(residuals),
            {term: np.hstack([each[term] for each in effects]) for term in effects[0]},
            np.hstack(spread),
        )


def _spread(fit: MixedFit, sizes: Sizes, found: Array, simulated: Array) -> tuple[Spread, ...]:
    deviation = float(np.sqrt(fit.residual_variance))
    low, high = (deviation * end for end in middle(simulated))
    columns = (sizes.tolist(), found.tolist(), low.tolist(), high.tolist())
    return tuple(
        Spread(group=group, n=n, deviation=value, low=least, high=greatest)
        for group, n, value, least, greatest in zip(fit.groups, *columns, strict=True)
    )


def _trend(fitted: Array, residuals: Array) -> tuple[tuple[float, float], ...]:
    """Return the means of rows with like fitted values, as many in each."""
    n_bins = max(1, min(_MOST_BINS, len(fitted) // _ROWS_OF_A_BIN))
    order = np.argsort(fitted, kind="stable")
    return tuple(
        (float(fitted[part].mean()), float(residuals[part].mean()))
        for part in np.array_split(order, n_bins)
    )
