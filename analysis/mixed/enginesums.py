"""The sums by group of columns that an engine holds."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from analysis.engines.groupsums import Described, described, products
from analysis.mixed.basis import in_basis, standard_basis
from analysis.mixed.groupsums import GroupSums, Sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.engines.source import Source

    Array = NDArray[np.float64]


class EngineSums(GroupSums):
    """
    The sums by group of the columns of several models: two passes for all of them.

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

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Rows of each group."""
        return self.described.sizes

    def places(self, columns: Sequence[str]) -> list[int]:
        """Return the places of some columns."""
        return [self.columns.index(column) for column in columns]

    def standard(self, places: Sequence[int]) -> tuple[Array, NDArray[np.intp]]:
        """Return the `standard_basis` of some columns."""
        known, at = self.described, list(places)
        return standard_basis(
            known.overall[at], known.lows[at].min(axis=1), known.highs[at].max(axis=1)
        )

    def added(self, places: Sequence[int], basis: Array, slopes: Array | None = None) -> Sums:
        """Have the sums of some columns added, as `GroupSums` says."""
        known, columns = self.described, [self.columns[place] for place in places]
        means = in_basis(known.means[list(places)], basis)
        sums, found = products(
            self.source, self.group, columns, basis, keys=known.keys, means=means, slopes=slopes
        )
        # What the means lack of digits; with slopes taken out, what these do.
        errors = sums / known.sizes
        found -= errors[:, None] * sums
        return Sums(means + errors, found)

    @cached_property
    def _first(self) -> tuple[Array, Sums]:
        """The standard basis of all columns, and the sums in it: the second pass."""
        places = range(len(self.columns))
        basis, _ = self.standard(places)
        return basis, self.added(places, basis)

    def first(self, places: Sequence[int], basis: Array) -> Sums:
        """Return the sums in the standard basis, in which each column stands by itself."""
        sums, at = self._first[1], list(places)
        return Sums(sums.means[at], sums.products[np.ix_(at, at)])

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
        places = self.places(columns)
        basis, sums = self._first
        units = basis.diagonal()[1:][places]
        found = sums.products[np.ix_(places, places)] * (units[:, None] * units)[..., None]
        return basis[0, 1:][places], sums.means[places] * units[:, None], found

    def deviation(self, column: str) -> float:
        """Return the standard deviation of a column over all rows, with divisor n - 1."""
        _, (means,), products = self.of_columns([column])
        total = float(products.sum() + (means**2) @ self.sizes)
        return math.sqrt(total / (self.sizes.sum() - 1))
