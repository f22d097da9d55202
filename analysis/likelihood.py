r"""
The profiled deviance of a linear mixed model with one grouping factor, and its gradient.

The model is :math:`y = X\beta + Zb + \varepsilon`, with :math:`b_j \sim N(0, \sigma^2\Psi)` for each
group j and :math:`\varepsilon \sim N(0, \sigma^2 I)`, and the columns of Z are among those of X. The
relative covariance is :math:`\Psi = \Lambda_\theta\Lambda_\theta'` (Bates, Mächler, Bolker & Walker
2015, sections 3 to 5). The likelihood depends on the data only through each group's sums of products
of [X, y], so one pass over the rows is all that ever touches them.

Writing :math:`V = I + Z\Psi Z'` and, for group j, :math:`A_j = Z_j'Z_j`, :math:`B_j = Z_j'[X_j, y_j]`,
:math:`N_j = I + A_j\Psi`, everything follows from :math:`H_j = Z_j'V_j^{-1}[X_j, y_j] = N_j^{-1}B_j` and
:math:`W_j = Z_j'V_j^{-1}Z_j = N_j^{-1}A_j`, without the inverse of :math:`\Psi`, which may be singular.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Method = Literal["ML", "REML"]
"""Maximum likelihood, or restricted maximum likelihood."""


# A column whose standard deviation is a smaller share of its mean is constant but for rounding.
_CONSTANT = 1e-13


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossProducts:
    """
    Sums of products of a design, in total and by group.

    The k columns are the p predictors, then the outcome. Columns are centred and scaled for
    conditioning: ``standardised = (raw - centre) / scale``.

    Parameters
    ----------
    n_observations : int
        Number of rows.
    random : tuple of int
        The q columns of Z, as indices into the columns.
    total : ndarray, shape (k, k)
        Sums of products over all rows.
    groups : ndarray, shape (n_groups, q, k)
        Sums of products of Z with every column, by group.
    centre, scale : ndarray, shape (k,)
        The standardisation.
    intercept : int or None
        Index of the column of ones; None if there is none, and then nothing is centred.
    """

    n_observations: int
    random: tuple[int, ...]
    total: Array
    groups: Array
    centre: Array
    scale: Array
    intercept: int | None

    @property
    def n_fixed(self) -> int:
        """Number of fixed effects, p."""
        return len(self.total) - 1

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return len(self.groups)

    @property
    def back(self) -> Array:
        """
        Matrix T of shape (k, k) with ``standardised = raw @ T``.

        Estimates map back by it: ``beta = T beta_standardised`` (the outcome's scale apart).
        """
        matrix = np.diag(1 / self.scale)
        if self.intercept is not None:
            matrix[self.intercept] -= self.centre / self.scale
        return matrix


def cross_products(
    columns: Array,
    codes: NDArray[np.intp],
    *,
    n_groups: int,
    random: Sequence[int],
    intercept: int | None,
) -> CrossProducts:
    """
    Sum the products of a design's columns by group, in one pass over the rows.

    Parameters
    ----------
    columns : ndarray, shape (k, n_observations)
        The predictors' columns, then the outcome. Standardised **in place**.
    codes : ndarray of int, shape (n_observations,)
        The group of each row, 0 to `n_groups` - 1.
    n_groups : int
        Number of groups.
    random : sequence of int
        The columns of Z.
    intercept : int or None
        Index of the column of ones.

    Returns
    -------
    CrossProducts
    """
    k, n = columns.shape
    centre, scale = np.zeros(k), np.ones(k)
    for j in range(k):
        if j == intercept:
            continue
        # A random slope without a random intercept is another model once its column is centred.
        if intercept is not None and (j not in random or intercept in random):
            centre[j] = columns[j].mean()
            columns[j] -= centre[j]
        deviation = np.sqrt(columns[j] @ columns[j] / n)
        if deviation <= _CONSTANT * abs(centre[j]):
            columns[j] = 0.0  # the mean of a constant is off by a rounding error
        elif deviation > 0:
            scale[j] = deviation
            columns[j] /= deviation
    groups = np.empty((n_groups, len(random), k))
    for a, i in enumerate(random):
        for j in range(k):
            if j in random[:a]:
                groups[:, a, j] = groups[:, random.index(j), i]
            else:
                weights = columns[j] if i == intercept else columns[i] * columns[j]
                groups[:, a, j] = np.bincount(codes, weights, minlength=n_groups)
    return CrossProducts(
        n_observations=n,
        random=tuple(random),
        total=columns @ columns.T,
        groups=groups,
        centre=centre,
        scale=scale,
        intercept=intercept,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTerms:
    r"""
    What the groups contribute to the profiled deviance at one :math:`\Psi`.

    Parameters
    ----------
    log_determinant : float
        :math:`\log|V|`.
    explained : ndarray, shape (k, k)
        :math:`\sum_j B_j'\Psi H_j`, so that :math:`[X, y]'V^{-1}[X, y]` is the total less this.
    w : ndarray, shape (q, q)
        :math:`\sum_j W_j`.
    h : ndarray, shape (q, k, q, k)
        :math:`\sum_j H_j \otimes H_j`.
    """

    log_determinant: float
    explained: Array
    w: Array
    h: Array


class _Groups:
    """The groups' terms for any number q of random-effect columns, by batched linear algebra."""

    def __init__(self, products: CrossProducts) -> None:
        self.b = products.groups
        self.a = np.ascontiguousarray(self.b[:, :, list(products.random)])

    def terms(self, factor: Array) -> GroupTerms:
        psi = factor @ factor.T
        size, q, k = self.b.shape
        n = np.eye(q) + self.a @ psi
        solved = np.linalg.solve(n, np.concatenate((self.a, self.b), axis=2))
        h = np.ascontiguousarray(solved[:, :, q:]).reshape(size, q * k)
        between = (self.b.reshape(size, q * k).T @ h).reshape(q, k, q, k)
        return GroupTerms(
            log_determinant=float(np.linalg.slogdet(n)[1].sum()),
            explained=np.einsum("ab,aibj->ij", psi, between),
            w=solved[:, :, :q].sum(axis=0),
            h=(h.T @ h).reshape(q, k, q, k),
        )


class _GroupsOfOne:
    """The groups' terms for one random-effect column: every matrix is a number."""

    def __init__(self, products: CrossProducts) -> None:
        self.b = np.ascontiguousarray(products.groups[:, 0, :])
        self.a = np.ascontiguousarray(self.b[:, products.random[0]])

    def terms(self, factor: Array) -> GroupTerms:
        psi = float(factor[0, 0] ** 2)
        determinant = 1 + psi * self.a
        h = self.b / determinant[:, None]
        return GroupTerms(
            log_determinant=float(np.log(determinant).sum()),
            explained=psi * (self.b.T @ h),
            w=np.array([[(self.a / determinant).sum()]]),
            h=(h.T @ h)[None, :, None, :],
        )


class _GroupsOfTwo:
    r"""
    The groups' terms for two random-effect columns, without a loop over the groups.

    With two columns :math:`N^{-1} = (I + \mathrm{adj}(\Psi)\,\mathrm{adj}(A)) / |N|`, so that H is linear
    in B and adj(A)B, which do not change, and W is linear in A and its determinant.
    """

    def __init__(self, products: CrossProducts) -> None:
        size, _, k = products.groups.shape
        b = products.groups
        a = b[:, :, list(products.random)]
        determinant = a[:, 0, 0] * a[:, 1, 1] - a[:, 0, 1] ** 2
        self.a = np.stack((a[:, 0, 0], a[:, 0, 1], a[:, 1, 1], determinant))
        adjugate_b = np.empty((size, 2, k))
        adjugate_b[:, 0] = a[:, 1, 1, None] * b[:, 0] - a[:, 0, 1, None] * b[:, 1]
        adjugate_b[:, 1] = a[:, 0, 0, None] * b[:, 1] - a[:, 0, 1, None] * b[:, 0]
        self.b = np.ascontiguousarray(b.reshape(size, 2 * k))
        self.adjugate_b = adjugate_b.reshape(size, 2 * k)
        self.k = k

    def terms(self, factor: Array) -> GroupTerms:
        psi = factor @ factor.T
        # From the factor: the difference of products would lose a nearly singular determinant.
        determinant_psi = float(factor[0, 0] * factor[1, 1]) ** 2
        adjugate_psi = np.array([[psi[1, 1], -psi[0, 1]], [-psi[0, 1], psi[0, 0]]])
        determinant = (
            np.array([psi[0, 0], 2 * psi[0, 1], psi[1, 1], determinant_psi]) @ self.a
        ) + 1.0
        weight = 1 / determinant
        h = self.adjugate_b @ np.kron(adjugate_psi, np.eye(self.k))
        h += self.b
        h *= weight[:, None]
        between = (self.b.T @ h).reshape(2, self.k, 2, self.k)
        a11, a12, a22, det = self.a @ weight
        return GroupTerms(
            log_determinant=float(np.log(determinant).sum()),
            explained=np.einsum("ab,aibj->ij", psi, between),
            w=np.array([[a11, a12], [a12, a22]]) + det * adjugate_psi,
            h=(h.T @ h).reshape(2, self.k, 2, self.k),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    r"""
    The profiled deviance at one factor, and what the data say there.

    All in standardised units.

    Parameters
    ----------
    criterion : float
        -2 log-likelihood (ML), or the REML criterion.
    slope : ndarray, shape (q, q)
        Symmetric derivative K of the criterion by :math:`\Psi`. At the optimum
        :math:`K\Lambda = 0` and K is positive semidefinite: the first-order condition on the cone of
        covariance matrices, its boundary (a singular fit) included.
    fixed_effects : ndarray, shape (p,)
        GLS estimates.
    fixed_inverse : ndarray, shape (p, p)
        :math:`(X'V^{-1}X)^{-1}`.
    residual_variance : float
        Estimate of :math:`\sigma^2`.
    """

    criterion: float
    slope: Array
    fixed_effects: Array
    fixed_inverse: Array
    residual_variance: float


class ProfiledDeviance:
    """
    Profiled deviance of a design as a function of the relative covariance factor.

    Parameters
    ----------
    products : CrossProducts
        The design's sums of products.
    method : {"ML", "REML"}
        Which likelihood.
    """

    def __init__(self, products: CrossProducts, method: Method) -> None:
        self.products = products
        self.method = method
        q = len(products.random)
        by_size: dict[int, type[_Groups | _GroupsOfOne | _GroupsOfTwo]] = {
            1: _GroupsOfOne,
            2: _GroupsOfTwo,
        }
        self._groups = by_size.get(q, _Groups)(products)

    def __call__(self, factor: Array) -> Profile:
        r"""
        Evaluate the deviance and its derivative.

        Parameters
        ----------
        factor : ndarray, shape (q, q)
            Lower triangular :math:`\Lambda`.

        Returns
        -------
        Profile

        Notes
        -----
        Bates et al. (2015), equations 34 (ML) and 42 (REML). The derivative is
        :math:`K = \sum_j (W_j - H_{Xj}(X'V^{-1}X)^{-1}H_{Xj}' - h_jh_j'/\sigma^2)`, where
        :math:`h_j = H_j(-\hat\beta, 1)` and the middle term belongs to REML alone.
        """
        products, p = self.products, self.products.n_fixed
        groups = self._groups.terms(factor)
        weighted = products.total - groups.explained
        root = np.linalg.cholesky((weighted + weighted.T) / 2)
        inverse_root = np.linalg.inv(root[:p, :p])
        inverse = inverse_root.T @ inverse_root
        beta = inverse_root.T @ root[p, :p]
        residual = float(root[p, p] ** 2)
        reml = self.method == "REML"
        df = products.n_observations - p * reml
        variance = residual / df
        contrast = np.append(-beta, 1.0)
        slope = groups.w - np.einsum("aibj,i,j->ab", groups.h, contrast, contrast) / variance
        log_determinant = groups.log_determinant
        if reml:
            slope -= np.einsum("aibj,ij->ab", groups.h[:, :p, :, :p], inverse)
            log_determinant += 2 * float(np.log(root.diagonal()[:p]).sum())
        return Profile(
            criterion=log_determinant + df * (1 + float(np.log(2 * np.pi * variance))),
            slope=slope,
            fixed_effects=beta,
            fixed_inverse=inverse,
            residual_variance=variance,
        )
