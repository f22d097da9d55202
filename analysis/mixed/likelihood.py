r"""
The profiled deviance of a linear mixed model with one grouping factor, and its derivatives.

The model is :math:`y = X\beta + Zb + \varepsilon`, with :math:`b_j \sim N(0, \sigma^2\Psi)` for
each group j and :math:`\varepsilon \sim N(0, \sigma^2 I)`, and the columns of Z are among those of
X. The relative covariance is :math:`\Psi = \Lambda\Lambda'` (Bates, Mächler, Bolker & Walker 2015,
section 3), and :math:`V = I + Z\Psi Z'`. The fixed effects and :math:`\sigma^2` are profiled out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.linalg.lapack import dpotrf, dtrtri

from analysis.mixed.groupterms import GroupTerms, Moments

if TYPE_CHECKING:
    from analysis.mixed.crossproducts import Array, CrossProducts
    from analysis.mixed.groupterms import Weighed

Method = Literal["ML", "REML"]
"""Maximum likelihood, or restricted maximum likelihood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    r"""
    The profiled deviance at one factor, and what the data say there.

    For the orthogonal columns of `CrossProducts`.

    Parameters
    ----------
    criterion : float
        -2 log-likelihood (ML), or the REML criterion; infinite where rounding leaves no residual
        variance.
    slope : ndarray, shape (q, q)
        Symmetric derivative K of the criterion by :math:`\Psi`. At the optimum
        :math:`K\Lambda = 0` and K is positive semidefinite: the first-order condition on the cone
        of covariance matrices, its boundary (a singular fit) included.
    hessian : ndarray, shape (q * q, q * q)
        Second derivative of the criterion by :math:`\mathrm{vec}\Psi`, for symmetric directions.
    moments : Moments
        The sums over the groups that the derivatives came from.
    root, inverse : ndarray, shape (p + 1, p + 1)
        Lower Cholesky root of :math:`[X, y]'V^{-1}[X, y]`, and its inverse.
    df : int
        Degrees of freedom of the residual variance.
    """

    criterion: float
    slope: Array
    hessian: Array
    moments: Moments
    root: Array
    inverse: Array
    df: int

    @property
    def expected_hessian(self) -> Array:
        r"""Expected second derivative of the criterion by vec of the covariance, (q * q, q * q)."""
        q, w = len(self.slope), self.moments.w.reshape(-1)
        expected: Array = self.moments.ww.transpose(1, 2, 3, 0).reshape(q * q, q * q)
        return expected - w[:, None] * w / self.df

    @property
    def fixed_effects(self) -> Array:
        """GLS estimates, shape (p,)."""
        effects: Array = -self.inverse[-1, :-1] * self.root[-1, -1]
        return effects

    @property
    def fixed_inverse(self) -> Array:
        r"""Inverse of :math:`X'V^{-1}X`, shape (p, p)."""
        inverse: Array = self.inverse[:-1, :-1].T @ self.inverse[:-1, :-1]
        return inverse

    @property
    def residual_variance(self) -> float:
        r"""Estimate of :math:`\sigma^2`."""
        return float(self.root[-1, -1]) ** 2 / self.df


