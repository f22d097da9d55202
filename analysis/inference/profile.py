"""Profile-likelihood intervals of all parameters of a fit."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy.special import chdtri

from analysis.errors import ModelError
from analysis.inference.ends import Rise, end
from analysis.inference.held import HeldCovariance, HeldEffect
from analysis.mixed.likelihood import ProfiledDeviance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.mixed.fit import MixedFit

# A standard deviation that is less, for an outcome of size 1, is 0 but for rounding.
_NOTHING = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileInterval:
    """
    The values of a parameter at which the deviance is not too far above its minimum.

    Parameters
    ----------
    low, high : float or None
        The ends, in the unit of the parameter; None where an end is the parameter's boundary, or
        where there is no interval.
    low_boundary, high_boundary : float or None
        The boundary that takes the place of an end: 0 of a standard deviation, -1 or 1 of a
        correlation. None where the end is a number.
    missing : str
        Why there is no interval; empty if there is one.
    """

    low: float | None
    high: float | None
    low_boundary: float | None = None
    high_boundary: float | None = None
    missing: str = ""


def profile(fit: MixedFit, level: float = 0.95) -> Mapping[str, ProfileInterval]:
    """
    Return the profile-likelihood interval of every parameter of an ML fit.

    An interval ends where the deviance, with the parameter held and all others at their best, is
    above its minimum by the chi-square quantile (Bates, Mächler, Bolker & Walker 2015, section
    5.1; Venzon & Moolgavkar 1988).

    Parameters
    ----------
    fit : MixedFit
        By ML.
    level : float
        Between 0 and 1.

    Returns
    -------
    Mapping of str to ProfileInterval
        Fixed effects by their names, then ``sd(NAME)`` of the random effects, ``cor(NAME,NAME)`` of
        pairs of them, and ``sigma``.

    Raises
    ------
    ModelError
        If the fit is by REML, or the level no share.
    ConvergenceError
        If an optimum cannot be certified.
    """
    if fit.method != "ML":
        msg = (
            f"model {fit.name} ({fit.spec.formula}): a REML fit has no profile of its fixed "
            "effects; profile the ML fit"
        )
        raise ModelError(msg)
    if not 0 < level < 1:
        msg = f"cannot profile model {fit.name} at level {level}; give one between 0 and 1"
        raise ModelError(msg)
    rise = Rise(
        minimum=ProfiledDeviance(fit.products, "ML").criterion(fit.factor),
        quantile=float(chdtri(1, 1 - level)),
    )
    return {
        **{name: _effect(fit, rise, name) for name in fit.fixed_effects},
        **_covariance(fit, rise),
        "sigma": _sigma(fit, rise),
    }


def _effect(fit: MixedFit, rise: Rise, name: str) -> ProfileInterval:
    held = HeldEffect(fit, name)
    return ProfileInterval(low=end(held, rise, -1.0), high=end(held, rise, 1.0))


def _sigma(fit: MixedFit, rise: Rise) -> ProfileInterval:
    held = HeldCovariance(fit, "sigma")
    # Without a limit there is an end.
    low, high = (end(held, rise, direction) or 0.0 for direction in (-1.0, 1.0))
    return ProfileInterval(low=held.unit * math.exp(low / 2), high=held.unit * math.exp(high / 2))


def _covariance(fit: MixedFit, rise: Rise) -> dict[str, ProfileInterval]:
    """Return the intervals of standard deviations, then those of correlations."""
    names, q = fit.random_names, len(fit.random_names)
    deviations = [HeldCovariance(fit, "sd", (i,)) for i in range(q)]
    found = {
        f"sd({name})": _deviation(held, rise) for name, held in zip(names, deviations, strict=True)
    }
    for i, j in itertools.combinations(range(0 if fit.spec.diagonal else q), 2):
        nothing = [names[k] for k in (i, j) if deviations[k].estimate <= _NOTHING]
        if nothing:
            missing = f"the variance of {nothing[0]} is 0, so that it correlates with nothing"
            interval = ProfileInterval(low=None, high=None, missing=missing)
        elif any(found[f"sd({names[k]})"].low is None for k in (i, j)):
            # Next to a variance of 0 every correlation has the same deviance, which is low enough.
            interval = ProfileInterval(low=None, high=None, low_boundary=-1.0, high_boundary=1.0)
        else:
            interval = _correlation(HeldCovariance(fit, "cor", (i, j)), rise)
        found[f"cor({names[i]},{names[j]})"] = interval
    return found


def _deviation(held: HeldCovariance, rise: Rise) -> ProfileInterval:
    low, high = end(held, rise, -1.0, 0.0), end(held, rise, 1.0)
    return ProfileInterval(
        low=None if low is None else held.unit * low,
        high=None if high is None else held.unit * high,
        low_boundary=0.0 if low is None else None,
    )


def _correlation(held: HeldCovariance, rise: Rise) -> ProfileInterval:
    low, high = end(held, rise, -1.0, -math.pi / 2), end(held, rise, 1.0, math.pi / 2)
    return ProfileInterval(
        low=None if low is None else math.sin(low),
        high=None if high is None else math.sin(high),
        low_boundary=-1.0 if low is None else None,
        high_boundary=1.0 if high is None else None,
    )
