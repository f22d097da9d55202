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
    from analysis.mixed.crossproducts import Array, CrossProducts


# Multiplications in a product of matrices for which OpenBLAS starts no threads: on matrices this
# slender they wait for each other more than they work.
_SMALL_PRODUCT = 250_000


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
        size = _block_size(products)
        self.c = _blocks(products.spanned[0], size)
        self.a = _blocks(products.roots[0, 0] ** 2, size)

    def __call__(self, factor: Array) -> _OneWeighed:
        return _OneWeighed(self, float(factor[0, 0]) ** 2)


class _OneWeighed:
    def __init__(self, groups: _One, psi: float) -> None:
        self.groups = groups
        determinant = 1 + psi * groups.a
        self.weight = 1 / determinant
        scaled = groups.c * np.sqrt(self.weight)[:, None]
        self.log_determinant = float(np.log(determinant).sum())
        self.products = (scaled @ scaled.transpose(0, 2, 1)).sum(axis=0)

    def slope(self, root: Array) -> Slope:
        w = self.groups.a * self.weight
        explained = np.square(root @ self.groups.c).sum(axis=1) * self.weight
        total = float(w.sum())
        return Slope(
            first=np.array([[total - (w * explained).sum()]]),
            w=np.array([[total]]),
            information=np.array([[np.square(w).sum()]]),
        )


class _Two:
    r"""
    Two random effects a group, by :math:`U^{-1} = (I + \mathrm{adj}(R\Psi R'))/|U|`.

    With :math:`E = \mathrm{adj}(R)C` the products are
    :math:`\sum_j (C_j'C_j + E_j'\mathrm{adj}(\Psi)E_j)/|U_j|`, and
    :math:`W = (A + |A|\mathrm{adj}(\Psi))/|U|`, where :math:`A = R'R`.
    """

    def __init__(self, products: CrossProducts) -> None:
        size = _block_size(products)
        c1, c2 = (_blocks(c, size) for c in products.spanned)
        r11, r12, r22 = (_blocks(products.roots[i, j], size) for i, j in ((0, 0), (0, 1), (1, 1)))
        self.root = r11, r12, r22
        # By block: the columns of [X, y], and for each the two rows of C, then those of E.
        self.slots = np.stack(
            (c1, c2, r22[:, None] * c1 - r12[:, None] * c2, r11[:, None] * c2), axis=2
        )
        self.a = np.stack((r11**2, r11 * r12, r12**2 + r22**2, (r11 * r22) ** 2))

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
        root_weight = np.sqrt(self.weight)[:, None]
        slots = groups.slots
        scaled = np.empty_like(slots)
        np.multiply(slots[:, :, :2], root_weight[:, :, None], out=scaled[:, :, :2])
        np.multiply(slots[:, :, 2], f22 * root_weight, out=scaled[:, :, 2])
        np.multiply(slots[:, :, 3], f11, out=scaled[:, :, 3])
        scaled[:, :, 3] -= f21 * slots[:, :, 2]
        scaled[:, :, 3] *= root_weight
        flat = scaled.reshape(*slots.shape[:2], -1)
        self.log_determinant = float(np.log(determinant).sum())
        self.products = (flat @ flat.transpose(0, 2, 1)).sum(axis=0)

    def slope(self, root: Array) -> Slope:
        f11, f21, f22 = self.factor
        groups, weight = self.groups, self.weight
        blocks, k, slots, size = groups.slots.shape
        at = (root @ groups.slots.reshape(blocks, k, -1)).reshape(blocks, -1, slots, size)
        squares = np.square(at).sum(axis=1)
        e11, e22 = squares[:, 2], squares[:, 3]
        e12 = (at[:, :, 2] * at[:, :, 3]).sum(axis=1)
        adjugate = np.array((f21**2 + f22**2, -f11 * f21, f11**2))
        explained = squares[:, 0] + squares[:, 1]
        explained += adjugate[0] * e11 + 2 * adjugate[1] * e12 + adjugate[2] * e22
        explained *= weight
        w = groups.a[:3] * weight + adjugate[:, None, None] * (groups.a[3] * weight)
        total = w.sum(axis=(1, 2))
        first = total - (w * explained).sum(axis=(1, 2))
        first += [(e22 * weight).sum(), -(e12 * weight).sum(), (e11 * weight).sum()]
        w = w.transpose(1, 0, 2)
        pairs = (w @ w.transpose(0, 2, 1)).sum(axis=0)
        full = [0, 1, 1, 2]
        return Slope(
            first=first[full].reshape(2, 2),
            w=total[full].reshape(2, 2),
            information=pairs[np.ix_(full, full)],
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
        q = groups.c.shape[1]
        spread = groups.root @ factor
        lower = np.linalg.cholesky(np.eye(q) + spread @ spread.transpose(0, 2, 1))
        solved = np.linalg.solve(lower, np.concatenate((groups.root, groups.c), axis=2))
        self.root, self.c = solved[:, :, :q], solved[:, :, q:]
        self.log_determinant = 2 * float(np.log(np.diagonal(lower, axis1=1, axis2=2)).sum())
        self.products = np.einsum("gai,gaj->ij", self.c, self.c)

    def slope(self, root: Array) -> Slope:
        across = self.root.transpose(0, 2, 1)
        w = across @ self.root
        explained = across @ (self.c @ root.T)
        by_element = w.reshape(len(w), -1)
        total = w.sum(axis=0)
        return Slope(
            first=total - np.einsum("gar,gbr->ab", explained, explained),
            w=total,
            information=np.einsum("gi,gj->ij", by_element, by_element),
        )


def _block_size(products: CrossProducts) -> int:
    """Return how many groups to treat at once."""
    k = len(products.within)
    return min(products.n_groups, max(1, _SMALL_PRODUCT // (4 * k * k)))


def _blocks(array: Array, size: int) -> Array:
    """
    Cut the last axis, of groups, into blocks; the first axis of the result counts them.

    The last block is filled with 0, for groups without rows, which add nothing to any sum.
    """
    *others, n_groups = array.shape
    filled = np.zeros((*others, -(-n_groups // size) * size))
    filled[..., :n_groups] = array
    return np.ascontiguousarray(np.moveaxis(filled.reshape(*others, -1, size), -2, 0))


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
