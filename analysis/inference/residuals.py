r"""
Residuals and group effects of a fit on its rows, on one scale, and what chance makes of them.

With :math:`V = I + Z\Psi Z'` at the fit's relative covariance and
:math:`P = V^{-1} - V^{-1}X(X'V^{-1}X)^{-1}X'V^{-1}`, the residuals
:math:`y - X\hat\beta - Z\hat b` are :math:`Py` with covariance :math:`\sigma^2P`, and the group
effects :math:`\hat b = \Psi Z'Py` have :math:`\sigma^2\Psi Z'PZ\Psi`: what they vary by themselves,
not what remains uncertain of them (Lange & Ryan 1989, on group effects; Nobre & Singer 2007, on
residuals). Divided by the roots of these variances they are standard normal where the model holds,
but dependent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from analysis.mixed.crossproducts import Array
    from analysis.mixed.fit import MixedFit

# Values of a chunk of simulated outcomes.
_CHUNK = 2_000_000
# A smaller variance, in units of the residual's, is one of 0 but for rounding.
_NO_VARIANCE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Standardised:
    """
    What a fit leaves of an outcome, and predicts of its groups, in standard deviations.

    Several outcomes may lie side by side, n_outcomes of them.

    Parameters
    ----------
    residuals : ndarray, shape (n_rows, n_outcomes)
    effects : dict of str to ndarray, shape (n_groups, n_outcomes)
        By term; none of a term whose variance is estimated as 0.
    spread : ndarray, shape (n_groups, n_outcomes)
        Standard deviation of the residuals of each group, over that of all: 1 is expected.
    """

    residuals: Array
    effects: dict[str, Array]
    spread: Array


class Rows:
    """
    The rows of a fit, group after group.

    Parameters
    ----------
    fit : MixedFit
    x : ndarray, shape (n_rows, p)
        The fixed part.
    z : ndarray, shape (n_rows, q)
        The random part.
    sizes : ndarray of int, shape (n_groups,)
        Rows of each group, in the order of ``fit.groups``.
    terms : dict of str to ndarray, shape (n_groups, q)
        What is asked of the group effects: weights of the random effects, by term.
    """

    def __init__(
        self,
        fit: MixedFit,
        x: Array,
        z: Array,
        sizes: NDArray[np.int64],
        terms: dict[str, Array],
    ) -> None:
        q = z.shape[1]
        basis = fit.products.basis_of_random
        # In the columns that the estimates came from, where no two are nearly the same.
        self.z = solve_triangular(basis, z.T, trans=1).T
        self.codes = np.repeat(np.arange(len(sizes)), sizes)
        self.factor = fit.factor
        self._starts = np.cumsum(sizes) - sizes
        psi = fit.factor @ fit.factor.T
        squares = self._sums(self.z[:, :, None] * self.z[:, None, :])
        inverse = np.linalg.inv(np.eye(q) + squares @ psi)
        self._shrinkage = psi @ inverse
        # P depends on what the columns span alone.
        self._x = np.linalg.qr(x)[0]
        across = self._sums(self.z[:, :, None] * self._x[:, None, :])
        self._weighted_x = self._x - self._of_groups(self._shrinkage @ across)
        self._fixed = np.linalg.inv(self._x.T @ self._weighted_x)
        self.df = len(x) - x.shape[1]
        kept = 1 - np.einsum("nq,nqr,nr->n", self.z, self._shrinkage[self.codes], self.z)
        kept -= np.einsum("np,pr,nr->n", self._weighted_x, self._fixed, self._weighted_x)
        self._kept = np.maximum(kept, _NO_VARIANCE)
        across = self._sums(self.z[:, :, None] * self._weighted_x[:, None, :])
        middle = inverse @ squares - across @ self._fixed @ across.transpose(0, 2, 1)
        covariance = psi @ middle @ psi
        self._terms: dict[str, tuple[Array, Array]] = {}
        for term, of_table in terms.items():
            weights = solve_triangular(basis, of_table.T, trans=1).T
            variance = np.einsum("gq,gqr,gr->g", weights, covariance, weights)
            if variance.min() > _NO_VARIANCE:
                self._terms[term] = weights, np.sqrt(variance)[:, None]

    def residuals(self, y: Array) -> tuple[Array, Array, Array]:
        r"""
        Return residuals, group effects in the columns of the sums, and residual deviations.

        The fixed effects and :math:`\sigma` are estimated anew, :math:`\Psi` is the fit's.

        Parameters
        ----------
        y : ndarray, shape (n_rows, n_outcomes)

        Returns
        -------
        tuple of ndarray, shapes (n_rows, n_outcomes), (n_groups, q, n_outcomes), (n_outcomes,)
        """
        marginal = y - self._x @ (self._fixed @ (self._weighted_x.T @ y))
        across = self._sums(self.z[:, :, None] * marginal[:, None, :])
        effects = self._shrinkage @ across
        residuals = marginal - self._of_groups(effects)
        variances = np.einsum("ns,ns->s", marginal, residuals) / self.df
        return residuals, effects, np.sqrt(variances)

    def standardised(self, y: Array) -> Standardised:
        """
        Return the residuals and group effects of outcomes in standard deviations.

        Parameters
        ----------
        y : ndarray, shape (n_rows, n_outcomes)

        Returns
        -------
        Standardised
        """
        residuals, effects, deviations = self.residuals(y)
        residuals = residuals / deviations
        kept = self._sums(self._kept)
        return Standardised(
            residuals=residuals / np.sqrt(self._kept)[:, None],
            effects={
                term: np.einsum("gq,gqs->gs", weights, effects) / (deviation * deviations)
                for term, (weights, deviation) in self._terms.items()
            },
            spread=np.sqrt(self._sums(residuals**2) / kept[:, None]),
        )

    def simulated(self, n_simulations: int, seed: int) -> Iterator[Standardised]:
        """
        Draw outcomes from the fit, and return what it leaves of each, a chunk at a time.

        Parameters
        ----------
        n_simulations : int
        seed : int
            Of NumPy's default generator.

        Yields
        ------
        Standardised
            The fixed effects do not matter, as what follows from them is taken out again.
        """
        random, n_rows = np.random.default_rng(seed), len(self.z)
        n_groups, q = len(self._starts), self.z.shape[1]
        step = max(1, _CHUNK // n_rows)
        for first in range(0, n_simulations, step):
            several = min(step, n_simulations - first)
            effects = self.factor @ random.standard_normal((n_groups, q, several))
            noise = random.standard_normal((n_rows, several))
            yield self.standardised(self._of_groups(effects) + noise)

    def _sums(self, of_rows: Array) -> Array:
        sums: Array = np.add.reduceat(of_rows, self._starts, axis=0)
        return sums

    def _of_groups(self, effects: Array) -> Array:
        """Return Z times what each group has, of shape (n_groups, q, k)."""
        added = np.zeros((len(self.z), effects.shape[2]))
        for column, each in zip(self.z.T, effects.transpose(1, 0, 2), strict=True):
            added += column[:, None] * each[self.codes]
        return added
