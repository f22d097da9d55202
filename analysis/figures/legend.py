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

_SIZE: float = STYLE["legend.fontsize"]
_SAMPLE: float = (STYLE["legend.handlelength"] + STYLE["legend.handletextpad"]) * _SIZE
_BETWEEN: float = STYLE["legend.columnspacing"] * _SIZE
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
    for whole in samples:
        sample = (cut(whole[0], room - _SAMPLE - 2 * _EDGE, _SIZE), *whole[1:])
        if rows and _wide([*rows[-1], sample]) <= room - 2 * _EDGE:
            rows[-1].append(sample)
        else:
            rows.append([sample])
    return rows


def explain(
    figure: Figure, rows: Sequence[Sequence[Sample]], left: float, above: float = 0.0
) -> None:
    """
    Explain samples at the top of a figure.

    Parameters
    ----------
    figure : Figure
        With its size.
    rows : sequence of sequence of (str, *Mapping)
    left : float
        Where the panels begin, in points: rows do so too, or as near as there is room.
    above : float
        Room above the rows, in points.
    """
    # matplotlib's stubs do not know that several artists may share a handle.
    put: Any = figure.legend
    room, height = (72 * inches for inches in figure.get_size_inches())
    for i, row in enumerate(rows):
        start = min(left, room - _EDGE - _wide(row))
        put(
            [tuple(Line2D([], [], **style) for style in sample[1:]) for sample in row],
            [sample[0] for sample in row],
            handler_map={tuple: HandlerTuple(ndivide=None, pad=0)},
            loc="upper left",
            bbox_to_anchor=(start / room, 1 - (1 + above + i * ROW) / height),
            ncols=len(row),
        )


def _wide(row: Sequence[Sample]) -> float:
    texts: float = sum(_SAMPLE + width(sample[0], _SIZE) for sample in row)
    return texts + (len(row) - 1) * _BETWEEN
