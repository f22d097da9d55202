"""Shrinkage: an arrow per group from its own least-squares line to its line in the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.page.charts.grammar import (
    COMPLETE,
    INK,
    MUTED,
    NONE,
    PARTIAL,
    PICKED,
    SURFACE,
    Spec,
    along,
    at_rest,
    chart,
    computed,
    expr,
    faint,
    lighter,
    name_mark,
    only,
    quantity,
    standing_out,
    tooltip,
)

if TYPE_CHECKING:
    from analysis.page.axes import Axes

_GROUPS = {"name": "groups"}

# A group at one place of the predictor has no slope of its own, and so no point to come from.
_WITH_SLOPE = only("datum.none.slope != null")

_IN_MODEL = computed(height="datum.partial[model].height", slope="datum.partial[model].slope")

_AT_OWN = {"x": quantity("none.height"), "y": quantity("none.slope")}
_AT_PARTIAL = {"x": quantity("height"), "y": quantity("slope")}
_TO_PARTIAL = {"x2": {"field": "height"}, "y2": {"field": "slope"}}

_HEADING = (
    "atan2(scale('y', datum.slope) - scale('y', datum.none.slope),"
    " scale('x', datum.height) - scale('x', datum.none.height)) * 180 / PI"
)


def shrinkage(axes: Axes, group: str, model: str) -> Spec:
    """Draw the lines as points, by their height at the predictor's mean and their slope."""
    height, slopes = axes["height"], axes["slopes"]
    shafts, own, heads = _shafts(axes), _own_lines(axes), _heads(axes)
    return chart(
        {"model": model},
        height=380,
        encoding={
            "x": along(height, "height", grid=True, tickCount=6),
            "y": along(slopes, "slope", tickCount=6),
        },
        layer=[
            _ellipse(),
            at_rest("shafts", shafts),
            at_rest("own", own),
            at_rest("heads", heads),
            standing_out(shafts, strokeWidth=2.5),
            standing_out(own, size=120),
            standing_out(heads, size=220),
            _complete(axes, group),
            _average(axes, group),
            _name(),
            _targets(axes, group),
        ],
    )


def _ellipse() -> Spec:
    return {
        "data": {"name": "ellipse"},
        "transform": [only("datum.model === model")],
        "mark": {
            "type": "line",
            "color": PARTIAL,
            "strokeWidth": 1.25,
            "strokeDash": [3, 4],
            "opacity": 0.75,
            "clip": True,
        },
        "encoding": {**_AT_PARTIAL, "order": quantity("order")},
    }


def _shafts(axes: Axes) -> Spec:
    return {
        "data": _GROUPS,
        "transform": [_WITH_SLOPE, *_IN_MODEL],
        "mark": faint(
            0.75,
            {
                "type": "rule",
                "color": MUTED,
                "strokeWidth": lighter(1.25, axes),
            },
        ),
        "encoding": {**_AT_OWN, **_TO_PARTIAL},
    }


def _own_lines(axes: Axes) -> Spec:
    return {
        "data": _GROUPS,
        "transform": [_WITH_SLOPE],
        "mark": faint(
            0.75,
            {
                "type": "point",
                "fill": SURFACE,
                "stroke": NONE,
                "strokeWidth": lighter(1.75, axes),
                "size": lighter(46, axes),
            },
        ),
        "encoding": _AT_OWN,
    }


def _heads(axes: Axes) -> Spec:
    return {
        "data": _GROUPS,
        "transform": [_WITH_SLOPE, *_IN_MODEL],
        "mark": faint(
            0.75,
            {
                "type": "point",
                "shape": "M0,0L-1.1,0.46L-1.1,-0.46Z",
                "filled": True,
                "color": PARTIAL,
                "size": lighter(110, axes),
                "angle": expr(_HEADING),
            },
        ),
        "encoding": _AT_PARTIAL,
    }


def _complete(axes: Axes, group: str) -> Spec:
    return {
        "data": {"name": "complete"},
        "mark": {
            "type": "point",
            "shape": "diamond",
            "filled": True,
            "color": COMPLETE,
            "stroke": SURFACE,
            "strokeWidth": 1.5,
            "size": 160,
            "opacity": 1,
        },
        "encoding": {**_AT_PARTIAL, "tooltip": _told(axes, group)},
    }


def _average(axes: Axes, group: str) -> Spec:
    return {
        "data": {"name": "average"},
        "transform": _IN_MODEL,
        "mark": {
            "type": "point",
            "shape": "cross",
            "filled": True,
            "color": INK,
            "stroke": SURFACE,
            "strokeWidth": 1.5,
            "size": 200,
            "opacity": 1,
        },
        "encoding": {**_AT_PARTIAL, "tooltip": _told(axes, group)},
    }


def _told(axes: Axes, group: str) -> Spec:
    height, slope = axes["height"].called("Height"), axes["slopes"].called("Slope")
    return tooltip(name=group, height=height, slope=slope)


def _name() -> Spec:
    return {
        "data": _GROUPS,
        "transform": [_WITH_SLOPE, *_IN_MODEL, only(PICKED)],
        "mark": name_mark(dy=-14, size=13),
        "encoding": {**_AT_OWN, "text": {"field": "name"}},
    }


def _targets(axes: Axes, group: str) -> Spec:
    """Answer, unseen, for arrows that are too thin to hit."""
    lines = {
        "none.height": axes["height"].called("Own height"),
        "none.slope": axes["slopes"].called("Own slope"),
        "height": axes["height"].called("Model’s height"),
        "slope": axes["slopes"].called("Model’s slope"),
    }
    told = tooltip(name=group, n=axes["n"].label, **lines)
    return {
        "data": _GROUPS,
        "transform": [_WITH_SLOPE, *_IN_MODEL],
        "mark": faint(0, {"type": "rule", "strokeWidth": 14, "strokeCap": "round"}),
        "encoding": {**_AT_OWN, **_TO_PARTIAL, "tooltip": told},
    }
