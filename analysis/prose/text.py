"""A study's results as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.prose.text_of_inference import inference_lines
from analysis.results.components import VarianceComponents
from analysis.results.results import INTERCEPT
from analysis.writing.words import counted

if TYPE_CHECKING:
    from analysis.results.results import ComparisonRow, MixedFit, Results


def as_text(results: Results, *, inference: bool = False) -> str:
    """
    Return the results as text for a terminal.

    Parameters
    ----------
    results : Results
    inference : bool
        With what is known of the parameters.

    Returns
    -------
    str
        Every model's REML estimates and standard errors, then the comparison of the ML fits
        if they may be compared.
    """
    words, sample = results.study.words, results.sample
    lines = [
        f"{results.study.title}: {counted(sample.n_observations, words.unit, words.units)} in "
        f"{sample.n_groups} {words.groups}, from {sample.source}"
    ]
    for name, fits in results.models.items():
        lines += ["", *_model(name, fits["REML"])]
    for name, reason in results.not_fitted.items():
        lines += ["", f"{name}: left out: {reason}"]
    if results.comparison is not None:
        heads = f"{'AIC':>16}{'BIC':>16}{'logLik':>16}{'Chisq':>14}{'Df':>4}{'Pr(>Chisq)':>12}"
        lines += ["", f"{'ML':<6}{'npar':>6}{heads}"]
        lines += [_comparison_line(row) for row in results.comparison]
    if inference:
        lines += inference_lines(results)
    return "\n".join(lines) + "\n"


def _model(name: str, fit: MixedFit) -> list[str]:
    errors, components = fit.standard_errors, VarianceComponents.of(fit)
    estimates = [
        (term, value, f"  ({errors[term]:.6g})") for term, value in fit.fixed_effects.items()
    ]
    estimates += [(f"sd {term}", value, "") for term, value in components.deviations.items()]
    estimates.append(("sd residual", components.residual_deviation, ""))
    estimates += [
        (f"cor {INTERCEPT},{slope}", correlation, "")
        for slope, correlation in components.correlations.items()
        if correlation is not None
    ]
    room = len(max((term for term, _, _ in estimates), key=len))
    lines = [f"{name}: {fit.spec.formula} (REML, criterion {fit.criterion:.4f})"]
    return lines + [f"  {term:<{room}}{value:>14.6g}{more}" for term, value, more in estimates]


def _comparison_line(row: ComparisonRow) -> str:
    line = f"{row.model:<6}{row.npar:>6}{row.aic:>16.4f}{row.bic:>16.4f}{row.log_likelihood:>16.4f}"
    if row.chisq is None:
        return line
    return f"{line}{row.chisq:>14.4f}{row.df:>4}{row.p:>12.4g}"
