r"""
Tests of fixed effects with Satterthwaite's degrees of freedom.

The variance of a contrast has the degrees of freedom of the chi-square that is as uncertain
(Kuznetsova, Brockhoff & Christensen 2017, Journal of Statistical Software 82(13)). How uncertain it
is follows from the gradient of the variance and from the second derivatives of the criterion, both
analytic.

A covariance of random effects of rank r is :math:`\Psi = \Lambda\Lambda'` with r columns in
:math:`\Lambda`, whose entries are the parameters; a fit that is singular is so followed among the
covariances of its rank, and none of a higher rank. lmerTest does the same, since the derivatives by
the further entries are 0 there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.inference.coefficients import coefficient_test, f_test_of, positions
from analysis.inference.uncertainty import Uncertainty, at_estimates, inverse_information

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.inference.coefficients import CoefficientTest, FTest
    from analysis.mixed.crossproducts import Array
    from analysis.mixed.fit import MixedFit
    from analysis.mixed.likelihood import Profile

# Degrees of freedom nearer to each other, as a share, are the same but for rounding.
_SAME_DF = 1e-8


def satterthwaite(fit: MixedFit) -> Mapping[str, CoefficientTest]:
    """
    Test each fixed effect by t with Satterthwaite's degrees of freedom.

    Parameters
    ----------
    fit : MixedFit
        By REML; of an ML fit the criterion is the deviance, as in lmerTest.

    Returns
    -------
    Mapping of str to CoefficientTest
        By fixed effect, in the model's order.

    Raises
    ------
    NotIdentifiableError
        If the data do not say how well the variances are known.
    """
    known = _uncertainty(fit)
    errors = fit.standard_errors
    return {
        name: coefficient_test(
            fit, name, se=errors[name], df=known.df(contrast), approximation="Satterthwaite"
        )
        for name, contrast in zip(fit.spec.fixed_names, np.eye(len(errors)), strict=True)
    }


def satterthwaite_f(fit: MixedFit, names: Sequence[str]) -> FTest:
    r"""
    Test by F that some fixed effects are all 0, with Satterthwaite's degrees of freedom.

    Parameters
    ----------
    fit : MixedFit
    names : sequence of str
        Of fixed effects.

    Returns
    -------
    FTest

    Raises
    ------
    ModelError
        If the fit has no such effects.
    NotIdentifiableError
        If the data do not say how well the variances are known.

    Notes
    -----
    The estimates' principal components are independent t statistics with degrees of freedom of
    their own, :math:`\nu_m`. F is the mean of their squares; where its expected value is to be
    that of an F with d denominator degrees of freedom, :math:`d = 2E/(E - \ell)` with
    :math:`E = \sum_m\nu_m/(\nu_m - 2)` (Fai & Cornelius 1996, Journal of Statistical Computation
    and Simulation 54, 363-378; Kuznetsova et al. 2017). The components, and so d, depend on the
    units of predictors. Where a :math:`\nu_m` is at most 2, and E is infinite, d is its limit, 2.
    """
    at, known = positions(fit, names), _uncertainty(fit)
    variances, components = np.linalg.eigh(fit.covariance[np.ix_(at, at)])
    estimates = components.T @ np.array([fit.fixed_effects[name] for name in names])
    contrasts = np.zeros((len(names), len(fit.covariance)))
    contrasts[:, at] = components.T
    dfs = np.array([known.df(contrast) for contrast in contrasts])
    return f_test_of(
        fit,
        names,
        f=float(np.mean(estimates**2 / variances)),
        df=_denominator_df(dfs),
        approximation="Satterthwaite",
    )


def _denominator_df(dfs: Array) -> float:
    """Return the degrees of freedom of a mean of squared t statistics."""
    mean = float(np.mean(dfs))
    if np.ptp(dfs) <= _SAME_DF * mean:
        return mean
    if np.any(dfs <= 2):
        return 2.0
    expected = float(np.sum(dfs / (dfs - 2)))
    return 2 * expected / (expected - len(dfs))


def _uncertainty(fit: MixedFit) -> Uncertainty:
    r"""
    Return how well the variances are known by the criterion's curvature.

    Where the profiled criterion does not move, :math:`\sigma^2` follows the residual sum of
    squares, whose logarithm moves by less what the outcome's own product says.
    """
    profile, contrasts = at_estimates(fit)
    p = len(contrasts)
    directions, hessian = _directions(fit, profile)
    products = np.einsum("aqr,qkrl->akl", directions, profile.moments.mm)
    moves = products[:, :p, :p] - products[:, p, p, None, None] * np.eye(p)
    return Uncertainty(
        contrasts=contrasts,
        moves=moves,
        inverse=inverse_information(hessian, moves, fit),
        residual_df=profile.df,
    )


def _directions(fit: MixedFit, profile: Profile) -> tuple[Array, Array]:
    r"""
    Return the directions among covariances of the fit's rank, and the curvature along them.

    Returns
    -------
    ndarray, shape (m, q, q)
        What moves in :math:`\Psi`.
    ndarray, shape (m, m)
        Second derivatives of the criterion.
    """
    q, r = len(fit.factor), fit.rank
    unit = np.eye(q)
    if fit.spec.diagonal:
        varying = np.flatnonzero(fit.factor.diagonal())
        directions = np.einsum("aq,ar->aqr", unit[varying], unit[varying])
        flat = directions.reshape(len(varying), q * q)
        return directions, flat @ profile.hessian @ flat.T
    factor = fit.factor[:, :r]
    moves = np.einsum("iq,rc->icqr", unit, factor) + np.einsum("ir,qc->icqr", unit, factor)
    # Turning the columns among themselves leaves the covariance as it is.
    first, second = np.triu_indices(r, k=1)
    turns = np.zeros((len(first), q, r))
    turns[np.arange(len(first)), :, first] = factor[:, second].T
    turns[np.arange(len(first)), :, second] = -factor[:, first].T
    others = np.linalg.qr(turns.reshape(len(first), q * r).T, mode="complete")[0][:, len(first) :]
    flat = others.T @ moves.reshape(q * r, q * q)
    hessian = flat @ profile.hessian @ flat.T
    hessian += 2 * others.T @ np.kron(profile.slope, np.eye(r)) @ others
    return flat.reshape(-1, q, q), hessian
