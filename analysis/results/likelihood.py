"""What the data say of the ratio of the variances, along the slider that sets it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.inference.ratio import ratio_profile
from analysis.results.ladder import Role

if TYPE_CHECKING:
    from analysis.results.lines import Lines
    from analysis.results.weights import Weights

# The weights go from nothing to nearly all while the ratio grows a thousandfold: a logarithmic
# scale, whose ends are 0 and infinity.
LAST, CENTRE, TENFOLD = 1000, 600, 200
"""The slider's last place, that of the estimate, and places between a ratio and its tenfold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioScale:
    """
    A logarithmic scale of ratios that ends at 0 and at infinity.

    Parameters
    ----------
    estimate : float
        A ratio of 0 stands at the left end; the centre is 1 then.
    """

    estimate: float

    @property
    def centre(self) -> float:
        """The ratio at the centre."""
        return self.estimate or 1.0

    @property
    def greatest(self) -> float:
        """The ratio at the last place but infinity."""
        return self.at(LAST - 1)

    def at(self, place: int) -> float:
        """
        Return the ratio at a place.

        Examples
        --------
        >>> scale = RatioScale(estimate=0.5)
        >>> scale.at(0), scale.at(600), scale.at(800), scale.at(1000)
        (0.0, 0.5, 5.0, inf)
        """
        if place <= 0:
            return 0.0
        return self.centre * 10 ** ((place - CENTRE) / TENFOLD) if place < LAST else math.inf

    def place(self, ratio: float | None) -> float:
        """
        Return the place of a ratio, not always a whole number; None is infinity.

        Examples
        --------
        >>> RatioScale(estimate=0.5).place(5.0), RatioScale(estimate=0.5).place(0.0)
        (800.0, 0.0)
        """
        if ratio is None:
            return float(LAST)
        if ratio == 0:
            return 0.0
        place = CENTRE + TENFOLD * math.log10(ratio / self.centre)
        return min(max(place, 0.0), float(LAST))


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioLikelihood:
    """
    The restricted likelihood of the ratio of the variances, in the model of random intercepts.

    Parameters
    ----------
    scale : RatioScale
    shares : tuple of float
        The likelihood at each place of the scale, as a share of the greatest.
    least_share : float
        The share at the ends of the 95% region.
    low, high : float or None
        The region's ends; None where it has none: 0 belongs to it, or every ratio however large.
    low_weight, high_weight : float
        The weight of the own line of a group of median size at these ends.
    n_groups : int
        Groups that the model knows.
    """

    scale: RatioScale
    shares: tuple[float, ...]
    least_share: float
    low: float | None
    high: float | None
    low_weight: float
    high_weight: float
    n_groups: int

    @property
    def places(self) -> tuple[float, float]:
        """Places of the region's ends."""
        return self.scale.place(self.low or 0.0), self.scale.place(self.high)

    @property
    def span(self) -> float | None:
        """How many times the lower end the upper one is; None without both."""
        return self.high / self.low if self.low and self.high else None

    @property
    def starts_before(self) -> bool:
        """Whether the region begins at a ratio below those that the scale tells apart from 0."""
        return bool(self.low) and self.scale.place(self.low) < 1

    @property
    def goes_beyond(self) -> bool:
        """Whether the region ends beyond the ratios of the scale."""
        return self.high is not None and self.high > self.scale.greatest


def ratio_likelihood(lines: Lines, weights: Weights | None) -> RatioLikelihood | None:
    """
    Return the likelihood of the ratio of the variances.

    Parameters
    ----------
    lines : Lines
    weights : Weights or None
        Of the lines' study.

    Returns
    -------
    RatioLikelihood or None
        None without a model of random intercepts alone.
    """
    fit = lines.fitted.fit(Role.INTERCEPTS)
    if fit is None or weights is None:
        return None
    scale = RatioScale(estimate=weights.ratio)
    profile = ratio_profile(fit, map(scale.at, range(LAST + 1)))
    n = weights.median_size

    def weight(ratio: float) -> float:
        return n * ratio / (n * ratio + 1)

    return RatioLikelihood(
        scale=scale,
        shares=tuple(math.exp(-rise / 2) for rise in profile.rises),
        least_share=math.exp(-profile.quantile / 2),
        low=profile.low,
        high=profile.high,
        low_weight=weight(profile.low or 0.0),
        high_weight=1.0 if profile.high is None else weight(profile.high),
        n_groups=fit.n_groups,
    )
