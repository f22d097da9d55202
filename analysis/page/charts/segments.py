"""Dots and lines, which several charts are made of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analysis.page.charts.grammar import (
    COMPLETE,
    IN_CHOICE,
    INK,
    MUTED,
    NONE,
    PICKED,
    POINTED,
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
    number_of_groups,
    only,
    quantity,
    tooltip,
    whole,
)

if TYPE_CHECKING:
    from analysis.page.axes import Axes

# The style sheet gives it the colour of the step.
_LINE = "var(--viz-line)"

_DASH = [7, 6]

_DOT = 26
"""Area of a dot, in square pixels."""

_EDGE = 1.25
"""Width of the edge of an open dot, in pixels."""

_DRAWN_APART = 60
"""Groups up to which a dot is an element that answers the pointer; with more, a script paints all
dots into one picture."""

# With complete pooling the lines of all groups lie under the one line that there is.
_DASH_OF_STEPS = expr(f"target === 'complete' && time === 1 ? [1, 0] : {_DASH}")


def lines(
    axes: Axes, group: str, params: Mapping[str, Any], *, start: str, end: str, slope: str
) -> Spec:
    """
    Draw the rows, a line per group and the line of the average group.

    Parameters
    ----------
    axes : Mapping of str to Axis
    group : str
        What a group is called.
    params : Mapping
        Parameters that the lines follow, with their values at first.
    start, end : str
        Expressions for the height of a line at its left and its right end.
    slope : str
        Expression for its slope, null for a point.

    Returns
    -------
    dict
    """
    told = tooltip(name=group, x=axes["slope"], y=axes["outcome"])
    chosen, opacity = "choice" in params, lighter(0.42, axes)
    every_dot = dots(size=_DOT, chosen=chosen, tooltip=told, opacity=opacity)
    many = number_of_groups(axes) > _DRAWN_APART
    return chart(
        params,
        height=440,
        data={"name": "lines"},
        transform=computed(start=start, end=end, steep=slope),
        **({"usermeta": {"dots": _picture(opacity, chosen=chosen)}} if many else {}),
        encoding={
            "x": along(axes["slope"], "x1", **whole(axes["slope"])),
            "y": along(axes["outcome"], "start", **whole(axes["outcome"])),
        },
        layer=[
            *(() if many else (at_rest("dots", every_dot),)),
            dots(size=52, chosen=chosen, tooltip=told, picked=True),
            _every_line(axes),
            _average_line(_DASH_OF_STEPS if "target" in params else _DASH),
            segment(
                {"color": NONE, "strokeWidth": 1.5, "strokeDash": [2, 4]},
                test=PICKED,
                **at_step("none"),
            ),
            segment({"color": SURFACE, "strokeWidth": 8, "opacity": 0.7}, test=PICKED),
            segment({"color": _LINE, "strokeWidth": expr(f"{PICKED} ? 4.5 : 3.5")}, test=POINTED),
            _name(),
            _target(axes, group),
        ],
    )


def dots(
    *,
    size: int,
    chosen: bool = False,
    tooltip: Spec | None = None,
    opacity: float = 0.42,
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
        "size": expr(f"datum.open ? {size} : {_with_edge(size)}"),
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
    return round(opacity / 7, 3)


def _with_edge(size: float) -> float:
    """Return the area of a dot with the outer half of its edge, in square pixels."""
    return round(math.pi * (math.sqrt(size / math.pi) + _EDGE / 2) ** 2, 2)


def _picture(opacity: float, *, chosen: bool) -> Spec:
    """Return what the script needs to paint the dots of every row."""
    return {
        "radius": round(math.sqrt(_DOT / math.pi), 2),
        "edge": _EDGE,
        "opacity": opacity,
        "unchosen": _unchosen(opacity),
        "chosen": chosen,
    }


def segment(mark: Spec, *, test: str | None = None, **encoding: Any) -> Spec:  # noqa: ANN401
    """
    Draw a line over the group's own rows, by default from ``start`` to ``end``.

    Parameters
    ----------
    mark : dict
        Properties of the mark.
    test : str, optional
        Condition on the rows that are drawn.
    **encoding : dict
        Encodings in place of the default ones, or beside them.

    Returns
    -------
    dict
    """
    layer: Spec = {
        "mark": {"type": "rule", "strokeCap": "round", **mark},
        "encoding": {
            "x": quantity("x1"),
            "x2": {"field": "x2"},
            "y": quantity("start"),
            "y2": {"field": "end"},
            **encoding,
        },
    }
    return layer if test is None else {**layer, "transform": [only(test)]}


def at_step(step: str) -> Spec:
    """Encode the heights of a line at one step of the ladder, for everyone."""
    return {"y": quantity(f"y1.{step}.all"), "y2": {"field": f"y2.{step}.all"}}


def _every_line(axes: Axes) -> Spec:
    mark = {
        "color": _LINE,
        "strokeWidth": lighter(2, axes),
    }
    layer = segment(faint(lighter(0.8, axes), mark), test="datum.group != null")
    return at_rest("lines", layer)


def _average_line(dash: list[int] | Spec) -> Spec:
    mark = {
        "color": COMPLETE,
        "strokeWidth": 2.5,
        "strokeDash": dash,
        "strokeCap": "butt",
        "opacity": expr("picked == null ? 1 : 0.75"),
    }
    return {"name": "average", **segment(mark, test="datum.group == null")}


def _name() -> Spec:
    return {
        "transform": [only(PICKED)],
        "mark": name_mark(dy=-12, size=14, align="right"),
        "encoding": {"x": quantity("x2"), "y": quantity("end"), "text": {"field": "name"}},
    }


def _target(axes: Axes, group: str) -> Spec:
    """Answer, unseen, for lines that are too thin to hit."""
    begin, end = (axes["outcome"].called(f"Line {verb} at") for verb in ("begins", "ends"))
    told = tooltip(
        name=group,
        n=axes["n"].label,
        steep=axes["slopes"].called("Slope"),
        start=begin,
        end=end,
    )
    mark = {"color": INK, "strokeWidth": 14}
    return segment(faint(0, mark), test="datum.group != null", tooltip=told)
