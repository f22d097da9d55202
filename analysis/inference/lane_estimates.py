"""Estimates of many lanes, in the units of the table and by name."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from analysis.errors import ModelError

if TYPE_CHECKING:
    from analysis.inference.lanes import LaneOptima
    from analysis.mixed.crossproducts import Array, CrossProducts
    from analysis.mixed.model import ModelSpec


def parameter_names(spec: ModelSpec) -> tuple[str, ...]:
    """
    Return the names of a model's parameters.

    Parameters
    ----------
    spec : ModelSpec

    Returns
    -------
    tuple of str
        Those of the fixed effects, then sd(NAME) of each random effect, cor(NAME,NAME) of each
        pair, and sigma.

    Raises
    ------
    ModelError
        If a predictor has the name of another parameter.

    Examples
    --------
    >>> from analysis.mixed.model import ModelSpec
    >>> parameter_names(ModelSpec(name="m", outcome="y", fixed=(), slopes=("x",), group="g"))
    ('Intercept', 'sd(Intercept)', 'sd(x)', 'cor(Intercept,x)', 'sigma')
    """
    deviations = [f"sd({name})" for name in spec.random_names]
    pairs = [] if spec.diagonal else list(combinations(spec.random_names, 2))
    others = (*deviations, *(f"cor({a},{b})" for a, b in pairs), "sigma")
    clash = [name for name in spec.fixed if name in others]
    if clash:
        msg = f"model {spec.name}: column {clash[0]!r} has the name of another parameter; rename it"
        raise ModelError(msg)
    return (*spec.fixed_names, *others)


def estimates_of(
    spec: ModelSpec, products: CrossProducts, optima: LaneOptima, unit: float, origin: Array
) -> dict[str, Array]:
    """
    Return the estimates of lanes by the names of their parameters.

    Parameters
    ----------
    spec : ModelSpec
    products : CrossProducts
        Of the design that the lanes share.
    optima : LaneOptima
    unit : float
        What the lanes' outcomes are to be multiplied by to have the unit of the table's.
    origin : ndarray, shape (p,)
        Fixed effects of what was taken from the outcomes before, in units of the table, in the
        order of `spec.names_of_sums`.

    Returns
    -------
    dict of str to ndarray, each of shape (n_lanes,)
        NaN where a lane has no optimum, and for a correlation with a standard deviation of 0.
    """
    p = products.n_fixed
    back = np.linalg.inv(products.basis[:p, :p])
    fixed = origin + unit * optima.fixed_effects @ back.T
    order = [spec.names_of_sums.index(name) for name in spec.fixed_names]
    factor = np.linalg.inv(products.basis_of_random) @ optima.factor
    sigma = unit * np.sqrt(optima.residual_variance)
    covariance = factor @ factor.swapaxes(1, 2)
    relative = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    values = [*fixed[:, order].T, *(sigma[:, None] * relative).T]
    if not spec.diagonal:
        with np.errstate(invalid="ignore", divide="ignore"):
            correlation = covariance / (relative[:, :, None] * relative[:, None])
        # Of rank 1, with one column in the factor, it is -1 or 1 to the last digit.
        exact = np.clip(correlation, -1, 1)
        values += [exact[:, a, b] for a, b in combinations(range(products.n_random), 2)]
    return dict(zip(parameter_names(spec), [*values, sigma], strict=True))
