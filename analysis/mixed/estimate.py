"""The fit of a model to a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.errors import ConvergenceError
from analysis.mixed.design import design
from analysis.mixed.fit import MixedFit
from analysis.mixed.likelihood import Method, ProfiledDeviance
from analysis.mixed.model import INTERCEPT, ModelSpec
from analysis.mixed.optimum import optimise

if TYPE_CHECKING:
    import pandas as pd

    from analysis.mixed.crossproducts import Array, CrossProducts
    from analysis.mixed.design import Design
    from analysis.mixed.optimum import Optimum

__all__ = ["INTERCEPT", "MixedFit", "ModelSpec", "estimate", "fit"]


def fit(spec: ModelSpec, table: pd.DataFrame, method: Method = "REML") -> MixedFit:
    """
    Fit a model to a table.

    Parameters
    ----------
    spec : ModelSpec
    table : DataFrame
        A row an observation; rows with a missing value in one of the model's columns are dropped.
    method : {"REML", "ML"}

    Returns
    -------
    MixedFit

    Raises
    ------
    ModelError
        If a column is missing or cannot be used, or the data cannot identify the model.
    ConvergenceError
        If the optimum cannot be certified.
    """
    return estimate(design(spec, table), method)


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
    spec, products = design.spec, design.products
    deviance = ProfiledDeviance(products, method, diagonal=spec.diagonal)
    try:
        optimum = optimise(deviance)
    except ConvergenceError as error:
        msg = f"model {spec.name} ({spec.formula}): {error}"
        raise ConvergenceError(msg) from None
    profile = optimum.profile
    p, basis = products.n_fixed, products.basis
    back = np.linalg.inv(basis[:p, :p])
    unit = float(basis[p, p])
    variance = unit**2 * profile.residual_variance
    orthogonal = basis[:p, p] + unit * profile.fixed_effects
    by_name = dict(zip(spec.names_of_sums, (back @ orthogonal).tolist(), strict=True))
    order = [spec.names_of_sums.index(name) for name in spec.fixed_names]
    covariance = variance * (back @ profile.fixed_inverse @ back.T)
    random_back = np.linalg.inv(products.basis_of_random)
    factor = random_back @ optimum.factor
    means, covariances = _group_effects(products, optimum, factor)
    return MixedFit(
        spec=spec,
        method=method,
        fixed_effects={name: by_name[name] for name in spec.fixed_names},
        covariance=covariance[np.ix_(order, order)],
        fixed_inverse=profile.fixed_inverse,
        random_covariance=variance * (factor @ factor.T),
        residual_variance=variance,
        criterion=profile.criterion + deviance.shift,
        rank=optimum.rank,
        n_observations=products.n_observations,
        n_groups=products.n_groups,
        groups=design.groups,
        conditional_means=unit * means,
        conditional_covariances=variance * covariances,
        products=products,
        factor=optimum.factor,
        fingerprint=design.fingerprint,
    )


def _group_effects(
    products: CrossProducts, optimum: Optimum, factor_back: Array
) -> tuple[Array, Array]:
    r"""
    Predict the random effects, (n_groups, q), and their conditional covariances, (n_groups, q, q).

    With :math:`P_j = R_j\Lambda` the mean is :math:`\Lambda(I + P_j'P_j)^{-1}P_j'C_j(-\beta, 1)`,
    and the covariance over :math:`\sigma^2` is :math:`\Lambda(I + P_j'P_j)^{-1}\Lambda'` (Bates et
    al. 2015, section 5.1, on the conditional variances of random effects). The :math:`\Lambda` on
    either side of the inverse is `factor_back`, for Z in the units of the table.
    """
    q = len(factor_back)
    contrast = np.append(-optimum.profile.fixed_effects, 1.0)
    residual = np.einsum("qkg,k->gq", products.spanned, contrast)
    spread = np.einsum("abg,bc->gac", products.roots, optimum.factor)
    inverse = _inverse(np.eye(q) + np.einsum("gab,gac->gbc", spread, spread))
    across = np.einsum("gac,ga->gc", spread, residual)
    means = np.einsum("gbc,gc->gb", inverse, across) @ factor_back.T
    # One product of matrices for all groups: vec(F M F') = (F x F) vec(M).
    covariances = inverse.reshape(-1, q * q) @ np.kron(factor_back, factor_back).T
    return means, covariances.reshape(-1, q, q)


def _inverse(matrices: Array) -> Array:
    """Return the inverses of positive definite matrices, shape (n, q, q)."""
    if matrices.shape[1] != 2:
        return np.asarray(np.linalg.inv(matrices), dtype=float)
    # In closed form: a million calls of LAPACK take longer than all else that an estimate does.
    (a, b), (_, d) = matrices.transpose(1, 2, 0)
    inverses: Array = np.stack((d, -b, -b, a), axis=1).reshape(-1, 2, 2)
    inverses /= (a * d - b * b)[:, None, None]
    return inverses
