"""Everything that a study's report shows, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.errors import NotComparableError
from analysis.inference.comparison import ComparisonRow, compare
from analysis.mixed.design import design
from analysis.mixed.estimate import estimate
from analysis.results.ladder import ladder
from analysis.results.pooling import (
    Line,
    OwnLine,
    PooledLine,
    between_groups,
    complete_pooling,
    no_pooling,
)
from analysis.study.sample import Sample, load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.mixed.fit import MixedFit
    from analysis.mixed.likelihood import Method
    from analysis.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """
    The results of a study.

    Parameters
    ----------
    sample : Sample
    complete : PooledLine
        Complete pooling.
    between : Line
        The line of the groups' means.
    none : Mapping of str to OwnLine
        No pooling, by group.
    models : Mapping of str to (Mapping of str to MixedFit)
        By name ("m1", "m2", "m3" where there is one), then by method ("REML", "ML").
    comparison : tuple of ComparisonRow or None
        The ML fits compared; None if they may not be.
    not_comparable : str
        Why not; empty if they may.
    """

    sample: Sample
    complete: PooledLine
    between: Line
    none: Mapping[str, OwnLine]
    models: Mapping[str, Mapping[Method, MixedFit]]
    comparison: tuple[ComparisonRow, ...] | None
    not_comparable: str = ""

    @property
    def study(self) -> Study:
        """The study."""
        return self.sample.study

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the numbers, a line each."""
        singular = [
            f"{name}: the {method} fit is singular: a random effect has variance 0, or two are "
            "perfectly correlated"
            for name, fits in self.models.items()
            for method, fit in fits.items()
            if fit.singular
        ]
        comparison = [self.not_comparable] if self.not_comparable else []
        return (*self.sample.notes, *singular, *comparison)


def analyse(study: Study) -> Results:
    """
    Load a study's data and fit all its models.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Results

    Raises
    ------
    AnalysisError
        If the data or a model cannot be used.
    """
    sample = load(study)
    models: dict[str, Mapping[Method, MixedFit]] = {}
    for spec in ladder(study):
        built = design(spec, sample.table)
        models[spec.name] = {"REML": estimate(built, "REML"), "ML": estimate(built, "ML")}
    comparison, not_comparable = None, ""
    try:
        comparison = compare([fits["ML"] for fits in models.values()])
    except NotComparableError as error:
        not_comparable = str(error)
    return Results(
        sample=sample,
        complete=complete_pooling(sample),
        between=between_groups(sample),
        none=no_pooling(sample),
        models=models,
        comparison=comparison,
        not_comparable=not_comparable,
    )


def as_dict(results: Results) -> dict[str, Any]:
    """
    Return the results in the form of results.json.

    Parameters
    ----------
    results : Results

    Returns
    -------
    dict
        Plain Python values at full precision; what does not exist is None.
    """
    sample = results.sample
    return {
        "data": {
            "source": sample.source,
            "sha256": sample.sha256,
            "n_observations": sample.n_observations,
            "n_groups": sample.n_groups,
        },
        "pooling": {
            "complete": _line(results.complete),
            "none": {group: _line(line) for group, line in results.none.items()},
        },
        "models": {
            name: {
                "formula": fits["REML"].spec.formula,
                **{method: _fit(fit) for method, fit in fits.items()},
            }
            for name, fits in results.models.items()
        },
        "comparison": results.comparison and [_comparison_row(row) for row in results.comparison],
    }


def as_text(results: Results) -> str:
    """
    Return the results as text for a terminal.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str
        Every model's REML estimates and standard errors, then the comparison of the ML fits
        if they may be compared.
    """
    lines = [
        f"{results.study.title}: {results.sample.n_observations} rows in "
        f"{results.sample.n_groups} groups, from {results.sample.source}"
    ]
    for name, fits in results.models.items():
        fit = fits["REML"]
        lines += ["", f"{name}: {fit.spec.formula} (REML, criterion {fit.criterion:.4f})"]
        errors = fit.standard_errors
        room = 4 + max(map(len, (*fit.fixed_effects, "residual")))
        lines += [
            f"  {term:<{room}}{estimate:>13.6g}  ({errors[term]:.6g})"
            for term, estimate in fit.fixed_effects.items()
        ]
        lines += [
            f"  sd {term:<{room - 3}}{variance**0.5:>13.6g}"
            for term, variance in zip(
                (*fit.random_names, "residual"),
                (*fit.random_covariance.diagonal().tolist(), fit.residual_variance),
                strict=True,
            )
        ]
    if results.comparison is not None:
        heads = f"{'AIC':>16}{'BIC':>16}{'logLik':>16}{'Chisq':>14}{'Df':>4}{'Pr(>Chisq)':>12}"
        lines += ["", f"{'ML':<6}{'npar':>6}{heads}"]
        lines += [_comparison_line(row) for row in results.comparison]
    return "\n".join(lines) + "\n"


def _comparison_line(row: ComparisonRow) -> str:
    line = f"{row.model:<6}{row.npar:>6}{row.aic:>16.4f}{row.bic:>16.4f}{row.log_likelihood:>16.4f}"
    if row.chisq is None:
        return line
    return f"{line}{row.chisq:>14.4f}{row.df:>4}{row.p:>12.4g}"


def _line(line: Line) -> dict[str, float | None]:
    return {"intercept": line.intercept, "slope": line.slope}


def _fit(fit: MixedFit) -> dict[str, Any]:
    return {
        "fixed_effects": dict(fit.fixed_effects),
        "standard_errors": fit.standard_errors,
        "random_covariance": fit.random_covariance.tolist(),
        "residual_variance": fit.residual_variance,
        "log_likelihood": fit.log_likelihood,
        "criterion": fit.criterion,
        "aic": fit.aic,
        "bic": fit.bic,
        "n_parameters": fit.n_parameters,
        "n_observations": fit.n_observations,
        "n_groups": fit.n_groups,
        "singular": fit.singular,
        "group_effects": {group: dict(effects) for group, effects in fit.group_effects.items()},
    }


def _comparison_row(row: ComparisonRow) -> dict[str, Any]:
    return {
        "model": row.model,
        "npar": row.npar,
        "AIC": row.aic,
        "BIC": row.bic,
        "logLik": row.log_likelihood,
        "deviance": row.deviance,
        "Chisq": row.chisq,
        "Df": row.df,
        "p": row.p,
        "p_boundary": row.p_boundary,
    }
