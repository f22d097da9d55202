"""The fixed effects of a model, with what the report says of each."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.inference.intervals import Interval, interval
from analysis.mixed.combinations import fixed_covariance_of

if TYPE_CHECKING:
    from analysis.mixed.crossproducts import Array
    from analysis.mixed.fit import MixedFit


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """
    A fixed effect.

    Parameters
    ----------
    estimate, error : float
        And its standard error, units of the outcome per unit of the predictor.
    p : float
        Two-sided normal p value of the one over the other.
    """

    estimate: float
    error: float
    p: float

    @classmethod
    def of(cls, fit: MixedFit, name: str) -> Coefficient:
        """Return a fixed effect of a fit."""
        return cls(
            estimate=fit.fixed_effects[name],
            error=fit.standard_errors[name],
            p=fit.p_values[name],
        )

    @classmethod
    def combined(cls, fit: MixedFit, weights: Array) -> Coefficient:
        """Return a linear combination of the fixed effects of a fit, weights of shape (p,)."""
        estimate = float(weights @ list(fit.fixed_effects.values()))
        error = math.sqrt(fixed_covariance_of(fit, weights[None]).item())
        p = math.erfc(abs(estimate) / error / math.sqrt(2))
        return cls(estimate=estimate, error=error, p=p)

    @property
    def interval(self) -> Interval:
        """Normal 95% interval."""
        return interval(self.estimate, self.error**2)

    @property
    def rises(self) -> bool:
        """Whether the outcome rises with the predictor."""
        return self.estimate >= 0

    @property
    def size(self) -> Coefficient:
        """The effect without its sign."""
        return replace(self, estimate=abs(self.estimate))

    def times(self, factor: float) -> Coefficient:
        """Return the effect of so many units of the predictor."""
        return Coefficient(estimate=factor * self.estimate, error=factor * self.error, p=self.p)
