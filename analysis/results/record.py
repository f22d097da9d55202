"""The results in the form of results.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.results.components import VarianceComponents
from analysis.results.ladder import Role
from analysis.results.record_of_groups import EFFECTS, LINES, MOST_IN_JSON
from analysis.results.record_of_inference import with_inference

if TYPE_CHECKING:
    from analysis.inference.comparison import ComparisonRow
    from analysis.mixed.fit import MixedFit
    from analysis.results.pooling import Line
    from analysis.results.results import Results


def as_dict(results: Results, *, inference: bool = False, beside: bool = True) -> dict[str, Any]:
    """
    Return the results in the form of results.json.

    Parameters
    ----------
    results : Results
    inference : bool
        With tests, intervals, shares of variance and influence beside the estimates.
    beside : bool
        Whether there are files for what more than `MOST_IN_JSON` groups have, effects and lines of
        their own: these are None then, and ``group_effects_file`` and ``none_file`` name the file,
        or are None too.

    Returns
    -------
    dict
        Plain Python values at full precision; what does not exist is None.
    """
    sample = results.sample
    many = sample.n_groups > MOST_IN_JSON
    effects, lines = (EFFECTS, LINES) if beside else (None, None)

    def of_groups(fit: MixedFit) -> dict[str, Any]:
        if many:
            return {"group_effects": None, "group_effects_file": effects}
        return {"group_effects": fit.group_effects}

    found = {
        "data": {
            "source": sample.source,
            "sha256": sample.sha256,
            "n_observations": sample.n_observations,
            "n_groups": sample.n_groups,
        },
        "pooling": {
            "complete": _line(results.complete),
            **(
                {"none": None, "none_file": lines}
                if many
                else {"none": {group: _line(line) for group, line in results.none.items()}}
            ),
        },
        "models": {
            name: {
                "formula": fits["REML"].spec.formula,
                **{method: _fit(fit) | of_groups(fit) for method, fit in fits.items()},
            }
            for name, fits in results.models.items()
        },
        "not_fitted": dict(results.not_fitted),
        "icc": {
            "null": _icc(results.fit(Role.NULL)),
            "residual": _icc(results.fit(Role.INTERCEPTS)),
        },
        "comparison": results.comparison and [_comparison_row(row) for row in results.comparison],
    }
    return with_inference(found, results) if inference else found


def _icc(fit: MixedFit | None) -> float | None:
    return None if fit is None else VarianceComponents.of(fit).icc


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
