r"""
All that a mixed model with one grouping factor needs to know of its data.

The likelihood depends on the data only through sums of products by group. They are kept as an
orthogonal decomposition: within group j, :math:`Z_j = Q_jR_j` with orthonormal columns in
:math:`Q_j`, so that the group is known by :math:`R_j`, by :math:`C_j = Q_j'[X_j, y_j]`, and by
the products of what :math:`Q_j` leaves over, of which only their sum over the groups is needed.
Raw sums of products would lose the residual variance to rounding where groups differ by much more
than it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossProducts:
    """
    Sums of products of a design: what the groups span, and what is left over within them.

    The k columns are the intercept, the other q - 1 columns of Z, the other predictors (p in all),
    and the outcome. For conditioning, other columns stand for them: ``raw = columns @ basis``. The
    predictors' are orthogonal over all rows, in this order, with mean square 1. So is the
    outcome's, unless the other predictors have slopes within groups that are quite others than over
    all rows: then these are taken out of it.

    Parameters
    ----------
    n_observations : int
        Number of rows.
    n_random : int
        Number of columns of Z, q.
    basis : ndarray, shape (k, k)
        Upper triangular. A diagonal element of 0 belongs to a column that those before it explain,
        an infinite one to a column without a finite mean; either column is 0 throughout.
    roots : ndarray, shape (q, q, n_groups)
        Upper triangular R of each group.
    spanned : ndarray, shape (q, k, n_groups)
        C of each group.
    left : ndarray, shape (k - q, k - q, n_groups)
        Products, by group, of what its Q leaves over of the columns outside Z.
    within : ndarray, shape (k, k)
        Their sums over the groups, and 0 for the columns of Z.
    sizes : ndarray of int, shape (n_groups,)
        Rows of each group.
    random_basis : ndarray, shape (q, q), or None
        Of Z alone, where `restricted` made these sums: then Z is not among the k columns, and what
        it leaves over is kept for all of them. None where it is the first part of `basis`.
    """

    n_observations: int
    n_random: int
    basis: Array
    roots: Array
    spanned: Array
    left: Array
    within: Array
    sizes: NDArray[np.int64]
    random_basis: Array | None = None

    @property
    def n_fixed(self) -> int:
        """Number of fixed effects, p."""
        return len(self.within) - 1

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return int(self.spanned.shape[2])

    @property
    def basis_of_random(self) -> Array:
        """Upper triangular basis of Z, (q, q): the table's columns are ``z @ basis_of_random``."""
        if self.random_basis is not None:
            return self.random_basis
        basis: Array = self.basis[: self.n_random, : self.n_random]
        return basis

    def of_groups(self, groups: slice | NDArray[np.intp]) -> CrossProducts:
        """
        Return the sums of some groups alone, in the same basis.

        Parameters
        ----------
        groups : slice or ndarray of int
            Positions of the groups.

        Returns
        -------
        CrossProducts
        """
        spanned, left, sizes = self.spanned[..., groups], self.left[..., groups], self.sizes[groups]
        within, kept = np.zeros_like(self.within), slice(len(self.within) - len(left), None)
        within[kept, kept] = left.sum(axis=2)
        return replace(
            self,
            n_observations=int(sizes.sum()),
            roots=self.roots[..., groups],
            spanned=spanned,
            left=left,
            within=within,
            sizes=sizes,
        )
