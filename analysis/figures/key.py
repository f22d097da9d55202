"""The key to the groups: a legend right of the panels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D

from analysis.figures.lettering import distinct, fit
from analysis.figures.style import LEAST_SIZE, MOST_NAMED, STYLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.typing import ColorType

_SIZE = 9.0
_HIGHEST, _LOWEST = "highest mean", "lowest mean"
# Most that the title and the names may take from the panels, in points.
_TITLE_WIDTH, _NAME_WIDTH = 117.0, 98.0
# More names than this stand closer together.
_MOST_LOOSE = 15
# Rows of the strip of colour that stands for many groups.
_ROWS = 13


def add_key(ax: Axes, title: str, shades: Mapping[str, Any]) -> None:
    """
    Show the groups' colours in the order of their means, with names if they are few.

    Parameters
    ----------
    ax : Axes
        The panel on the right.
    title : str
    shades : Mapping of str to RGBA
        By group, from the lowest mean to the highest.
    """
    named = len(shades) <= MOST_NAMED
    head = fit(title, _TITLE_WIDTH, STYLE["axes.titlesize"], least=LEAST_SIZE)
    samples = _names(shades) if named else _strip(list(shades.values()))
    ax.legend(
        handles=[_sample(_HIGHEST, "none"), *samples[::-1], _sample(_LOWEST, "none")],
        title=head.text,
        title_fontsize=head.size,
        alignment="left",
        fontsize=_SIZE,
        handlelength=1.2,
        handletextpad=0.5,
        labelspacing=0.2 if len(shades) <= _MOST_LOOSE else 0,
        loc="upper left",
        bbox_to_anchor=(1, 1.15),
        borderaxespad=1.2,
    )


def _names(shades: Mapping[str, Any]) -> list[Line2D]:
    names = distinct(shades, _NAME_WIDTH, _SIZE)
    return [_sample(names[group], shade, 2.4) for group, shade in shades.items()]


def _strip(shades: list[Any]) -> list[Line2D]:
    # Every row is as high as a line of text, and the samples are thick enough to touch.
    rows = np.linspace(0, len(shades) - 1, _ROWS).round().astype(int)
    return [_sample("", shades[row], 1.05 * _SIZE) for row in rows]


def _sample(text: str, colour: ColorType, thickness: float = 0) -> Line2D:
    return Line2D([], [], label=text, color=colour, linewidth=thickness, solid_capstyle="butt")
