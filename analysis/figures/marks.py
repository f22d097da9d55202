"""What stands in a panel: points, lines and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.patheffects import Normal, Stroke

from analysis.figures.lettering import distinct, fit
from analysis.figures.names import Frame, place_labels
from analysis.figures.plots import QUIET
from analysis.figures.style import LEAST_SIZE, MOST_NAMED, NAME_SIZE, NOTE, STYLE
from analysis.results.density import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matplotlib.axes import Axes

    from analysis.figures.legend import Sample
    from analysis.figures.style import Sheet
    from analysis.results.density import Density
    from analysis.results.panels import Panel
    from analysis.results.results import Results

_AVERAGE: dict[str, Any] = {"color": "#111111", "linewidth": 2.4}
_LEVEL: dict[str, Any] = {"color": "#111111", "linewidth": 1.2, "linestyle": (0, (4, 2))}
_THIN, _USUAL = 0.8, 1.5
# Of the groups in their order, whose colours the legend shows.
_PARTS = (0, 1 / 3, 2 / 3, 1)

# Share of a predictor's step by which its points are spread sideways, to either side.
_JITTER = 0.3

# Width of a point, in points, and how opaque 300 are at most, and any number at least.
_DOT, _FAINT, _FAINTEST = 3.0, 0.32, 0.1

# How opaque the densest cell is; and more lines than are named, up to a hundred of them.
_DENSEST = 0.6
_THINNED, _HUNDRED = 0.75, 100

# Widest name beside a line, in points: some ten letters.
_NAME_WIDTH = 54.0


def draw_points(ax: Axes, results: Results, rows: pd.DataFrame, shades: Mapping[str, Any]) -> None:
    """Draw the rows of a panel in their groups' colours, the fainter the more there are."""
    table, study = results.points, results.study
    # Of all rows at once, so that a row has the same place in every figure.
    x = pd.Series(spread(table[study.axis].to_numpy()), index=table.index)
    groups = rows.groupby(study.group, sort=False)[study.outcome]
    paths, colours = [], []
    for group, outcomes in groups:
        # Dots are strokes of hardly any length with round ends: a path for all of a group.
        start = np.column_stack((x.loc[outcomes.index], outcomes))
        places = np.repeat(start, 2, axis=0)
        codes = np.tile([Path.MOVETO, Path.LINETO], len(outcomes))
        paths.append(Path(places, codes))
        colours.append(shades[str(group)])
    dots = PathCollection(
        paths,
        facecolors="none",
        edgecolors=colours,
        linewidths=_DOT,
        alpha=float(np.clip(_FAINT * np.sqrt(300 / len(rows)), _FAINTEST, _FAINT)),
        capstyle="round",
        transform=ax.transData,
        label="points",
        zorder=1,
    )
    ax.add_collection(dots, autolim=False)


def draw_density(ax: Axes, density: Density) -> None:
    """Draw how densely rows lie: the cells of each shade as one shape."""
    by_level: dict[int, list[Path]] = {}
    for x1, x2, y1, y2, _, level in density.cells:
        corners = [(x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1)]
        by_level.setdefault(level, []).append(Path(corners, closed=True))
    shapes = PathCollection(
        [Path.make_compound_path(*cells) for cells in by_level.values()],
        facecolors=[to_rgba(QUIET, _DENSEST * level / LEVELS) for level in by_level],
        edgecolors="none",
        linewidths=0,
        transform=ax.transData,
        label="density",
        zorder=1,
    )
    # Neighbours would show the ground between them where their edges are smoothed.
    shapes.set_antialiased(False)
    ax.add_collection(shapes, autolim=False)


def line_opacity(n: int) -> float:
    """
    Return how opaque so many lines are in a panel.

    Examples
    --------
    >>> [line_opacity(n) for n in (20, 21, 100, 200)]
    [1.0, 0.75, 0.75, 0.53]
    """
    if n <= MOST_NAMED:
        return 1.0
    return round(_THINNED * min(1.0, float(np.sqrt(_HUNDRED / n))), 2)


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


def draw_lines(ax: Axes, panel: Panel, shades: Mapping[str, Any]) -> None:
    """Draw the groups' lines, and the black ones over them."""
    lines = {group: line for group, line in panel.lines.items() if not line.is_point}
    points = {group: line for group, line in panel.lines.items() if line.is_point}
    thin = panel.n_groups > MOST_NAMED
    ax.add_collection(
        LineCollection(
            [list(zip(line.x, line.y, strict=True)) for line in lines.values()],
            colors=[shades[group] for group in lines],
            linewidths=_THIN if thin else _USUAL,
            alpha=line_opacity(panel.n_groups),
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
            label=f"level {reference.value:g}" if i else "average",
            path_effects=[Stroke(linewidth=2.2 if i else 3.8, foreground="white"), Normal()],
            zorder=3,
            **(_LEVEL if i else _AVERAGE),
        )


def draw_names(ax: Axes, panel: Panel, groups: Iterable[str]) -> None:
    """Name the groups where there is room beside their line, over points and lines."""
    names = distinct(groups, _NAME_WIDTH, NAME_SIZE)
    for label in place_labels(panel, names, frame(ax), NAME_SIZE):
        ax.annotate(
            label.text,
            label.at,
            label.offset,
            textcoords="offset points",
            ha=label.ha,
            va=label.va,
            size=NAME_SIZE,
            path_effects=[Stroke(linewidth=2, foreground="white"), Normal()],
        )


def draw_alone(text: str, sheet: Sheet) -> Figure:
    """Write a remark in the place of a figure."""
    figure = Figure(figsize=(sheet.width / 72, 1))
    fitted = fit(text, sheet.width, STYLE["font.size"], least=LEAST_SIZE)
    figure.text(0.5, 0.5, fitted.text, size=fitted.size, ha="center", va="center")
    return figure


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
        color=NOTE,
        path_effects=[Stroke(linewidth=2, foreground="white"), Normal()],
    )


def samples_of(texts: tuple[str, str, str], shades: Mapping[str, Any]) -> list[Sample]:
    """
    Return samples of the lines for the legend.

    Parameters
    ----------
    texts : tuple of str
        What the average line, those of the level 2 predictor and the groups' lines are; a kind
        without text is left out.
    shades : Mapping of str to RGBA
        By group, from the lowest mean to the highest.

    Returns
    -------
    list of (str, Mapping)
    """
    average, level, group = texts
    line = {"linewidth": _THIN if len(shades) > MOST_NAMED else _USUAL, "solid_capstyle": "butt"}
    order = list(shades.values())
    parts = [{**line, "color": order[round(i * (len(order) - 1))]} for i in _PARTS]
    samples: list[Sample] = [(average, _AVERAGE), (level, _LEVEL)]
    samples.append((f"{group}, lowest to highest mean", *parts))
    return [sample for sample in samples if sample[0]]


def frame(ax: Axes) -> Frame:
    """Return a panel's area."""
    box = ax.get_position()
    whole: Any = ax.get_figure(root=True)
    wide, high = (72 * inches for inches in whole.get_size_inches())
    size = (wide * box.width, high * box.height)
    return Frame(size=size, x=ax.get_xlim(), y=ax.get_ylim())
