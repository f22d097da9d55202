"""Dots and lines, which several charts are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analysis.page.charts.dots import DOT, dots, painted, picture
from analysis.page.charts.grammar import (
    COMPLETE,
    INK,
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

# With complete pooling the lines of all groups lie under the one line that there is.
_DASH_OF_STEPS = expr(f"target === 'complete' && time === 1 ? [1, 0] : {_DASH}")


def lines(
    axes: Axes,
    group: str,
    params: Mapping[str, Any],
    *,
    start: str,
    end: str,
    slope: str,
    own: tuple[str, str] = ("datum.y1.none.all", "datum.y2.none.all"),
    gone: str | None = None,
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
    own : tuple of str
        The same for the picked group's own line.
    gone : str, optional
        Condition on the picked group's rows that are not drawn as dots.

    Returns
    -------
    dict
    """
    told = told_of_rows(axes, group)
    chosen, opacity = "choice" in params, lighter(0.68, axes)
    every_dot = dots(size=DOT, chosen=chosen, tooltip=told, opacity=opacity)
    picked = dots(size=52, chosen=chosen, tooltip=told, picked=True)
    if gone is not None:
        picked["transform"] = [*picked["transform"], only(f"!({gone})")]
    return chart(
        params,
        height=440,
        data={"name": "lines"},
        transform=computed(start=start, end=end, steep=slope, ownStart=own[0], ownEnd=own[1]),
        **({"usermeta": {"dots": picture(axes, opacity, chosen=chosen)}} if painted(axes) else {}),
        encoding={
            "x": along(axes["slope"], "x1", **whole(axes["slope"])),
            "y": along(axes["outcome"], "start", **whole(axes["outcome"])),
        },
        layer=[
            *(() if painted(axes) else (at_rest("dots", every_dot),)),
            picked,
            _every_line(axes),
            _average_line(_DASH_OF_STEPS if "target" in params else _DASH),
            segment(
                {"color": NONE, "strokeWidth": 1.5, "strokeDash": [2, 4]},
                test=PICKED,
                y=quantity("ownStart"),
                y2={"field": "ownEnd"},
            ),
            segment({"color": SURFACE, "strokeWidth": 8, "opacity": 0.7}, test=PICKED),
            segment({"color": _LINE, "strokeWidth": expr(f"{PICKED} ? 4.5 : 3.5")}, test=POINTED),
            _name(),
            _target(axes, group),
        ],
    )


def told_of_rows(axes: Axes, group: str) -> Spec:
    """Tell a row's group and its values."""
    return tooltip(name=group, x=axes["slope"], y=axes["outcome"])


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
