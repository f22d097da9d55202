"""Pooling by hand: the lines, and the weights of the groups, at a ratio of the variances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.page.charts.grammar import (
    MUTED,
    PARTIAL,
    Spec,
    along,
    chart,
    computed,
    emphasis,
    expr,
    pointed,
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
    return lines(axes, group, _PARAMS, start=_weighed("y1"), end=_weighed("y2"))


def _weighed(end: str) -> str:
    return f"{_WEIGHT} * datum.{end}.none.all + (1 - {_WEIGHT}) * datum.{end}.complete.all"


def weights(axes: Axes, group: str) -> Spec:
    """Draw the weight of a group's own line against its size."""
    weight = computed(weight=_WEIGHT)
    n = axes["n"]
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
            {
                "data": {"name": "groups"},
                "transform": weight,
                "mark": {
                    "type": "circle",
                    "color": PARTIAL,
                    "size": pointed(170, 60),
                    "opacity": expr(emphasis(0.75, 0.18)),
                },
                "encoding": {
                    "tooltip": tooltip(name=group, weighed=n.label, weight=axes["weight"])
                },
            },
        ],
    )
