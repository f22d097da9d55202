"""The panels' axes: limits, ticks in powers of ten, and labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import ScalarFormatter

from analysis.figures.lettering import fit, width
from analysis.figures.style import HEIGHT, LEAST_SIZE, STYLE, WIDTH
from analysis.writing.numbers import raised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure
    from matplotlib.text import Text

# Distance of labels from the figure's edge, in points.
_EDGE = 3.0
# Of two panels beside the widest key, in points; the layout does not count a title's width.
_NARROWEST = 120.0


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
        _count_in(axis, power_of(limits))
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


def label_axes(figure: Figure, x: str, y: str) -> tuple[Text, Text]:
    """Label both axes once for all panels, on two lines or in smaller type if need be."""
    size = STYLE["axes.labelsize"]
    fitted_x = fit(x, WIDTH - 2 * _EDGE, size, least=LEAST_SIZE)
    fitted_y = fit(y, HEIGHT - 2 * _EDGE, size, least=LEAST_SIZE)
    return (
        figure.supxlabel(fitted_x.text, size=fitted_x.size, multialignment="center"),
        figure.supylabel(fitted_y.text, size=fitted_y.size, multialignment="center"),
    )


def centre_labels(axes: Sequence[Axes], labels: tuple[Text, Text]) -> None:
    """Move the labels to the middle of the panels, or as near as their lengths allow."""
    (left, low), (right, high) = axes[0].get_position().min, axes[-1].get_position().max
    for text, move, middle, whole in (
        (labels[0], labels[0].set_x, (left + right) / 2, WIDTH),
        (labels[1], labels[1].set_y, (low + high) / 2, HEIGHT),
    ):
        half = (width(text.get_text(), float(text.get_fontsize())) / 2 + _EDGE) / whole
        move(float(np.clip(middle, half, 1 - half)))


def _count_in(axis: Axis, power: int) -> None:
    formatter = ScalarFormatter(useOffset=False)
    # The label says the power; matplotlib's own place for it is that of the panel's title.
    formatter.set_powerlimits((power, power))
    formatter.set_scientific(bool(power))
    axis.set_major_formatter(formatter)
    axis.offsetText.set_visible(False)
