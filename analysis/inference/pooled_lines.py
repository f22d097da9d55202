"""The lines of groups by complete, no and partial pooling, from the rows that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.inference.lane_sums import stacked
from analysis.inference.lanes import optima
from analysis.mixed.grouping import Grouping
from analysis.mixed.rowsums import cross_products

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from analysis.mixed.crossproducts import Array, CrossProducts

# Predictors of known rows that differ by less, as a share of their size, differ by rounding.
_ROUNDING = 64 * float(np.finfo(float).eps)
_START = np.eye(2)


class Rows(NamedTuple):
    """Rows, group after group, and how many each group has."""

    x: Array
    y: Array
    sizes: NDArray[np.int64]

    @property
    def codes(self) -> NDArray[np.int64]:
        """The group of each row, from 0."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    def taken(self, where: NDArray[np.int64], sizes: NDArray[np.int64]) -> Rows:
        """Return some rows, which lie group after group, so many of each."""
        return Rows(self.x[where], self.y[where], sizes)


def complete_pooling(known: Rows) -> tuple[Array, Array]:
    """Return the intercept and the slope of one line, by least squares, for every group."""
    mean_x, mean_y = known.x.mean(), known.y.mean()
    apart = known.x - mean_x
    slope = float(apart @ (known.y - mean_y) / (apart @ apart))
    n_groups = len(known.sizes)
    return np.full(n_groups, mean_y - slope * mean_x), np.full(n_groups, slope)


def no_pooling(known: Rows) -> tuple[Array, Array]:
    """Return those of a line for each group; a group with one predictor value has its mean."""
    codes, n = known.codes, known.sizes
    mean_x, mean_y = (np.bincount(codes, weights=values) / n for values in (known.x, known.y))
    apart = known.x - mean_x[codes]
    squares = np.bincount(codes, weights=apart**2)
    products = np.bincount(codes, weights=apart * (known.y - mean_y[codes]))
    varies = squares > n * (_ROUNDING * np.abs(known.x).max()) ** 2
    slopes = np.divide(products, squares, out=np.zeros(len(n)), where=varies)
    return mean_y - slopes * mean_x, slopes


def partial_pooling(splits: Iterable[Rows]) -> list[tuple[Array, Array] | None]:
    """
    Return those of random intercepts and slopes, by REML, for the known rows of each split.

    None where they do not identify the model: their predictor is constant, or lines fit them.
    """
    products = [_products(known) for known in splits]
    lines: list[tuple[Array, Array] | None] = [None] * len(products)
    places = [i for i, sums in enumerate(products) if sums is not None]
    identified = [sums for sums in products if sums is not None]
    if not identified:
        return lines
    found = optima(stacked(identified), "REML", _START)
    for lane, (place, sums) in enumerate(zip(places, identified, strict=True)):
        if found.rank[lane] >= 0:
            lines[place] = _lines(sums, found.factor[lane], found.fixed_effects[lane])
    return lines


def _products(known: Rows) -> CrossProducts | None:
    """Return the sums of known rows; None if their predictor is constant, or lines fit them."""
    if np.ptp(known.x) <= _ROUNDING * np.abs(known.x).max():
        return None
    groups = Grouping(order=None, bounds=np.append(0, np.cumsum(known.sizes)), names=())
    products = cross_products([known.x, known.y], groups, n_random=2)
    return products if (products.basis.diagonal() > 0).all() else None


def _lines(products: CrossProducts, factor: Array, fixed_effects: Array) -> tuple[Array, Array]:
    """Return the intercepts and slopes of the groups' lines, in the units of the rows."""
    basis = products.basis
    line = fixed_effects + _group_effects(products, factor, fixed_effects)
    # From the orthogonal columns, in which the outcome is what the predictor leaves of it.
    slopes = (basis[1, 2] + basis[2, 2] * line[:, 1]) / basis[1, 1]
    return basis[0, 2] + basis[2, 2] * line[:, 0] - slopes * basis[0, 1], slopes


def _group_effects(products: CrossProducts, factor: Array, fixed_effects: Array) -> Array:
    r"""
    Predict the random effects, (n_groups, 2), in the columns of the sums.

    With :math:`P_j = R_j\Lambda`, :math:`\Lambda(I + P_j'P_j)^{-1}P_j'C_j(-\beta, 1)` (Bates et al.
    2015, section 5.1).
    """
    residual = np.einsum("qkg,k->gq", products.spanned, [*-fixed_effects, 1.0])
    spread = np.einsum("abg,bc->gac", products.roots, factor)
    across = np.einsum("gac,ga->gc", spread, residual)
    inner = np.eye(2) + np.einsum("gab,gac->gbc", spread, spread)
    effects: Array = np.linalg.solve(inner, across[:, :, None])[:, :, 0] @ factor.T
    return effects
