"""What a panel of a figure shows: segments of lines, of groups and of none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.pooling import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """
    A piece of a line.

    Parameters
    ----------
    x, y : tuple of float
        Predictor and outcome at its left and right end, in the units of the table; both ends are
        the same if the predictor has one value only.
    """

    x: tuple[float, float]
    y: tuple[float, float]

    @classmethod
    def of(cls, line: Line, x: tuple[float, float]) -> Segment:
        """Cut a line off at two values of the predictor."""
        return cls(x=x, y=(line.at(x[0]), line.at(x[1])))

    @property
    def is_point(self) -> bool:
        """Whether both ends are the same."""
        return self.x[0] == self.x[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """
    A line that belongs to no group.

    Parameters
    ----------
    segment : Segment
    level : str
        What it holds the level 2 predictor at, with the unit; empty if at the mean.
    value : str
        The same without the unit.
    """

    segment: Segment
    level: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """
    What one panel of a figure shows.

    Parameters
    ----------
    title : str
        For whom the lines hold; empty if for all.
    lines : Mapping of str to Segment
        By group.
    references : tuple of Reference
        The average line first.
    """

    title: str
    lines: Mapping[str, Segment]
    references: tuple[Reference, ...]
