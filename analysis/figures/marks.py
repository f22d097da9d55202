"""What stands in a panel: points, lines and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke

from analysis.figures.lettering import cut, distinct, fit, width
from analysis.figures.names import Frame, Levels, place_labels
from analysis.figures.style import HEIGHT, MOST_NAMED, STYLE, WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.legend import Legend

    from analysis.results.panels import Panel
    from analysis.results.results import Results

NAME_SIZE = 8.5
"""Size of the names beside lines, in points."""

# Widest name beside a line, in points: some ten letters.
_NAME_WIDTH = 54.0

_AVERAGE: dict[str, Any] = {"color": "#111111", "linewidth": 2.6}
_GROUP: dict[str, Any] = {"color": mpl.colormaps["plasma"](0.4), "linewidth": 1.6}
_LEVEL: dict[str, Any] = {"color": "#111111", "linewidth": 1.2, "linestyle": (0, (4, 2))}

# Width of the legend, which stands right of the vertical axis's label, in points.
_ROOM = WIDTH - 36.0

# Share of a predictor's step by which its points are spread sideways, to either side.
_JITTER = 0.3


def draw_points(ax: Axes, results: Results, shades: Mapping[str, Any]) -> None:
    """Draw the rows of complete and of no pooling, in their groups' colours."""
    table, study = results.pooled_rows, results.study
    ax.scatter(
        spread(table[study.slope].to_numpy()),
        table[study.outcome],
        c=np.array([shades[group] for group in table[study.group]]),
        s=9,
        alpha=0.4,
        linewidths=0,
        label="points",
    )


def spread(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """
    Move the points of a predictor with few values sideways, so that they do not hide each other.

    Parameters
    ----------
    x : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (n,)
        Moved by the golden-ratio sequence, without chance; as it was if most values differ.
    """
    values = np.unique(x)
    if len(values) < 2 or len(values) > 25 or len(values) > len(x) / 2:
        return x
    step = float(np.diff(values).min())
    fractions = np.arange(1, len(x) + 1) * ((5**0.5 - 1) / 2) % 1
    moved: np.ndarray[Any, Any] = x + (2 * fractions - 1) * _JITTER * step
    return moved


def draw_lines(ax: Axes, panel: Panel, shades: Mapping[str, Any], levels: Levels) -> None:
    """Draw the groups' lines, and the black ones over them."""
    lines = {group: line for group, line in panel.lines.items() if not line.is_point}
    points = {group: line for group, line in panel.lines.items() if line.is_point}
    thin = len(shades) > MOST_NAMED
    ax.add_collection(
        LineCollection(
            [list(zip(line.x, line.y, strict=True)) for line in lines.values()],
            colors=[shades[group] for group in lines],
            linewidths=0.8 if thin else 1.6,
            alpha=0.75 if thin else 1,
            capstyle="round",
            label="lines",
        ),
        autolim=False,
    )
    if points:
        ax.scatter(
            [line.x[0] for line in points.values()],
            [line.y[0] for line in points.values()],
            c=np.array([shades[group] for group in points]),
            s=18,
            label="single",
        )
    for i, reference in enumerate(panel.references):
        segment = reference.segment
        ax.plot(
            segment.x,
            segment.y,
            label=levels[reference.value][0] if i else "average",
            path_effects=[Stroke(linewidth=2.2 if i else 3.8, foreground="white"), Normal()],
            zorder=3,
            **(_LEVEL if i else _AVERAGE),
        )


def draw_names(
    ax: Axes,
    panel: Panel,
    groups: Iterable[str],
    levels: Levels,
    *,
    over_points: bool = False,
) -> None:
    """Name the groups where there is room."""
    names = distinct(groups, _NAME_WIDTH, NAME_SIZE)
    halo = [Stroke(linewidth=2, foreground="white"), Normal()]
    for label in place_labels(panel, names, levels, frame(ax), NAME_SIZE):
        ax.annotate(
            label.text,
            label.at,
            label.offset,
            textcoords="offset points",
            ha=label.ha,
            va=label.va,
            size=NAME_SIZE,
            # Only over points and lines: it is a second copy of every letter.
            path_effects=halo if over_points or label.crosses else None,
        )


def draw_remark(ax: Axes, text: str, panel: Panel) -> None:
    """Write a remark into the lower corner where the lines leave room: right if they rise."""
    first, last = panel.references[0].segment.y
    at, apart, side = (1, -4, "right") if first <= last else (0, 4, "left")
    fitted = fit(text, frame(ax).size[0] - 8, NAME_SIZE, least=NAME_SIZE - 1)
    ax.annotate(
        fitted.text,
        (at, 0),
        (apart, 5),
        xycoords="axes fraction",
        textcoords="offset points",
        ha=side,
        size=fitted.size,
        color="#555555",
        path_effects=[Stroke(linewidth=2, foreground="white"), Normal()],
    )


def add_legend(figure: Figure, texts: tuple[str, str, str]) -> Legend:
    """
    Explain the lines above the panels, side by side if there is room.

    Parameters
    ----------
    figure : Figure
    texts : tuple of str
        What the average line, those of the level 2 predictor and the groups' lines are; a kind
        without text is left out.

    Returns
    -------
    Legend
    """
    styles = zip((_AVERAGE, _LEVEL, _GROUP), texts, strict=True)
    return explain(figure, [(text, style) for style, text in styles if text])


def explain(figure: Figure, samples: Sequence[tuple[str, Mapping[str, Any]]]) -> Legend:
    """
    Explain samples of lines and marks above the panels, side by side if there is room.

    Parameters
    ----------
    figure : Figure
    samples : sequence of (str, Mapping)
        What each is, and how it is drawn, in the words of `Line2D`.

    Returns
    -------
    Legend
    """
    size = STYLE["legend.fontsize"]
    sample = (STYLE["legend.handlelength"] + STYLE["legend.handletextpad"]) * size
    between = STYLE["legend.columnspacing"] * size
    cuts = [cut(text, _ROOM - sample, size) for text, _ in samples]
    row = sum(sample + width(text, size) for text in cuts) + (len(cuts) - 1) * between
    return figure.legend(
        handles=[
            Line2D([], [], label=text, **style)
            for text, (_, style) in zip(cuts, samples, strict=True)
        ],
        loc="outside upper left",
        ncols=len(cuts) if row <= _ROOM else 1,
    )


def frame(ax: Axes) -> Frame:
    """Return a panel's area, in a figure that is laid out."""
    box = ax.get_position()
    return Frame(size=(WIDTH * box.width, HEIGHT * box.height), x=ax.get_xlim(), y=ax.get_ylim())
