"""Pooling by hand: the lines, and the weights of the groups, at a ratio of the variances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.page.charts.grammar import (
    MUTED,
    PARTIAL,
    Spec,
    along,
    at_rest,
    chart,
    computed,
    faint,
    lighter,
    standing_out,
    tooltip,
)
from analysis.page.charts.segments import lines

if TYPE_CHECKING:
    from analysis.page.axes import Axes

# Gelman & Hill (2007), equation 12.1, by the ratio of between- to within-group variance.
_WEIGHT = "(isFinite(ratio) ? datum.weighed * ratio / (datum.weighed * ratio + 1) : 1)"

_PARAMS = {"ratio": 0}


def dial(axes: Axes, group: str) -> Spec:
    """Draw every group's line between that of all rows and its own."""
    slope = f"datum.slope.none.all == null ? null : {_weighed('slope')}"
    return lines(axes, group, _PARAMS, start=_weighed("y1"), end=_weighed("y2"), slope=slope)


def _weighed(end: str) -> str:
    return f"{_WEIGHT} * datum.{end}.none.all + (1 - {_WEIGHT}) * datum.{end}.complete.all"


def weights(axes: Axes, group: str) -> Spec:
    """Draw the weight of a group's own line against its size."""
    weight = computed(weight=_WEIGHT)
    n = axes["n"]
    groups = {
        "data": {"name": "groups"},
        "transform": weight,
        "mark": faint(lighter(0.5, axes), {"type": "circle", "color": PARTIAL, "size": 60}),
        "encoding": {"tooltip": tooltip(name=group, weighed=n.label, weight=axes["weight"])},
    }
    return chart(
        _PARAMS,
        height=150,
        encoding={
            "x": along(n, "weighed", tickMinStep=1, tickCount=5),
            "y": along(axes["weight"], "weight", format=".0%", tickCount=5),
        },
        layer=[
            {
                "data": {"name": "sizes"},
                "transform": weight,
                "mark": {"type": "line", "color": MUTED, "strokeWidth": 1.5, "opacity": 0.7},
            },
            at_rest("weights", groups),
            standing_out(groups, size=170),
        ],
    )
