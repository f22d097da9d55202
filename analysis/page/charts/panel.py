"""One group by itself: its rows and its three lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.page.charts.dots import dots
from analysis.page.charts.grammar import (
    COMPLETE,
    NONE,
    PARTIAL,
    Spec,
    along,
    chart,
    computed,
    number_format,
)
from analysis.page.charts.segments import at_step, segment

if TYPE_CHECKING:
    from analysis.page.axes import Axes, Axis


def panel(axes: Axes, model: str) -> Spec:
    """Draw one group; the page makes a view of it per group."""
    complete = {"color": COMPLETE, "strokeWidth": 2, "strokeDash": [5, 4], "strokeCap": "butt"}
    partial = segment({"color": PARTIAL, "strokeWidth": 3})
    partial["transform"] = computed(start="datum.y1[model].all", end="datum.y2[model].all")
    return chart(
        {"model": model},
        height=130,
        data={"name": "lines"},
        encoding={
            "x": _untitled(axes["slope"], "x1"),
            "y": _untitled(axes["outcome"], "start"),
        },
        layer=[
            dots(size=14),
            segment(complete, **at_step("complete")),
            segment({"color": NONE, "strokeWidth": 2}, **at_step("none")),
            partial,
        ],
    )


def _untitled(axis: Axis, field: str) -> Spec:
    encoding: Spec = {**along(axis, field), "title": None, "axis": {"tickCount": 3}}
    if axis.notation.power:
        # There is no title to tell the power of ten.
        encoding["axis"]["format"] = number_format(axis.notation)
    return encoding
