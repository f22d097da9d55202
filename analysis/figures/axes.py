"""The panels' axes: limits, ticks in powers of ten, and labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator, MultipleLocator, ScalarFormatter

from analysis.figures.lettering import fit, width
from analysis.figures.style import HEIGHT, LEAST_SIZE, STYLE, WIDTH
from analysis.writing.numbers import raised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure
    from matplotlib.text import Text

# From a text to the figure's edge; two lines of the vertical axis's label; between ticks' labels.
_EDGE, _BESIDE, _APART = 3.0, 34.0, 6.0
# Of two panels beside the widest key, in points; the layout does not count a title's width.
_NARROWEST = 120.0
_MOST_TICKS = 9


def add_panels(
    figure: Figure, titles: Sequence[str], x: tuple[float, float], y: tuple[float, float]
) -> list[Axes]:
    """
    Add a panel for each title, side by side.

    Parameters
    ----------
    figure : Figure
    titles : sequence of str
    x, y : tuple of float
        Limits of predictor and outcome.

    Returns
    -------
    list of Axes
    """
    axes = list(figure.subplots(1, len(titles), sharex=True, sharey=True, squeeze=False)[0])
    axes[0].set(xlim=x, ylim=y)
    for ax, title in zip(axes, titles, strict=True):
        fitted = fit(title, _NARROWEST, STYLE["axes.titlesize"], least=LEAST_SIZE)
        ax.set_title(fitted.text, size=fitted.size)
    for axis, limits in ((axes[0].xaxis, x), (axes[0].yaxis, y)):
        count_in(axis, power_of(limits))
    return axes


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


def label_axes(figure: Figure, x: str, y: str) -> None:
    """Label both axes once for all panels, on two lines or in smaller type if need be."""
    size = STYLE["axes.labelsize"]
    fitted = fit(x, WIDTH - 2 * _BESIDE, size, least=LEAST_SIZE)
    figure.supxlabel(fitted.text, size=fitted.size, multialignment="center")
    fitted = fit(y, HEIGHT - 2 * _EDGE, size, least=LEAST_SIZE)
    figure.supylabel(fitted.text, size=fitted.size, multialignment="center")


def centre_labels(figure: Figure, axes: Sequence[Axes]) -> None:
    """Move the labels to the middle of the panels, or as near as their lengths allow."""
    (left, low), (right, high) = axes[0].get_position().min, axes[-1].get_position().max
    x, y = figure._supxlabel, figure._supylabel  # type: ignore[attr-defined]  # no other way
    x.set_x(_middle(x, left, right, WIDTH, _BESIDE))
    y.set_y(_middle(y, low, high, HEIGHT, _EDGE))


def set_ticks(axes: Sequence[Axes], *, whole: bool) -> None:
    """
    Give the horizontal axes as many ticks as their labels leave room for.

    Parameters
    ----------
    axes : sequence of Axes
        With their places.
    whole : bool
        Whether the predictor has whole values only.
    """
    axis, (low, high) = axes[0].xaxis, axes[0].get_xlim()
    axis.set_major_locator(MaxNLocator(_MOST_TICKS, steps=(1, 2, 5, 10), integer=whole))
    at = axis.get_majorticklocs()
    shown = [tick for tick in at.tolist() if low <= tick <= high]
    texts = axis.get_major_formatter().format_ticks(shown)
    room = max(width(text, STYLE["xtick.labelsize"]) for text in texts) + _APART
    apart = WIDTH * axes[0].get_position().width * (at[1] - at[0]) / (high - low)
    axis.set_major_locator(MultipleLocator((at[1] - at[0]) * np.ceil(room / apart)))


def _middle(text: Text, low: float, high: float, whole: float, edge: float) -> float:
    """Return the middle of a range, as a share of the whole, for a text so far from its edges."""
    half = width(text.get_text(), float(text.get_fontsize())) / 2 + edge
    return float(np.clip((low + high) / 2, half / whole, 1 - half / whole))


def count_in(axis: Axis, power: int) -> None:
    """Let an axis count in a power of ten, which its label says."""
    formatter = ScalarFormatter(useOffset=False)
    # The label says the power; matplotlib's own place for it is that of the panel's title.
    formatter.set_powerlimits((power, power))
    formatter.set_scientific(bool(power))
    axis.set_major_formatter(formatter)
    axis.offsetText.set_visible(False)
