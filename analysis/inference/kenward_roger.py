r"""
Tests of fixed effects by Kenward and Roger: adjusted standard errors and degrees of freedom.

The source of all of it is Kenward & Roger (1997, Biometrics 53, 983-997). Since
:math:`V = \sigma^2(I + Z\Psi Z')` is linear in variances and covariances, they need of each
direction E of :math:`\Psi` only sums over the groups, here in coordinates in which
:math:`X'V^{-1}X` is :math:`\sigma^{-2}I`: :math:`D_E = \sum_jM_j'EM_j` for their -P,
:math:`Q_{EF} = \sum_jM_j'EW_jFM_j`, and :math:`\sum_j\mathrm{tr}(W_jEW_jF)`. Along
:math:`\sigma^2` the corresponding matrices are identities. No matrix has a row for each
observation.

The directions are all those that the model leaves free, whatever the rank at the optimum: so does
pbkrtest, and a covariance at the boundary is taken for one that might have been inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.errors import ModelError, NotIdentifiableError
from analysis.inference.coefficients import coefficient_test, f_test_of, positions
from analysis.inference.uncertainty import Uncertainty, at_estimates, inverse_information
from analysis.mixed.curvature import symmetric_elements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.inference.coefficients import CoefficientTest, FTest
    from analysis.mixed.crossproducts import Array, CrossProducts
    from analysis.mixed.fit import MixedFit
    from analysis.mixed.likelihood import Profile

# Groups of a block: what is computed of them stays in a processor's cache.
_BLOCK_GROUPS = 1024
# An inverse of the mean of F that is no larger is 0 but for rounding.
_NO_MEAN = 1e-6


def kenward_roger(fit: MixedFit) -> Mapping[str, CoefficientTest]:
    """
    Test each fixed effect by t, by Kenward and Roger.

    Parameters
    ----------
    fit : MixedFit
        By REML.

    Returns
    -------
    Mapping of str to CoefficientTest
        By fixed effect, in the model's order; `se` is the adjusted one.

    Raises
    ------
    ModelError
        If the fit is by ML.
    NotIdentifiableError
        If the data do not say how well the variances are known.

    Notes
    -----
    For one effect their F is the square of t, without a scale, and their degrees of freedom are
    2/A with A = A1 = A2: Satterthwaite's, by the expected information.
    """
    known, adjusted = _adjusted(fit)
    errors = np.sqrt(adjusted.diagonal()).tolist()
    contrasts = np.eye(len(errors))
    return {
        name: coefficient_test(
            fit, name, se=se, df=known.df(contrast), approximation="Kenward-Roger"
        )
        for name, se, contrast in zip(fit.spec.fixed_names, errors, contrasts, strict=True)
    }


def kenward_roger_f(fit: MixedFit, names: Sequence[str]) -> FTest:
    """
    Test by F that some fixed effects are all 0, by Kenward and Roger.

    Parameters
    ----------
    fit : MixedFit
        By REML.
    names : sequence of str
        Of fixed effects.

    Returns
    -------
    FTest
        Its `f` has their scale in it.

    Raises
    ------
    ModelError
        If the fit is by ML, or has no such effects.
    NotIdentifiableError
        If the data do not say how well the variances are known, or too little for an F.
    """
    at = positions(fit, names)
    known, adjusted = _adjusted(fit)
    estimates = np.array([fit.fixed_effects[name] for name in names])
    wald = float(estimates @ np.linalg.solve(adjusted[np.ix_(at, at)], estimates)) / len(at)
    span, _ = np.linalg.qr(known.contrasts[:, at])
    moves = span.T @ known.moves @ span
    traces = np.trace(moves, axis1=1, axis2=2)
    between = np.einsum("akl,blk->ab", moves, moves)
    a1 = 2 * (len(at) ** 2 / known.residual_df + float(traces @ known.inverse @ traces))
    a2 = 2 * (len(at) / known.residual_df + float(np.sum(known.inverse * between)))
    moments = _scale_and_df(len(at), a1, a2)
    if moments is None:
        msg = (
            f"model {fit.name} ({fit.spec.formula}): {fit.n_groups} groups say too little of the "
            "variances for an F test by Kenward and Roger; test the effects one by one"
        )
        raise NotIdentifiableError(msg)
    scale, df = moments
    return f_test_of(fit, names, f=scale * wald, df=df, approximation="Kenward-Roger")


def _scale_and_df(n: int, a1: float, a2: float) -> tuple[float, float] | None:
    r"""
    Return the scale of an F statistic of n effects, and its denominator degrees of freedom.

    With :math:`\rho = V^*/2E^{*2}` the degrees of freedom are
    :math:`m = 4 + (n + 2)/(n\rho - 1)`, here without the fractions in :math:`\rho`, and the scale
    is :math:`m/(E^*(m - 2))`. Without more than 2 there is no such F: its mean is infinite.
    """
    if n == 1:
        return 1.0, 2 / a2
    b = (a1 + 6 * a2) / (2 * n)
    g = ((n + 1) * a1 - (n + 4) * a2) / ((n + 2) * a2)
    below = 3 * n + 2 * (1 - g)
    v0 = 1 + g / below * b
    v1 = 1 - (n - g) / below * b
    v2 = 1 - (n + 2 - g) / below * b
    inverse_mean = 1 - a2 / n
    if inverse_mean <= _NO_MEAN:
        return None
    df = 4 + (n + 2) * v1**2 * v2 / (inverse_mean**2 * v0 - v1**2 * v2)
    return (df * inverse_mean / (df - 2), df) if df > 2 else None


def _adjusted(fit: MixedFit) -> tuple[Uncertainty, Array]:
    r"""
    Return how well the variances are known, and the adjusted covariance of the fixed effects.

    The expected information by two directions is half of :math:`\sum_j\mathrm{tr}(W_jEW_jF) -
    2\,\mathrm{tr}\,Q_{EF} + \mathrm{tr}(D_ED_F)`, by one and :math:`\sigma^2` of
    :math:`\sum_j\mathrm{tr}(W_jE) - \mathrm{tr}\,D_E`, and of :math:`\sigma^2` of n - p.
    The adjustment, :math:`2\sum_{EF}W_{EF}(Q_{EF} - D_ED_F)`, has no part from :math:`\sigma^2`.
    """
    if fit.method != "REML":
        msg = (
            f"model {fit.name}: Kenward and Roger's tests are of REML fits, and this one is by ML; "
            "fit it by REML"
        )
        raise ModelError(msg)
    profile, contrasts = at_estimates(fit)
    p, q = len(contrasts), len(fit.factor)
    directions = symmetric_elements(q, diagonal=fit.spec.diagonal).reshape(-1, q, q)
    m, moments = len(directions), profile.moments
    products = np.einsum("aqr,qkrl->akl", directions, moments.mm[:, :p, :, :p])
    second = _second_products(fit.products, fit.factor, profile, directions)
    spread = np.einsum("qrst,ars,btq->ab", moments.ww, directions, directions)
    traces = np.trace(products, axis1=1, axis2=2)
    with_residual = directions.reshape(m, -1) @ moments.w.reshape(-1) - traces
    information = (
        spread
        - 2 * np.einsum("akbk->ab", second)
        + np.einsum("akl,blk->ab", products, products)
        - np.outer(with_residual, with_residual) / profile.df
    )
    moves = products - with_residual[:, None, None] / profile.df * np.eye(p)
    inverse = inverse_information(information, moves, fit)
    excess = second.transpose(0, 2, 1, 3) - np.einsum("akl,blm->abkm", products, products)
    adjustment = np.eye(p) + 4 * np.einsum("ab,abkm->km", inverse, excess)
    adjusted = fit.residual_variance * (contrasts.T @ adjustment @ contrasts)
    known = Uncertainty(contrasts=contrasts, moves=moves, inverse=inverse, residual_df=profile.df)
    return known, adjusted


def _second_products(
    products: CrossProducts, factor: Array, profile: Profile, directions: Array
) -> Array:
    """Return Q of all pairs of directions, shape (m, p, m, p)."""
    m, p, q = len(directions), products.n_fixed, len(factor)
    total = np.zeros((m * p, m * p))
    back = profile.inverse[:p, :p].T
    for first in range(0, products.n_groups, _BLOCK_GROUPS):
        part = slice(first, first + _BLOCK_GROUPS)
        roots = products.roots[..., part].transpose(2, 0, 1)
        fixed = products.spanned[:, :p, part].transpose(2, 0, 1)
        spread = roots @ factor
        lower = np.linalg.cholesky(np.eye(q) + spread @ spread.transpose(0, 2, 1))
        solved = np.linalg.solve(lower, np.concatenate((roots, fixed @ back), axis=2))
        roots, fixed = solved[:, :, :q], solved[:, :, q:]
        # With W = roots'roots, a row for each direction of a group's span.
        moved = roots[:, None] @ (directions @ (roots.transpose(0, 2, 1) @ fixed)[:, None])
        rows = moved.transpose(0, 2, 1, 3).reshape(-1, m * p)
        total += rows.T @ rows
    return total.reshape(m, p, m, p)
