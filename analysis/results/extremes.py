"""The lowest and the highest of what groups have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    largest : float
        The larger of their sizes.
    """

    low: OfGroup
    high: OfGroup
    largest: float

    @classmethod
    def of(cls, values: Mapping[str, float]) -> Extremes:
        """Find them among values by group; of equal ones the first counts."""
        low, high = min(values, key=values.__getitem__), max(values, key=values.__getitem__)
        return cls(
            low=OfGroup(group=low, value=values[low]),
            high=OfGroup(group=high, value=values[high]),
            largest=max(map(abs, values.values())),
        )

    @property
    def flattest(self) -> OfGroup:
        """Of the two, as slopes, the one nearer to 0."""
        return min(self.low, self.high, key=lambda each: abs(each.value))

    @property
    def steepest(self) -> OfGroup:
        """The other one."""
        return self.high if self.flattest is self.low else self.low

    @property
    def span(self) -> float:
        """Distance from the lowest to the highest."""
        return self.high.value - self.low.value
