"""Where panels and their labels stand, by sums of widths: matplotlib's own layout draws twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from analysis.figures.axes import mark_values
from analysis.figures.legend import ROW, explain, in_rows
from analysis.figures.lettering import distinct, fit, width, wrapped
from analysis.figures.style import LEAST_SIZE, NAME_SIZE, NOTE, STYLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from analysis.figures.legend import Sample
    from analysis.figures.plots import Plot, Side
    from analysis.figures.style import Sheet

HEIGHT = 172.0
"""Usual height of a panel, in points."""

_LABEL: float = STYLE["axes.labelsize"]
_TITLE: float = STYLE["axes.titlesize"]
_TICK: float = STYLE["xtick.labelsize"]
# From a panel to its ticks' labels, on to its own, and on to the figure's edge; points.
_NEAR, _ON, _EDGE = 3.5, 4.5, 2.0
# Half of a tick's label stands out of its panel.
_OUT = 9.0
_NAME_WIDTH = 72.0


def add_plots(
    plots: Sequence[Plot],
    samples: Sequence[Sample],
    sheet: Sheet,
    *,
    height: float = HEIGHT,
    note: str = "",
) -> tuple[Figure, list[Axes]]:
    """
    Make a figure with a panel for each plot, all of the same size, under a legend.

    Parameters
    ----------
    plots : sequence of Plot
        Beside one with the same vertical side, a panel does without its labels.
    samples : sequence of (str, Mapping)
        What the legend explains.
    sheet : Sheet
    height : float
        Of a panel, in points.
    note : str
        What stands above the legend.

    Returns
    -------
    tuple of Figure and list of Axes
    """
    figure = Figure()
    axes = [figure.add_axes((0, 0, 1, 1)) for _ in plots]
    lefts = []
    for i, (ax, plot) in enumerate(zip(axes, plots, strict=True)):
        ax.set(xlim=plot.x.limits, ylim=plot.y.limits)
        repeats = sheet.abreast and i > 0 and plot.y == plots[i - 1].y
        lefts.append(_set_left(ax, plot.y, height, repeats=repeats))
    rights = [max(plot.beside, _OUT) for plot in plots]
    if not sheet.abreast:
        lefts, rights = [max(lefts)], [max(rights)]
    wide = (sheet.width - sum(lefts) - sum(rights)) / len(lefts)
    places, _ = _in_turn(lefts, wide, rights)
    ends = [*(place - left for place, left in zip(places, lefts, strict=True)), sheet.width]

    count = len(plots) if sheet.abreast else 1
    tops, feet = [], []
    for i, (ax, plot) in enumerate(zip(axes, plots, strict=True)):
        column = i % count
        middle = places[column] + wide / 2
        around = 2 * min(middle - ends[column], ends[column + 1] - middle)
        tops.append(_set_title(ax, plot.title, wide))
        feet.append(_set_foot(ax, plot.x, wide, around - _EDGE))
    if sheet.abreast:
        tops, feet = [max(tops)], [max(feet)]
    rows = in_rows(samples, sheet.width)
    told = wrapped(note, sheet.width - 4 * _EDGE, NAME_SIZE)
    above = _thick(told, NAME_SIZE) + 2 * _ON if note else 0.0
    downs, end = _in_turn(tops, height, feet, start=above + ROW * len(rows))

    figure.set_size_inches(sheet.width / 72, end / 72)
    for i, ax in enumerate(axes):
        left, down = places[i % count], downs[i // count]
        corner = (left / sheet.width, 1 - (down + height) / end)
        ax.set_position((*corner, wide / sheet.width, height / end))
        ax.xaxis.set_label_coords(0.5, -(_NEAR + _TICK + _ON) / height)
        label = ax.yaxis.label
        thick = _thick(label.get_text(), float(label.get_fontsize()))
        ax.yaxis.set_label_coords((_EDGE + thick - lefts[i % count]) / wide, 0.5)
    if note:
        place = (2 * _EDGE / sheet.width, 1 - _EDGE / end)
        figure.text(*place, told, size=NAME_SIZE, color=NOTE, va="top", linespacing=1.2)
    explain(figure, rows, places[0], above)
    return figure, axes


def _in_turn(
    before: Sequence[float], size: float, after: Sequence[float], start: float = 0.0
) -> tuple[list[float], float]:
    """Return where things of one size begin that have room around them, and where all ends."""
    places = []
    for room, rest in zip(before, after, strict=True):
        places.append(start + room)
        start += room + size + rest
    return places, start


def _set_left(ax: Axes, side: Side, height: float, *, repeats: bool) -> float:
    """Mark the vertical axis and label it; return the room that this takes."""
    if side.rows is None:
        texts, size = mark_values(ax.yaxis), _TICK
    else:
        shorter = distinct(side.rows, _NAME_WIDTH, NAME_SIZE)
        texts, size = [shorter[name] for name in side.rows], NAME_SIZE
        ax.set_yticks(range(len(texts)), texts, size=size)
        ax.yaxis.grid(visible=False)
    if repeats:
        ax.tick_params(labelleft=False)
        return _NEAR
    fitted = fit(side.label, height, _LABEL, least=LEAST_SIZE)
    ax.set_ylabel(fitted.text, size=fitted.size, multialignment="center")
    ticks = max((width(text, size) for text in texts), default=0.0)
    return _EDGE + _thick(fitted.text, fitted.size) + _ON + ticks + _NEAR


def _set_title(ax: Axes, text: str, room: float) -> float:
    """Set a panel's title; return the room above the panel."""
    fitted = fit(text, room, _TITLE, least=LEAST_SIZE)
    ax.set_title(fitted.text, size=fitted.size, pad=_ON)
    return 1.5 * _ON + (_thick(fitted.text, fitted.size) if text else 0)


def _set_foot(ax: Axes, side: Side, wide: float, room: float) -> float:
    """Mark the horizontal axis and label it; return the room below the panel."""
    mark_values(ax.xaxis, whole=side.whole, along=wide)
    fitted = fit(side.label, room, _LABEL, least=LEAST_SIZE)
    ax.set_xlabel(fitted.text, size=fitted.size, multialignment="center")
    return _NEAR + _TICK + _ON + _thick(fitted.text, fitted.size) + _EDGE


def _thick(text: str, size: float) -> float:
    """Return the height of a text with its lines, in points."""
    return size * (1.1 + 1.2 * text.count("\n"))
