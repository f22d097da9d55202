"""The legend: what samples of lines and marks are, above the panels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D

from analysis.figures.lettering import cut, width
from analysis.figures.style import STYLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure

    Sample = tuple[str, *tuple[Mapping[str, Any], ...]]
    """What something is, and how it is drawn, in the words of `Line2D`, part by part."""

ROW = 14.5
"""Height of a row, in points."""

_SIZE = STYLE["legend.fontsize"]
_SAMPLE = (STYLE["legend.handlelength"] + STYLE["legend.handletextpad"]) * _SIZE
_BETWEEN = STYLE["legend.columnspacing"] * _SIZE
_EDGE = 4.0


def in_rows(samples: Sequence[Sample], room: float) -> list[list[Sample]]:
    """
    Arrange samples in rows, as many in each as there is room for.

    Parameters
    ----------
    samples : sequence of (str, *Mapping)
    room : float
        Width of the figure, in points.

    Returns
    -------
    list of list of (str, *Mapping)
        A text that is too wide alone is cut.
    """
    rows: list[list[Sample]] = []
    for text, *styles in samples:
        sample = (cut(text, room - _SAMPLE - 2 * _EDGE, _SIZE), *styles)
        if rows and _wide([*rows[-1], sample]) <= room - 2 * _EDGE:
            rows[-1].append(sample)
        else:
            rows.append([sample])
    return rows


def explain(figure: Figure, rows: Sequence[Sequence[Sample]], left: float) -> None:
    """
    Explain samples at the top of a figure.

    Parameters
    ----------
    figure : Figure
        With its size.
    rows : sequence of sequence of (str, *Mapping)
    left : float
        Where the panels begin, in points: rows do so too, or as near as there is room.
    """
    room, height = (72 * inches for inches in figure.get_size_inches())
    for i, row in enumerate(rows):
        start = min(left, room - _EDGE - _wide(row))
        figure.legend(
            [tuple(Line2D([], [], **style) for style in styles) for _, *styles in row],
            [text for text, *_ in row],
            handler_map={tuple: HandlerTuple(ndivide=None, pad=0)},
            loc="upper left",
            bbox_to_anchor=(start / room, 1 - (1 + i * ROW) / height),
            ncols=len(row),
        )


def _wide(row: Sequence[Sample]) -> float:
    texts = sum(_SAMPLE + width(text, _SIZE) for text, *_ in row)
    return texts + (len(row) - 1) * _BETWEEN
