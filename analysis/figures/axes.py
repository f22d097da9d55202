"""The panels' axes: what they count in, and which of their values are marked."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from analysis.figures.lettering import width
from analysis.figures.style import STYLE
from analysis.writing.numbers import raised

if TYPE_CHECKING:
    from matplotlib.axis import Axis

_MOST_ACROSS, _MOST_UP = 9, 6
# Between the labels of two ticks, in points.
_APART = 6.0


def power_of(limits: tuple[float, float]) -> int:
    """
    Return the power of ten that an axis counts in, a multiple of three.

    Parameters
    ----------
    limits : tuple of float

    Returns
    -------
    int
        0 if the numbers are short enough as they are.

    Examples
    --------
    >>> power_of((0, 10)), power_of((0, 2e5)), power_of((-1e-6, 8e-6))
    (0, 3, -6)
    """
    largest = max(map(abs, limits))
    if 0.01 <= largest < 1e5 or not largest:
        return 0
    return 3 * (int(f"{largest:e}".split("e")[1]) // 3)


def with_power(label: str, unit: str, power: int) -> str:
    r"""
    Return an axis's label with its unit, and the power of ten that it counts in.

    Examples
    --------
    >>> with_power("Income", "euros", 3), with_power("Age", "", 0)
    ('Income (×\xa010³ euros)', 'Age')
    """
    unit = " ".join(filter(None, (f"×\xa010{raised(power)}" if power else "", unit)))
    return f"{label} ({unit})" if unit else label


def mark_values(axis: Axis, *, whole: bool = False, along: float | None = None) -> list[str]:
    """
    Mark some values of an axis, whose limits are set.

    Parameters
    ----------
    axis : Axis
    whole : bool
        Whether it has whole values only.
    along : float, optional
        Length of a horizontal axis, in points: no more values than their labels have room for.

    Returns
    -------
    list of str
        The labels.
    """
    low, high = axis.get_view_interval()
    formatter = ScalarFormatter(useOffset=False)
    # The axis's own label says the power; matplotlib's place for it is that of the panel's title.
    power = power_of((low, high))
    formatter.set_powerlimits((power, power))
    formatter.set_scientific(bool(power))
    axis.set_major_formatter(formatter)
    axis.offsetText.set_visible(False)
    most = _MOST_UP if along is None else _MOST_ACROSS
    locator = MaxNLocator(most, steps=(1, 2, 5, 10), integer=whole)
    found = np.asarray(locator.tick_values(low, high)).tolist()
    shown = [tick for tick in found if low <= tick <= high]
    texts: list[str] = formatter.format_ticks(shown)
    if along is not None:
        apart = along * (found[1] - found[0]) / (high - low)
        room = max(width(text, STYLE["xtick.labelsize"]) for text in texts) + _APART
        step = ceil(room / apart)
        # Multiples of the wider step, so that 0 stays if it was among the values.
        shown = [tick for tick in shown if round(tick / (found[1] - found[0])) % step == 0]
        texts = formatter.format_ticks(shown)
    axis.set_ticks(shown)
    return texts
