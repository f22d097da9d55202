"""The likelihood of the ratio of the variances, on the scale of the slider below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.page.charts.grammar import (
    INK,
    MUTED,
    PARTIAL,
    SURFACE,
    TALL,
    Spec,
    chart,
    expr,
    only,
    quantity,
)
from analysis.results.likelihood import LAST

if TYPE_CHECKING:
    from analysis.results.likelihood import RatioLikelihood

_ROWS = {"name": "likelihood"}

_HERE = only("datum.place === place")

# Half of the slider's thumb, 8 pixels, is beside either end of its scale; of these 2 are the
# padding of every chart. The mark is no larger, or it would widen the chart at the ends.
_ROOM = 6

_ACROSS = [_ROOM, expr(f"width - {_ROOM}")]
_UP = [expr(f"height - {_ROOM}"), _ROOM]


def likelihood(found: RatioLikelihood) -> Spec:
    """Draw the likelihood as a hill, what the data do not rule out in colour, and the choice."""
    low, high = found.places
    inside = only(f"datum.place >= {low} && datum.place <= {high}")
    chosen = {"type": "circle", "color": INK, "size": 72, "opacity": 1}
    return chart(
        {"place": 0},
        height=100,
        data=_ROWS,
        encoding={
            "x": {**quantity("place"), "scale": _scale(LAST, _ACROSS), "axis": None},
            "y": {**quantity("share"), "scale": _scale(1, _UP), "axis": None},
        },
        layer=[
            {"mark": {"type": "area", "color": MUTED, "opacity": 0.22}},
            {"mark": {"type": "area", "color": PARTIAL, "opacity": 0.32}, "transform": [inside]},
            {"mark": {"type": "line", "color": PARTIAL, "strokeWidth": 2}},
            {
                "transform": [_HERE],
                "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5},
                "encoding": TALL,
            },
            {"transform": [_HERE], "mark": {**chosen, "stroke": SURFACE, "strokeWidth": 2}},
        ],
    )


def _scale(most: float, ends: list[Any]) -> Spec:
    return {"domain": [0, most], "range": ends, "nice": False, "zero": False}