class ProfiledDeviance:
    """
    Profiled deviance of a design as a function of the relative covariance factor.

    Parameters
    ----------
    products : CrossProducts
        The design's sums of products.
    method : {"ML", "REML"}
        Which likelihood.
    diagonal : bool
        Whether only diagonal factors are admitted, as the search and the certificate must know.
    """

    def __init__(self, products: CrossProducts, method: Method, *, diagonal: bool = False) -> None:
        self.products = products
        self.method = method
        self.diagonal = diagonal
        self.df = products.n_observations - products.n_fixed * (method == "REML")
        self._groups = GroupTerms(products)
        self._weights = np.full(products.n_fixed + 1, float(method == "REML"))
        self._weights[-1] = self.df
        self._pair_weights = np.maximum(self._weights, self._weights[:, None]).reshape(-1)

    @property
    def shift(self) -> float:
        """The criterion in the units of the table, less that in standardised ones."""
        *predictors, outcome = self.products.basis.diagonal().tolist()
        shift = 2 * self.df * math.log(outcome)
        if self.method == "REML":
            shift += 2 * sum(map(math.log, predictors))
        return shift

    def criterion(self, factor: Array) -> float:
        """Return the criterion alone, at less cost."""
        try:
            with np.errstate(all="ignore"):
                return self._solve(self._groups(factor))[0]
        except (np.linalg.LinAlgError, OverflowError):
            return math.inf

    def __call__(self, factor: Array) -> Profile:
        r"""
        Evaluate the deviance and its derivatives.

        Parameters
        ----------
        factor : ndarray, shape (q, q)
            Lower triangular :math:`\Lambda`.

        Returns
        -------
        Profile

        Notes
        -----
        Bates et al. (2015), section 3.4; equations 35 (ML) and 42 (REML) of the version that comes
        with lme4 1.1-31.
        """
        try:
            # A step too far may overflow; its infinite criterion is the answer.
            with np.errstate(all="ignore"):
                return self._profile(factor)
        except (np.linalg.LinAlgError, OverflowError):
            return self._nowhere(len(factor))

    def _profile(self, factor: Array) -> Profile:
        weighed: Weighed = self._groups(factor)
        criterion, root, inverse = self._solve(weighed)
        if criterion == math.inf:
            return self._nowhere(len(factor))
        # The criterion moves with [X, y]'V^-1[X, y] by inverse[:p]'inverse[:p], through
        # log|X'V^-1X|, and by the square of the contrast (-beta, 1) / sigma, through the residual
        # variance.
        moments = weighed.moments(inverse, self._weights)
        return Profile(
            criterion=criterion,
            slope=moments.w - moments.g,
            hessian=_hessian(moments, self._pair_weights),
            moments=moments,
            root=root,
            inverse=inverse,
            df=self.df,
        )

    def _nowhere(self, q: int) -> Profile:
        k = self.products.n_fixed + 1
        unit, nothing = np.eye(q * q).reshape((q,) * 4), np.zeros((k, k))
        return Profile(
            criterion=math.inf,
            slope=np.zeros((q, q)),
            hessian=np.eye(q * q),
            moments=Moments(
                w=np.zeros((q, q)),
                g=np.zeros((q, q)),
                ww=unit.transpose(3, 0, 1, 2),
                wg=np.zeros((q,) * 4),
                mm=np.zeros((q, k, q, k)),
            ),
            root=nothing,
            inverse=nothing,
            df=self.df,
        )

    def _solve(self, weighed: Weighed) -> tuple[float, Array, Array]:
        """Return the criterion, the lower Cholesky root of [X, y]'V^-1[X, y], and its inverse."""
        p = self.products.n_fixed
        root, failed = dpotrf(self.products.within + weighed.products, lower=1, clean=1)
        if failed or not root[p, p] > 0:
            return math.inf, root, root
        inverse, _ = dtrtri(root, lower=1)
        variance = float(root[p, p]) ** 2 / self.df
        if not (variance > 0 and math.isfinite(weighed.log_determinant)):
            return math.inf, root, root
        criterion = weighed.log_determinant + self.df * (1 + math.log(2 * math.pi * variance))
        if self.method == "REML":
            criterion += 2 * float(np.log(root.diagonal()[:p]).sum())
        return criterion, root, inverse


def _hessian(moments: Moments, weights: Array) -> Array:
    r"""
    Return the second derivative of the criterion by :math:`\mathrm{vec}\Psi`.

    For symmetric directions E and F it is :math:`\sum_j (-\mathrm{tr}(W_jEW_jF) +
    2\,\mathrm{tr}(EW_jFG_j))`, less the part of the products' own curvature: with
    :math:`\tilde D_E = \sum_j M_j'EM_j`, the squares of its rows and columns of the outcome times
    the degrees of freedom and, for REML, those of the other elements.
    """
    q, k = moments.mm.shape[:2]
    second = (2 * moments.wg - moments.ww).transpose(1, 2, 3, 0).reshape(q * q, q * q)
    flat = moments.mm.transpose(0, 2, 1, 3).reshape(q * q, k * k)
    hessian: Array = second - (flat * weights) @ flat.T
    return hessian
