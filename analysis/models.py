"""The ladder of models of a study, and the fit of one of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from statsmodels.formula import handle_formula_data

from analysis.errors import ModelError
from analysis.likelihood import CrossProducts, Method, cross_products
from analysis.optimum import optimise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.likelihood import Array
    from analysis.optimum import Optimum
    from analysis.study import Study

INTERCEPT = "Intercept"
"""Name of the intercept among fixed and group effects."""

# Share of a standardised column's variance that the columns before it must leave unexplained;
# rounding in the sums of products leaves about 1e-15.
_COLLINEAR = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """
    A linear mixed model with one grouping factor, by the names of its columns.

    Parameters
    ----------
    name : str
        Name of the model, for example "m1".
    outcome : str
        Column of the outcome.
    fixed : tuple of str
        Predictors with fixed effects; the intercept goes without saying.
    slopes : tuple of str
        Those predictors whose slopes vary over the groups; the intercept always does.
    group : str
        Column of the groups.

    Examples
    --------
    >>> ModelSpec(name="m2", outcome="y", fixed=("x",), slopes=("x",), group="g").formula
    'y ~ x + (1 + x | g)'
    """

    name: str
    outcome: str
    fixed: tuple[str, ...]
    slopes: tuple[str, ...]
    group: str

    def __post_init__(self) -> None:
        if not set(self.slopes) <= set(self.fixed):
            msg = f"model {self.name}: a random slope needs its fixed effect: {self.slopes}"
            raise ModelError(msg)

    @property
    def fixed_formula(self) -> str:
        """The fixed part, as statsmodels reads it."""
        return f"{self.outcome} ~ {' + '.join(self.fixed) or '1'}"

    @property
    def formula(self) -> str:
        """The whole model in lme4's notation."""
        return f"{self.fixed_formula} + ({' + '.join(('1', *self.slopes))} | {self.group})"

    @property
    def random_names(self) -> tuple[str, ...]:
        """Names of the q random effects."""
        return (INTERCEPT, *self.slopes)


