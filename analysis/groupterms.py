r"""
What the groups contribute to the deviance at one covariance of the random effects.

With the decomposition :math:`Z_j = Q_jR_j`, :math:`C_j = Q_j'[X_j, y_j]` of `CrossProducts`, and
:math:`U_j = I + R_j\Psi R_j'`, a group adds :math:`\log|U_j|` to :math:`\log|V|`,
:math:`C_j'U_j^{-1}C_j` to :math:`[X, y]'V^{-1}[X, y]`, and :math:`W_j = R_j'U_j^{-1}R_j` to
:math:`Z'V^{-1}Z`. Nothing here needs the inverse of :math:`\Psi`, which may be singular, or
subtracts large numbers from each other. One and two random effects a group have closed forms, and
then no step is taken group by group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from analysis.crossproducts import Array, CrossProducts


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    r"""
    Derivatives of the deviance by the covariance :math:`\Psi`.

    Parameters
    ----------
    first : ndarray, shape (q, q)
        Symmetric derivative K, so that the deviance changes by :math:`\mathrm{tr}(K\,d\Psi)`.
    w : ndarray, shape (q, q)
        :math:`\sum_j W_j`.
    information : ndarray, shape (q * q, q * q)
        :math:`\sum_j \mathrm{vec}W_j(\mathrm{vec}W_j)'`, from which the expected second derivative
        follows.
    """

    first: Array
    w: Array
    information: Array


class Weighed(Protocol):
    """The groups' terms at one relative covariance factor."""

    log_determinant: float
    """:math:`\\log|V|`."""
    products: Array
    """:math:`\\sum_j C_j'U_j^{-1}C_j`, shape (k, k)."""

    def slope(self, root: Array) -> Slope:
        r"""
        Return the derivatives of :math:`\log|V| + \mathrm{tr}(SP)`.

        Parameters
        ----------
        root : ndarray, shape (r, k)
            A root of the weights, :math:`S = \mathrm{root}'\mathrm{root}`, of the `products` P.
        """
        ...


class _One:
    """One random effect a group: every matrix is a number."""

    def __init__(self, products: CrossProducts) -> None:
        self.c = np.ascontiguousarray(products.spanned[0])
        self.a = products.roots[0, 0] ** 2

    def __call__(self, factor: Array) -> _OneWeighed:
        return _OneWeighed(self, float(factor[0, 0]) ** 2)


class _OneWeighed:
    def __init__(self, groups: _One, psi: float) -> None:
        self.groups = groups
        determinant = 1 + psi * groups.a
        self.weight = 1 / determinant
        scaled = groups.c * np.sqrt(self.weight)
        self.log_determinant = float(np.log(determinant).sum())
        self.products = scaled @ scaled.T

    def slope(self, root: Array) -> Slope:
        w = self.groups.a * self.weight
        explained = np.square(root @ self.groups.c).sum(axis=0) * self.weight
        return Slope(
            first=np.array([[w.sum() - w @ explained]]),
            w=np.array([[w.sum()]]),
            information=np.array([[w @ w]]),
        )


class _Two:
    r"""
    Two random effects a group, by :math:`U^{-1} = (I + \mathrm{adj}(R\Psi R'))/|U|`.

    With :math:`E = \mathrm{adj}(R)C` the products are
    :math:`\sum_j (C_j'C_j + E_j'\mathrm{adj}(\Psi)E_j)/|U_j|`, and
    :math:`W = (A + |A|\mathrm{adj}(\Psi))/|U|`, where :math:`A = R'R`.
    """

    def __init__(self, products: CrossProducts) -> None:
        (c1, c2), root = products.spanned, products.roots
        self.root = root[0, 0], root[0, 1], root[1, 1]
        # Rows: the columns of [X, y]. Slots: the two rows of C, then those of E.
        self.k, self.size = c1.shape
        self.slots = np.empty((self.k, 4, self.size))
        self.slots[:, 0], self.slots[:, 1] = c1, c2
        self.slots[:, 2] = root[1, 1] * c1 - root[0, 1] * c2
        self.slots[:, 3] = root[0, 0] * c2
        determinant = (root[0, 0] * root[1, 1]) ** 2
        self.a = np.array(
            (
                root[0, 0] ** 2,
                root[0, 0] * root[0, 1],
                root[0, 1] ** 2 + root[1, 1] ** 2,
                determinant,
            )
        )

    def __call__(self, factor: Array) -> _TwoWeighed:
        return _TwoWeighed(self, float(factor[0, 0]), float(factor[1, 0]), float(factor[1, 1]))


