"""What is known of a model's parameters: tests, intervals, shares of variance, influence."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from analysis.errors import AnalysisError
from analysis.inference.bootstrap import bootstrap
from analysis.inference.fit_indices import Intraclass, RSquared, intraclass, r_squared
from analysis.inference.influence import cooks_distances, leave_one_out
from analysis.inference.intervals import Interval, interval
from analysis.inference.kenward_roger import kenward_roger, kenward_roger_f
from analysis.inference.profile import profile
from analysis.inference.satterthwaite import satterthwaite
from analysis.inference.simulation import SimulatedTest, simulated_test

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analysis.inference.bootstrap import Draws
    from analysis.inference.coefficients import CoefficientTest, FTest
    from analysis.inference.profile import ProfileInterval
    from analysis.mixed.fit import MixedFit
    from analysis.mixed.likelihood import Method
    from analysis.results.fitted import Fitted

Told = TypeVar("Told")

DRAWS = 1000
"""Draws of a bootstrap, and of a simulated test; of more than 2,000 groups fewer."""

SEED = 1
"""Of their random numbers."""

# A refit takes as long as its groups are many: each of 700 is left out, of 50,000 ten.
_REFITTED, _FEWEST_LEFT_OUT = 500_000, 10


# A draw takes as long as its groups are many, and the more they are, the less a draw has to tell
# beside the chi-square; the 2.5% at either end of an interval need 39.
_DRAWN, _FEWEST_DRAWS = 2_000_000, 40


def n_draws(n_groups: int) -> int:
    """
    Return how many draws are made of so many groups.

    Examples
    --------
    >>> n_draws(15), n_draws(2000), n_draws(10_000), n_draws(1_000_000)
    (1000, 1000, 200, 40)
    """
    return min(DRAWS, max(_FEWEST_DRAWS, _DRAWN // n_groups))


@dataclass(frozen=True, kw_only=True)
class ModelInference:
    """
    What is known of a model's parameters, each part computed when it is asked for.

    Parameters
    ----------
    fits : Mapping of str to MixedFit
        By method ("REML", "ML").
    """

    fits: Mapping[Method, MixedFit]

    @property
    def fit(self) -> MixedFit:
        """The REML fit."""
        return self.fits["REML"]

    @cached_property
    def satterthwaite(self) -> Mapping[str, CoefficientTest]:
        """Tests of the fixed effects; none where the variances cannot be known."""
        return _unless_refused(satterthwaite, self.fit)

    @cached_property
    def kenward_roger(self) -> Mapping[str, CoefficientTest]:
        """The same by Kenward and Roger."""
        return _unless_refused(kenward_roger, self.fit)

    @cached_property
    def category_tests(self) -> Mapping[str, FTest]:
        """F tests by Kenward and Roger of categories with several effects, by column."""
        levels: dict[str, list[str]] = {}
        for name in self.fit.fixed_effects:
            found = re.fullmatch(r"([^\[\]:]+)\[[^\[\]]+\]", name)
            if found:
                levels.setdefault(found[1], []).append(name)
        tests = {}
        for column, names in levels.items():
            if len(names) > 1:
                with suppress(AnalysisError):  # as of single effects
                    tests[column] = kenward_roger_f(self.fit, names)
        return tests

    @cached_property
    def r_squared(self) -> RSquared:
        """Shares of the outcome's variance that the model explains."""
        return r_squared(self.fit)

    @cached_property
    def intraclass(self) -> Intraclass:
        """Shares of variance between groups."""
        return intraclass(self.fit)

    @cached_property
    def wald(self) -> Mapping[str, Interval]:
        """Normal 95% intervals of the fixed effects."""
        errors = self.fit.standard_errors
        return {
            name: interval(estimate, errors[name] ** 2)
            for name, estimate in self.fit.fixed_effects.items()
        }

    @cached_property
    def student(self) -> Mapping[str, Interval]:
        """The 95% intervals of the fixed effects by Kenward and Roger."""
        return {name: test.interval for name, test in self.kenward_roger.items()}

    @cached_property
    def profile(self) -> Mapping[str, ProfileInterval]:
        """Profile intervals of all parameters, of the ML fit."""
        return _unless_refused(profile, self.fits["ML"])

    @cached_property
    def draws(self) -> Draws:
        """Refits to outcomes drawn from the REML fit."""
        return bootstrap(self.fit, n_draws(self.fit.n_groups), SEED)

    @cached_property
    def percentile(self) -> Mapping[str, Interval | None]:
        """Percentile intervals of all parameters."""
        return self.draws.percentile()

    @cached_property
    def without(self) -> Mapping[str, Mapping[str, float]]:
        """
        Parameters without each group; of two groups none.

        Of very many groups, without those alone that move the fixed effects most.
        """
        return _unless_refused(partial(leave_one_out, most=self.n_left_out), self.fit)

    @property
    def n_left_out(self) -> int:
        """Groups that the model is fitted anew without."""
        n_groups = self.fit.n_groups
        return min(n_groups, max(_FEWEST_LEFT_OUT, _REFITTED // n_groups))

    @cached_property
    def cooks_distances(self) -> Mapping[str, float]:
        """How far the fixed effects move without each group."""
        return cooks_distances(self.fit, self.without)


@dataclass(frozen=True, kw_only=True)
class Inference:
    """
    What is known of a study's models.

    Parameters
    ----------
    fitted : Fitted
    """

    fitted: Fitted

    @cached_property
    def models(self) -> Mapping[str, ModelInference]:
        """By model, the null model's too."""
        return {name: ModelInference(fits=fits) for name, fits in self.fitted.models.items()}

    @cached_property
    def simulated(self) -> Mapping[str, SimulatedTest]:
        """The tests of the comparison by simulation, by the larger model's name."""
        found = {}
        rows = self.fitted.comparison or ()
        for before, row in pairwise(rows):
            if row.p is not None:
                pair = (self.fitted.models[name]["ML"] for name in (before.model, row.model))
                test = _simulated(*pair)
                if test is not None:
                    found[row.model] = test
        return found


def _simulated(reduced: MixedFit, full: MixedFit) -> SimulatedTest | None:
    try:
        return simulated_test(reduced, full, n_draws(full.n_groups), SEED)
    except AnalysisError:  # a test that draws cannot be made for
        return None


def _unless_refused(
    infer: Callable[[MixedFit], Mapping[str, Told]], fit: MixedFit
) -> Mapping[str, Told]:
    """Return what can be said of a fit; nothing where the inference itself says that it cannot."""
    try:
        return infer(fit)
    except AnalysisError:
        return {}
