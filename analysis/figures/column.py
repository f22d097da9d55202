"""The names of lines: a column beside the panel, in the order in which the lines end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.collections import LineCollection

from analysis.figures.lettering import distinct, width
from analysis.figures.marks import frame
from analysis.figures.style import MOST_NAMED, NAME_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matplotlib.axes import Axes

    from analysis.results.panels import Panel

Levels = dict[float | None, str]
"""What names the lines of levels, by their value."""

# Widest name, in points: some twelve letters.
_WIDEST = 58.0
# From the panel to the names, and between these, from one to the next, in points.
_LEADER, _GAP, _APART = 11.0, 2.0, 9.2
_EDGE = 2.0
# How far the column may reach above and below its panel, in points.
_BEYOND = 4.0


def column_width(groups: Iterable[str], levels: Levels) -> float:
    """Return the width of the column for these groups and levels with what leads to it, points."""
    names = _shortened(groups, levels)
    return max(width(name, NAME_SIZE) for name in names) + _LEADER + _GAP + _EDGE if names else 0.0


def name_lines(ax: Axes, panel: Panel, shades: Mapping[str, Any], levels: Levels) -> None:
    """
    Name the lines of a panel at its right, each with a hairline from its end.

    Parameters
    ----------
    ax : Axes
        With its limits and its place.
    panel : Panel
    shades : Mapping of str to RGBA
        By group; more than `MOST_NAMED` have no names.
    levels : dict of float to str
    """
    size = frame(ax).size
    ends = []
    if len(shades) <= MOST_NAMED:
        names = dict(zip(shades, _shortened(shades, {}), strict=True))
        ends = [(names[group], line, shades[group]) for group, line in panel.lines.items()]
    dark = "#111111"
    ends += [(_cut(levels[level.value]), level.segment, dark) for level in panel.levels]
    if not ends:
        return
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    placed = [
        ((line.x[1] - left) / (right - left), (line.y[1] - low) / (high - low), name, colour)
        for name, line, colour in ends
    ]
    placed.sort(key=lambda end: end[1])
    heights = spaced([size[1] * y for _, y, _, _ in placed], -_BEYOND, size[1] + _BEYOND)
    at = 1 + _LEADER / size[0]
    ax.add_collection(
        LineCollection(
            [
                [(x, y), (at, height / size[1])]
                for (x, y, *_), height in zip(placed, heights, strict=True)
            ],
            colors=[colour for *_, colour in placed],
            linewidths=0.7,
            linestyles=[(0, (1, 1.5))],
            transform=ax.transAxes,
            clip_on=False,
            label="leaders",
            zorder=2.5,
        ),
        autolim=False,
    )
    for (_, _, name, _), height in zip(placed, heights, strict=True):
        ax.text(
            at + _GAP / size[0],
            height / size[1],
            name,
            transform=ax.transAxes,
            size=NAME_SIZE,
            va="center_baseline",
        )


def spaced(heights: Sequence[float], low: float, high: float) -> list[float]:
    """
    Move rising heights as little as possible so that a name fits at each.

    Parameters
    ----------
    heights : sequence of float
        Points.
    low, high : float
        Between which they are to be; where there is no room, they are closer together.

    Returns
    -------
    list of float
        By least squares: those that are too close share their mean (pool adjacent violators).

    Examples
    --------
    >>> [round(place, 1) for place in spaced([10.0, 50.0, 50.0], 0, 100)]
    [10.0, 45.4, 54.6]
    >>> spaced([1.0, 1.0], 0, 4)
    [0.0, 4.0]
    """
    apart = min(_APART, (high - low) / max(len(heights) - 1, 1))
    pools: list[tuple[float, int]] = []
    for i, height in enumerate(heights):
        mean, size = height - i * apart, 1
        while pools and pools[-1][0] > mean:
            other, n = pools.pop()
            mean, size = (mean * size + other * n) / (size + n), size + n
        pools.append((mean, size))
    highest = high - (len(heights) - 1) * apart
    places = [min(max(mean, low), highest) for mean, size in pools for _ in range(size)]
    return [place + i * apart for i, place in enumerate(places)]


def _shortened(groups: Iterable[str], levels: Levels) -> list[str]:
    groups = list(groups)
    names = distinct(groups, _WIDEST, NAME_SIZE) if len(groups) <= MOST_NAMED else {}
    return [*names.values(), *map(_cut, levels.values())]


def _cut(text: str) -> str:
    return distinct([text], _WIDEST, NAME_SIZE)[text]
