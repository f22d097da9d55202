"""The legend: a sample of each kind of line, above the panels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.figures.layout import LEAST_SIZE, STYLE, size_in_points
from analysis.figures.lettering import LINE_HEIGHT, fit, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """
    Texts in columns.

    Parameters
    ----------
    texts : tuple of str
    columns : int
    size : float
        Size of the type, in points.
    """

    texts: tuple[str, ...]
    columns: int
    size: float

    @property
    def extra(self) -> float:
        """Height of the rows after the first, in points."""
        rows = math.ceil(len(self.texts) / self.columns)
        return (rows - 1) * (LINE_HEIGHT + float(STYLE["legend.labelspacing"])) * self.size

    @property
    def width(self) -> float:
        """Width in points; matplotlib fills one column after the other."""
        rows = math.ceil(len(self.texts) / self.columns)
        columns = [self.texts[i : i + rows] for i in range(0, len(self.texts), rows)]
        widths = [max(width(text, self.size) for text in texts) + self._sample for texts in columns]
        between = float(STYLE["legend.columnspacing"]) * self.size
        return sum(widths) + (len(widths) - 1) * between

    @property
    def _sample(self) -> float:
        return float(STYLE["legend.handlelength"] + STYLE["legend.handletextpad"]) * self.size

    @classmethod
    def of(cls, texts: Sequence[str], room: float) -> Legend:
        """
        Put all in a row; if that is too wide in smaller type; if that is, in columns, or in rows.

        Parameters
        ----------
        texts : sequence of str
        room : float
            Width that there is, in points.

        Returns
        -------
        Legend
        """
        usual = STYLE["legend.fontsize"]
        for columns in (len(texts), 2, 1):
            for size in (usual, usual - 1):
                legend = cls(texts=tuple(texts), columns=columns, size=size)
                if legend.width <= room:
                    return legend
        room, size = room - legend._sample, legend.size
        fitted = [fit(text, room, size, least=LEAST_SIZE, lines=1) for text in texts]
        return cls(
            texts=tuple(text.text for text in fitted),
            columns=1,
            size=min(text.size for text in fitted),
        )


def add_legend(figure: Figure, legend: Legend, samples: Sequence[Line2D], left: float) -> None:
    """Explain the kinds of lines; the legend begins so many points from the left edge."""
    width, height = size_in_points(figure)
    figure.legend(
        handles=samples,
        labels=legend.texts,
        loc="upper left",
        bbox_to_anchor=(left / width, 1 - 6 / height),
        ncols=legend.columns,
        fontsize=legend.size,
    )
