r"""
How much of the variance a model explains, and how much lies between groups.

The fixed part varies by its variance over the rows, :math:`\sigma_f^2`, and the random part by the
mean over the rows of :math:`z_i'\Sigma z_i`, :math:`\bar\sigma_b^2` (Johnson 2014, Methods in
Ecology and Evolution 5, 944-946). Both follow from the sums of the groups, and neither cares
whether the fit is singular.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from analysis.mixed.fit import MixedFit


@dataclass(frozen=True, slots=True, kw_only=True)
class RSquared:
    """
    Shares of the outcome's variance that a model explains, and the variances they are made of.

    Parameters
    ----------
    marginal : float
        Share of the fixed part, in [0, 1].
    conditional : float
        Share of the fixed and the random part, in [0, 1].
    fixed_variance : float
        Variance of the fixed part over all rows that the fit used, with n - 1 below; squared units
        of the outcome, as are the others.
    random_variance : float
        Variance of the random part, the mean over the same rows.
    residual_variance : float
    """

    marginal: float
    conditional: float
    fixed_variance: float
    random_variance: float
    residual_variance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Intraclass:
    """
    Shares of variance between groups.

    Parameters
    ----------
    adjusted : float
        Of what the fixed effects leave, in [0, 1].
    unadjusted : float
        Of the whole, in [0, 1].
    """

    adjusted: float
    unadjusted: float


def r_squared(fit: MixedFit) -> RSquared:
    r"""
    Return the marginal and the conditional coefficient of determination.

    Parameters
    ----------
    fit : MixedFit

    Returns
    -------
    RSquared

    Notes
    -----
    :math:`\sigma_f^2/\sigma^2_{total}` and :math:`(\sigma_f^2 + \bar\sigma_b^2)/\sigma^2_{total}`,
    with the sum of the three variances for the total (Nakagawa & Schielzeth 2013, Methods
    in Ecology and Evolution 4, 133-142; Johnson 2014 with random slopes).
    """
    fixed, random, residual = _fixed_variance(fit), _random_variance(fit), fit.residual_variance
    total = fixed + random + residual
    return RSquared(
        marginal=fixed / total,
        conditional=(fixed + random) / total,
        fixed_variance=fixed,
        random_variance=random,
        residual_variance=residual,
    )


def intraclass(fit: MixedFit) -> Intraclass:
    r"""
    Return the intraclass correlation, adjusted for the fixed effects and not.

    Parameters
    ----------
    fit : MixedFit

    Returns
    -------
    Intraclass

    Notes
    -----
    :math:`\bar\sigma_b^2/(\bar\sigma_b^2 + \sigma^2)`, and the same with :math:`\sigma_f^2` added
    below (Nakagawa, Johnson & Schielzeth 2017, Journal of the Royal Society Interface 14,
    20170213). With random slopes both are of means over the rows, and the correlation of two rows
    of a group is another for each pair.
    """
    shares = r_squared(fit)
    random, residual = shares.random_variance, shares.residual_variance
    return Intraclass(
        adjusted=random / (random + residual),
        unadjusted=random / (shares.fixed_variance + random + residual),
    )


def _fixed_variance(fit: MixedFit) -> float:
    """Return the variance over the rows of what the fixed effects predict."""
    products = fit.products
    p, n = products.n_fixed, products.n_observations
    # But for the intercept the columns of the basis are orthogonal, with mean 0 and mean square 1.
    effects = np.array([fit.fixed_effects[name] for name in fit.spec.names_of_sums])
    slopes = (products.basis[:p, :p] @ effects)[1:]
    return n / (n - 1) * float(slopes @ slopes)


def _random_variance(fit: MixedFit) -> float:
    """Return the mean over the rows of the variance of what the random effects add."""
    spread = np.einsum("abg,bc->acg", fit.products.roots, fit.factor)
    return fit.residual_variance * float(np.sum(spread**2)) / fit.n_observations
