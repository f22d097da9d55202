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
    chart,
    emphasis,
    expr,
    only,
    pointed,
    quantity,
    tooltip,
)

if TYPE_CHECKING:
    from analysis.page.axes import Axes

_OPACITY = f"({emphasis(0.85, 0.25)})"

_MEASURED = {"effect": "Effect", "low": "95% from", "high": "95% to"}

_SMALLEST = 9
"""Height of a row where groups are many, in pixels."""


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
    count = int(axes["rank"].domain[1] + 1)
    row = 24 if count <= 20 else 16 if count <= 40 else _SMALLEST
    return chart(
        {"model": model},
        height=count * row,
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
            _intervals(),
            _points(64 if row > _SMALLEST else 26),
            _names(12 if row > _SMALLEST else 8),
            _targets(row, _told(axes, group, term)),
        ],
    )


def _told(axes: Axes, group: str, term: str) -> list[Spec]:
    axis = axes[f"effects-{term}"]
    measured = {field: axis.called(title) for field, title in _MEASURED.items()}
    return tooltip(name=group, n=axes["n"].label, **measured)


def _zero() -> Spec:
    return {
        "data": {"values": [{"zero": 0}]},
        "mark": {"type": "rule", "color": COMPLETE, "strokeWidth": 1.5, "strokeDash": [5, 4]},
        "encoding": {"x": quantity("zero"), **TALL},
    }


def _intervals() -> Spec:
    return {
        "mark": {
            "type": "rule",
            "color": PARTIAL,
            "strokeWidth": pointed(3, 1.5),
            "opacity": expr(f"0.8 * {_OPACITY}"),
        },
        "encoding": {"x": quantity("low"), "x2": {"field": "high"}},
    }


def _points(size: int) -> Spec:
    return {
        "mark": {
            "type": "circle",
            "color": PARTIAL,
            "size": pointed(130, size),
            "opacity": expr(_OPACITY),
        },
    }


def _names(size: int) -> Spec:
    return {
        "mark": {
            "type": "text",
            "align": "right",
            "baseline": "middle",
            "fontSize": size,
            "color": INK,
            "fontWeight": expr(f"{PICKED} ? 700 : 400"),
            "opacity": expr(emphasis(0.8, 0.45)),
        },
        "encoding": {"x": {"value": -8}, "text": {"field": "group"}},
    }


def _targets(height: int, told: list[Spec]) -> Spec:
    """Answer, unseen, for a whole row."""
    return {
        "mark": {"type": "bar", "height": height, "opacity": 0},
        "encoding": {"x": {"value": 0}, "x2": {"value": "width"}, "tooltip": told},
    }
