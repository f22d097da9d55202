"""What a panel shows along its axes, and the colours of what is no group's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.figures.axes import power_of, with_power
from analysis.writing.words import difference_unit

if TYPE_CHECKING:
    from analysis.results.results import Results

QUIET = "#767676"
"""Of zero lines and of what is uncertain: a contrast of 4.5 to 1 with the ground."""

BAND = "#dcdcdc"
"""Of what chance makes of a quantity."""

DARK = "#111111"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """
    What an axis shows.

    Parameters
    ----------
    text, unit : str
        Its label.
    limits : tuple of float
    whole : bool
        Whether it has whole values only.
    rows : tuple of str or None
        Names of what lies in rows, from below, in place of values; none if they are too many.
    """

    text: str
    unit: str = ""
    limits: tuple[float, float]
    whole: bool = False
    rows: tuple[str, ...] | None = None

    @property
    def label(self) -> str:
        """The text, with the unit and the power of ten that the axis counts in."""
        return with_power(self.text, self.unit, power_of(self.limits))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """
    What a panel shows along either axis.

    Parameters
    ----------
    x, y : Side
    title : str
    beside : float
        Room for names right of the panel, in points.
    """

    x: Side
    y: Side
    title: str = ""
    beside: float = 0.0


def counted_in(results: Results) -> str:
    """Return what differences of the outcome are counted in, or nothing."""
    study = results.study
    return difference_unit(study.unit(study.outcome), study.words.points)
