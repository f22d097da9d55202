"""Where a group's name fits among lines and names without touching any."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.figures.lettering import width

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analysis.results.panels import Panel, Segment

# Of Libertinus Serif, in units of its size: its capitals are 0.66 high.
_HEIGHT = 0.72
_GAP = 4.5
"""Distance from a line's end to its name, in points."""

_APART = 6.0
"""Distance between line ends from which a name at one is not taken for the other's, in points."""

_BEYOND = 6.0
"""How far a name may stand out of its panel to the right, in points."""

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """
    The area of a panel, and how its data map to it.

    Parameters
    ----------
    size : tuple of float
        Width and height in points.
    x, y : tuple of float
        Limits of predictor and outcome.
    """

    size: tuple[float, float]
    x: tuple[float, float]
    y: tuple[float, float]

    def points(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of a value, in points from the lower left corner."""
        return (
            (x - self.x[0]) / (self.x[1] - self.x[0]) * self.size[0],
            (y - self.y[0]) / (self.y[1] - self.y[0]) * self.size[1],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """
    A text at one end of a line.

    Parameters
    ----------
    text : str
    at : tuple of float
        The line's end, in units of the data.
    offset : tuple of float
        From there to the text's corner or to the middle of its side, in points.
    ha, va : str
        Which corner or side that is, in matplotlib's words.
    """

    text: str
    at: tuple[float, float]
    offset: tuple[float, float]
    ha: str
    va: str


def place_labels(panel: Panel, names: Mapping[str, str], frame: Frame, size: float) -> list[Label]:
    """
    Name as many groups as fit, the outermost first.

    Parameters
    ----------
    panel : Panel
    names : Mapping of str to str
        What to print for each group.
    frame : Frame
    size : float
        Size of the type, in points.

    Returns
    -------
    list of Label
    """
    segments = [*panel.lines.values(), *(reference.segment for reference in panel.references)]
    obstacles = [_ends(frame, segment) for segment in segments]
    labels: list[Label] = []
    taken: list[Box] = []
    for group in _outermost_first(panel):
        for label in _beside(panel.lines[group], names[group]):
            box = _box(label, frame, size)
            if _is_clear(label, group, panel, frame) and _is_free(box, frame, obstacles, taken):
                labels.append(label)
                taken.append(box)
                break
    return labels


def _beside(segment: Segment, text: str) -> Iterator[Label]:
    for end, ha, offset in ((1, "left", _GAP), (0, "right", -_GAP)):
        at = segment.x[end], segment.y[end]
        yield Label(text=text, at=at, offset=(offset, 0), ha=ha, va="center_baseline")


def _outermost_first(panel: Panel) -> list[str]:
    """Order the groups by how far the middle of their line is from the average line."""
    average = panel.references[0].segment
    (x0, x1), (y0, y1) = average.x, average.y
    slope = (y1 - y0) / (x1 - x0) if x1 > x0 else 0.0

    def distance(group: str) -> float:
        line = panel.lines[group]
        return abs(sum(line.y) / 2 - y0 - slope * (sum(line.x) / 2 - x0))

    return sorted(panel.lines, key=distance, reverse=True)


def _ends(frame: Frame, segment: Segment) -> Box:
    left, right = zip(segment.x, segment.y, strict=True)
    return (*frame.points(*left), *frame.points(*right))


def _box(label: Label, frame: Frame, size: float) -> Box:
    x, y = frame.points(*label.at)
    x, y = x + label.offset[0], y + label.offset[1]
    wide, height = width(label.text, size), _HEIGHT * size
    left = x - (wide if label.ha == "right" else 0)
    bottom = y - {"bottom": 0, "top": height}.get(label.va, height / 2)
    return left, bottom, left + wide, bottom + height


def _is_clear(label: Label, group: str, panel: Panel, frame: Frame) -> bool:
    """Whether no other line ends so near that the name could be meant for it."""
    others = [line for other, line in panel.lines.items() if other != group]
    others += [reference.segment for reference in panel.references]
    x, y = frame.points(*label.at)
    ends = (frame.points(*end) for line in others for end in zip(line.x, line.y, strict=True))
    return all(math.hypot(x - left, y - bottom) > _APART for left, bottom in ends)


def _is_free(box: Box, frame: Frame, obstacles: Sequence[Box], taken: Sequence[Box]) -> bool:
    return (
        _is_inside(box, frame)
        and not any(_overlap(box, other) for other in taken)
        and not any(_cross(box, line) for line in obstacles)
    )


def _is_inside(box: Box, frame: Frame) -> bool:
    left, bottom, right, top = box
    return left >= 1 and bottom >= 1 and right <= frame.size[0] + _BEYOND and top <= frame.size[1]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] + 4 and b[0] < a[2] + 4 and a[1] < b[3] + 2 and b[1] < a[3] + 2


def _cross(box: Box, line: Box) -> bool:
    """Clip a line to a box, its stroke included (Liang & Barsky 1984)."""
    x, y, dx, dy = line[0], line[1], line[2] - line[0], line[3] - line[1]
    pad = 1.0
    start, end = 0.0, 1.0
    for step, room in (
        (-dx, x - box[0] + pad),
        (dx, box[2] + pad - x),
        (-dy, y - box[1] + pad),
        (dy, box[3] + pad - y),
    ):
        if step == 0 and room < 0:
            return False
        if step < 0:
            start = max(start, room / step)
        elif step > 0:
            end = min(end, room / step)
    return start <= end
