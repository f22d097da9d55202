"""Models one step further than a study's own, and how they change what it reads."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.errors import AnalysisError
from analysis.inference.comparison import ComparisonRow, compare
from analysis.mixed.estimate import estimate
from analysis.mixed.model import in_formula
from analysis.results.coefficients import Coefficient
from analysis.results.components import VarianceComponents
from analysis.results.designs import designs
from analysis.results.ladder import Ladder, Role, Rung, made_rung

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analysis.mixed.design import Design
    from analysis.mixed.fit import MixedFit
    from analysis.mixed.likelihood import Method
    from analysis.results.fitted import Fitted
    from analysis.study.formula import Formula

FIXED_SLOPE, CROSS_LEVEL, CONTEXTUAL = "fixed_slope", "cross_level", "contextual"
"""Names of the models: the base without its random slope; with the product of slope and level 2
predictor; with the group mean of the slope's predictor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherModel:
    """
    A model one step further.

    Parameters
    ----------
    rung : Rung
    fits : Mapping of str to MixedFit
        By method ("REML", "ML").
    term : str
        Name of the fixed effect that it adds to the base; empty if it adds none.
    columns : tuple of str
        The columns of that.
    test : ComparisonRow
        Of the larger of the two, this model and the base, against the smaller one.
    """

    rung: Rung
    fits: Mapping[Method, MixedFit]
    term: str
    columns: tuple[str, ...]
    test: ComparisonRow

    @property
    def added(self) -> Coefficient | None:
        """The fixed effect that it adds."""
        return Coefficient.of(self.fits["REML"], self.term) if self.term else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """
    The models one step further than a study's own.

    Parameters
    ----------
    base : str
        The study's model that they start from: the one with level 2 predictors, or else the one
        with random slopes.
    base_fit : MixedFit
        Its REML fit.
    models : Mapping of str to FurtherModel
        Those that could be fitted to the rows of the base.
    rows : tuple of ComparisonRow
        The study's compared models and these, without tests, the lowest AIC first.
    level_2 : tuple of (float, Coefficient)
        What one more of the level 2 predictor goes with under the model with the product, at the
        least and at the greatest value of the slope's predictor; empty without that model.
    """

    base: str
    base_fit: MixedFit
    models: Mapping[str, FurtherModel]
    rows: tuple[ComparisonRow, ...]
    level_2: tuple[tuple[float, Coefficient], ...]

    @property
    def slope_deviations(self) -> tuple[float, float] | None:
        """Standard deviation of the slopes in the base and beside the product; None without it."""
        model = self.models.get(CROSS_LEVEL)
        if model is None:
            return None
        slope = model.columns[0]
        own = self.base_fit, model.fits["REML"]
        before, after = (VarianceComponents.of(fit).deviations[slope] for fit in own)
        return before, after

    @property
    def best_aic(self) -> str:
        """Name of the model with the lowest AIC."""
        return self.rows[0].model

    @property
    def best_bic(self) -> str:
        """Name of the model with the lowest BIC."""
        return min(self.rows, key=lambda row: row.bic).model


def further(fitted: Fitted) -> Further | None:
    """
    Fit the models one step further than a study's own.

    Parameters
    ----------
    fitted : Fitted

    Returns
    -------
    Further or None
        None without a model with random slopes whose rows all compared models share.
    """
    base = fitted.ladder.name(Role.LEVEL_2) or fitted.ladder.name(Role.SLOPES)
    if base is None or fitted.comparison is None or not fitted.ladder.rung(base).spec.slopes:
        return None
    fits, models = fitted.models[base], {}
    formulas = _formulas(fitted, base)
    rungs = _rungs(fitted, {name: formula for name, (formula, *_) in formulas.items()})
    designed = designs(fitted.sample, Ladder(rungs=tuple(rungs.values())), fitted.sums)
    for name, rung in rungs.items():
        _, term, columns = formulas[name]
        model = _fitted(rung, designed, fits["ML"], term, columns)
        if model is not None:
            models[name] = model
    own = compare([fits["ML"] for fits in _compared(fitted)], nested=False)
    rows = [*own, *(compare([model.fits["ML"]])[0] for model in models.values())]
    return Further(
        base=base,
        base_fit=fits["REML"],
        models=models,
        rows=tuple(sorted((_untested(row) for row in rows), key=lambda row: row.aic)),
        level_2=_level_2(fitted, models.get(CROSS_LEVEL)),
    )