def ladder(study: Study) -> tuple[ModelSpec, ...]:
    """
    Return a study's models, each a special case of the next.

    Parameters
    ----------
    study : Study

    Returns
    -------
    tuple of ModelSpec
        Random intercepts (m1), random slopes (m2) and, if the study has level 2 predictors, random
        slopes with these (m3).
    """
    level_1 = (study.slope, *study.covariates)
    steps = [("m1", level_1, ()), ("m2", level_1, (study.slope,))]
    if study.group_covariates:
        steps.append(("m3", level_1 + study.group_covariates, (study.slope,)))
    return tuple(
        ModelSpec(name=name, outcome=study.outcome, fixed=fixed, slopes=slopes, group=study.group)
        for name, fixed, slopes in steps
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """
    What a table says of a model: the sums that its likelihood needs, and the names.

    Parameters
    ----------
    spec : ModelSpec
    products : CrossProducts
    fixed_names : tuple of str
        Names of the p fixed effects, the intercept first.
    groups : tuple of str
        Names of the groups with at least one complete row, in the order of the table.
    table : DataFrame
        The rows with a value in every column of the model.
    """

    spec: ModelSpec
    products: CrossProducts
    fixed_names: tuple[str, ...]
    groups: tuple[str, ...]
    table: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class MixedFit:
    """
    A fitted linear mixed model.

    Parameters
    ----------
    spec : ModelSpec
    method : {"REML", "ML"}
    fixed_effects : Mapping of str to float
        Estimates, units of the outcome per unit of the predictor.
    covariance : ndarray, shape (p, p)
        Their GLS covariance :math:`(X'V^{-1}X)^{-1}` at the estimated V.
    random_covariance : ndarray, shape (q, q)
        Covariance of the random effects.
    residual_variance : float
        Variance within groups, squared units of the outcome.
    criterion : float
        -2 log-likelihood (ML), or the REML criterion.
    rank : int
        Rank of `random_covariance`.
    n_observations, n_groups : int
    group_effects : Mapping of str to (Mapping of str to float)
        Predicted random effects of each group (their conditional means).
    group_effect_covariances : Mapping of str to ndarray of shape (q, q)
        Their conditional covariances, the fixed effects taken as known.
    fixed_variance, random_variance : float
        Variance over the rows of the fixed part (divisor n - 1), and mean variance of the random
        part (Johnson 2014), for R squared.
    table : DataFrame
        The rows that the fit used.
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
    group_effects: Mapping[str, Mapping[str, float]] = field(repr=False)
    group_effect_covariances: Mapping[str, Array] = field(repr=False)
    fixed_variance: float = field(repr=False)
    random_variance: float = field(repr=False)
    table: pd.DataFrame = field(repr=False)

    def __post_init__(self) -> None:
        for array in (self.covariance, self.random_covariance):
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
        """Two-sided normal p values of the t ratios, as stargazer prints them."""
        return {name: math.erfc(abs(t) / math.sqrt(2)) for name, t in self.t_ratios.items()}

    @property
    def singular(self) -> bool:
        """Whether a random effect has variance 0, or a correlation is -1 or 1."""
        return self.rank < len(self.random_covariance)

    @property
    def random_correlation(self) -> Array:
        """Correlations of the random effects, shape (q, q); NaN beside a variance of 0."""
        deviations = np.sqrt(self.random_covariance.diagonal())
        with np.errstate(invalid="ignore", divide="ignore"):
            correlation = self.random_covariance / np.outer(deviations, deviations)
        # A covariance of rank 1 has correlations of exactly -1 or 1, but for rounding.
        return np.sign(correlation) if self.rank == 1 else np.clip(correlation, -1, 1)

    @property
    def relative_factor(self) -> Array:
        r"""Lower triangular :math:`\Lambda` with covariance :math:`\sigma^2\Lambda\Lambda'`."""
        values, vectors = np.linalg.eigh(self.random_covariance / self.residual_variance)
        root = vectors * np.sqrt(np.clip(values, 0, None))
        lower = np.linalg.qr(root.T)[1].T
        factor: Array = lower * np.where(lower.diagonal() < 0, -1.0, 1.0)
        return factor

    @property
    def log_likelihood(self) -> float:
        """Log-likelihood, restricted if the method is REML."""
        return -self.criterion / 2

    @property
    def n_parameters(self) -> int:
        """Number of parameters: fixed effects, variances and covariances, residual variance."""
        q = len(self.random_names)
        return len(self.fixed_effects) + q * (q + 1) // 2 + 1

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
        if len(self.random_names) > 1:
            msg = f"model {self.name}: with random slopes the share between groups is no one number"
            raise ModelError(msg)
        between = float(self.random_covariance[0, 0])
        return between / (between + self.residual_variance)

    @property
    def r_squared(self) -> tuple[float, float]:
        """Marginal and conditional R squared (Nakagawa & Schielzeth 2013; Johnson 2014)."""
        explained = (self.fixed_variance, self.fixed_variance + self.random_variance)
        total = explained[1] + self.residual_variance
        return explained[0] / total, explained[1] / total

    @cached_property
    def fitted_values(self) -> pd.Series[float]:
        """Fixed part plus predicted group effects, one a row of `table`."""
        effects = pd.DataFrame.from_dict(dict(self.group_effects), orient="index")
        by_row = effects.loc[self.table[self.spec.group].astype(str).tolist()]
        by_row.index = self.table.index
        fitted = self.fixed_effects[INTERCEPT] + by_row[INTERCEPT]
        for name in self.spec.fixed:
            slope = self.fixed_effects[name] + (by_row[name] if name in self.spec.slopes else 0.0)
            fitted = fitted + slope * self.table[name]
        return fitted

    def to_statsmodels(self) -> Any:  # noqa: ANN401  (statsmodels has no types)
        """Return statsmodels' MixedLM results at these parameters, for its further methods."""
        from analysis.crosscheck import statsmodels_results

        return statsmodels_results(self)


def fit(spec: ModelSpec, table: pd.DataFrame, method: Method = "REML") -> MixedFit:
    """
    Fit a model to a table.

    Parameters
    ----------
    spec : ModelSpec
    table : DataFrame
        A row a pupil; rows with a missing value in one of the model's columns are dropped.
    method : {"REML", "ML"}

    Returns
    -------
    MixedFit

    Raises
    ------
    ModelError
        If the data cannot identify the model.
    ConvergenceError
        If the optimum cannot be certified.
    """
    return estimate(design(spec, table), method)


def design(spec: ModelSpec, table: pd.DataFrame) -> Design:
    """
    Build a model's sums of products from a table.

    Parameters
    ----------
    spec : ModelSpec
    table : DataFrame

    Returns
    -------
    Design

    Raises
    ------
    ModelError
        If a column is constant or collinear with others, or there are too few rows or groups.
    """
    (outcome, predictors), dropped, _ = handle_formula_data(table, None, spec.fixed_formula)
    if dropped is not None:
        table = table.loc[predictors.index]
    codes, groups = pd.factorize(table[spec.group])
    names = tuple(predictors.columns)
    columns = np.empty((len(names) + 1, len(table)))
    columns[:-1] = predictors.to_numpy().T
    columns[-1] = outcome.to_numpy()[:, 0]
    del outcome, predictors
    _refuse_too_few(spec, n_rows=len(table), n_groups=len(groups))
    products = cross_products(
        columns,
        codes,
        n_groups=len(groups),
        random=[names.index(name) for name in spec.random_names],
        intercept=names.index(INTERCEPT),
    )
    _refuse_collinear(spec, products, names)
    return Design(
        spec=spec,
        products=products,
        fixed_names=names,
        groups=tuple(str(group) for group in groups),
        table=table,
    )


def estimate(design: Design, method: Method) -> MixedFit:
    """
    Find the estimates of a design, and map them back to the units of the table.

    Parameters
    ----------
    design : Design
    method : {"REML", "ML"}

    Returns
    -------
    MixedFit

    Raises
    ------
    ConvergenceError
        If the optimum cannot be certified.
    """
    products = design.products
    optimum = optimise(products, method)
    profile = optimum.profile
    p, scale = products.n_fixed, products.scale
    fixed_back = products.back[:p, :p]
    random_back = fixed_back[np.ix_(products.random, products.random)]
    unit = float(scale[p])
    variance = unit**2 * profile.residual_variance
    fixed_effects = unit * (fixed_back @ profile.fixed_effects)
    fixed_effects[0] += products.centre[p]
    factor = random_back @ optimum.factor
    df = products.n_observations - p * (method == "REML")
    shift = 2 * df * math.log(unit)
    if method == "REML":
        shift += 2 * float(np.log(scale[:p]).sum())
    means, covariances = _group_effects(products, optimum, random_back)
    names = design.spec.random_names
    return MixedFit(
        spec=design.spec,
        method=method,
        fixed_effects=dict(zip(design.fixed_names, fixed_effects.tolist(), strict=True)),
        covariance=variance * (fixed_back @ profile.fixed_inverse @ fixed_back.T),
        random_covariance=variance * (factor @ factor.T),
        residual_variance=variance,
        criterion=profile.criterion + shift,
        rank=optimum.rank,
        n_observations=products.n_observations,
        n_groups=products.n_groups,
        group_effects=_by_group(design.groups, names, means),
        group_effect_covariances=dict(zip(design.groups, covariances, strict=True)),
        fixed_variance=_fixed_variance(products, profile.fixed_effects),
        random_variance=_random_variance(products, optimum.factor, variance),
        table=design.table,
    )


def _group_effects(
    products: CrossProducts, optimum: Optimum, random_back: Array
) -> tuple[Array, Array]:
    r"""
    Predict the random effects, (n_groups, q), and their conditional covariances, (n_groups, q, q).

    In standardised units the mean is :math:`\Psi H_j(-\beta, 1)` and the covariance
    :math:`\sigma^2\Psi N_j^{-1}` (Bates et al. 2015, equations 56 to 58).
    """
    p, random = products.n_fixed, list(products.random)
    psi = optimum.factor @ optimum.factor.T
    n = np.eye(len(random)) + products.groups[:, :, random] @ psi
    contrast = np.append(-optimum.profile.fixed_effects, 1.0)
    h = np.linalg.solve(n, (products.groups @ contrast)[:, :, None])[:, :, 0]
    unit = float(products.scale[p])
    means = unit * (h @ psi @ random_back.T)
    spread = random_back @ psi @ np.linalg.inv(n) @ random_back.T
    return means, unit**2 * optimum.profile.residual_variance * spread


def _by_group(
    groups: tuple[str, ...], names: tuple[str, ...], values: Array
) -> dict[str, dict[str, float]]:
    return {
        group: dict(zip(names, row, strict=True))
        for group, row in zip(groups, values.tolist(), strict=True)
    }


def _fixed_variance(products: CrossProducts, fixed_effects: Array) -> float:
    """Variance over the rows of the fixed part; the standardised columns have mean 0."""
    slopes = fixed_effects.copy()
    slopes[products.intercept] = 0.0
    p, n = products.n_fixed, products.n_observations
    squares = float(slopes @ products.total[:p, :p] @ slopes)
    return float(products.scale[p]) ** 2 * squares / (n - 1)


def _random_variance(products: CrossProducts, factor: Array, variance: float) -> float:
    """Mean over the rows of z' Sigma z (Johnson 2014)."""
    random = list(products.random)
    moments = products.total[np.ix_(random, random)] / products.n_observations
    return variance * float(np.sum(moments * (factor @ factor.T)))


def _refuse_too_few(spec: ModelSpec, *, n_rows: int, n_groups: int) -> None:
    if n_groups < 2:
        msg = f"model {spec.name}: {n_groups} group in {spec.group!r}; at least 2 are needed"
        raise ModelError(msg)
    n_effects = n_groups * len(spec.random_names)
    if n_rows <= n_effects:
        msg = (
            f"model {spec.name} ({spec.formula}): {n_rows} rows for {n_effects} random effects of "
            f"{n_groups} groups; the residual variance is not identifiable: use larger groups or "
            "fewer random effects"
        )
        raise ModelError(msg)


def _refuse_collinear(spec: ModelSpec, products: CrossProducts, names: tuple[str, ...]) -> None:
    """Refuse constant and collinear columns, found by a Cholesky decomposition step by step."""
    p = products.n_fixed
    constant = [
        name for j, name in enumerate((*names, spec.outcome)) if products.total[j, j] == 0.0
    ]
    if constant:
        msg = (
            f"model {spec.name}: column {constant[0]!r} is constant in the {products.n_observations}"
            " rows used; leave it out, or use other rows"
        )
        raise ModelError(msg)
    correlation = products.total[:p, :p] / products.n_observations
    for j in range(1, p):
        before = correlation[:j, :j]
        coefficients = np.linalg.solve(before, correlation[:j, j])
        if 1 - correlation[:j, j] @ coefficients < _COLLINEAR:
            involved = [names[i] for i in range(j) if abs(coefficients[i]) > 1e-6]
            msg = (
                f"model {spec.name}: column {names[j]!r} is a linear combination of "
                f"{', '.join(map(repr, involved))}; leave one of them out"
            )
            raise ModelError(msg)
