"""What a fit says of each row of its table, and the fit as statsmodels' MixedLM results object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from statsmodels.regression.mixed_linear_model import (
    MixedLMParams,
    MixedLMResults,
    MixedLMResultsWrapper,
)

from analysis.mixed.design import used_rows
from analysis.mixed.model import INTERCEPT

if TYPE_CHECKING:
    from analysis.mixed.crossproducts import Array
    from analysis.mixed.fit import MixedFit


# Moves a log-likelihood by some 1e-6, and leaves half of the digits to an inverse.
_RIDGE = 1e-8


def fitted_values(fit: MixedFit, table: pd.DataFrame) -> pd.Series:
    """Return the fixed part plus predicted group effects, one a row that the fit used."""
    table = used_rows(fit.spec, table)
    codes = pd.factorize(table[fit.spec.group])[0]
    effects = dict(zip(fit.random_names, fit.conditional_means.T, strict=True))
    fitted = fit.fixed_effects[INTERCEPT] + effects[INTERCEPT][codes]
    for name in fit.spec.fixed:
        slope = fit.fixed_effects[name] + (effects[name][codes] if name in effects else 0.0)
        fitted = fitted + slope * table[name].to_numpy(dtype=float)
    return pd.Series(fitted, index=table.index)


def statsmodels_results(fit: MixedFit, table: pd.DataFrame) -> Any:
    """
    Build statsmodels' results object at the parameters of a fit.

    Parameters
    ----------
    fit : MixedFit
    table : DataFrame
        The table that it was fitted to.

    Returns
    -------
    statsmodels.regression.mixed_linear_model.MixedLMResultsWrapper
        Standard errors of its fixed effects are the GLS ones; those of its covariance parameters
        come from statsmodels' Hessian, and are NaN where the fit is singular. Its own formulas
        there get a covariance that is just not singular (`cov_re` is the fit's).
    """
    spec, table = fit.spec, used_rows(fit.spec, table)
    model = smf.mixedlm(
        spec.fixed_formula,
        table,
        groups=table[spec.group],
        re_formula="~" + " + ".join(("1", *spec.slopes)),
        use_sqrt=False,
    )
    # MixedLM.fit of statsmodels 0.15 cannot be told to stay where it starts, but sets these first.
    model.reml, model.cov_pen, model.fe_pen = fit.method == "REML", None, None
    model._cov_sing, model._freepat = 0, None
    fixed = np.array(list(fit.fixed_effects.values()))
    relative = fit.random_covariance / fit.residual_variance
    if fit.singular:
        # statsmodels 0.15 has no right log-likelihood of a singular covariance, or an infinite one.
        relative = relative + _RIDGE * max(1.0, relative.max()) * np.eye(len(relative))
    params = MixedLMParams.from_components(fe_params=fixed, cov_re=relative)
    results = MixedLMResults(
        model,
        params.get_packed(use_sqrt=False, has_fe=True),
        _covariance(model, params, fit) / fit.residual_variance,
    )
    attributes = {
        "params_object": params,
        "fe_params": fixed,
        "cov_re": fit.random_covariance,
        "cov_re_unscaled": relative,
        "vcomp": np.empty(0),
        "scale": fit.residual_variance,
        "method": fit.method,
        "reml": model.reml,
        "converged": True,
        "hist": None,
        "cov_pen": None,
        "use_sqrt": False,
        "freepat": None,
        **{name: getattr(model, name) for name in ("k_fe", "k_re", "k_re2", "k_vc")},
    }
    for name, value in attributes.items():
        setattr(results, name, value)
    return MixedLMResultsWrapper(results)


def _covariance(model: Any, params: Any, fit: MixedFit) -> Array:
    p = len(fit.fixed_effects)
    size = p + model.k_re2
    covariance = np.full((size, size), np.nan)
    if not fit.singular:
        hessian, _ = model.hessian(params)
        covariance[p:, p:] = np.linalg.inv(-hessian)[p:, p:]
    covariance[:p, :p] = fit.covariance
    covariance[:p, p:] = covariance[p:, :p] = 0.0
    return covariance
