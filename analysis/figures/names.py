"""Where a group's name fits beside its line without touching another line or name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.figures.lettering import width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analysis.results.panels import Panel, Segment

# Of DejaVu Sans, in units of its size: its digits are 0.73 high.
_HEIGHT = 0.78
_GAP = 3.0
"""Distance from a line's end to its name, in points."""

_APART = 6.0
"""Distance between line ends from which a name at one is not taken for the other's, in points."""

_BEYOND = 8.0
"""How far a name may stand out of its panel to the right, in points."""

_WIDE = 0.4
"""Share of a panel's width from which the name of a level may do without its unit."""

Levels = Mapping[float | None, tuple[str, str]]

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
    crosses : bool
        Whether a line runs through it.
    """

    text: str
    at: tuple[float, float]
    offset: tuple[float, float]
    ha: str
    va: str
    crosses: bool = False


def place_labels(
    panel: Panel,
    names: Mapping[str, str],
    levels: Levels,
    frame: Frame,
    size: float,
) -> list[Label]:
    """
    Name the level 2 predictor's lines, and as many groups as fit, the outermost first.

    Parameters
    ----------
    panel : Panel
    names : Mapping of str to str
        What to print for each group.
    levels : Mapping of float to (str, str)
        What to print for the lines of levels, by their value: with its unit, and without.
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
    for candidates in _level_labels(panel, levels, frame, size):
        boxes = [(label, _box(label, frame, size)) for label in candidates]
        inside = [(label, box) for label, box in boxes if _is_inside(box, frame)] or boxes
        free = [label for label, box in inside if _is_free(box, frame, obstacles, taken)]
        chosen = free[0] if free else replace(inside[0][0], crosses=True)
        labels.append(chosen)
        taken.append(_box(chosen, frame, size))
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


def _level_labels(panel: Panel, levels: Levels, frame: Frame, size: float) -> Iterator[list[Label]]:
    """
    Say where the names of the lowest and the highest line may stand, the best place first.

    That is above or below the end from which their line leaves, then the other one, then right of
    the line. A wide name may also do without its unit; a short one is more than a number then.
    """
    ends = panel.levels[:1] + panel.levels[1:][-1:]
    for reference, above in zip(ends, (False, True), strict=False):
        long, short = levels[reference.value]
        segment = reference.segment
        best = int((segment.y[1] >= segment.y[0]) == above)
        va, rise = ("bottom", _GAP) if above else ("top", -_GAP)
        texts = [long]
        if width(long, size) > _WIDE * frame.size[0]:
            texts.append(short)
        yield [
            Label(
                text=text,
                at=(segment.x[end], segment.y[end]),
                offset=(_GAP * beside, rise),
                ha="left" if beside or not end else "right",
                va=va,
            )
            for text in texts
            for end, beside in ((best, 0), (1 - best, 0), (1, 1))
        ]


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
