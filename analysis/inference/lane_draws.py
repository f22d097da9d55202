r"""
Outcomes drawn from a model, by their sums of products alone.

Of :math:`y = Zb + \varepsilon`, with :math:`b_j \sim N(0, \sigma^2\Psi)`, a design needs
:math:`Q_j'y_j \sim N(0, \sigma^2(I + R_j\Psi R_j'))`, and of what is left over within the groups,
:math:`M\varepsilon`, its products with X and its square. With :math:`S = X'MX = HH'`,
:math:`X'M\varepsilon = \sigma Hz`, and :math:`\varepsilon'M\varepsilon = \sigma^2(z'z + u)` with u
a chi-square of the dimensions that neither groups nor X span (Cochran's theorem). All of these are
independent, so that the sums have the very distribution that those of drawn rows would have.

The outcomes have no fixed part, and :math:`\sigma = 1`: fixed effects are added to the estimates,
which then are those of the sum, and units multiply them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.inference.lane_matrices import lower_roots
from analysis.inference.lane_sums import LaneSums

if TYPE_CHECKING:
    from analysis.mixed.crossproducts import Array, CrossProducts

# A smaller share of the rows is what rounding leaves of a column that does not vary within groups.
_CONSTANT_WITHIN = 1e-12
# A group spans a dimension of Z if its columns have more there than this share of their size.
_SPANNED = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnOutcomes:
    """
    Sums of products of drawn outcomes.

    Parameters
    ----------
    spanned : ndarray, shape (n_lanes, q, n_groups)
        What the groups span of y.
    left : ndarray, shape (n_lanes, p + 1)
        Products of what they leave over: of y with X, and with itself.
    """

    spanned: Array
    left: Array


class Drawing:
    """
    Drawn outcomes of a design, in an order that no number of lanes at once changes.

    Parameters
    ----------
    products : CrossProducts
        Of the design; its own outcome counts only where it shows which dimensions Z has.
    covariance : ndarray, shape (q, q)
        Relative covariance of the random effects, for the columns of Z in `products`.
    seed : int
    """

    def __init__(self, products: CrossProducts, covariance: Array, seed: int) -> None:
        p, (q, _, n_groups) = products.n_fixed, products.spanned.shape
        roots = products.roots
        size = np.abs(np.concatenate((roots, products.spanned), axis=1)).max(axis=1)
        # Of a group with fewer rows than random effects, some rows of Q' are 0.
        self._real = size > _SPANNED * np.sqrt(products.sizes)
        spread = np.einsum("abg,bc,dcg->adg", roots, covariance, roots)
        self._roots = lower_roots(np.eye(q)[:, :, None][None] + spread[None])[0]
        self._left_root = _semidefinite_root(products.within[:p, :p], products.n_observations)
        dimensions = int(self._real.sum()) + int(np.count_nonzero(self._left_root.diagonal()))
        self._df = products.n_observations - dimensions
        self._shape = (q, n_groups)
        normals, squares = np.random.SeedSequence(seed).spawn(2)
        self._normals = np.random.Generator(np.random.PCG64(normals))
        self._squares = np.random.Generator(np.random.PCG64(squares))

    def __call__(self, n_lanes: int) -> DrawnOutcomes:
        """Draw the outcomes of the next lanes."""
        q, n_groups = self._shape
        p = len(self._left_root)
        normals = self._normals.standard_normal((n_lanes, q * n_groups + p))
        of_groups = normals[:, p:].reshape(n_lanes, q, n_groups)
        spanned = np.zeros_like(of_groups)
        for a in range(q):
            for b in range(a + 1):
                spanned[:, a] += self._roots[a, b] * of_groups[:, b]
        spanned *= self._real
        across = normals[:, :p] * (self._left_root.diagonal() > 0)
        left = np.empty((n_lanes, p + 1))
        left[:, :p] = across @ self._left_root.T
        left[:, p] = (across**2).sum(axis=1)
        if self._df:
            left[:, p] += self._squares.chisquare(self._df, n_lanes)
        return DrawnOutcomes(spanned=spanned, left=left)


def with_outcomes(products: CrossProducts, outcomes: DrawnOutcomes) -> LaneSums:
    """
    Return the sums of a design with other outcomes.

    Parameters
    ----------
    products : CrossProducts
    outcomes : DrawnOutcomes

    Returns
    -------
    LaneSums
        A lane for each outcome.
    """
    p, n_lanes = products.n_fixed, len(outcomes.left)
    within = np.repeat(products.within[None], n_lanes, axis=0)
    within[:, p] = within[:, :, p] = outcomes.left
    return LaneSums(
        n_observations=np.full(n_lanes, products.n_observations),
        sizes=products.sizes,
        roots=products.roots[None],
        predictors=products.spanned[None, :, :p],
        outcome=outcomes.spanned,
        within=within,
    )


def _semidefinite_root(matrix: Array, n_rows: int) -> Array:
    """Return the lower triangular root, with a column of 0 for each that adds no dimension."""
    root = np.zeros_like(matrix)
    for j in range(len(matrix)):
        rest = matrix[j:, j] - root[j:, :j] @ root[j, :j]
        if rest[0] > _CONSTANT_WITHIN * n_rows:
            root[j:, j] = rest / np.sqrt(rest[0])
    return root