class _TwoWeighed:
    def __init__(self, groups: _Two, f11: float, f21: float, f22: float) -> None:
        self.groups = groups
        self.factor = f11, f21, f22
        r11, r12, r22 = groups.root
        # A sum of squares: the determinant of a nearly singular U keeps all its digits.
        determinant = 1 + np.square(f11 * r11 + f21 * r12)
        determinant += (f21**2 + f22**2) * np.square(r22)
        determinant += np.square(f22 * r12)
        determinant += (f11 * f22) ** 2 * groups.a[3]
        self.weight = 1 / determinant
        scaled = np.empty_like(groups.slots)
        root_weight = np.sqrt(self.weight)
        np.multiply(groups.slots[:, :2], root_weight, out=scaled[:, :2])
        np.multiply(groups.slots[:, 2], f22 * root_weight, out=scaled[:, 2])
        np.multiply(groups.slots[:, 3], f11, out=scaled[:, 3])
        scaled[:, 3] -= f21 * groups.slots[:, 2]
        scaled[:, 3] *= root_weight
        flat = scaled.reshape(groups.k, -1)
        self.log_determinant = float(np.log(determinant).sum())
        self.products = flat @ flat.T

    def slope(self, root: Array) -> Slope:
        f11, f21, f22 = self.factor
        groups, weight = self.groups, self.weight
        at = (root @ groups.slots.reshape(groups.k, -1)).reshape(-1, 4, groups.size)
        squares = np.square(at).sum(axis=0)
        e11, e22 = squares[2], squares[3]
        e12 = (at[:, 2] * at[:, 3]).sum(axis=0)
        adjugate = np.array([[f21**2 + f22**2, -f11 * f21], [-f11 * f21, f11**2]])
        explained = squares[0] + squares[1]
        explained += adjugate[0, 0] * e11 + 2 * adjugate[0, 1] * e12 + adjugate[1, 1] * e22
        explained *= weight
        w = groups.a[:3] * weight
        w += np.array((adjugate[0, 0], adjugate[0, 1], adjugate[1, 1]))[:, None] * (
            groups.a[3] * weight
        )
        total, less = w.sum(axis=1), w @ explained
        first = total - less + np.array((e22 @ weight, -(e12 @ weight), e11 @ weight))
        pairs = (w @ w.T)[np.ix_((0, 1, 1, 2), (0, 1, 1, 2))]
        return Slope(
            first=first[[0, 1, 1, 2]].reshape(2, 2),
            w=total[[0, 1, 1, 2]].reshape(2, 2),
            information=pairs,
        )


class _Any:
    """Any number of random effects a group, by batched linear algebra."""

    def __init__(self, products: CrossProducts) -> None:
        self.root = np.ascontiguousarray(products.roots.transpose(2, 0, 1))
        self.c = np.ascontiguousarray(products.spanned.transpose(2, 0, 1))

    def __call__(self, factor: Array) -> _AnyWeighed:
        return _AnyWeighed(self, factor)


class _AnyWeighed:
    def __init__(self, groups: _Any, factor: Array) -> None:
        size, self.q, self.k = groups.c.shape
        spread = groups.root @ factor
        u = spread @ spread.transpose(0, 2, 1)
        u += np.eye(self.q)
        lower = np.linalg.cholesky(u)
        solved = np.linalg.solve(lower, np.concatenate((groups.root, groups.c), axis=2))
        self.root, self.c = solved[:, :, : self.q], solved[:, :, self.q :]
        flat = self.c.reshape(size * self.q, self.k)
        diagonal = np.diagonal(lower, axis1=1, axis2=2)
        self.log_determinant = 2 * float(np.log(diagonal).sum())
        self.products = flat.T @ flat

    def slope(self, root: Array) -> Slope:
        w = self.root.transpose(0, 2, 1) @ self.root
        explained = self.root.transpose(0, 2, 1) @ (self.c @ root.T)
        by_element = w.reshape(-1, self.q**2)
        total = w.sum(axis=0)
        wide = explained.transpose(1, 0, 2).reshape(self.q, -1)
        return Slope(first=total - wide @ wide.T, w=total, information=by_element.T @ by_element)


def group_terms(products: CrossProducts) -> _One | _Two | _Any:
    """
    Return the function from a relative covariance factor to the groups' terms.

    Parameters
    ----------
    products : CrossProducts

    Returns
    -------
    callable
        Of a lower triangular factor of shape (q, q); returns a `Weighed`.
    """
    by_size: dict[int, type[_One | _Two]] = {1: _One, 2: _Two}
    return by_size.get(products.n_random, _Any)(products)
