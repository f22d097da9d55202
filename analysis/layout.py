"""Where the parts of a figure stand: its panels, its legend, and the key to the groups."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FILE = mpl.rc_params_from_file(Path(__file__).with_name("report.mplstyle"))

STYLE = {name: _FILE[name] for name in _FILE if not name.startswith("backend")}
"""All of matplotlib's settings, so that a user's own do not leak in; the backend is not a style."""

MOST_NAMED = 20
"""More groups than this are keyed by a strip of colour, without their names."""

# Margins and gaps, in points.
_LEFT, _RIGHT, _BOTTOM, _TOP, _GAP = 42.0, 78.0, 40.0, 44.0, 14.0
_KEY_SIZE = 9.0


def size_in_points(figure: Figure) -> tuple[float, float]:
    """Return width and height."""
    width, height = figure.get_size_inches()
    return 72 * width, 72 * height


def add_panels(figure: Figure, n: int) -> list[Axes]:
    """Set the panels side by side, by sums: layout engines draw everything to measure it."""
    width, height = size_in_points(figure)
    each = (width - _LEFT - _RIGHT - (n - 1) * _GAP) / n
    axes: list[Axes] = []
    for i in range(n):
        box = (_LEFT + i * (each + _GAP), _BOTTOM, each, height - _BOTTOM - _TOP)
        ax = figure.add_axes(
            (box[0] / width, box[1] / height, box[2] / width, box[3] / height),
            sharey=axes[0] if axes else None,
        )
        ax.tick_params(length=0, labelleft=i == 0)
        ax.xaxis.set_major_locator(MaxNLocator(nbins=9, steps=(1, 2, 5, 10)))
        axes.append(ax)
    return axes


def label_axes(axes: Sequence[Axes], x: str, y: str) -> None:
    """Label the vertical axis on the left, the horizontal one below the middle of all panels."""
    figure: Any = axes[0].figure
    axes[0].set_ylabel(y)
    middle = (axes[0].get_position().x0 + axes[-1].get_position().x1) / 2
    figure.text(middle, 8 / size_in_points(figure)[1], x, ha="center", size=STYLE["axes.labelsize"])


def add_legend(figure: Figure, handles: Sequence[Line2D]) -> None:
    """Explain the kinds of lines, in a row above the panels."""
    width, height = size_in_points(figure)
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(_LEFT / width, 1 - 6 / height),
        ncols=len(handles),
    )


def add_key(figure: Figure, title: str, shades: Mapping[str, Any]) -> None:
    """List the groups in the order of their colours, or show the order alone if they are many."""
    width, height = size_in_points(figure)
    x = width - _RIGHT + 12
    top, bottom = height - _TOP - 7, _BOTTOM + 4
    names = list(shades)[::-1]
    at = np.linspace(top - 15, bottom + 14, len(names))
    figure.add_artist(
        LineCollection(
            [[(x / width, y / height), ((x + 14) / width, y / height)] for y in at],
            colors=[shades[name] for name in names],
            linewidths=max(2.4, 1.1 * (at[0] - at[1])) if len(names) > MOST_NAMED else 2.4,
            capstyle="butt",
            transform=figure.transFigure,
        )
    )
    texts = [
        (x, height - _TOP + 7, title, STYLE["axes.titlesize"]),
        (x, top, "highest mean", _KEY_SIZE),
        (x, bottom, "lowest mean", _KEY_SIZE),
    ]
    if len(names) <= MOST_NAMED:
        texts += [(x + 19, y, short(name), _KEY_SIZE) for y, name in zip(at, names, strict=True)]
    for left, y, text, size in texts:
        figure.text(left / width, y / height, text, size=size, va="center_baseline")


def short(name: str) -> str:
    """Return a name that fits the key."""
    return name if len(name) <= 8 else f"{name[:7]}…"
