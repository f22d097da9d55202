"""Pooling put to the test: known and held-out rows of a group with three lines, and the errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.page.charts.grammar import (
    COMPLETE,
    INK,
    MUTED,
    NONE,
    PARTIAL,
    SURFACE,
    TALL,
    Spec,
    along,
    chart,
    only,
    quantity,
    tooltip,
    whole,
)
from analysis.page.charts.segments import segment
from analysis.results.prediction import KNOWN

if TYPE_CHECKING:
    from analysis.page.axes import Axes

_OF_GROUP = "datum.group === tested"
_IS_KNOWN = "datum.order < known"
_AT_STOP = only(f"{_OF_GROUP} && datum.known === known")

_LINES: dict[str, Spec] = {
    "complete": {
        "color": COMPLETE,
        "strokeWidth": 2.5,
        "strokeDash": [7, 6],
        "strokeCap": "butt",
    },
    "none": {"color": NONE, "strokeWidth": 2.5},
    "partial": {"color": PARTIAL, "strokeWidth": 4},
}


def trial(axes: Axes, group: str) -> Spec:
    """Draw the known rows of a group, and once revealed the others, with the lines."""
    told = tooltip(name=group, x=axes["slope"], y=axes["outcome"])
    return chart(
        {"tested": None, "known": 0, "revealed": False},
        height="container",
        encoding={
            "x": along(axes["slope"], "x1", **whole(axes["slope"])),
            "y": along(axes["outcome"], "y", tickCount=6, **whole(axes["outcome"])),
        },
        layer=[
            _dots(
                f"!revealed && !({_OF_GROUP}) && {_IS_KNOWN}",
                told,
                size=16,
                fill=MUTED,
                opacity=0.7,
            ),
            _dots(
                f"revealed && {_OF_GROUP} && !({_IS_KNOWN})",
                told,
                size=60,
                fill=SURFACE,
                opacity=0.75,
            ),
            *(_line(method) for method in _LINES),
            _dots(f"{_OF_GROUP} && {_IS_KNOWN}", told, size=130, fill=INK, stroke=SURFACE),
        ],
    )


def _dots(test: str, told: Spec, **mark: Any) -> Spec:  # noqa: ANN401
    return {
        "data": {"name": "trial-rows"},
        "transform": [only(test)],
        "mark": {"type": "point", "stroke": MUTED, "strokeWidth": 1.25, "opacity": 1, **mark},
        "encoding": {"x": quantity("place"), "y": quantity("y"), "tooltip": told},
    }


def _line(method: str) -> Spec:
    # A line of few rows may be so steep that it leaves the chart.
    layer = segment(
        {**_LINES[method], "clip": True},
        y=quantity(f"y1.{method}"),
        y2={"field": f"y2.{method}"},
    )
    shown = [_AT_STOP, only("revealed")] if method == "partial" else [_AT_STOP]
    return {**layer, "data": {"name": "trial-lines"}, "transform": shown}


def trial_errors(axes: Axes) -> Spec:
    """Draw the errors over all groups and splits, by the number of known rows."""
    known, error = axes["known"], axes["error"]
    return chart(
        {"known": 0},
        height=150,
        data={"name": "trial-errors"},
        encoding={
            "x": along(known, "known", values=list(KNOWN)),
            "y": along(error, "rmse", tickCount=4),
        },
        layer=[
            {
                "transform": [only("datum.known === known && datum.method === 'partial'")],
                "mark": {"type": "rule", "color": INK, "strokeWidth": 1, "strokeDash": [3, 3]},
                "encoding": {"x": quantity("known"), **TALL},
            },
            *(layer for method in _LINES for layer in _course(axes, method)),
        ],
    )


def _course(axes: Axes, method: str) -> list[Spec]:
    of_method = [only(f"datum.method === '{method}'")]
    look = {**_LINES[method], "strokeWidth": 2}
    error = axes["error"]
    told = tooltip(
        name="Pooling", rmse=error, low=error.called("95% from"), high=error.called("to")
    )
    return [
        {"transform": of_method, "mark": {"type": "line", **look}},
        {
            "transform": of_method,
            "mark": {"type": "rule", "color": look["color"], "strokeWidth": 1.5},
            "encoding": {"y": quantity("low"), "y2": {"field": "high"}},
        },
        {
            "transform": of_method,
            "mark": {"type": "circle", "color": look["color"], "size": 70, "opacity": 1},
            "encoding": {"tooltip": told},
        },
    ]
