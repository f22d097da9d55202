"""
Variances of sums of a fit's effects, such as the height of a line where the data are.

They are computed in the columns of the fit's own sums, whose zero is among the data. By the
covariances in the units of the table the variance of a height is a difference of numbers as large
as the square of the predictor's distance from 0, of which nothing may be left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from analysis.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.mixed.crossproducts import Array
    from analysis.mixed.fit import MixedFit


def random_covariance_of(fit: MixedFit, weights: Array) -> Array:
    """
    Return the covariance of sums of the random effects.

    Parameters
    ----------
    fit : MixedFit
    weights : ndarray, shape (n, q)
        Of the random effects in each sum.

    Returns
    -------
    ndarray, shape (n, n)
    """
    root = _moved(weights, fit.products.basis_of_random) @ fit.factor
    covariance: Array = fit.residual_variance * (root @ root.T)
    return covariance


def random_covariance_at(fit: MixedFit, at: Mapping[str, float]) -> Array:
    """
    Return the covariance of the random effects with the intercept at values of predictors.

    Parameters
    ----------
    fit : MixedFit
    at : Mapping of str to float
        A value of every predictor with a random slope; the intercept of the model belongs to
        0 of them all, where there may be no data.

    Returns
    -------
    ndarray, shape (q, q)

    Raises
    ------
    ModelError
        Without a random intercept.
    """
    if not fit.spec.random_intercept:
        msg = f"model {fit.name}: no intercept varies, so its variance is nowhere but 0"
        raise ModelError(msg)
    shift = np.eye(len(fit.random_names))
    shift[0, 1:] = [at[name] for name in fit.spec.slopes]
    return random_covariance_of(fit, shift)


def fixed_covariance_of(fit: MixedFit, weights: Array) -> Array:
    """
    Return the covariance of the estimates of sums of the fixed effects.

    Parameters
    ----------
    fit : MixedFit
    weights : ndarray, shape (n, p)
        Of the fixed effects in each sum.

    Returns
    -------
    ndarray, shape (n, n)
    """
    p = fit.products.n_fixed
    order = [fit.spec.fixed_names.index(name) for name in fit.spec.names_of_sums]
    moved = _moved(weights[:, order], fit.products.basis[:p, :p])
    covariance: Array = fit.residual_variance * (moved @ fit.fixed_inverse @ moved.T)
    return covariance


def conditional_variances_of(fit: MixedFit, groups: Sequence[str], weights: Array) -> Array:
    """
    Return the conditional variance of a sum of the random effects of each of some groups.

    Parameters
    ----------
    fit : MixedFit
    groups : sequence of str
    weights : ndarray, shape (n_groups, q)
        Of a group's random effects in its sum.

    Returns
    -------
    ndarray, shape (n_groups,)
        The fixed effects and the variances taken as known.
    """
    places = {group: place for place, group in enumerate(fit.groups)}
    roots = fit.products.roots[:, :, [places[group] for group in groups]]
    spread = np.einsum("abg,bc->gac", roots, fit.factor)
    inverse = np.linalg.inv(np.eye(len(fit.factor)) + np.einsum("gab,gac->gbc", spread, spread))
    moved = _moved(weights, fit.products.basis_of_random) @ fit.factor
    variances: Array = fit.residual_variance * np.einsum("ga,gab,gb->g", moved, inverse, moved)
    return variances


def _moved(weights: Array, basis: Array) -> Array:
    """Return the weights of the effects of the sums' columns: ``table = columns @ basis``."""
    # Forward substitution, which takes the mean from a value before anything is multiplied.
    moved: Array = solve_triangular(basis, weights.T, trans=1).T
    return moved
