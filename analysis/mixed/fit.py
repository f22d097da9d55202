"""A fitted mixed model: its estimates, and what follows from them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from analysis.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.mixed.crossproducts import Array, CrossProducts
    from analysis.mixed.fingerprint import Fingerprint
    from analysis.mixed.likelihood import Method
    from analysis.mixed.model import ModelSpec


@dataclass(frozen=True, kw_only=True)
class MixedFit:
    r"""
    A fitted linear mixed model.

    Parameters
    ----------
    spec : ModelSpec
    method : {"REML", "ML"}
    fixed_effects : Mapping of str to float
        Estimates, units of the outcome per unit of the predictor.
    covariance : ndarray, shape (p, p)
        Their GLS covariance :math:`(X'V^{-1}X)^{-1}` at the estimated V.
    fixed_inverse : ndarray, shape (p, p)
        The same over the residual variance, for the columns of X in `products`.
    random_covariance : ndarray, shape (q, q)
        Covariance of the random effects.
    residual_variance : float
        Variance within groups, squared units of the outcome.
    criterion : float
        -2 log-likelihood (ML), or the REML criterion.
    rank : int
        Rank of `random_covariance`.
    n_observations, n_groups : int
    groups : tuple of str
        Names of the groups, in the order of the table.
    conditional_means : ndarray, shape (n_groups, q)
        Predicted random effects, a row a group.
    conditional_covariances : ndarray, shape (n_groups, q, q)
        Their conditional covariances, the fixed effects taken as known.
    products : CrossProducts
        The sums that the fit came from.
    factor : ndarray, shape (q, q)
        Lower triangular :math:`\Lambda` at the optimum, for the columns of Z in `products`, so
        that ``ProfiledDeviance(fit.products, fit.method)(fit.factor)`` is the deviance there.
    fingerprint : Fingerprint
        Of the rows that the fit used.
    """

    spec: ModelSpec
    method: Method
    fixed_effects: Mapping[str, float]
    covariance: Array
    random_covariance: Array
    residual_variance: float
    criterion: float
    rank: int
    n_observations: int
    n_groups: int
    groups: tuple[str, ...] = field(repr=False)
    conditional_means: Array = field(repr=False)
    conditional_covariances: Array = field(repr=False)
    fixed_inverse: Array = field(repr=False)
    products: CrossProducts = field(repr=False)
    factor: Array = field(repr=False)
    fingerprint: Fingerprint = field(repr=False)

    def __post_init__(self) -> None:
        for array in (
            self.covariance,
            self.fixed_inverse,
            self.random_covariance,
            self.conditional_means,
            self.conditional_covariances,
            self.factor,
        ):
            array.setflags(write=False)

    @property
    def name(self) -> str:
        """Name of the model."""
        return self.spec.name

    @property
    def random_names(self) -> tuple[str, ...]:
        """Names of the q random effects."""
        return self.spec.random_names

    @property
    def standard_errors(self) -> dict[str, float]:
        """Standard errors of the fixed effects."""
        deviations = np.sqrt(self.covariance.diagonal())
        return dict(zip(self.fixed_effects, deviations.tolist(), strict=True))

    @property
    def t_ratios(self) -> dict[str, float]:
        """Estimates over standard errors."""
        errors = self.standard_errors
        return {name: value / errors[name] for name, value in self.fixed_effects.items()}

    @property
    def p_values(self) -> dict[str, float]:
        """Two-sided normal p values of the t ratios, by which stargazer sets its stars."""
        return {name: math.erfc(abs(t) / math.sqrt(2)) for name, t in self.t_ratios.items()}

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each group is among `groups`."""
        return {group: place for place, group in enumerate(self.groups)}

    @cached_property
    def group_effects(self) -> Mapping[str, Mapping[str, float]]:
        """Predicted random effects by group and name (their conditional means)."""
        rows, names = self.conditional_means.tolist(), self.random_names
        return {
            group: dict(zip(names, row, strict=True))
            for group, row in zip(self.groups, rows, strict=True)
        }

    @cached_property
    def group_effect_covariances(self) -> Mapping[str, Array]:
        """Conditional covariances of the group effects by group, each of shape (q, q)."""
        return dict(zip(self.groups, self.conditional_covariances, strict=True))

    @property
    def singular(self) -> bool:
        """Whether a random effect has variance 0, or is a linear combination of others."""
        return self.rank < len(self.random_covariance)

    @property
    def random_correlation(self) -> Array:
        """Correlations of the random effects, shape (q, q); NaN beside a variance of 0."""
        deviations = np.sqrt(self.random_covariance.diagonal())
        with np.errstate(invalid="ignore", divide="ignore"):
            correlation = self.random_covariance / np.outer(deviations, deviations)
        # A covariance of rank 1 has correlations of exactly -1 or 1, but for rounding.
        exact: Array = np.sign(correlation) if self.rank == 1 else np.clip(correlation, -1, 1)
        return exact

    @property
    def log_likelihood(self) -> float:
        """Log-likelihood, restricted if the method is REML."""
        return -self.criterion / 2

    @property
    def n_parameters(self) -> int:
        """Number of parameters: fixed effects, variances and covariances, residual variance."""
        return len(self.fixed_effects) + self.spec.n_covariances + 1

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return self.criterion + 2 * self.n_parameters

    @property
    def bic(self) -> float:
        """Bayesian information criterion, by the number of rows."""
        return self.criterion + math.log(self.n_observations) * self.n_parameters

    @property
    def icc(self) -> float:
        """Share of the variance between groups, of a model with random intercepts alone."""
        if self.spec.slopes:
            msg = f"model {self.name}: with random slopes the share between groups is no one number"
            raise ModelError(msg)
        between = float(self.random_covariance[0, 0])
        return between / (between + self.residual_variance)
