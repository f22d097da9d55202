"""The likelihood of the ratio of the variances, on the scale of the slider below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.page.charts.grammar import (
    INK,
    MUTED,
    PARTIAL,
    SURFACE,
    TALL,
    Spec,
    chart,
    only,
    quantity,
)

if TYPE_CHECKING:
    from analysis.results.likelihood import RatioLikelihood

_ROWS = {"name": "likelihood"}

_HERE = only("datum.place === place")

# Half of the slider's thumb is beside either end of its scale.
_THUMB = 8


def likelihood(found: RatioLikelihood) -> Spec:
    """Draw the likelihood as a hill, what the data do not rule out in colour, and the choice."""
    low, high = found.places
    inside = only(f"datum.place >= {low} && datum.place <= {high}")
    area: Spec = {"type": "area", "interpolate": "linear"}
    return {
        **chart(
            {"place": 0},
            height=92,
            data=_ROWS,
            encoding={
                "x": {**quantity("place"), "scale": _scale(0, len(found.shares) - 1), "axis": None},
                "y": {**quantity("share"), "scale": _scale(0, 1.08), "axis": None},
            },
            layer=[
                {"mark": {**area, "color": MUTED, "opacity": 0.22}},
                {"mark": {**area, "color": PARTIAL, "opacity": 0.32}, "transform": [inside]},
                {"mark": {"type": "line", "color": PARTIAL, "strokeWidth": 2}},
                {
                    "transform": [_HERE],
                    "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5},
                    "encoding": TALL,
                },
                {
                    "transform": [_HERE],
                    "mark": {
                        "type": "circle",
                        "color": INK,
                        "size": 90,
                        "stroke": SURFACE,
                        "strokeWidth": 2,
                        "opacity": 1,
                    },
                },
            ],
        ),
        "padding": {"left": _THUMB, "right": _THUMB, "top": 2, "bottom": 0},
    }


def _scale(low: float, high: float) -> Spec:
    return {"domain": [low, high], "nice": False, "zero": False}
