r"""
The sums of products of a design, from sums by group that an engine adds.

What `crossproducts` does with the rows in memory: the same basis, and the same decomposition of
each group, here of the products of deviations from its means. Where the products of what is left
would have lost digits, by predictors that explain nearly all within groups, another pass adds those
of the rest itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from analysis.engines.groupsums import Described, described, in_basis, products
from analysis.mixed.columns import drop_collinear, root_of, standard_basis
from analysis.mixed.crossproducts import (
    MOST_REPLACEMENTS,
    CrossProducts,
    constant_within,
    slopes_within,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.engines.source import Source

    Array = NDArray[np.float64]

# Products of which less is left than this share have lost digits, and are added anew.
_LEAST_LEFT = 1e-4
_MOST_PASSES = 5


@dataclass(frozen=True, slots=True)
class _Sums:
    """Means, (k - 1, n_groups), and products of deviations from them, in a basis."""

    means: Array
    products: Array

    def moved(self, change: Array) -> _Sums:
        """Return them in the basis that multiplies this one by a triangular matrix, (k, k)."""
        k, n_groups = self.means.shape
        half = in_basis(self.products.reshape(k, -1), change).reshape(k, k, n_groups)
        both = in_basis(half.transpose(1, 0, 2).reshape(k, -1), change).reshape(k, k, n_groups)
        return _Sums(in_basis(self.means, change), both)

    def totals(self, sizes: NDArray[np.int64]) -> Array:
        """Return the products over all rows, about 0."""
        totals: Array = self.products.sum(axis=2) + (self.means * sizes) @ self.means.T
        return totals

    @property
    def within(self) -> Array:
        """Sums of squares within groups, (k - 1,)."""
        squares: Array = np.einsum("iig->i", self.products)
        return squares


class GroupSums:
    """
    The sums by group of the columns of several models.

    Parameters
    ----------
    source : Source
        The rows that the models use: none lacks a value.
    group : str
    columns : sequence of str
        All that the models need, the outcome among them; numbers.
    known : Described, optional
        What the first pass would find, where it is known.
    rows : str
        What tells these rows from others of the table.
    """

    def __init__(
        self,
        source: Source,
        group: str,
        columns: Sequence[str],
        known: Described | None = None,
        rows: str = "",
    ) -> None:
        self.source, self.group, self.columns = source, group, tuple(columns)
        self.rows, self._known = rows, known

    @cached_property
    def described(self) -> Described:
        """Sizes, means and ranges of the groups: the first pass."""
        return self._known or described(self.source, self.group, self.columns)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the groups."""
        return tuple(map(str, self.described.keys.tolist()))

    @cached_property
    def _first(self) -> tuple[Array, _Sums]:
        """A basis that centres and scales each column by itself, and the sums: the second pass."""
        basis, _ = self._standard(self.columns)
        return basis, self._pass(self.columns, basis)

    def deviation(self, column: str) -> float:
        """Return the standard deviation of a column over all rows, with divisor n - 1."""
        (_,), means, products = self.of_columns([column])
        sizes = self.described.sizes
        total = float(products.sum() + (means[0] ** 2) @ sizes)
        return math.sqrt(total / (sizes.sum() - 1))

    def of_columns(self, columns: Sequence[str]) -> tuple[Array, Array, Array]:
        """
        Return the sums of some columns, in their units.

        Returns
        -------
        origin : ndarray, shape (k,)
            Their means over all rows.
        means : ndarray, shape (k, n_groups)
            Of the groups, from there.
        products : ndarray, shape (k, k, n_groups)
            Of deviations from the groups' means.
        """
        places = [self.columns.index(column) for column in columns]
        basis, sums = self._first
        units = basis.diagonal()[1:][places]
        scale = np.where(np.isfinite(units), units, math.nan)
        found = sums.products[np.ix_(places, places)] * (scale[:, None] * scale)[..., None]
        return basis[0, 1:][places], sums.means[places] * scale[:, None], found

    def cross_products(self, columns: Sequence[str], *, n_random: int) -> CrossProducts:
        """
        Return the sums of a model's columns.

        Parameters
        ----------
        columns : sequence of str
            Those after the intercept, in the order of `CrossProducts`.
        n_random : int
            Number of columns of Z, the intercept included.

        Returns
        -------
        CrossProducts
        """
        sizes = self.described.sizes
        basis, infinite, sums = self._orthogonal(columns)
        spanned, left = self._decomposed(columns, basis, sums, n_random)
        for _ in range(MOST_REPLACEMENTS):
            slopes = slopes_within(left.sum(axis=2), int(sizes.sum()))
            if not slopes.any():
                break
            change = np.eye(len(basis))
            change[n_random:-1, -1] = slopes
            basis[n_random:-1, -1] += slopes * basis[-1, -1]
            sums = self._moved(columns, basis, sums, change)
            spanned, left = self._decomposed(columns, basis, sums, n_random)
        basis[infinite, infinite] = math.inf
        k = len(basis)
        within = np.zeros((k, k))
        within[n_random:, n_random:] = left.sum(axis=2)
        return CrossProducts(
            n_observations=int(sizes.sum()),
            n_random=n_random,
            basis=basis,
            roots=np.ascontiguousarray(spanned[:, :n_random]),
            spanned=spanned,
            left=left,
            within=within,
            sizes=sizes,
        )

    def _standard(self, columns: Sequence[str]) -> tuple[Array, NDArray[np.intp]]:
        """Return the basis of columns between -1 and 1 with mean 0, and which are infinite."""
        places, known = [self.columns.index(column) for column in columns], self.described
        return standard_basis(
            known.overall[places], known.lows[places].min(axis=1), known.highs[places].max(axis=1)
        )

    def _pass(self, columns: Sequence[str], basis: Array, slopes: Array | None = None) -> _Sums:
        """Return the sums in a basis, added by the engine."""
        known = self.described
        places = [self.columns.index(column) for column in columns]
        means = in_basis(known.means[places], basis)
        sums, found = products(
            self.source, self.group, columns, basis, keys=known.keys, means=means, slopes=slopes
        )
        # What the means lack of digits; with slopes taken out, what these do.
        errors = sums / known.sizes
        found -= errors[:, None] * sums
        return _Sums(means + errors, found)

    def _orthogonal(self, columns: Sequence[str]) -> tuple[Array, NDArray[np.intp], _Sums]:
        """Return the basis that `orthogonal_basis` finds, and the sums in it."""
        sizes = self.described.sizes
        basis, infinite = self._standard(columns)
        places = [self.columns.index(column) for column in columns]
        first = self._first[1]
        sums = _Sums(first.means[places], first.products[np.ix_(places, places)])
        for _ in range(_MOST_PASSES):
            root, held = root_of(sums.totals(sizes) / sizes.sum())
            change = np.zeros_like(basis)
            change[0, 0], change[1:, 1:] = 1.0, root
            basis[1:, 1:] = root @ basis[1:, 1:]
            drop_collinear(basis)
            dropped = np.flatnonzero(basis.diagonal() == 0.0)
            change[dropped, dropped] = 0.0
            if held:
                return basis, infinite, self._moved(columns, basis, sums, change)
            sums = self._pass(columns, basis)
        return basis, infinite, sums

    def _moved(self, columns: Sequence[str], basis: Array, sums: _Sums, change: Array) -> _Sums:
        """Return sums in another basis, added anew where moving them would lose digits."""
        moved = sums.moved(change)
        whole = np.zeros(len(sums.means))
        for j in range(len(whole)):
            unit = np.zeros((len(whole), 1))
            unit[j] = 1.0
            # Each column's own part in the others, as if no part cancelled another.
            whole += in_basis(unit, change)[:, 0] ** 2 * sums.within[j]
        lost = moved.within < _LEAST_LEFT * whole
        return self._pass(columns, basis) if (lost & (whole > 0)).any() else moved

    def _decomposed(
        self, columns: Sequence[str], basis: Array, sums: _Sums, n_random: int
    ) -> tuple[Array, Array]:
        """Return what the groups span, (q, k, n_groups), and leave, (k - q, k - q, n_groups)."""
        sizes = self.described.sizes
        spanned, left = _decompose(sums, sizes, n_random)
        rest = np.einsum("iig->i", left)
        if n_random == 1 or not (rest < _LEAST_LEFT * sums.within[n_random - 1 :]).any():
            return spanned, left
        slopes = np.zeros((n_random - 1, *sums.means.shape))
        slopes[:, n_random - 1 :] = _coefficients(spanned)
        added = self._pass(columns, basis, slopes)
        more, left = _decompose(_Sums(sums.means, added.products), sizes, n_random)
        spanned[1:, n_random:] += more[1:, n_random:]
        return spanned, left


def _decompose(sums: _Sums, sizes: NDArray[np.int64], n_random: int) -> tuple[Array, Array]:
    """Take what the groups span out of the products, by Gram and Schmidt."""
    k_1, n_groups = sums.means.shape
    spanned, rest = np.zeros((n_random, k_1 + 1, n_groups)), sums.products.copy()
    spanned[0, 0] = np.sqrt(sizes)
    spanned[0, 1:] = spanned[0, 0] * sums.means
    for a in range(1, n_random):
        squares = constant_within(rest[a - 1, a - 1], sizes)
        root = np.sqrt(squares)
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
        root = spanned[a, a]
        np.divide(rest, root, out=found[a - 1], where=root > 0)
    return found
