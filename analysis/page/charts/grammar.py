"""What the charts share: colours, a reader's choices as conditions, and pieces of Vega-Lite."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.page.axes import Axes, Axis
    from analysis.writing.notation import Notation

Spec = dict[str, Any]

INK = "var(--viz-ink)"
MUTED = "var(--viz-muted)"
SURFACE = "var(--viz-surface)"
COMPLETE = "var(--viz-complete)"
NONE = "var(--viz-none)"
PARTIAL = "var(--viz-partial)"

_SHARES = {24: 1.0, 60: 0.75, 150: 0.5, 400: 0.35}
"""What is left of a width or an opacity with up to so many groups."""

_LEAST_SHARE = 0.28

_FOR_WHOLE_TICKS = 4
"""Length of an axis from which on whole numbers alone have ticks."""

PICKED = "(picked != null && datum.group === picked)"
"""Whether a mark belongs to the picked group."""

POINTED = "(datum.group != null && (datum.group === hovered || datum.group === picked))"
"""Whether a mark's group is picked, or under the pointer."""

IN_CHOICE = "(choice === 'all' || datum.choice === choice)"
"""Whether a row has the covariate values that the lines are drawn for."""

TALL: Spec = {"y": {"value": 0}, "y2": {"value": "height"}}
"""From the top of a chart to its bottom."""

_CONFIG: Spec = {
    "background": "transparent",
    "aria": False,
    "padding": 2,
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "domain": False,
        "ticks": False,
        "labelColor": MUTED,
        "labelFontSize": 12,
        "labelPadding": 6,
        "titleColor": MUTED,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": "var(--viz-grid)",
        "gridWidth": 1,
    },
    "axisX": {"grid": False, "titlePadding": 8, "labelFlush": False},
    # A title above the axis, level: it is read without turning the head.
    "axisY": {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleY": -12},
}


def chart(params: Mapping[str, Any], **body: Any) -> Spec:  # noqa: ANN401
    """Specify a chart that follows these parameters, and what is picked and pointed at."""
    followed = {"picked": None, "hovered": None, **params}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": _CONFIG,
        "width": "container",
        "params": [{"name": name, "value": value} for name, value in followed.items()],
        **body,
    }


def quantity(field: str) -> Spec:
    """Encode a number of the data."""
    return {"field": field, "type": "quantitative"}


def along(axis: Axis, field: str, **settings: Any) -> Spec:  # noqa: ANN401
    """Encode a number of the data along an axis, drawn by these settings."""
    return {
        **quantity(field),
        "title": axis.title,
        "scale": {"domain": list(axis.domain), "nice": False, "zero": False},
        "axis": _labels(axis.notation) | settings,
    }


def whole(axis: Axis) -> Spec:
    """Keep the ticks of an axis at whole numbers, where that leaves several of them."""
    low, high = axis.domain
    return {"tickMinStep": 1} if high - low >= _FOR_WHOLE_TICKS else {}


def _labels(notation: Notation) -> Spec:
    """Divide by the power of ten, which stands in the title."""
    if not notation.power:
        return {}
    # Dividing leaves the noise of the last digits, which goes with the zeros.
    shown = f"format(datum.value / 1e{notation.power}, '.{notation.decimals + 1}~f')"
    return {"labelExpr": shown}


def tooltip(**told: str | Axis) -> Spec:
    """
    Tell fields of the data as they are, by a title, or as measured along an axis.

    The script reads what to tell from this text when the pointer is on a mark. Written by the
    chart, numbers would be written anew for every mark of every frame.
    """
    lines = [
        {"field": field, "title": axis}
        if isinstance(axis, str)
        else {"field": field, "title": axis.label, "notation": dataclasses.asdict(axis.told)}
        for field, axis in told.items()
    ]
    return {"value": json.dumps(lines, ensure_ascii=False)}


def number_format(notation: Notation) -> str:
    """Return the format, in Vega's terms, of numbers that stand alone."""
    if notation.power:
        return f".{notation.decimals + 1}~e"
    return f".{notation.decimals}~f"


def only(condition: str) -> Spec:
    """Keep the rows of the data that fulfil a condition."""
    return {"filter": condition}


def computed(**expressions: str) -> list[Spec]:
    """Add fields to the data, by the expressions for their values."""
    return [{"calculate": expression, "as": field} for field, expression in expressions.items()]


def expr(expression: str) -> Spec:
    """Let a property of a mark follow an expression."""
    return {"expr": expression}


def number_of_groups(axes: Axes) -> int:
    """Return how many groups the charts show."""
    return int(axes["rank"].domain[1]) + 1


def lighter(value: float, axes: Axes) -> float:
    """
    Return a width, an area's side or an opacity for marks of every group: less where they are many.

    Parameters
    ----------
    value : float
        Of a few groups.
    axes : Mapping of str to Axis

    Returns
    -------
    float
    """
    count = number_of_groups(axes)
    share = next((share for most, share in _SHARES.items() if count <= most), _LEAST_SHARE)
    return round(value * share, 3)


def at_rest(name: str, layer: Spec) -> Spec:
    """
    Draw a mark per group that follows neither the pointer nor the choice of a group.

    The style sheet fades all of them at once, by this name, while a group is picked: hundreds of
    marks are not drawn anew for the sake of one, which `standing_out` draws above them.
    """
    return {"name": f"rest_{name}", **layer}


def faint(opacity: float, mark: Spec) -> Spec:
    """
    Let the strokes and fills of marks be faint.

    An opacity of a whole mark makes a layer of its own for every one of them in Chromium 142,
    and thousands of layers take longer to put together than all else of a frame.
    """
    return {**mark, "opacity": 1, "fillOpacity": opacity, "strokeOpacity": opacity}


def standing_out(layer: Spec, **mark: Any) -> Spec:  # noqa: ANN401
    """Draw a layer's marks of the picked group, and of that under the pointer, once more."""
    transform = [*layer.get("transform", ()), only(POINTED)]
    return {**layer, "transform": transform, "mark": {**faint(1, layer["mark"]), **mark}}


def name_mark(*, dy: int, size: int, **mark: Any) -> Spec:  # noqa: ANN401
    """Write the name of what is picked, on a halo."""
    return {
        "type": "text",
        **mark,
        "dy": dy,
        "fontSize": size,
        "fontWeight": "bold",
        "color": INK,
        "stroke": SURFACE,
        "strokeWidth": 6,
    }
