r"""
How well the variances of fixed effects are known: what their degrees of freedom follow from.

The variance of a contrast of the fixed effects is :math:`\sigma^2 c'c`, where c is the contrast in
coordinates in which :math:`X'V^{-1}X` is the identity. Let a be a direction of the random effects'
covariance, along which :math:`\sigma^2` moves too, so that what the data say of a and of
:math:`\log\sigma^2` is uncorrelated. Along a the logarithm of the variance moves by
:math:`h_a = c'H_ac/c'c`, and along :math:`\log\sigma^2` by 1. With the information :math:`2^{-1}S`
of the directions, and :math:`\nu/2` of :math:`\log\sigma^2`, the variance's estimate has the
relative variance :math:`2(1/\nu + h'S^{-1}h)`, which is that of a chi-square with

.. math:: \mathrm{df} = 1 / (1/\nu + h'S^{-1}h)

degrees of freedom (Satterthwaite's; Kuznetsova, Brockhoff & Christensen 2017, Journal of
Statistical Software 82(13)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.errors import NotIdentifiableError
from analysis.mixed.likelihood import ProfiledDeviance

if TYPE_CHECKING:
    from analysis.mixed.crossproducts import Array
    from analysis.mixed.fit import MixedFit
    from analysis.mixed.likelihood import Profile

# An eigenvalue of information scaled to a diagonal of 1 that is no larger is 0 but for rounding.
_FLAT = 1e-10
# How much variances may move, relative to themselves, along a direction that rounding made.
_STILL = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertainty:
    r"""
    How well the variances of fixed effects are known.

    Parameters
    ----------
    contrasts : ndarray, shape (p, p)
        A column c for each fixed effect: their covariance is :math:`\sigma^2` times the products.
    moves : ndarray, shape (m, p, p)
        :math:`H_a` of each direction.
    inverse : ndarray, shape (m, m)
        :math:`S^{-1}`.
    residual_df : int
        :math:`\nu`, degrees of freedom of the residual variance.
    """

    contrasts: Array
    moves: Array
    inverse: Array
    residual_df: int

    def df(self, contrast: Array) -> float:
        """
        Return the degrees of freedom of a contrast's variance, at most those of the residual's.

        Parameters
        ----------
        contrast : ndarray, shape (p,)
            Of the fixed effects, in their order.
        """
        c = self.contrasts @ contrast
        h = (self.moves @ c) @ c / (c @ c)
        return 1 / (1 / self.residual_df + float(h @ self.inverse @ h))


def at_estimates(fit: MixedFit) -> tuple[Profile, Array]:
    """
    Return the deviance at a fit's estimates, and the contrasts of its fixed effects.

    Parameters
    ----------
    fit : MixedFit

    Returns
    -------
    Profile
    ndarray, shape (p, p)
        The columns of `Uncertainty.contrasts`.
    """
    products, names = fit.products, fit.spec.names_of_sums
    p = products.n_fixed
    deviance = ProfiledDeviance(products, fit.method, diagonal=fit.spec.diagonal)
    profile = deviance(fit.factor)
    contrasts: Array = profile.inverse[:p, :p] @ np.linalg.inv(products.basis[:p, :p]).T
    order = [names.index(name) for name in fit.spec.fixed_names]
    return profile, contrasts[:, order]


def inverse_information(information: Array, moves: Array, fit: MixedFit) -> Array:
    """
    Invert what is known of directions, but for those that move no variance.

    Parameters
    ----------
    information : ndarray, shape (m, m)
    moves : ndarray, shape (m, p, p)
    fit : MixedFit

    Returns
    -------
    ndarray, shape (m, m)

    Raises
    ------
    NotIdentifiableError
        If the data say nothing of a direction that moves a variance.
    """
    unit = np.sqrt(np.abs(information.diagonal()))
    unit[unit == 0] = 1.0
    values, vectors = np.linalg.eigh(information / unit / unit[:, None])
    directions = vectors / unit[:, None]
    known = values > _FLAT
    flat = np.tensordot(directions[:, ~known].T, moves, axes=1)
    if np.any(np.abs(flat) > _STILL):
        msg = (
            f"model {fit.name} ({fit.spec.formula}): the data do not say how well the variances of "
            f"the random effects are known, so its tests have no degrees of freedom; let fewer "
            f"effects vary over {fit.spec.group!r}"
        )
        raise NotIdentifiableError(msg)
    inverse: Array = directions[:, known] / values[known] @ directions[:, known].T
    return inverse
