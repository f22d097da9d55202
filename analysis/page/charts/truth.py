"""Known truth: a simulated group's three lines, and how far they are from the truth in all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.page.charts.grammar import (
    INK,
    MUTED,
    NONE,
    PARTIAL,
    SURFACE,
    Spec,
    along,
    chart,
    expr,
    only,
    quantity,
    tooltip,
    whole,
)

if TYPE_CHECKING:
    from analysis.page.axes import Axes

_LINES, _ROWS = {"name": "simulated-lines"}, {"name": "simulated-rows"}

_SHOWN = "datum.simulated === shown"

# Another draw is another object, and all that follows it is drawn anew.
_PARAMS = {"shown": 0, "drawn": {"groups": 0}}

_WIDTH = {"truth": 4.5, "own": 2.5, "pooled": 2.5}
_COLOUR = {"truth": INK, "own": NONE, "pooled": PARTIAL}

# Of fewer than eight groups the rows are no further apart than of so many.
_RANKS = "max(drawn.groups, 8)"


def truth(axes: Axes) -> Spec:
    """Draw the rows and the three lines of one simulated group among the true lines of all."""
    x, y = axes["slope"], axes["outcome"]
    return chart(
        {**_PARAMS, "reach": [0, 1]},
        height=330,
        data=_LINES,
        encoding={
            "x": along(x, "x1", **whole(x)),
            "y": {
                **along(y, "truth[0]"),
                "scale": {"domain": expr("reach"), "nice": False, "zero": False},
            },
        },
        layer=[
            _line("truth", {"color": MUTED, "strokeWidth": 1.25, "opacity": 0.7}),
            {
                "data": _ROWS,
                "transform": [only(_SHOWN)],
                "mark": {"type": "point", "size": 30, "stroke": MUTED, "fill": MUTED},
                "encoding": {"x": quantity("x"), "y": quantity("y")},
            },
            *(
                _line(kind, {"color": colour, "strokeWidth": _WIDTH[kind]}, only(_SHOWN))
                for kind, colour in _COLOUR.items()
            ),
            _line("truth", {"color": INK, "strokeWidth": 14, "opacity": 0}),
        ],
    )


def _line(kind: str, mark: Spec, *conditions: Spec) -> Spec:
    return {
        "transform": list(conditions),
        "mark": {"type": "rule", "strokeCap": "round", "clip": True, **mark},
        "encoding": {
            "x": quantity("x1"),
            "x2": {"field": "x2"},
            "y": quantity(f"{kind}[0]"),
            "y2": {"field": f"{kind}[1]"},
        },
    }


def distances(axes: Axes, group: str) -> Spec:
    """Draw how far the own and the pooled line of every simulated group are from its true one."""
    axis = axes["distance"]
    told = tooltip(
        name=group, fromOwn=axis.called("Own line"), fromPooled=axis.called("Pooled line")
    )
    pooled = {"x": quantity("fromPooled")}
    return chart(
        _PARAMS,
        height=330,
        data=_LINES,
        encoding={
            "x": {
                **along(axis, "fromOwn", grid=True, tickCount=4),
                "scale": {"zero": True, "nice": True},
            },
            "y": {
                **quantity("simulated"),
                "scale": {
                    "domain": expr(f"[{_RANKS} - 0.3, -0.7]"),
                    "nice": False,
                    "zero": False,
                },
                "axis": None,
            },
        },
        layer=[
            {
                "mark": {"type": "rule", "color": MUTED, "strokeWidth": _shown(3, 1.5)},
                "encoding": {"x2": {"field": "fromPooled"}},
            },
            {
                "mark": {
                    "type": "point",
                    "stroke": NONE,
                    "strokeWidth": 2,
                    "fill": SURFACE,
                    "size": _shown(110, 54),
                    "opacity": 1,
                },
            },
            {
                "mark": {"type": "circle", "color": PARTIAL, "size": _shown(130, 64), "opacity": 1},
                "encoding": pooled,
            },
            {
                "mark": {
                    "type": "text",
                    "align": "right",
                    "baseline": "middle",
                    "color": INK,
                    "fontSize": 11,
                    "fontWeight": _shown(700, 400),
                },
                "encoding": {"x": {"value": -8}, "text": {"field": "number"}},
            },
            {
                "mark": {"type": "bar", "height": expr(f"height / {_RANKS}"), "opacity": 0},
                "encoding": {"x": {"value": 0}, "x2": {"value": "width"}, "tooltip": told},
            },
        ],
    )


def _shown(value: float, otherwise: float) -> Spec:
    return expr(f"{_SHOWN} ? {value} : {otherwise}")
