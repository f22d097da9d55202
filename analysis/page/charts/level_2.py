"""What the largest model predicts as the level 2 predictor grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.page.charts.grammar import (
    INK,
    MUTED,
    PARTIAL,
    PICKED,
    SURFACE,
    TALL,
    Spec,
    along,
    at_rest,
    chart,
    computed,
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

_CURVE: Spec = {"data": {"name": "level-2"}, "transform": [only("datum.choice === choice")]}
_CHOSEN: Spec = {
    "data": {"name": "level-2"},
    "transform": [only("datum.choice === choice && datum.level2 === level2")],
}
_GROUPS = {"name": "groups"}
_PREDICTED = computed(fit="datum.predicted[choice]")

_X = {"x": quantity("level2")}
_XY = {**_X, "y": quantity("fit")}


def level_2(axes: Axes, group: str) -> Spec:
    """Draw the average group's line with its interval, the groups, and the chosen value."""
    told = tooltip(name=group, level2=axes["level-2"], fit=axes["prediction"].called("Predicted"))
    every = _every_group(axes, told)
    return chart(
        {"choice": "all", "level2": 0},
        height=340,
        encoding={
            "x": along(axes["level-2"], "level2", tickCount=6),
            "y": along(axes["prediction"], "fit"),
        },
        layer=[
            {
                **_CURVE,
                "mark": {"type": "area", "color": PARTIAL, "opacity": 0.16},
                "encoding": {**_X, "y": quantity("low"), "y2": {"field": "high"}},
            },
            {
                **_CURVE,
                "mark": {"type": "line", "color": PARTIAL, "strokeWidth": 3},
                "encoding": _XY,
            },
            at_rest("predictions", every),
            standing_out(every, size=180),
            _name(),
            {
                **_CHOSEN,
                "mark": {"type": "rule", "color": INK, "strokeWidth": 1, "strokeDash": [3, 3]},
                "encoding": {**_X, **TALL},
            },
            _chosen_point(),
        ],
    )


def _every_group(axes: Axes, told: Spec) -> Spec:
    return {
        "data": _GROUPS,
        "transform": _PREDICTED,
        "mark": faint(lighter(0.7, axes), {"type": "circle", "color": MUTED, "size": 70}),
        "encoding": {**_XY, "tooltip": told},
    }


def _name() -> Spec:
    return {
        "data": _GROUPS,
        "transform": [only(PICKED), *_PREDICTED],
        "mark": name_mark(dy=-15, size=13),
        "encoding": {**_XY, "text": {"field": "name"}},
    }


def _chosen_point() -> Spec:
    return {
        **_CHOSEN,
        "mark": {
            "type": "point",
            "size": 170,
            "fill": SURFACE,
            "stroke": PARTIAL,
            "strokeWidth": 3,
            "opacity": 1,
        },
        "encoding": _XY,
    }
