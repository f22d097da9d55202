"""The lowest and the highest of what groups have, and what is nearest to 0 and furthest from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class OfGroup:
    """A quantity of one group."""

    group: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Extremes:
    """
    The lowest and the highest of a quantity among the groups.

    Parameters
    ----------
    low, high : OfGroup
    nearest, furthest : OfGroup
        Smallest and largest in size, whatever the sign: of slopes, the flattest and the steepest.
    """

    low: OfGroup
    high: OfGroup
    nearest: OfGroup
    furthest: OfGroup

    @classmethod
    def of(cls, values: Mapping[str, float]) -> Extremes:
        """Find them among values by group; of equal ones the first counts."""
        return cls.among([OfGroup(group=group, value=value) for group, value in values.items()])

    @classmethod
    def among(cls, found: Sequence[OfGroup]) -> Extremes:
        """Find them among values of which a group may have several."""
        return cls(
            low=min(found, key=lambda each: each.value),
            high=max(found, key=lambda each: each.value),
            nearest=min(found, key=lambda each: abs(each.value)),
            furthest=max(found, key=lambda each: abs(each.value)),
        )

    @property
    def largest(self) -> float:
        """Size of the one furthest from 0."""
        return abs(self.furthest.value)

    @property
    def span(self) -> float:
        """Distance from the lowest to the highest."""
        return self.high.value - self.low.value
