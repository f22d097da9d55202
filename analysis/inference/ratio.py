"""The restricted likelihood of a random intercept's variance over that within groups."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy.optimize import brentq
from scipy.special import chdtri

from analysis.errors import ModelError
from analysis.mixed.likelihood import ProfiledDeviance

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analysis.mixed.fit import MixedFit

# Of the ends of a region, as a share of them.
_CLOSE = 1e-12
# Where the search for the upper end begins if the estimate is 0, and how far it goes: with more
# variance between groups than that, there is none within them as far as numbers of 16 digits go.
_FIRST, _FARTHEST, _FASTER = 1e-6, 1e12, 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioProfile:
    """
    How far the deviance rises over its minimum with the ratio of the variances held.

    Parameters
    ----------
    rises : tuple of float
        The deviance at each ratio that was asked for, less the least; the fixed effects and the
        residual variance are at their best there.
    quantile : float
        Of the chi-square distribution with 1 degree of freedom.
    low, high : float or None
        Ratios between which the deviance rises by no more than that; None where no ratio is low
        enough, so that 0 belongs to the region, or none is high enough.
    """

    rises: tuple[float, ...]
    quantile: float
    low: float | None
    high: float | None


def ratio_profile(fit: MixedFit, ratios: Iterable[float], level: float = 0.95) -> RatioProfile:
    r"""
    Profile the ratio of the variances of a model whose one random effect is the intercept.

    Parameters
    ----------
    fit : MixedFit
        By either method; the deviance is that of the method.
    ratios : iterable of float
        Variances of the intercept over the residual variance, from 0; may be infinite.
    level : float
        Between 0 and 1.

    Returns
    -------
    RatioProfile

    Raises
    ------
    ModelError
        If the model has other random effects.

    Notes
    -----
    At a ratio r the relative factor is :math:`\Lambda = \sqrt{r}` (Bates et al. 2015, section 3);
    the region is that of the likelihood-ratio test of r.
    """
    if fit.spec.slopes or not fit.spec.random_intercept:
        msg = (
            f"model {fit.name} ({fit.spec.formula}): random effects other than an intercept have "
            "no one ratio of variances; profile a model of random intercepts alone"
        )
        raise ModelError(msg)
    products = fit.products
    basis = products.basis_of_random
    deviance = ProfiledDeviance(products, fit.method)
    unit, least = abs(float(basis[0, 0])), deviance.criterion(fit.factor)
    estimate = (float(fit.factor[0, 0]) / unit) ** 2
    quantile = float(chdtri(1, 1 - level))

    def rise(ratio: float) -> float:
        if math.isinf(ratio):
            return math.inf
        return max(0.0, deviance.criterion(fit.factor * 0 + unit * math.sqrt(ratio)) - least)

    def above(ratio: float) -> float:
        return rise(ratio) - quantile

    low = None
    if above(0.0) > 0:
        low = float(brentq(above, 0.0, estimate, xtol=_CLOSE * estimate, rtol=_CLOSE))
    high, inside, outside = None, estimate, estimate or _FIRST
    while above(outside) <= 0 and outside < _FARTHEST:
        inside, outside = outside, outside * _FASTER
    if above(outside) > 0:
        high = float(brentq(above, inside, outside, xtol=_CLOSE * outside, rtol=_CLOSE))
    return RatioProfile(rises=tuple(map(rise, ratios)), quantile=quantile, low=low, high=high)
