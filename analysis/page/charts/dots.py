"""The rows as dots: elements of a chart, or with many groups a picture that the script paints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.page.charts.grammar import (
    IN_CHOICE,
    INK,
    MUTED,
    PICKED,
    SURFACE,
    Spec,
    expr,
    faint,
    number_of_groups,
    only,
    quantity,
)

if TYPE_CHECKING:
    from analysis.page.axes import Axes

DOT = 26
"""Area of a dot, in square pixels."""

_RADIUS, _EDGE = 2.88, 1.25
"""Radius of a dot and width of the edge of an open one, in pixels."""

_FILLED = {14: 23.5, DOT: 38.5, 52: 69.2}
"""Areas of filled dots as large as open ones with their edges, by the area of these."""

_DENSEST = 0.55
"""Opacity of the densest cell of rows that are not drawn one by one."""

_DRAWN_APART = 60
"""Groups up to which a dot is an element that answers the pointer; with more, a script paints all
dots into one picture."""


def dots(
    *,
    size: int,
    chosen: bool = False,
    tooltip: Spec | None = None,
    opacity: float = 0.68,
    picked: bool = False,
) -> Spec:
    """
    Draw a dot per row.

    Parameters
    ----------
    size : int
        Area of a dot, in square pixels.
    chosen : bool
        Whether those with other covariate values than those chosen are faint.
    tooltip : dict, optional
    opacity : float
        Of a dot that is not faint.
    picked : bool
        Only those of the picked group, in ink.

    Returns
    -------
    dict
    """
    ink, opacity = (INK, 0.9) if picked else (MUTED, opacity)
    encoding: Spec = {"x": quantity("place"), "y": quantity("y")}
    shown = f"({IN_CHOICE} ? {opacity} : {_unchosen(opacity)})" if chosen else f"{opacity}"
    mark = {
        "type": "point",
        # Only open dots have an edge, or it would be darker than what it encloses.
        "size": expr(f"datum.open ? {size} : {_FILLED.get(size, size)}"),
        "strokeWidth": _EDGE,
        "stroke": ink,
        "fill": expr(f"datum.open ? '{SURFACE}' : '{ink}'"),
    }
    layer: Spec = {
        "data": {"name": "observations"},
        "mark": {
            **faint(1, mark),
            "fillOpacity": expr(shown),
            "strokeOpacity": expr(f"datum.open ? {shown} : 0"),
        },
        "encoding": encoding if tooltip is None else {**encoding, "tooltip": tooltip},
    }
    return {**layer, "transform": [only(PICKED)]} if picked else layer


def _unchosen(opacity: float) -> float:
    """Return the opacity of a dot with other covariate values than those chosen."""
    return round(0.14 * opacity, 3)


def painted(axes: Axes) -> bool:
    """Tell whether the dots are a picture."""
    return "density" in axes or number_of_groups(axes) > _DRAWN_APART


def picture(axes: Axes, opacity: float, *, chosen: bool) -> Spec:
    """Return what the script needs to paint the dots of every row, or how densely they lie."""
    if "density" in axes:
        return {"density": _DENSEST, "levels": axes["density"].domain[1]}
    return {
        "radius": _RADIUS,
        "edge": _EDGE,
        "opacity": opacity,
        "unchosen": _unchosen(opacity),
        "chosen": chosen,
    }
