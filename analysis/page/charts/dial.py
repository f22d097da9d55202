"""Pooling by hand: the lines, and the weights of the groups, at a ratio of the variances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.page.charts.dots import dots
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
    only,
    quantity,
    standing_out,
    tooltip,
)
from analysis.page.charts.segments import lines, told_of_rows

if TYPE_CHECKING:
    from analysis.page.axes import Axes

_TAKEN = "(kept != null && kept.group === datum.group)"
"""Whether rows of the mark's group are taken away."""

_SIZE = f"({_TAKEN} ? kept.n : datum.weighed)"

# Gelman & Hill (2007), equation 12.1, by the ratio of between- to within-group variance.
_WEIGHT = f"(isFinite(ratio) ? {_SIZE} * ratio / ({_SIZE} * ratio + 1) : 1)"

_PARAMS = {"ratio": 0, "kept": None}

_GONE = "indexof(removed, datum.id) >= 0"
"""Whether a row is taken away."""

_OWN_SLOPE = f"{_TAKEN} ? (kept.y2 - kept.y1) / (datum.x2 - datum.x1) : datum.slope.none.all"

_CROSS = "M-0.6,-0.6L0.6,0.6M0.6,-0.6L-0.6,0.6"


def dial(axes: Axes, group: str) -> Spec:
    """Draw every group's line between that of all rows and its own, of the rows that are left."""
    slope = f"{_WEIGHT} * ({_OWN_SLOPE}) + (1 - {_WEIGHT}) * datum.slope.complete.all"
    spec = lines(
        axes,
        group,
        {**_PARAMS, "removed": []},
        start=_weighed("y1"),
        end=_weighed("y2"),
        slope=f"datum.slope.none.all == null ? null : {slope}",
        own=(_own("y1"), _own("y2")),
        gone=_GONE,
    )
    for layer in spec["layer"]:
        if layer["mark"]["type"] != "point":
            # The line of few rows may be steep; out of the chart, it would make that larger.
            layer["mark"]["clip"] = True
    target = {
        "name": "targets",
        **dots(size=500, picked=True, tooltip=told_of_rows(axes, group)),
    }
    target["mark"] = faint(0, {**target["mark"], "strokeWidth": 0})
    cross = {"name": "taken", **dots(size=70, picked=True)}
    cross["mark"] = faint(1, cross["mark"])
    cross["mark"] |= {"shape": _CROSS, "size": 70, "fill": None, "strokeWidth": 1.75}
    cross["transform"] = [*cross["transform"], only(_GONE)]
    return {**spec, "layer": [*spec["layer"], cross, target]}


def _own(end: str) -> str:
    return f"{_TAKEN} ? kept.{end} : datum.{end}.none.all"


def _weighed(end: str) -> str:
    return f"{_WEIGHT} * ({_own(end)}) + (1 - {_WEIGHT}) * datum.{end}.complete.all"


def weights(axes: Axes, group: str) -> Spec:
    """Draw the weight of a group's own line against its size."""
    weight = computed(weight=_WEIGHT, size=_SIZE)
    n = axes["n"]
    groups = {
        "data": {"name": "groups"},
        "transform": weight,
        "mark": faint(lighter(0.8, axes), {"type": "circle", "color": PARTIAL, "size": 60}),
        "encoding": {
            "x": quantity("size"),
            "tooltip": tooltip(name=group, size=n.label, weight=axes["weight"]),
        },
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
