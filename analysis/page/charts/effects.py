"""Caterpillar plots: the group effects on heights or slopes, in order, with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.page.charts.grammar import (
    COMPLETE,
    INK,
    PARTIAL,
    PICKED,
    TALL,
    Spec,
    along,
    at_rest,
    chart,
    computed,
    expr,
    faint,
    lighter,
    name_mark,
    number_of_groups,
    only,
    quantity,
    standing_out,
    tooltip,
)

if TYPE_CHECKING:
    from analysis.page.axes import Axes

_AT_EDGE: Spec = {"x": {"value": -8}, "text": {"field": "group"}}

_MEASURED = {"effect": "Effect", "low": "95% from", "high": "95% to"}

_HIGHEST = 640
"""Height of the chart where groups are many, in pixels: their rows get as low as they must."""

_NAMED = 70
"""Groups up to which a row is high enough for a name."""


def effects(axes: Axes, group: str, term: str, model: str) -> Spec:
    """
    Draw the effects on the height or the slope of the lines.

    Parameters
    ----------
    axes : Mapping of str to Axis
    group : str
        What a group is called.
    term : {"height", "slope"}
    model : str
        Name of the model that is shown at first.

    Returns
    -------
    dict
    """
    count = number_of_groups(axes)
    named, roomy = count <= _NAMED, count <= 40
    intervals, points = _intervals(axes), _points(64 if roomy else lighter(40, axes))
    return chart(
        {"model": model},
        height=24 * count if count <= 20 else min(16 * count, _HIGHEST),
        data={"name": "effects"},
        transform=[only(f"datum.model === model && datum.term === '{term}'")],
        encoding={
            "x": along(axes[f"effects-{term}"], "effect", grid=True, tickCount=5),
            "y": {
                **quantity("rank"),
                "scale": {"domain": [-0.7, count - 0.3], "nice": False, "zero": False},
                "axis": None,
            },
        },
        layer=[
            _zero(),
            at_rest("intervals", intervals if named else _BAND),
            at_rest("points", points if named else _CURVE),
            *([at_rest("names", _names(12 if roomy else 8))] if named else []),
            standing_out(intervals, strokeWidth=3),
            standing_out(points, size=130),
            _picked_name(beside=not named),
            _targets(_told(axes, group, term)),
        ],
    )


def _told(axes: Axes, group: str, term: str) -> Spec:
    axis = axes[f"effects-{term}"]
    measured = {field: axis.called(title) for field, title in _MEASURED.items()}
    return tooltip(name=group, n=axes["n"].label, **measured)


def _zero() -> Spec:
    return {
        "data": {"values": [{"zero": 0}]},
        "mark": {"type": "rule", "color": COMPLETE, "strokeWidth": 1.5, "strokeDash": [5, 4]},
        "encoding": {"x": quantity("zero"), **TALL},
    }


def _intervals(axes: Axes) -> Spec:
    return {
        "mark": faint(
            0.68,
            {"type": "rule", "color": PARTIAL, "strokeWidth": lighter(1.5, axes)},
        ),
        "encoding": {"x": quantity("low"), "x2": {"field": "high"}},
    }


def _points(size: float) -> Spec:
    return {
        "mark": faint(0.85, {"type": "circle", "color": PARTIAL, "size": size}),
    }


def _names(size: int) -> Spec:
    return {
        "mark": faint(
            0.8,
            {
                "type": "text",
                "align": "right",
                "baseline": "middle",
                "fontSize": size,
                "color": INK,
            },
        ),
        "encoding": _AT_EDGE,
    }


# Rows too low for a name are one mark, as they look.
_BAND: Spec = {
    "mark": {
        "type": "area",
        "orient": "horizontal",
        "interpolate": "step",
        "color": PARTIAL,
        "fillOpacity": 0.22,
        "opacity": 1,
    },
    "encoding": {"x": quantity("low"), "x2": {"field": "high"}},
}
_CURVE: Spec = {
    "mark": {"type": "line", "orient": "horizontal", "color": PARTIAL, "strokeWidth": 2.5},
    "encoding": {"x": quantity("effect"), "order": quantity("rank")},
}


def _picked_name(*, beside: bool) -> Spec:
    """Write the picked group's name at the left edge, or beside its interval, towards zero."""
    if not beside:
        mark = name_mark(dy=0, size=12, align="right", baseline="middle")
        return {"transform": [only(PICKED)], "mark": mark, "encoding": _AT_EDGE}
    above = "datum.effect > 0"
    mark = name_mark(
        dy=0,
        size=12,
        align=expr(f"{above} ? 'right' : 'left'"),
        dx=expr(f"{above} ? -8 : 8"),
        baseline="middle",
    )
    return {
        "transform": [only(PICKED), *computed(end=f"{above} ? datum.low : datum.high")],
        "mark": mark,
        "encoding": {"x": quantity("end"), "text": {"field": "name"}},
    }


def _targets(told: Spec) -> Spec:
    """Answer, unseen, for a whole row."""
    return {
        "transform": computed(below="datum.rank - 0.5", above="datum.rank + 0.5"),
        "mark": faint(0, {"type": "rect"}),
        "encoding": {
            "x": {"value": 0},
            "x2": {"value": "width"},
            "y": quantity("below"),
            "y2": {"field": "above"},
            "tooltip": told,
        },
    }
