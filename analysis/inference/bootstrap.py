"""The parametric bootstrap: a model refitted to outcomes drawn from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.inference.intervals import Interval
from analysis.inference.lane_draws import Drawing, with_outcomes
from analysis.inference.lane_estimates import estimates_of, parameter_names
from analysis.inference.lane_sums import lanes_at_once
from analysis.inference.lanes import optima
from analysis.inference.progress import in_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.mixed.crossproducts import Array
    from analysis.mixed.fit import MixedFit


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """
    Estimates from drawn outcomes.

    Parameters
    ----------
    estimates : Mapping of str to ndarray, each of shape (n_draws,)
        By parameter, in the units of the table: fixed effects by name, sd(NAME) and cor(NAME,NAME)
        of the random effects, and sigma. NaN where a draw has no estimate of the parameter: a
        correlation beside a standard deviation of 0.
    n_singular : int
        Draws with a singular fit.
    n_searched : int
        Draws that the search for a single fit took over.
    n_failed : int
        Draws without a certified optimum; they have no estimates.
    """

    estimates: Mapping[str, Array]
    n_singular: int
    n_searched: int
    n_failed: int

    def __post_init__(self) -> None:
        for array in self.estimates.values():
            array.setflags(write=False)

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return len(self.estimates["sigma"])

    @property
    def n_undefined(self) -> dict[str, int]:
        """How many draws the quantiles of each parameter leave out, for it does not exist there."""
        return {name: int(np.isnan(array).sum()) for name, array in self.estimates.items()}

    def percentile(self, level: float = 0.95) -> dict[str, Interval | None]:
        """
        Return the percentile intervals of the parameters.

        Parameters
        ----------
        level : float
            Share of the draws between the ends.

        Returns
        -------
        dict of str to Interval or None
            None where no draw has the parameter.

        Notes
        -----
        Davison & Hinkley (1997, section 5.3.1), with quantiles between order statistics as R's
        default has them.
        """
        found: dict[str, Interval | None] = {}
        for name, array in self.estimates.items():
            there = array[~np.isnan(array)]
            found[name] = None
            if len(there):
                low, high = np.quantile(there, [(1 - level) / 2, (1 + level) / 2]).tolist()
                found[name] = Interval(low=low, high=high)
        return found


def bootstrap(fit: MixedFit, draws: int = 1000, seed: int = 1) -> Draws:
    """
    Refit a model to outcomes drawn from it.

    Parameters
    ----------
    fit : MixedFit
    draws : int
    seed : int
        Of NumPy's PCG64. The same seed gives the same draws, and more of them begin with the same.

    Returns
    -------
    Draws

    Raises
    ------
    ModelError
        If a predictor has the name of another parameter.
    """
    spec, products = fit.spec, fit.products
    names = parameter_names(spec)
    covariance = fit.factor @ fit.factor.T
    drawing = Drawing(products, covariance, seed)
    origin = np.array([fit.fixed_effects[name] for name in spec.names_of_sums])
    sigma = float(np.sqrt(fit.residual_variance))
    values = {name: np.empty(draws) for name in names}
    singular, searched, failed = 0, 0, 0
    for part in in_parts(draws, lanes_at_once(products), f"bootstrap of {fit.name}"):
        sums = with_outcomes(products, drawing(part.stop - part.start))
        found = optima(sums, fit.method, covariance, diagonal=spec.diagonal)
        for name, array in estimates_of(spec, products, found, sigma, origin).items():
            values[name][part] = array
        singular += int(np.sum((found.rank >= 0) & (found.rank < products.n_random)))
        searched += int(found.searched.sum())
        failed += int(np.sum(found.rank < 0))
    return Draws(estimates=values, n_singular=singular, n_searched=searched, n_failed=failed)
