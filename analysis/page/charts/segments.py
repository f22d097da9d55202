"""Dots and lines, which several charts are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analysis.page.charts.grammar import (
    COMPLETE,
    IN_CHOICE,
    INK,
    MUTED,
    NONE,
    PICKED,
    SHOWN,
    SURFACE,
    Spec,
    along,
    chart,
    computed,
    expr,
    name_mark,
    only,
    pointed,
    quantity,
    tooltip,
    whole,
)

if TYPE_CHECKING:
    from analysis.page.axes import Axes

# The style sheet gives it the colour of the step.
_LINE = "var(--viz-line)"

_DASH = [7, 6]

# With complete pooling the lines of all groups lie under the one line that there is.
_DASH_OF_STEPS = expr(f"target === 'complete' && time === 1 ? [1, 0] : {_DASH}")


def lines(axes: Axes, group: str, params: Mapping[str, Any], *, start: str, end: str) -> Spec:
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

    Returns
    -------
    dict
    """
    told = tooltip(name=group, x=axes["slope"], y=axes["outcome"])
    chosen = "choice" in params
    return chart(
        params,
        height=440,
        data={"name": "lines"},
        transform=computed(start=start, end=end),
        encoding={
            "x": along(axes["slope"], "x1", **whole(axes["slope"])),
            "y": along(axes["outcome"], "start", **whole(axes["outcome"])),
        },
        layer=[
            dots(size=26, chosen=chosen, tooltip=told),
            dots(size=52, chosen=chosen, tooltip=told, picked=True),
            _every_line(),
            _average_line(_DASH_OF_STEPS if "target" in params else _DASH),
            segment(
                {"color": NONE, "strokeWidth": 1.5, "strokeDash": [2, 4]},
                test=PICKED,
                **at_step("none"),
            ),
            segment({"color": SURFACE, "strokeWidth": 8, "opacity": 0.7}, test=PICKED),
            segment({"color": _LINE, "strokeWidth": 4.5}, test=PICKED),
            _name(),
            _target(axes, group),
        ],
    )


def dots(
    *, size: int, chosen: bool = False, tooltip: list[Spec] | None = None, picked: bool = False
) -> Spec:
    """
    Draw a dot per row.

    Parameters
    ----------
    size : int
        Area of a dot, in square pixels.
    chosen : bool
        Whether those with other covariate values than those chosen are faint.
    tooltip : list of dict, optional
    picked : bool
        Only those of the picked group, in ink.

    Returns
    -------
    dict
    """
    ink, opacity, faint = (INK, 0.9, 0.12) if picked else (MUTED, 0.7, 0.06)
    encoding: Spec = {"x": quantity("place"), "y": quantity("y")}
    # The style sheet fades all dots at once; thousands of dots are not drawn anew for a pick.
    layer: Spec = {
        "data": {"name": "observations"},
        "mark": {
            "type": "point",
            "size": size,
            "strokeWidth": 1.25,
            "stroke": ink,
            "fill": expr(f"datum.open ? '{SURFACE}' : '{ink}'"),
            "opacity": expr(f"{IN_CHOICE} ? {opacity} : {faint}") if chosen else opacity,
        },
        "encoding": encoding if tooltip is None else {**encoding, "tooltip": tooltip},
    }
    return {**layer, "transform": [only(PICKED)]} if picked else layer


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


def _every_line() -> Spec:
    mark = {
        "color": _LINE,
        "strokeWidth": pointed(3.5, 2),
        "opacity": expr(f"{SHOWN} ? 0.8 : 0.2"),
    }
    return segment(mark, test="datum.group != null")


def _average_line(dash: list[int] | Spec) -> Spec:
    mark = {
        "color": COMPLETE,
        "strokeWidth": 2.5,
        "strokeDash": dash,
        "strokeCap": "butt",
        "opacity": expr("picked == null ? 1 : 0.75"),
    }
    return segment(mark, test="datum.group == null")


def _name() -> Spec:
    return {
        "transform": [only(PICKED)],
        "mark": name_mark(dy=-12, size=14, align="right"),
        "encoding": {"x": quantity("x2"), "y": quantity("end"), "text": {"field": "name"}},
    }


def _target(axes: Axes, group: str) -> Spec:
    """Answer, unseen, for lines that are too thin to hit."""
    begin, end = (axes["outcome"].called(f"Line {verb} at") for verb in ("begins", "ends"))
    told = tooltip(name=group, n=axes["n"].label, start=begin, end=end)
    mark = {"color": INK, "strokeWidth": 14, "opacity": 0}
    return segment(mark, test="datum.group != null", tooltip=told)
