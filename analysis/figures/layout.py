"""Where the parts of a figure stand: its panels, and the margins that its texts need."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from analysis.figures.lettering import LINE_HEIGHT, Fitted, fit, width
from analysis.writing.numbers import raised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

_FILE = mpl.rc_params_from_file(Path(__file__).with_name("report.mplstyle"))

STYLE = {name: _FILE[name] for name in _FILE if not name.startswith("backend")}
"""All of matplotlib's settings, so that a user's own do not leak in; the backend is not a style."""

MOST_NAMED = 20
"""More groups than this are keyed by a strip of colour, without their names."""

LEAST_SIZE = 8.0
"""Smallest type of labels and titles that are too wide for the usual one, in points."""

EDGE = 3.0
"""Distance of texts from the figure's edge, in points."""

_GAP = 14.0
_MOST_TICKS = 9
# Between ticks' labels and what is beside them; matplotlib's two distances from an axis.
_BETWEEN_TICKS, _AXIS_TO_LABEL = 6.0, 7.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins:
    """
    What is around the panels, in points; usual labels fit into the usual margins.

    Parameters
    ----------
    left, right, bottom, top : float
    """

    left: float = 42.0
    right: float = 78.0
    bottom: float = 40.0
    top: float = 44.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """
    What is written at the panels.

    Parameters
    ----------
    x, y : Fitted
    titles : tuple of Fitted
        Of each panel.
    """

    x: Fitted
    y: Fitted
    titles: tuple[Fitted, ...]

    @property
    def above(self) -> float:
        """Height of the titles' lines after the first, in points."""
        return max(title.extra for title in self.titles)


def size_in_points(figure: Figure) -> tuple[float, float]:
    """Return width and height."""
    width, height = figure.get_size_inches()
    return 72 * width, 72 * height


def add_panels(
    figure: Figure, n: int, x: tuple[float, float], y: tuple[float, float]
) -> list[Axes]:
    """
    Add panels with limits and ticks, side by side.

    Parameters
    ----------
    figure : Figure
    n : int
    x, y : tuple of float
        Limits of predictor and outcome.

    Returns
    -------
    list of Axes
    """
    axes: list[Axes] = []
    for i in range(n):
        ax = figure.add_axes((0, 0, 1, 1), sharey=axes[0] if axes else None)
        ax.tick_params(length=0, labelleft=i == 0)
        ax.set(xlim=x, ylim=y)
        for axis, limits in ((ax.xaxis, x), (ax.yaxis, y)):
            _count_in(axis, power_of(limits))
        axes.append(ax)
    place(axes, Margins())
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


def _count_in(axis: Axis, power: int) -> None:
    formatter = ScalarFormatter(useOffset=False)
    # The label says the power; matplotlib's own place for it is that of the panel's title.
    formatter.set_powerlimits((power, power))
    formatter.set_scientific(bool(power))
    axis.set_major_formatter(formatter)
    axis.offsetText.set_visible(False)


def fit_labels(
    axes: Sequence[Axes], right: float, x: str, y: str, titles: Sequence[str]
) -> tuple[Labels, Margins]:
    """
    Fit the panels' labels to the figure, and the margins to the labels.

    Parameters
    ----------
    axes : sequence of Axes
        With their limits.
    right : float
        Margin with the key, in points.
    x, y : str
        Labels of the axes.
    titles : sequence of str
        Of each panel.

    Returns
    -------
    Labels, Margins
        By sums: layout engines draw everything to measure it.
    """
    whole, height = size_in_points(axes[0].figure)  # type: ignore[arg-type]
    usual, axis = Margins(), axes[0].yaxis
    size = STYLE["axes.labelsize"]
    fitted_y = fit(y, height - 2 * EDGE, size, least=LEAST_SIZE)
    ticks = max((width(text, STYLE["ytick.labelsize"]) for text in _ticks(axis)), default=0.0)
    beside = EDGE + fitted_y.lines * LINE_HEIGHT * fitted_y.size
    left = max(usual.left, beside + _AXIS_TO_LABEL + ticks)
    each = (whole - left - right - (len(axes) - 1) * _GAP) / len(axes)
    head = STYLE["axes.titlesize"]
    middle = (left + whole - right) / 2
    labels = Labels(
        x=fit(x, 2 * (min(middle - beside, whole - middle) - EDGE), size, least=LEAST_SIZE),
        y=fitted_y,
        titles=tuple(fit(title, each, head, least=LEAST_SIZE) for title in titles),
    )
    return labels, Margins(left=left, right=right, bottom=usual.bottom + labels.x.extra)


def label_axes(axes: Sequence[Axes], labels: Labels) -> None:
    """Label the vertical axis on the left, the horizontal one below the middle of all panels."""
    figure: Any = axes[0].figure
    height = size_in_points(figure)[1]
    box = axes[0].get_position()
    half, centre = width(labels.y.text, labels.y.size) / 2 + EDGE, height * (box.y0 + box.y1) / 2
    # A label that is too long for the middle of the axis stands in the middle of the figure.
    at = 0.5 if half <= min(centre, height - centre) else (0.5 - box.y0) / box.height
    axes[0].set_ylabel(labels.y.text, size=labels.y.size, y=at, multialignment="center")
    middle = (box.x0 + axes[-1].get_position().x1) / 2
    bottom = 8 / height
    figure.text(middle, bottom, labels.x.text, ha="center", va="baseline", size=labels.x.size)


def place(axes: Sequence[Axes], margins: Margins) -> None:
    """Set the panels side by side, with as many ticks as there is room for."""
    whole, height = size_in_points(axes[0].figure)  # type: ignore[arg-type]
    each = (whole - margins.left - margins.right - (len(axes) - 1) * _GAP) / len(axes)
    tall = height - margins.bottom - margins.top
    for i, ax in enumerate(axes):
        left = margins.left + i * (each + _GAP)
        ax.set_position((left / whole, margins.bottom / height, each / whole, tall / height))
        for most in range(_MOST_TICKS, 1, -1):
            ax.xaxis.set_major_locator(MaxNLocator(nbins=most, steps=(1, 2, 5, 10)))
            if _have_room(ax.xaxis, each):
                break


def _have_room(axis: Axis, length: float) -> bool:
    low, high = axis.get_view_interval()
    first, *others = axis.get_majorticklocs()
    apart = length * float(others[0] - first) / (high - low) if others else length
    widest = max((width(text, STYLE["xtick.labelsize"]) for text in _ticks(axis)), default=0.0)
    return widest + _BETWEEN_TICKS <= apart


def _ticks(axis: Axis) -> list[str]:
    """Return the ticks' labels within the limits."""
    low, high = sorted(axis.get_view_interval())
    formatter: Any = axis.get_major_formatter()
    at = axis.get_majorticklocs()
    texts = formatter.format_ticks(at)
    return [text for place, text in zip(at, texts, strict=True) if low <= place <= high]
