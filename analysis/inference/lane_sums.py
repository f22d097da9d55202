r"""
Sums of products of many outcomes on one design, a lane for each.

In the decomposition of `CrossProducts` the groups' roots :math:`R_j` and what they span of X are
the same for every outcome, so that all lanes share them; a lane has only its own
:math:`Q_j'y` and what is left over of y. A lane without one of the groups has zeros in its place:
these add nothing to any sum, nor to :math:`\log|V|`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.mixed.crossproducts import CrossProducts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.mixed.crossproducts import Array

# Elements of all groups and lanes of a chunk: what a step of the last searches takes longer for a
# lane than for many counts little among so many.
_CHUNK_ELEMENTS = 2**21


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneSums:
    """
    Sums of products by lane.

    Parameters
    ----------
    n_observations : ndarray of int, shape (n_lanes,)
        Rows of each lane.
    sizes : ndarray of int, shape (n_groups,)
        Rows of each group.
    roots : ndarray, shape (1, q, q, n_groups) or (n_lanes, q, q, n_groups)
        Upper triangular R of each group; one for all lanes, or one for each.
    predictors : ndarray, shape (1, q, p, n_groups) or (n_lanes, q, p, n_groups)
        What the groups span of X.
    outcome : ndarray, shape (n_lanes, q, n_groups)
        What they span of y.
    within : ndarray, shape (n_lanes, p + 1, p + 1)
        Sums, over the groups, of products of what is left over of [X, y].
    """

    n_observations: NDArray[np.int64]
    sizes: NDArray[np.int64]
    roots: Array
    predictors: Array
    outcome: Array
    within: Array

    @property
    def n_lanes(self) -> int:
        """Number of lanes."""
        return len(self.outcome)

    @property
    def n_random(self) -> int:
        """Number of columns of Z, q."""
        return int(self.roots.shape[1])

    @property
    def n_fixed(self) -> int:
        """Number of fixed effects, p."""
        return int(self.predictors.shape[2])

    def single(self, lane: int) -> CrossProducts:
        """
        Return the sums of one lane, as the search for a single fit needs them.

        Parameters
        ----------
        lane : int

        Returns
        -------
        CrossProducts
            Its products by group are shares of their sum, by the groups' rows: nothing but starts
            of the search among many groups is made of them.
        """
        shared = 0 if len(self.roots) == 1 else lane
        within = self.within[lane]
        predictors, outcome = self.predictors[shared], self.outcome[lane, :, None]
        return CrossProducts(
            n_observations=int(self.n_observations[lane]),
            n_random=self.n_random,
            basis=np.eye(len(within)),
            roots=np.ascontiguousarray(self.roots[shared]),
            spanned=np.concatenate((predictors, outcome), axis=1),
            left=within[:, :, None] * (self.sizes / self.sizes.sum()),
            within=within,
            sizes=self.sizes,
            random_basis=np.eye(self.n_random),
        )


def lanes_at_once(products: CrossProducts) -> int:
    """Return how many lanes of a design make a chunk."""
    q, k, n_groups = products.spanned.shape
    return max(1, _CHUNK_ELEMENTS // int(q * (q + k) * n_groups))


def stacked(products: Sequence[CrossProducts]) -> LaneSums:
    """
    Return a lane for each of some designs.

    Parameters
    ----------
    products : sequence of CrossProducts
        In the same groups, with columns of the same kinds; at least one. Their sizes are taken to
        be those of the last.

    Returns
    -------
    LaneSums
    """
    p = products[0].n_fixed
    spanned = np.stack([sums.spanned for sums in products])
    return LaneSums(
        n_observations=np.array([sums.n_observations for sums in products]),
        sizes=products[-1].sizes,
        roots=np.stack([sums.roots for sums in products]),
        predictors=np.ascontiguousarray(spanned[:, :, :p]),
        outcome=np.ascontiguousarray(spanned[:, :, p]),
        within=np.stack([sums.within for sums in products]),
    )


def without_each_group(products: CrossProducts, groups: NDArray[np.intp]) -> LaneSums:
    """
    Return a lane without each of some groups.

    Parameters
    ----------
    products : CrossProducts
        Of all groups.
    groups : ndarray of int, shape (n_lanes,)
        Positions of those that are left out, one of each lane.

    Returns
    -------
    LaneSums
    """
    p, n_lanes = products.n_fixed, len(groups)
    kept = np.ones((n_lanes, products.n_groups))
    kept[np.arange(n_lanes), groups] = 0.0
    within = np.repeat(products.within[None], n_lanes, axis=0)
    outside = slice(p + 1 - len(products.left), None)
    within[:, outside, outside] -= products.left[..., groups].transpose(2, 0, 1)
    spanned = products.spanned * kept[:, None, None]
    return LaneSums(
        n_observations=products.n_observations - products.sizes[groups],
        sizes=products.sizes,
        roots=products.roots * kept[:, None, None],
        predictors=spanned[:, :, :p],
        outcome=spanned[:, :, p],
        within=within,
    )
