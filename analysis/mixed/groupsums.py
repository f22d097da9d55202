r"""
The sums of products of a design, from sums by group, whoever adds these.

Each group's means and products of deviations from them are all that is asked of the rows: they are
brought into an orthogonal basis, and each group's are decomposed, without another look at the rows.
Where that would lose digits, since predictors explain nearly all of a column over all rows, or
within groups, the sums of what is left are asked for.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.mixed.basis import drop_collinear, in_basis, root_of
from analysis.mixed.crossproducts import CrossProducts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# Products of which less is left than this share have lost digits, and are added anew.
_LEAST_LEFT = 1e-4
# A pass makes 6 digits more of a rest visible, of which collinearity and rounding leave 16.
_MOST_PASSES = 5
# A slope's column is constant within a group if its standard deviation there is a smaller share of
# the one overall.
_CONSTANT_WITHIN = 1e-12
# A smaller share of a slope's products within a group that other slopes leave is rounding.
_ROUNDING = 64 * float(np.finfo(float).eps)
# A direction in which the groups leave a smaller share of the variance is one of level 2.
_COLLINEAR_WITHIN = 1e-14
# Within groups the other predictors may explain the outcome but for this share; where they explain
# more, its column is replaced by the rest of it.
_LEAST_UNEXPLAINED = 0.5
# Each replacement takes all that sums with 16 digits can see.
_MOST_REPLACEMENTS = 3


@dataclass(frozen=True, slots=True)
class Sums:
    """
    Sums by group, in the coordinates of a basis.

    Parameters
    ----------
    means : ndarray, shape (k - 1, n_groups)
    products : ndarray, shape (k - 1, k - 1, n_groups)
        Of deviations from the groups' means.
    """

    means: Array
    products: Array

    def moved(self, transform: Array) -> Sums:
        """Return them of other coordinates: a matrix, (k - 1, k - 1), times these."""
        k, n_groups = self.means.shape
        half = (transform @ self.products.reshape(k, -1)).reshape(k, k, n_groups)
        both = transform @ half.transpose(1, 0, 2).reshape(k, -1)
        return Sums(transform @ self.means, both.reshape(k, k, n_groups))

    def totals(self, sizes: NDArray[np.int64]) -> Array:
        """Return the products over all rows, about 0."""
        totals: Array = self.products.sum(axis=2) + (self.means * sizes) @ self.means.T
        return totals

    @property
    def within(self) -> Array:
        """Sums of squares within groups, (k - 1,)."""
        return np.array([row[i].sum() for i, row in enumerate(self.products)])


class GroupSums(ABC):
    """The sums by group of some columns, which are asked for by their places, from 0."""

    @property
    @abstractmethod
    def sizes(self) -> NDArray[np.int64]:
        """Rows of each group."""

    @abstractmethod
    def standard(self, places: Sequence[int]) -> tuple[Array, NDArray[np.intp]]:
        """Return the `standard_basis` of some columns."""

    @abstractmethod
    def added(self, places: Sequence[int], basis: Array, slopes: Array | None = None) -> Sums:
        """
        Add the sums of some columns.

        Parameters
        ----------
        places : sequence of int
        basis : ndarray, shape (k, k)
            As `in_basis` takes it.
        slopes : ndarray, shape (s, k - 1, n_groups), optional
            What is taken out of the deviations after the first s: so many times these.
        """

    def first(self, places: Sequence[int], basis: Array) -> Sums:
        """Return the sums in the standard basis."""
        return self.added(places, basis)

    def cross_products(self, places: Sequence[int], *, n_random: int) -> CrossProducts:
        """
        Return the sums of a model's columns.

        Parameters
        ----------
        places : sequence of int
            Of the columns after the intercept, in the order of `CrossProducts`.
        n_random : int
            Number of columns of Z, the intercept included.

        Returns
        -------
        CrossProducts

        Notes
        -----
        The basis is the Cholesky root of the columns' products, once more where a column is nearly
        a combination of others (Yamamoto, Nakatsukasa, Yanagisawa & Fukaya 2015, on CholeskyQR2).
        """
        sizes, n_rows = self.sizes, int(self.sizes.sum())
        basis, infinite, sums = self._orthogonal(places)
        spanned, left = self._decomposed(places, basis, sums, n_random)
        for _ in range(_MOST_REPLACEMENTS):
            slopes = _slopes_within(left.sum(axis=2), n_rows)
            if not slopes.any():
                break
            change = np.eye(len(basis))
            change[n_random:-1, -1] = slopes
            basis[n_random:-1, -1] += slopes * basis[-1, -1]
            sums = self._moved(places, basis, sums, change)
            spanned, left = self._decomposed(places, basis, sums, n_random)
        basis[infinite, infinite] = math.inf
        within = np.zeros_like(basis)
        within[n_random:, n_random:] = left.sum(axis=2)
        return CrossProducts(
            n_observations=n_rows,
            n_random=n_random,
            basis=basis,
            roots=np.ascontiguousarray(spanned[:, :n_random]),
            spanned=spanned,
            left=left,
            within=within,
            sizes=sizes,
        )

    def _orthogonal(self, places: Sequence[int]) -> tuple[Array, NDArray[np.intp], Sums]:
        """Return the basis, the places of infinite columns in it, and the sums in it."""
        basis, infinite = self.standard(places)
        sums = self.first(places, basis)
        for _ in range(_MOST_PASSES):
            root, held = root_of(sums.totals(self.sizes) / self.sizes.sum())
            change = np.zeros_like(basis)
            change[0, 0], change[1:, 1:] = 1.0, root
            basis[1:, 1:] = root @ basis[1:, 1:]
            drop_collinear(basis)
            dropped = np.flatnonzero(basis.diagonal() == 0.0)
            change[dropped, dropped] = 0.0
            if held:
                return basis, infinite, self._moved(places, basis, sums, change)
            sums = self.added(places, basis)
        return basis, infinite, sums

    def _moved(self, places: Sequence[int], basis: Array, sums: Sums, change: Array) -> Sums:
        """Return sums in another basis, added anew where moving them would lose digits."""
        transform = in_basis(np.eye(len(sums.means)), change)
        moved = sums.moved(transform)
        # What each column would have of the others if no part of them cancelled another.
        lost = moved.within < _LEAST_LEFT * (transform**2 @ sums.within)
        return self.added(places, basis) if lost.any() else moved

    def _decomposed(
        self, places: Sequence[int], basis: Array, sums: Sums, n_random: int
    ) -> tuple[Array, Array]:
        """Return what the groups span, (q, k, n_groups), and leave, (k - q, k - q, n_groups)."""
        spanned, left = _decompose(sums, self.sizes, n_random)
        rest = np.array([row[i].sum() for i, row in enumerate(left)])
        if n_random == 1 or not (rest < _LEAST_LEFT * sums.within[n_random - 1 :]).any():
            return spanned, left
        slopes = np.zeros((n_random - 1, *sums.means.shape))
        slopes[:, n_random - 1 :] = _coefficients(spanned)
        added = self.added(places, basis, slopes)
        # What they span has lost no digit that it could hold.
        return spanned, _decompose(added, self.sizes, n_random)[1]


def _decompose(sums: Sums, sizes: NDArray[np.int64], n_random: int) -> tuple[Array, Array]:
    """Take what the groups span out of the products, by Gram and Schmidt."""
    n_columns, n_groups = sums.means.shape
    spanned = np.zeros((n_random, n_columns + 1, n_groups))
    rest = sums.products if n_random == 1 else sums.products.copy()
    np.sqrt(sizes, out=spanned[0, 0])
    np.multiply(spanned[0, 0], sums.means, out=spanned[0, 1:])
    for a in range(1, n_random):
        squares = rest[a - 1, a - 1]
        least = np.maximum(sizes * _CONSTANT_WITHIN**2, _ROUNDING * sums.products[a - 1, a - 1])
        root = np.sqrt(np.where(squares <= least, 0.0, squares))
        spanned[a, a] = root
        inverse = np.divide(1.0, root, out=np.zeros(n_groups), where=root > 0)
        spanned[a, a + 1 :] = rest[a - 1, a:] * inverse
        rest[a:, a:] -= spanned[a, a + 1 :, None] * spanned[a, None, a + 1 :]
    return spanned, np.ascontiguousarray(rest[n_random - 1 :, n_random - 1 :])


def _coefficients(spanned: Array) -> Array:
    """Return the slopes of each group by itself, (q - 1, k - q, n_groups)."""
    q = len(spanned)
    found = np.zeros((q - 1, spanned.shape[1] - q, spanned.shape[2]))
    for a in range(q - 1, 0, -1):
        rest = spanned[a, q:].copy()
        for b in range(a + 1, q):
            rest -= spanned[a, b] * found[b - 1]
        np.divide(rest, spanned[a, a], out=found[a - 1], where=spanned[a, a] > 0)
    return found


def _slopes_within(left: Array, n_rows: int) -> Array:
    """
    Return the slopes within groups that are to be taken out of the outcome, or 0.

    Least squares over all rows does not do: where groups differ by much more than the residuals,
    its coefficients are off by more than these.
    """
    values, vectors = np.linalg.eigh(left[:-1, :-1])
    used = values > _COLLINEAR_WITHIN * n_rows
    slopes: Array = vectors[:, used] @ ((vectors[:, used].T @ left[:-1, -1]) / values[used])
    explained = float(slopes @ left[:-1, -1])
    unexplained = (1 - _LEAST_UNEXPLAINED) * left[-1, -1]
    return slopes if explained > unexplained else np.zeros_like(slopes)
