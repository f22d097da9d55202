"""Tests of fixed effects by t and by F, whichever way their degrees of freedom come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scipy.special import fdtrc, stdtr, stdtrit

from analysis.errors import ModelError, listed
from analysis.inference.intervals import Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.mixed.fit import MixedFit

Approximation = Literal["Satterthwaite", "Kenward-Roger"]
"""Where denominator degrees of freedom come from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoefficientTest:
    """
    The t test of a fixed effect.

    Parameters
    ----------
    estimate, se : float
        Units of the outcome per unit of the predictor.
    df : float
        Degrees of freedom of t.
    t : float
        Estimate over standard error.
    p : float
        Two-sided, from Student's t.
    approximation : {"Satterthwaite", "Kenward-Roger"}
    singular : bool
        Whether the fit is singular: then Satterthwaite's df takes the rank of the random effects'
        covariance as known, and Kenward and Roger's does not.
    """

    estimate: float
    se: float
    df: float
    t: float
    p: float
    approximation: Approximation
    singular: bool

    @property
    def interval(self) -> Interval:
        """The 95% interval by Student's t, in units of the estimate."""
        reach = float(stdtrit(self.df, 0.975)) * self.se
        return Interval(low=self.estimate - reach, high=self.estimate + reach)


@dataclass(frozen=True, slots=True, kw_only=True)
class FTest:
    """
    The F test that some fixed effects are all 0.

    Parameters
    ----------
    names : tuple of str
        Of the fixed effects.
    f : float
    numerator_df : int
        Number of effects.
    denominator_df : float
    p : float
        Upper tail of F.
    approximation : {"Satterthwaite", "Kenward-Roger"}
    singular : bool
        As in `CoefficientTest`.
    """

    names: tuple[str, ...]
    f: float
    numerator_df: int
    denominator_df: float
    p: float
    approximation: Approximation
    singular: bool


def coefficient_test(
    fit: MixedFit, name: str, *, se: float, df: float, approximation: Approximation
) -> CoefficientTest:
    """
    Return the t test of a fixed effect.

    Parameters
    ----------
    fit : MixedFit
    name : str
        Of the fixed effect.
    se : float
        Standard error, units of the estimate.
    df : float
    approximation : {"Satterthwaite", "Kenward-Roger"}
    """
    t = fit.fixed_effects[name] / se
    return CoefficientTest(
        estimate=fit.fixed_effects[name],
        se=se,
        df=df,
        t=t,
        p=2 * float(stdtr(df, -abs(t))),
        approximation=approximation,
        singular=fit.singular,
    )


def f_test_of(
    fit: MixedFit, names: Sequence[str], *, f: float, df: float, approximation: Approximation
) -> FTest:
    """
    Return the F test of fixed effects.

    Parameters
    ----------
    fit : MixedFit
    names : sequence of str
    f, df : float
        Statistic and denominator degrees of freedom.
    approximation : {"Satterthwaite", "Kenward-Roger"}
    """
    return FTest(
        names=tuple(names),
        f=f,
        numerator_df=len(names),
        denominator_df=df,
        p=float(fdtrc(len(names), df, f)),
        approximation=approximation,
        singular=fit.singular,
    )


def positions(fit: MixedFit, names: Sequence[str]) -> list[int]:
    """
    Return where fixed effects stand among a fit's.

    Raises
    ------
    ModelError
        If there is none, one is named twice, or the fit has no effect of a name.
    """
    known = fit.spec.fixed_names
    if not names or len(set(names)) < len(names) or not set(names) <= set(known):
        msg = (
            f"model {fit.name}: no F test of {listed(names) or 'no effect'}; name some of its "
            f"fixed effects ({listed(known)}), each once"
        )
        raise ModelError(msg)
    return [known.index(name) for name in names]
