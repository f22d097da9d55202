"""The variance components of a model, and what follows from them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.mixed.combinations import random_covariance_at
from analysis.mixed.model import INTERCEPT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.mixed.crossproducts import Array
    from analysis.mixed.fit import MixedFit


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceComponents:
    """
    The variance components of a fit.

    Parameters
    ----------
    variances : Mapping of str to float
        Of the random effects by name, squared units of the outcome per squared unit of the
        predictor.
    residual_variance : float
        Within groups, squared units of the outcome.
    correlations : Mapping of str to (float or None)
        Of the intercept and each random slope, by the slope's name; None beside a variance of 0,
        and where the model has none.
    """

    variances: Mapping[str, float]
    residual_variance: float
    correlations: Mapping[str, float | None]

    @classmethod
    def of(cls, fit: MixedFit, at: Mapping[str, float] | None = None) -> VarianceComponents:
        """
        Return the components, by default with the intercept where the model has it.

        Parameters
        ----------
        fit : MixedFit
        at : Mapping of str to float, optional
            A value of every predictor with a random slope.
        """
        covariance = fit.random_covariance if at is None else random_covariance_at(fit, at)
        variances = [max(0.0, variance) for variance in covariance.diagonal().tolist()]
        return cls(
            variances=dict(zip(fit.random_names, variances, strict=True)),
            residual_variance=fit.residual_variance,
            correlations={
                name: None
                if not fit.spec.random_intercept or (fit.spec.diagonal and at is None)
                else _correlation(covariance, i, fit.rank)
                for i, name in enumerate(fit.spec.slopes, start=1)
            },
        )

    @property
    def deviations(self) -> dict[str, float]:
        """Standard deviations of the random effects, by name."""
        return {name: math.sqrt(variance) for name, variance in self.variances.items()}

    @property
    def residual_deviation(self) -> float:
        """Standard deviation within groups, units of the outcome."""
        return math.sqrt(self.residual_variance)

    @property
    def icc(self) -> float | None:
        """
        Share of the variance between groups, from 0 to 1; None with random slopes.

        Of the null model it is the intraclass correlation, of a model with predictors the residual
        one: of what these leave.
        """
        if self.variances.keys() != {INTERCEPT}:
            return None
        between = self.variances[INTERCEPT]
        return between / (between + self.residual_variance)

    @property
    def ratio(self) -> float:
        """Variance of the intercepts over that within groups."""
        return self.variances[INTERCEPT] / self.residual_variance


def _correlation(covariance: Array, i: int, rank: int) -> float | None:
    """Return the correlation of the intercept and another random effect."""
    product = float(covariance[0, 0]) * float(covariance[i, i])
    if not product > 0:
        return None
    correlation = float(covariance[0, i]) / math.sqrt(product)
    # A covariance of rank 1 has correlations of exactly -1 or 1, but for rounding.
    return float(np.sign(correlation)) if rank == 1 else max(-1.0, min(1.0, correlation))
