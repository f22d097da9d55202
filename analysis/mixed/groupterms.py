r"""
What the groups contribute to the deviance at one covariance of the random effects.

With the decomposition :math:`Z_j = Q_jR_j`, :math:`C_j = Q_j'[X_j, y_j]` of `CrossProducts`, and
:math:`U_j = I + R_j\Psi R_j'`, a group adds :math:`\log|U_j|` to :math:`\log|V|`,
:math:`C_j'U_j^{-1}C_j` to :math:`[X, y]'V^{-1}[X, y]`, :math:`W_j = R_j'U_j^{-1}R_j` to
:math:`Z'V^{-1}Z`, and :math:`T_j = R_j'U_j^{-1}C_j` is :math:`Z_j'V_j^{-1}[X_j, y_j]`. Nothing here
needs the inverse of :math:`\Psi`, which may be singular, or subtracts large numbers from each
other. One and two random effects a group have closed forms, and then no step is taken group by
group.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analysis.mixed.crossproducts import Array, CrossProducts


# Multiplications in a product of matrices for which OpenBLAS starts no threads: on matrices this
# slender they wait for each other more than they work.
_SMALL_PRODUCT = 250_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    r"""
    Sums over the groups from which the derivatives by :math:`\Psi` follow.

    With rows of a matrix `root` for :math:`[X, y]` and weights s,
    :math:`M_j = T_j\,\mathrm{root}'`, of shape (q, k), and
    :math:`G_j = M_j\,\mathrm{diag}(s)M_j'`.

    Parameters
    ----------
    w, g : ndarray, shape (q, q)
        :math:`\sum_j W_j` and :math:`\sum_j G_j`.
    ww, wg : ndarray, shape (q, q, q, q)
        :math:`\sum_j W_j \otimes W_j` and :math:`\sum_j W_j \otimes G_j`, as outer products.
    mm : ndarray, shape (q, k, q, k)
        :math:`\sum_j M_j \otimes M_j`, as outer products.
    """

    w: Array
    g: Array
    ww: Array
    wg: Array
    mm: Array


class Weighed(Protocol):
    """The terms of some groups at one relative covariance factor."""

    log_determinant: float
    """:math:`\\log|V|`."""
    products: Array
    """:math:`\\sum_j C_j'U_j^{-1}C_j`, shape (k, k)."""

    def moments(self, root: Array, weights: Array) -> Moments:
        """
        Return the sums for the derivatives.

        Parameters
        ----------
        root : ndarray, shape (k, k)
        weights : ndarray, shape (k,)
        """
        ...


class _One:
    """One random effect a group: every matrix is a number."""

    def __init__(self, spanned: Array, roots: Array) -> None:
        self.c, self.root = spanned[0].copy(), roots[0, 0].copy()
        self.a = self.root**2

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

    def moments(self, root: Array, weights: Array) -> Moments:
        m = root @ (self.groups.c * (self.groups.root * self.weight))
        k, used = len(m), weights > 0
        both = np.stack((self.groups.a * self.weight, weights[used] @ np.square(m[used])))
        w, g = both.sum(axis=1)
        ww, wg = (both @ both[0]).tolist()
        return Moments(
            w=np.full((1, 1), w),
            g=np.full((1, 1), g),
            ww=np.full((1, 1, 1, 1), ww),
            wg=np.full((1, 1, 1, 1), wg),
            mm=(m @ m.T).reshape(1, k, 1, k),
        )


class _Two:
    r"""
    Two random effects a group, by :math:`U^{-1} = (I + \mathrm{adj}(R\Psi R'))/|U|`.

    With :math:`E = \mathrm{adj}(R)C`, and :math:`N` such that :math:`N'N = \mathrm{adj}(\Psi)`, the
    products are :math:`\sum_j (C_j'C_j + (NE_j)'NE_j)/|U_j|`. With :math:`A = R'R`,
    :math:`W = (A + |A|\mathrm{adj}(\Psi))/|U|` and :math:`T = (R'C + |R|N'NE)/|U|`.
    """

    def __init__(self, spanned: Array, roots: Array) -> None:
        (c1, c2), r11, r12, r22 = spanned, roots[0, 0], roots[0, 1], roots[1, 1]
        # The two rows of C, then those of E, each with the columns of [X, y].
        self.slots = np.stack((c1, c2, r22 * c1 - r12 * c2, r11 * c2))
        self.across = np.stack((r11 * c1, r12 * c1 + r22 * c2))
        self.determinant = r11 * r22
        self.roots = np.stack((r11, r12, r22, self.determinant))
        self.a = np.stack((r11**2, r11 * r12, r11 * r12, r12**2 + r22**2))

    def __call__(self, factor: Array) -> _TwoWeighed:
        return _TwoWeighed(self, float(factor[0, 0]), float(factor[1, 0]), float(factor[1, 1]))


class _TwoWeighed:
    def __init__(self, groups: _Two, f11: float, f21: float, f22: float) -> None:
        self.groups = groups
        self.n = np.array(((f22, 0.0), (-f21, f11)))
        # A sum of squares: the determinant of a nearly singular U keeps all its digits.
        parts = (
            (f11, f21, 0.0, 0.0), (0.0, f22, 0.0, 0.0), (0.0, 0.0, np.hypot(f21, f22), 0.0),
            (0.0, 0.0, 0.0, f11 * f22),
        )  # fmt: skip
        determinant = 1 + np.square(np.array(parts) @ groups.roots).sum(axis=0)
        self.weight = 1 / determinant
        self.root_weight = np.sqrt(self.weight)
        slots, (_, k, size) = groups.slots, groups.slots.shape
        self.scaled = np.empty_like(slots)
        np.multiply(slots[:2], self.root_weight, out=self.scaled[:2])
        moved = (self.n @ slots[2:].reshape(2, -1)).reshape(2, k, size)
        np.multiply(moved, self.root_weight, out=self.scaled[2:])
        self.log_determinant = float(np.log(determinant).sum())
        self.products = (self.scaled @ self.scaled.transpose(0, 2, 1)).sum(axis=0)

    def moments(self, root: Array, weights: Array) -> Moments:
        groups, n = self.groups, self.n
        _, k, size = groups.slots.shape
        t = (n.T @ self.scaled[2:].reshape(2, -1)).reshape(2, k, size)
        t *= groups.determinant * self.root_weight
        t += groups.across * self.weight
        m = root @ t
        flat, weighted = m.reshape(2 * k, size), m * np.sqrt(weights)[:, None]
        # The elements of the groups' W, then those of their G.
        both = np.empty((8, size))
        np.multiply(groups.a, self.weight, out=both[:4])
        both[:4] += (n.T @ n).reshape(4, 1) * (groups.determinant**2 * self.weight)
        np.einsum("akg,bkg->abg", weighted, weighted, out=both[4:].reshape(2, 2, size))
        w, g = both.sum(axis=1).reshape(2, 2, 2)
        ww, wg = (both.reshape(2, 4, size) @ both[:4].T).reshape(2, 2, 2, 2, 2)
        return Moments(
            w=w,
            g=g,
            ww=ww,
            wg=wg.transpose(2, 3, 0, 1),
            mm=(flat @ flat.T).reshape(2, k, 2, k),
        )


class _Any:
    """Any number of random effects a group, by batched linear algebra."""

    def __init__(self, spanned: Array, roots: Array) -> None:
        self.root = np.ascontiguousarray(roots.transpose(2, 0, 1))
        self.c = np.ascontiguousarray(spanned.transpose(2, 0, 1))

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
        flat = self.c.reshape(-1, self.c.shape[2])
        self.products = flat.T @ flat

    def moments(self, root: Array, weights: Array) -> Moments:
        across = self.root.transpose(0, 2, 1)
        m = across @ self.c @ root.T
        w, g = across @ self.root, (m * weights) @ m.transpose(0, 2, 1)
        size, q, k = m.shape
        by_element = w.reshape(size, -1)
        flat = m.reshape(size, -1)
        return Moments(
            w=w.sum(axis=0),
            g=g.sum(axis=0),
            ww=(by_element.T @ by_element).reshape((q,) * 4),
            wg=(by_element.T @ g.reshape(size, -1)).reshape((q,) * 4),
            mm=(flat.T @ flat).reshape(q, k, q, k),
        )


class _Sum:
    """The terms of blocks of groups, each small enough to stay in the cache."""

    def __init__(self, blocks: Iterable[Weighed]) -> None:
        self.blocks = tuple(blocks)
        self.log_determinant = float(sum(block.log_determinant for block in self.blocks))
        self.products: Array = np.sum([block.products for block in self.blocks], axis=0)

    def moments(self, root: Array, weights: Array) -> Moments:
        parts = [block.moments(root, weights) for block in self.blocks]
        return Moments(
            **{
                field.name: np.sum([getattr(part, field.name) for part in parts], axis=0)
                for field in fields(Moments)
            }
        )


class GroupTerms:
    """
    The groups' terms as a function of the relative covariance factor.

    Parameters
    ----------
    products : CrossProducts
    """

    def __init__(self, products: CrossProducts) -> None:
        by_size: dict[int, type[_One | _Two]] = {1: _One, 2: _Two}
        kind = by_size.get(products.n_random, _Any)
        size = max(1, _SMALL_PRODUCT // (4 * len(products.within) ** 2))
        self.blocks = [
            kind(products.spanned[..., part], products.roots[..., part])
            for begin in range(0, products.n_groups, size)
            for part in (slice(begin, begin + size),)
        ]

    def __call__(self, factor: Array) -> Weighed:
        """Return the terms at a lower triangular factor of shape (q, q)."""
        if len(self.blocks) == 1:
            return self.blocks[0](factor)
        return _Sum(block(factor) for block in self.blocks)
