r"""
Likelihood-ratio tests by simulation: both models refitted to outcomes drawn from the smaller one.

The larger model's sums of products hold those of the smaller one, whose columns are among its own:
:math:`Z_r = Z_fA` and :math:`X_r = X_fB`. So outcomes are drawn for the larger model's design, and
each group's :math:`R_jA` is decomposed anew; what its Q does not span joins what is left over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtri

from analysis.errors import ConvergenceError
from analysis.inference.comparison import boundary_p_value, compare
from analysis.inference.lane_draws import Drawing, with_outcomes
from analysis.inference.lane_sums import LaneSums, lanes_at_once
from analysis.inference.lanes import optima
from analysis.inference.progress import in_parts

if TYPE_CHECKING:
    from analysis.mixed.crossproducts import Array, CrossProducts
    from analysis.mixed.fit import MixedFit

# What the certificates of two optima leave open, in deviance.
_SLACK = 1e-7
_NOMINAL = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedTest:
    """
    A likelihood-ratio test, with the distribution of its statistic under the smaller model.

    Parameters
    ----------
    reduced, full : str
        Names of the models.
    chisq : float
        Drop in deviance, observed.
    df : int
        Parameters more.
    p_chisq : float
        Upper tail of chi-square(df).
    p_boundary : float or None
        That of the mixture for one more random effect; None for other tests.
    simulated : ndarray, shape (n,)
        Drops in deviance in draws from the smaller model with both optima certified.
    n_failed : int
        Draws without; they count for nothing.
    n_searched : int
        Refits that the search for a single fit took over.
    """

    reduced: str
    full: str
    chisq: float
    df: int
    p_chisq: float
    p_boundary: float | None
    simulated: Array
    n_failed: int
    n_searched: int

    def __post_init__(self) -> None:
        self.simulated.setflags(write=False)

    @property
    def p(self) -> float:
        """
        Share of draws at least as extreme, the observed one among them.

        Davison & Hinkley (1997), equation 4.11.
        """
        as_large = int(np.sum(self.simulated >= self.chisq - _SLACK))
        return (1 + as_large) / (1 + len(self.simulated))

    @property
    def p_error(self) -> float:
        """Monte Carlo standard error of the share."""
        return _error(self.p, len(self.simulated))

    @property
    def size(self) -> float:
        """How often the test by chi-square(df) rejects at 5% what is true."""
        return float(np.mean(self.simulated > chdtri(self.df, _NOMINAL)))

    @property
    def size_boundary(self) -> float | None:
        """How often the test by the mixture does; None where there is none."""
        if self.p_boundary is None:
            return None
        # One variance and covariances: as many as the larger model has random effects.
        below = [boundary_p_value(drop, self.df - 1) < _NOMINAL for drop in self.simulated.tolist()]
        return float(np.mean(below))

    @property
    def size_error(self) -> float:
        """Monte Carlo standard error of the size."""
        return _error(self.size, len(self.simulated))


def simulated_test(
    reduced: MixedFit, full: MixedFit, draws: int = 1000, seed: int = 1
) -> SimulatedTest:
    """
    Test a model against a larger one by simulation from the smaller one.

    Parameters
    ----------
    reduced, full : MixedFit
        Fits to the same rows, by ML, or by REML with the same fixed effects.
    draws : int
    seed : int
        Of NumPy's PCG64.

    Returns
    -------
    SimulatedTest

    Raises
    ------
    NotComparableError
        If the two may not be compared, as `compare` says.
    ConvergenceError
        If no draw has certified optima of both.
    """
    row = compare([reduced, full])[1]
    assert row.chisq is not None
    assert row.df is not None
    assert row.p is not None
    nesting = _Nesting(reduced, full)
    products = full.products
    drawing = Drawing(products, nesting.drawn, seed)
    drops, searched = np.empty(draws), 0
    title = f"{reduced.name} against {full.name}"
    for part in in_parts(draws, lanes_at_once(products), title):
        sums = with_outcomes(products, drawing(part.stop - part.start))
        of_full = optima(sums, full.method, nesting.drawn, diagonal=full.spec.diagonal)
        of_reduced = optima(
            nesting.reduced(sums), full.method, nesting.covariance, diagonal=reduced.spec.diagonal
        )
        drops[part] = of_reduced.criterion - of_full.criterion
        searched += int(of_full.searched.sum() + of_reduced.searched.sum())
    there = ~np.isnan(drops)
    if not there.any():
        msg = (
            f"cannot test {title} by simulation: no draw of {draws} has certified optima of both; "
            "use chi-square"
        )
        raise ConvergenceError(msg)
    return SimulatedTest(
        reduced=reduced.name,
        full=full.name,
        chisq=row.chisq,
        df=row.df,
        p_chisq=row.p,
        p_boundary=row.p_boundary,
        simulated=np.maximum(drops[there], 0.0),
        n_failed=int(np.sum(~there)),
        n_searched=searched,
    )


class _Nesting:
    """
    The smaller model's design, in the columns of the larger one's sums.

    Parameters
    ----------
    reduced, full : MixedFit
    """

    def __init__(self, reduced: MixedFit, full: MixedFit) -> None:
        products, p = full.products, full.products.n_fixed
        among = [full.spec.names_of_sums.index(name) for name in reduced.spec.names_of_sums]
        self._fixed = np.linalg.qr(products.basis[:p, among])[0]
        varying = [full.random_names.index(name) for name in reduced.random_names]
        columns = products.basis_of_random[:, varying]
        relative = reduced.random_covariance / reduced.residual_variance
        self.drawn: Array = columns @ relative @ columns.T
        """Relative covariance of the random effects drawn, for the larger model's Z, (q, q)."""
        if reduced.spec.diagonal:
            sizes = np.linalg.norm(columns, axis=0)
            loadings, root = columns / sizes, np.diag(sizes)
        else:
            loadings, root = np.linalg.qr(columns)
        self.covariance: Array = root @ relative @ root.T
        """The same for the smaller model's own Z."""
        self._decompose(products, loadings)

    def _decompose(self, products: CrossProducts, loadings: Array) -> None:
        """Decompose each group's Z of the smaller model anew."""
        p, q = products.n_fixed, loadings.shape[1]
        moved = np.einsum("abg,bc->gac", products.roots, loadings)
        vectors, roots = np.linalg.qr(moved, mode="complete")
        spanned = np.einsum("gba,bkg,kc->gac", vectors, products.spanned[:, :p], self._fixed)
        self._vectors = vectors
        self._roots = roots[:, :q].transpose(1, 2, 0)[None]
        self._predictors = spanned[:, :q].transpose(1, 2, 0)[None]
        self._rest = spanned[:, q:]
        within = self._fixed.T @ products.within[:p, :p] @ self._fixed
        self._within = within + np.einsum("gac,gad->cd", self._rest, self._rest)

    def reduced(self, sums: LaneSums) -> LaneSums:
        """Return the sums of the smaller model from those of the larger one."""
        q, p = self._roots.shape[1], self._fixed.shape[1]
        outcome = np.einsum("gba,lbg->lag", self._vectors, sums.outcome)
        rest = outcome[:, q:]
        within = np.empty((sums.n_lanes, p + 1, p + 1))
        within[:, :p, :p] = self._within
        across = sums.within[:, -1, :-1] @ self._fixed + np.einsum("gac,lag->lc", self._rest, rest)
        within[:, p, :p] = within[:, :p, p] = across
        within[:, p, p] = sums.within[:, -1, -1] + (rest**2).sum(axis=(1, 2))
        return LaneSums(
            n_observations=sums.n_observations,
            sizes=sums.sizes,
            roots=self._roots,
            predictors=self._predictors,
            outcome=np.ascontiguousarray(outcome[:, :q]),
            within=within,
        )


def _error(share: float, draws: int) -> float:
    return float(np.sqrt(share * (1 - share) / draws))
