"""The variance components of a model, and what follows from them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

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
    correlation : float or None
        Of the intercept and the only random slope; None without one, or beside a variance of 0.
    """

    variances: Mapping[str, float]
    residual_variance: float
    correlation: float | None

    @classmethod
    def of(cls, fit: MixedFit, at: float = 0.0) -> VarianceComponents:
        """
        Return the components with the intercept at a value of the predictor.

        Parameters
        ----------
        fit : MixedFit
        at : float
            Value of the predictor with the random slope; the intercept of the model belongs to 0,
            where there may be no data.
        """
        covariance = fit.random_covariance_at(at) if at else fit.random_covariance
        variances = [max(0.0, variance) for variance in covariance.diagonal().tolist()]
        return cls(
            variances=dict(zip(fit.random_names, variances, strict=True)),
            residual_variance=fit.residual_variance,
            correlation=_correlation(covariance, fit.rank),
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


def _correlation(covariance: Array, rank: int) -> float | None:
    if len(covariance) != 2:
        return None
    product = float(covariance[0, 0]) * float(covariance[1, 1])
    if not product > 0:
        return None
    correlation = float(covariance[0, 1]) / math.sqrt(product)
    # A covariance of rank 1 has correlations of exactly -1 or 1, but for rounding.
    return float(np.sign(correlation)) if rank == 1 else max(-1.0, min(1.0, correlation))
