"""The key to the groups, right of the panels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection

from analysis.figures.layout import EDGE, LEAST_SIZE, MOST_NAMED, STYLE, Margins, size_in_points
from analysis.figures.lettering import Fitted, distinct, fit, width

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

_SIZE = 9.0
_HIGHEST, _LOWEST = "highest mean", "lowest mean"
# From the panels to the key, from a colour's left end to its name, and the most that the key and
# its margins may take from the panels.
_TO_KEY, _TO_NAME, _MOST = 12.0, 19.0, 132.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """
    The groups in the order of their colours.

    Parameters
    ----------
    title : Fitted
    names : Mapping of str to str
        What is printed for each group; no two are the same.
    shades : Mapping of str to RGBA
        By group, from the lowest mean to the highest.
    margin : float
        Width of what is right of the panels, in points.
    """

    title: Fitted
    names: Mapping[str, str]
    shades: Mapping[str, Any]
    margin: float

    @classmethod
    def of(cls, title: str, shades: Mapping[str, Any]) -> Key:
        """
        Give the key the width that its title and names need, up to a limit.

        Parameters
        ----------
        title : str
        shades : Mapping of str to RGBA

        Returns
        -------
        Key
        """
        room = _MOST - _TO_KEY - EDGE
        head = fit(title, room, STYLE["axes.titlesize"], least=LEAST_SIZE)
        names = distinct(shades, room - _TO_NAME, _SIZE)
        widths = [width(head.text, head.size), width(_HIGHEST, _SIZE), width(_LOWEST, _SIZE)]
        if len(shades) <= MOST_NAMED:
            widths += [_TO_NAME + width(name, _SIZE) for name in names.values()]
        margin = max(Margins().right, _TO_KEY + max(widths) + EDGE)
        return cls(title=head, names=names, shades=shades, margin=margin)


def add_key(figure: Figure, key: Key, margins: Margins) -> None:
    """List the groups, or show the order of their colours alone if they are many."""
    width, height = size_in_points(figure)
    x = width - margins.right + _TO_KEY
    top, bottom = height - margins.top - 7, margins.bottom + 4
    groups = list(key.shades)[::-1]
    at = np.linspace(top - 15, bottom + 14, len(groups))
    named = len(groups) <= MOST_NAMED
    figure.add_artist(
        LineCollection(
            [[(x / width, y / height), ((x + 14) / width, y / height)] for y in at],
            colors=[key.shades[group] for group in groups],
            linewidths=2.4 if named else max(2.4, 1.1 * (at[0] - at[1])),
            capstyle="butt",
            transform=figure.transFigure,
        )
    )
    texts = [
        (x, height - margins.top + 7 + key.title.extra / 2, key.title.text, key.title.size),
        (x, top, _HIGHEST, _SIZE),
        (x, bottom, _LOWEST, _SIZE),
    ]
    if named:
        # Names do not touch, however many there are and however little room the legend leaves.
        size = min(_SIZE, 0.95 * float(at[0] - at[-1]) / max(1, len(groups) - 1))
        texts += [(x + _TO_NAME, y, key.names[g], size) for y, g in zip(at, groups, strict=True)]
    for left, y, text, size in texts:
        figure.text(left / width, y / height, text, size=size, va="center_baseline")