def _level_2(fitted: Fitted, model: FurtherModel | None) -> tuple[tuple[float, Coefficient], ...]:
    if model is None:
        return ()
    fit = model.fits["REML"]
    names = list(fit.fixed_effects)
    pair = (fitted.study.group_covariates[0], model.term)
    found = []
    for value in fitted.of_models.range(fitted.study.axis):
        weights = np.zeros(len(names))
        weights[[names.index(name) for name in pair]] = 1.0, value
        found.append((value, Coefficient.combined(fit, weights)))
    return tuple(found)


def _compared(fitted: Fitted) -> list[Mapping[Method, MixedFit]]:
    return [fitted.models[name] for name in fitted.ladder.compared]


def _untested(row: ComparisonRow) -> ComparisonRow:
    return ComparisonRow(
        model=row.model,
        npar=row.npar,
        aic=row.aic,
        bic=row.bic,
        log_likelihood=row.log_likelihood,
        deviance=row.deviance,
    )


def _formulas(fitted: Fitted, base: str) -> dict[str, tuple[Formula, str, tuple[str, ...]]]:
    """Return the models as formulas, each with the fixed effect that it adds, and its columns."""
    from analysis.study.formula import read_formula

    spec, study = fitted.ladder.rung(base).spec, fitted.study
    own = read_formula(base, spec.formula)
    outcome, group, slope = map(in_formula, (own.outcome, own.group, study.axis))

    def made(name: str, fixed: str, random: str) -> Formula:
        return read_formula(name, f"{outcome} ~ {fixed} + ({random} | {group})")

    found: dict[str, tuple[Formula, str, tuple[str, ...]]] = {}
    others = [fitted.ladder.rung(name).spec for name in fitted.ladder.compared]
    if not any(other.fixed == spec.fixed and not other.slopes for other in others):
        found[FIXED_SLOPE] = (made(FIXED_SLOPE, own.fixed, "1"), "", ())
    level_2 = next(iter(study.group_covariates), "")
    if fitted.ladder.role(base) is Role.LEVEL_2 and level_2 in spec.fixed:
        product = f"{slope}:{in_formula(level_2)}"
        formula = made(CROSS_LEVEL, f"{own.fixed} + {product}", own.random)
        found[CROSS_LEVEL] = (formula, f"{study.axis}:{level_2}", (study.axis, level_2))
    mean = f"group_mean({slope})"
    formula = made(CONTEXTUAL, f"{own.fixed} + {mean}", own.random)
    found[CONTEXTUAL] = (formula, mean.replace("`", ""), (study.axis,))
    return found


def _rungs(fitted: Fitted, formulas: Mapping[str, Formula]) -> dict[str, Rung]:
    """Return those of some models whose columns can be computed."""
    found = {}
    for name, formula in formulas.items():
        with suppress(AnalysisError):
            found[name] = made_rung(formula, fitted.sample, fitted.sums)
    return found


def _fitted(
    rung: Rung,
    designed: Callable[[Rung], Design],
    base: MixedFit,
    term: str,
    columns: tuple[str, ...],
) -> FurtherModel | None:
    """Fit a model; None if its rows cannot tell it, or are others than the base's."""
    try:
        built = designed(rung)
        fits: dict[Method, MixedFit] = {
            "REML": estimate(built, "REML"),
            "ML": estimate(built, "ML"),
        }
        pair = [base, fits["ML"]] if term else [fits["ML"], base]
        return FurtherModel(
            rung=rung, fits=fits, term=term, columns=columns, test=compare(pair)[-1]
        )
    except AnalysisError:
        return None
