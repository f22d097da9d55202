"""Panels that differ from each other: each with labels, limits and ticks of its own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.figures.axes import count_in, power_of, set_ticks, with_power
from analysis.figures.lettering import distinct, fit
from analysis.figures.style import HEIGHT, LEAST_SIZE, STYLE, WIDTH
from analysis.writing.words import difference_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from analysis.results.results import Results

QUIET = "#767676"
"""Of zero lines and of what is uncertain: a contrast of 4.5 to 1 with white."""

BAND = "#dcdcdc"
"""Of what chance makes of a quantity."""

DARK = "#111111"

# Beside the panels stand the vertical axes, their labels and their ticks, in points.
_BESIDE = 54.0
_OUT, _EDGE = 8.0, 4.0
_NAME_WIDTH, _NAME_SIZE = 72.0, 8.5
_MOST_TICKS = 6


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
    """

    text: str
    unit: str = ""
    limits: tuple[float, float]
    whole: bool = False

    @property
    def label(self) -> str:
        """The text, with the unit and the power of ten that the axis counts in."""
        return with_power(self.text, self.unit, power_of(self.limits))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """
    What a panel shows along either axis; without a vertical side it has its neighbour's.

    Parameters
    ----------
    x : Side
    y : Side or None
    title : str
    share : float
        Of the figure's width, over those of the other panels.
    """

    x: Side
    y: Side | None
    title: str = ""
    share: float = 1.0


def add_plots(plots: Sequence[Plot], *, height: float = HEIGHT) -> tuple[Figure, list[Axes]]:
    """
    Make a figure with a panel for each plot, side by side.

    Parameters
    ----------
    plots : sequence of Plot
    height : float
        Of the figure, in points.

    Returns
    -------
    tuple of Figure and list of Axes
    """
    figure = Figure(figsize=(WIDTH / 72, height / 72), layout="constrained")
    # Labels of ticks at the very end of an axis stand out of the panel.
    figure.get_layout_engine().set(rect=(0, 0, 1 - _OUT / WIDTH, 1))  # type: ignore[union-attr, call-arg]
    shares = [plot.share for plot in plots]
    grid = figure.add_gridspec(1, len(plots), width_ratios=shares)
    axes: list[Axes] = []
    for i, plot in enumerate(plots):
        ax = figure.add_subplot(grid[0, i], sharey=axes[-1] if plot.y is None else None)
        room = (WIDTH - _BESIDE * sum(each.y is not None for each in plots)) * plot.share
        room /= sum(shares)
        ax.set(xlim=plot.x.limits)
        count_in(ax.xaxis, power_of(plot.x.limits))
        _label(ax.set_xlabel, plot.x.label, room)
        if plot.y is None:
            ax.tick_params(labelleft=False)
        else:
            ax.set(ylim=plot.y.limits)
            ax.yaxis.set_major_locator(MaxNLocator(_MOST_TICKS, steps=(1, 2, 5, 10)))
            count_in(ax.yaxis, power_of(plot.y.limits))
            _label(ax.set_ylabel, plot.y.label, height - 80)
        fitted = fit(plot.title, room, STYLE["axes.titlesize"], least=LEAST_SIZE)
        ax.set_title(fitted.text, size=fitted.size)
        axes.append(ax)
    return figure, axes


def name_rows(ax: Axes, names: Sequence[str]) -> None:
    """Name what lies in rows, from below, by as much of the names as leaves the panel its width."""
    shorter = distinct(names, _NAME_WIDTH, _NAME_SIZE)
    ax.set_yticks(range(len(names)), [shorter[name] for name in names], size=_NAME_SIZE)


def counted_in(results: Results) -> str:
    """Return what differences of the outcome are counted in, or nothing."""
    study = results.study
    return difference_unit(study.unit(study.outcome), study.words.points)


def lay_out(figure: Figure, axes: Sequence[Axes], plots: Sequence[Plot]) -> None:
    """Lay a figure out once and for all, and give its panels the ticks that they have room for."""
    engine: Any = figure.get_layout_engine()
    engine.execute(figure)
    figure.set_layout_engine("none")
    for (ax, plot), (left, right) in zip(zip(axes, plots, strict=True), _rooms(axes), strict=True):
        set_ticks([ax], whole=plot.x.whole)
        middle = WIDTH * sum(ax.get_position().intervalx) / 2
        lines = 1 + ax.get_xlabel().count("\n")
        _label(ax.set_xlabel, plot.x.label, 2 * min(middle - left, right - middle), lines)
    for legend in figure.legends:
        wide = legend.get_window_extent().width / figure.bbox.width
        legend.set_bbox_to_anchor((min(axes[0].get_position().x0, 1 - wide), 1))


def _rooms(axes: Sequence[Axes]) -> list[tuple[float, float]]:
    """Return from where to where the horizontal axes' labels may reach, in points."""
    boxes = [ax.get_position() for ax in axes]
    gaps = [WIDTH * (one.x1 + other.x0) / 2 for one, other in pairwise(boxes)]
    ends = pairwise([0.0, *gaps, WIDTH])
    return [(left + _EDGE, right - _EDGE) for left, right in ends]


def _label(put: Any, text: str, room: float, lines: int = 2) -> None:  # noqa: ANN401  # a method
    fitted = fit(text, room, STYLE["axes.labelsize"], least=LEAST_SIZE, lines=lines)
    put(fitted.text, size=fitted.size, multialignment="center")
