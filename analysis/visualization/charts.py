"""
The charts of the interactive page, as Vega-Lite specifications.

Everything here is fixed text: the numbers come from `payload`, by the names of data sets. What a
reader chooses reaches a chart as the parameters ``picked`` (a group or null), ``hovered``,
``mix`` (key of the covariate values a line is drawn for), ``model``, ``ratio``, ``years``, and
``origin``, ``target``, ``time``, which blend a step of the ladder into the next.

The dictionaries are plain, because importing Altair would cost a quarter of the whole build; a
test validates them with Altair's schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Spec = dict[str, Any]

INK = "var(--viz-ink)"
MUTED = "var(--viz-muted)"
SURFACE = "var(--viz-surface)"
COMPLETE = "var(--viz-complete)"
NONE = "var(--viz-none)"
PARTIAL = "var(--viz-partial)"

_SHOWN = "(picked == null || datum.group === picked)"
_PICKED = "(picked != null && datum.group === picked)"
_IN_MIX = "(mix === 'all' || datum.mix === mix)"
_POINTED = "(datum.group != null && (datum.group === hovered || datum.group === picked))"

_TALL: Spec = {"y": {"value": 0}, "y2": {"value": "height"}}
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


def charts(texts: Mapping[str, str], domains: Mapping[str, Sequence[float]]) -> dict[str, Spec]:
    """
    Specify every chart of the page.

    Parameters
    ----------
    texts : Mapping of str to str
        Axis titles and names: ``outcome``, ``slope``, ``group``, ``n``, ``experience`` (absent
        without a group covariate), ``slope_name``.
    domains : Mapping of str to sequence of float
        Lower and upper end of the axes, by the name of the quantity.

    Returns
    -------
    dict of str to dict
        Vega-Lite specifications by the name of the chart.
    """
    specs = {
        "steps": _lines(texts, domains, _blend("y1"), _blend("y2"), params=_STEP_PARAMS),
        "dial": _lines(texts, domains, _weighed("y1"), _weighed("y2"), params={"ratio": 0}),
        "weights": _weights(texts, domains),
        "shrinkage": _shrinkage(texts, domains),
        "effects-intercept": _effects(texts, domains, "Intercept"),
        "effects-slope": _effects(texts, domains, "slope"),
        "panel": _panel(domains),
    }
    if "experience" in texts:
        specs["experience"] = _experience(texts, domains)
    return specs


# Lines of complete and no pooling know no covariate. Where a model's line stands beside them, to
# be compared, all three are of everyone, and the chart has no parameter "mix".
_STEP_PARAMS: Spec = {"mix": "all", "origin": "complete", "target": "complete", "time": 1}


def _blend(end: str) -> str:
    """Return the height of a line's end on the way from one step to another."""
    return f"(1 - time) * datum.{end}[origin][mix] + time * datum.{end}[target][mix]"


_WEIGHT = "(isFinite(ratio) ? datum.n * ratio / (datum.n * ratio + 1) : 1)"


def _weighed(end: str) -> str:
    """Return the height of a line's end by the weight of the group (Gelman & Hill 2007, p. 253)."""
    return f"{_WEIGHT} * datum.{end}.none.all + (1 - {_WEIGHT}) * datum.{end}.complete.all"


def _spec(params: Mapping[str, Any], **body: Any) -> Spec:  # noqa: ANN401
    shared = {"picked": None, "hovered": None}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": _CONFIG,
        "width": "container",
        "params": [{"name": name, "value": value} for name, value in {**shared, **params}.items()],
        **body,
    }


def _quantity(field: str, title: str | None, domain: Sequence[float], **axis: Any) -> Spec:  # noqa: ANN401
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": {"domain": list(domain), "nice": False, "zero": False},
        "axis": axis,
    }


def _tooltip(*fields: tuple[str, str]) -> list[Spec]:
    return [
        {"field": field, "title": title}
        | ({} if field in {"group", "n", "name"} else {"type": "quantitative", "format": ".2f"})
        for field, title in fields
    ]


def _expr(expression: str) -> Spec:
    return {"expr": expression}


def _pupils(*, size: int, mixed: bool = False, tooltip: list[Spec] | None = None) -> Spec:
    # The style sheet fades these all at once; thousands of dots are not drawn anew for a pick.
    return {
        "data": {"name": "pupils"},
        "mark": {
            "type": "point",
            "size": size,
            "strokeWidth": 1.25,
            "stroke": MUTED,
            "fill": _expr(f"datum.open ? '{SURFACE}' : '{MUTED}'"),
            "opacity": _expr(f"{_IN_MIX} ? 0.42 : 0.06") if mixed else 0.42,
        },
        "encoding": {
            "x": {"field": "place", "type": "quantitative"},
            "y": {"field": "y", "type": "quantitative"},
        }
        | ({} if tooltip is None else {"tooltip": tooltip}),
    }


def _picked_pupils(*, size: int, mixed: bool, tooltip: list[Spec]) -> Spec:
    layer = _pupils(size=size, tooltip=tooltip)
    layer["transform"] = [{"filter": _PICKED}]
    layer["mark"] |= {
        "stroke": INK,
        "fill": _expr(f"datum.open ? '{SURFACE}' : '{INK}'"),
        "opacity": _expr(f"{_IN_MIX} ? 0.9 : 0.12") if mixed else 0.9,
    }
    return layer


def _segment(mark: Spec, *, test: str | None = None, **encoding: Any) -> Spec:  # noqa: ANN401
    layer: Spec = {
        "mark": {"type": "rule", "strokeCap": "round", **mark},
        "encoding": {
            "x": {"field": "x1", "type": "quantitative"},
            "x2": {"field": "x2"},
            "y": {"field": "start", "type": "quantitative"},
            "y2": {"field": "end"},
            **encoding,
        },
    }
    if test is not None:
        layer["transform"] = [{"filter": test}]
    return layer


def _lines(
    texts: Mapping[str, str],
    domains: Mapping[str, Sequence[float]],
    start: str,
    end: str,
    *,
    params: Mapping[str, Any],
) -> Spec:
    """Draw the pupils, a line per group and the line of the average group."""
    ends = [{"calculate": start, "as": "start"}, {"calculate": end, "as": "end"}]
    own = "datum.group != null"
    pupil = _tooltip(("name", texts["group"]), ("x", texts["slope"]), ("y", texts["outcome"]))
    tip = _tooltip(
        ("name", texts["group"]),
        ("n", texts["n"]),
        ("start", "Line begins at"),
        ("end", "Line ends at"),
    )
    own_line = _segment(
        {"color": NONE, "strokeWidth": 1.5, "strokeDash": [2, 4]},
        test=_PICKED,
        y={"field": "y1.none.all", "type": "quantitative"},
        y2={"field": "y2.none.all"},
    )
    label = {
        "transform": [{"filter": _PICKED}],
        "mark": {
            "type": "text",
            "align": "right",
            "dy": -12,
            "fontSize": 14,
            "fontWeight": "bold",
            "color": INK,
            "stroke": SURFACE,
            "strokeWidth": 4,
        },
        "encoding": {
            "x": {"field": "x2", "type": "quantitative"},
            "y": {"field": "end", "type": "quantitative"},
            "text": {"field": "name"},
        },
    }
    return _spec(
        params,
        height=440,
        data={"name": "lines"},
        transform=ends,
        encoding={
            "x": _quantity("x1", texts["slope_axis"], domains["slope"], tickMinStep=1),
            "y": _quantity("start", texts["outcome_axis"], domains["outcome"], tickMinStep=1),
        },
        layer=[
            _pupils(size=26, mixed="mix" in params, tooltip=pupil),
            _picked_pupils(size=52, mixed="mix" in params, tooltip=pupil),
            _segment(
                {
                    "color": "var(--viz-line)",
                    "strokeWidth": _expr(f"{_POINTED} ? 3.5 : 2"),
                    "opacity": _expr(f"{_SHOWN} ? 0.8 : 0.2"),
                },
                test=own,
            ),
            _segment(
                {
                    "color": COMPLETE,
                    "strokeWidth": 2.5,
                    "strokeDash": [7, 6],
                    "strokeCap": "butt",
                    "opacity": _expr("picked == null ? 1 : 0.75"),
                },
                test="datum.group == null",
            ),
            own_line,
            _segment({"color": SURFACE, "strokeWidth": 8, "opacity": 0.7}, test=_PICKED),
            _segment({"color": "var(--viz-line)", "strokeWidth": 4.5}, test=_PICKED),
            label,
            # A line is too thin to hit: this one, unseen, answers for it.
            _segment({"color": INK, "strokeWidth": 14, "opacity": 0}, test=own, tooltip=tip),
        ],
    )


def _weights(texts: Mapping[str, str], domains: Mapping[str, Sequence[float]]) -> Spec:
    """Draw the weight of a group against its size, at the ratio of the dial."""
    weight = [{"calculate": _WEIGHT, "as": "weight"}]
    x = _quantity("n", texts["n_axis"], domains["n"], tickMinStep=1, tickCount=5)
    y = _quantity("weight", texts["weight_axis"], (0, 1), format=".0%", tickCount=5)
    return _spec(
        {"ratio": 0},
        height=150,
        encoding={"x": x, "y": y},
        layer=[
            {
                "data": {"name": "sizes"},
                "transform": weight,
                "mark": {"type": "line", "color": MUTED, "strokeWidth": 1.5, "opacity": 0.7},
            },
            {
                "data": {"name": "groups"},
                "transform": weight,
                "mark": {
                    "type": "circle",
                    "color": PARTIAL,
                    "size": _expr(f"{_POINTED} ? 170 : 60"),
                    "opacity": _expr(f"{_PICKED} ? 1 : picked == null ? 0.5 : 0.18"),
                },
                "encoding": {
                    "tooltip": _tooltip(
                        ("name", texts["group"]), ("n", texts["n"]), ("weight", "Weight")
                    )
                },
            },
        ],
    )


def _shrinkage(texts: Mapping[str, str], domains: Mapping[str, Sequence[float]]) -> Spec:
    """Draw an arrow per group from its own least-squares line to its line in the model."""
    partial = [
        {"calculate": "datum.partial[model].intercept", "as": "intercept"},
        {"calculate": "datum.partial[model].slope", "as": "slope"},
    ]
    groups: Spec = {"data": {"name": "groups"}}
    own = [{"filter": "datum.none.slope != null"}]
    shown = _expr(f"{_PICKED} ? 1 : picked == null ? 0.75 : 0.2")
    at_own = {
        "x": {"field": "none.intercept", "type": "quantitative"},
        "y": {"field": "none.slope", "type": "quantitative"},
    }
    at_partial = {
        "x": {"field": "intercept", "type": "quantitative"},
        "y": {"field": "slope", "type": "quantitative"},
    }
    heading = (
        "atan2(scale('y', datum.slope) - scale('y', datum.none.slope),"
        " scale('x', datum.intercept) - scale('x', datum.none.intercept)) * 180 / PI"
    )
    tip = _tooltip(
        ("name", texts["group"]),
        ("n", texts["n"]),
        ("none.intercept", "Own intercept"),
        ("none.slope", "Own slope"),
        ("intercept", "Model’s intercept"),
        ("slope", "Model’s slope"),
    )
    return _spec(
        {"model": "m1"},
        height=380,
        encoding={
            "x": _quantity("intercept", "Intercept", domains["intercept"], grid=True, tickCount=6),
            "y": _quantity("slope", texts["slope_name"], domains["slopes"], tickCount=6),
        },
        layer=[
            {
                "data": {"name": "ellipse"},
                "transform": [{"filter": "datum.model === model"}],
                "mark": {
                    "type": "line",
                    "color": PARTIAL,
                    "strokeWidth": 1.25,
                    "strokeDash": [3, 4],
                    "opacity": 0.75,
                    "clip": True,
                },
                "encoding": {**at_partial, "order": {"field": "order", "type": "quantitative"}},
            },
            {
                **groups,
                "transform": [*own, *partial],
                "mark": {
                    "type": "rule",
                    "color": MUTED,
                    "strokeWidth": _expr(f"{_POINTED} ? 2.5 : 1.25"),
                    "opacity": shown,
                },
                "encoding": {**at_own, "x2": {"field": "intercept"}, "y2": {"field": "slope"}},
            },
            {
                **groups,
                "transform": own,
                "mark": {
                    "type": "point",
                    "fill": SURFACE,
                    "stroke": NONE,
                    "strokeWidth": 1.75,
                    "size": _expr(f"{_POINTED} ? 120 : 46"),
                    "opacity": shown,
                },
                "encoding": at_own,
            },
            {
                **groups,
                "transform": [*own, *partial],
                "mark": {
                    "type": "point",
                    "shape": "M0,0L-1.1,0.46L-1.1,-0.46Z",
                    "filled": True,
                    "color": PARTIAL,
                    "size": _expr(f"{_POINTED} ? 220 : 110"),
                    "angle": _expr(heading),
                    "opacity": shown,
                },
                "encoding": at_partial,
            },
            {
                "data": {"name": "average"},
                "transform": partial,
                "mark": {
                    "type": "point",
                    "shape": "cross",
                    "filled": True,
                    "color": INK,
                    "stroke": SURFACE,
                    "strokeWidth": 1.5,
                    "size": 200,
                    "opacity": 1,
                },
                "encoding": {
                    **at_partial,
                    "tooltip": _tooltip(
                        ("name", texts["group"]), ("intercept", "Intercept"), ("slope", "Slope")
                    ),
                },
            },
            {
                **groups,
                "transform": [*own, *partial, {"filter": _PICKED}],
                "mark": {
                    "type": "text",
                    "dy": -14,
                    "fontSize": 13,
                    "fontWeight": "bold",
                    "color": INK,
                    "stroke": SURFACE,
                    "strokeWidth": 4,
                },
                "encoding": {**at_own, "text": {"field": "name"}},
            },
            {
                **groups,
                "transform": [*own, *partial],
                "mark": {"type": "rule", "strokeWidth": 14, "opacity": 0, "strokeCap": "round"},
                "encoding": {
                    **at_own,
                    "x2": {"field": "intercept"},
                    "y2": {"field": "slope"},
                    "tooltip": tip,
                },
            },
        ],
    )


def _effects(texts: Mapping[str, str], domains: Mapping[str, Sequence[float]], term: str) -> Spec:
    """Draw the group effects on one coefficient, in order, with their intervals."""
    count = int(domains["rank"][1] + 1)
    step = 24 if count <= 20 else 16 if count <= 40 else 9
    y = {
        "field": "rank",
        "type": "quantitative",
        "scale": {"domain": [-0.7, count - 0.3], "nice": False, "zero": False},
        "axis": None,
    }
    shown = f"({_PICKED} ? 1 : picked == null ? 0.85 : 0.25)"
    title = "Effect on the intercept" if term == "Intercept" else "Effect on the slope"
    return _spec(
        {"model": "m1"},
        height=count * step,
        data={"name": "effects"},
        transform=[{"filter": f"datum.model === model && datum.term === '{term}'"}],
        encoding={
            "x": _quantity("effect", title, domains[f"effects-{term}"], grid=True, tickCount=5),
            "y": y,
        },
        layer=[
            {
                "data": {"values": [{"zero": 0}]},
                "mark": {
                    "type": "rule",
                    "color": COMPLETE,
                    "strokeWidth": 1.5,
                    "strokeDash": [5, 4],
                },
                "encoding": {"x": {"field": "zero", "type": "quantitative"}, **_TALL},
            },
            {
                "mark": {
                    "type": "rule",
                    "color": PARTIAL,
                    "strokeWidth": _expr(f"{_POINTED} ? 3 : 1.5"),
                    "opacity": _expr(f"0.8 * {shown}"),
                },
                "encoding": {
                    "x": {"field": "low", "type": "quantitative"},
                    "x2": {"field": "high"},
                },
            },
            {
                "mark": {
                    "type": "circle",
                    "color": PARTIAL,
                    "size": _expr(f"{_POINTED} ? 130 : {64 if step > 9 else 26}"),
                    "opacity": _expr(shown),
                },
            },
            {
                "mark": {
                    "type": "text",
                    "align": "right",
                    "baseline": "middle",
                    "fontSize": 12 if step > 9 else 8,
                    "color": INK,
                    "fontWeight": _expr(f"{_PICKED} ? 700 : 400"),
                    "opacity": _expr(f"{_PICKED} ? 1 : picked == null ? 0.8 : 0.45"),
                },
                "encoding": {"x": {"value": -8}, "text": {"field": "group"}},
            },
            {
                "mark": {"type": "bar", "height": step, "opacity": 0},
                "encoding": {
                    "x": {"value": 0},
                    "x2": {"value": "width"},
                    "tooltip": _tooltip(
                        ("name", texts["group"]),
                        ("n", texts["n"]),
                        ("effect", "Effect"),
                        ("low", "95% from"),
                        ("high", "95% to"),
                    ),
                },
            },
        ],
    )


def _panel(domains: Mapping[str, Sequence[float]]) -> Spec:
    """Draw one group: its pupils and its three lines. The page makes one of it per group."""

    def line(kind: str, color: str, **mark: Any) -> Spec:  # noqa: ANN401
        return _segment(
            {"color": color, "strokeWidth": 2, **mark},
            y={"field": f"y1.{kind}.all", "type": "quantitative"},
            y2={"field": f"y2.{kind}.all"},
        )

    partial = _segment({"color": PARTIAL, "strokeWidth": 3})
    partial["transform"] = [
        {"calculate": "datum.y1[model].all", "as": "start"},
        {"calculate": "datum.y2[model].all", "as": "end"},
    ]
    pupils = _pupils(size=14)
    return _spec(
        {"model": "m1"},
        height=130,
        data={"name": "lines"},
        encoding={
            "x": _quantity("x1", None, domains["slope"], tickCount=3),
            "y": _quantity("start", None, domains["outcome"], tickCount=3),
        },
        layer=[
            pupils,
            line("complete", COMPLETE, strokeDash=[5, 4], strokeCap="butt"),
            line("none", NONE),
            partial,
        ],
    )


def _experience(texts: Mapping[str, str], domains: Mapping[str, Sequence[float]]) -> Spec:
    """Draw what the largest model predicts as the group covariate grows."""
    x = {"field": "years", "type": "quantitative"}
    curve: Spec = {"data": {"name": "experience"}, "transform": [{"filter": "datum.mix === mix"}]}
    marker: Spec = {
        "data": {"name": "experience"},
        "transform": [{"filter": "datum.mix === mix && datum.years === years"}],
    }
    return _spec(
        {"mix": "all", "years": 0},
        height=340,
        encoding={
            "x": _quantity("years", texts["experience_axis"], domains["experience"], tickCount=6),
            "y": _quantity("fit", texts["outcome_axis"], domains["prediction"]),
        },
        layer=[
            {
                **curve,
                "mark": {"type": "area", "color": PARTIAL, "opacity": 0.16},
                "encoding": {
                    "x": x,
                    "y": {"field": "low", "type": "quantitative"},
                    "y2": {"field": "high"},
                },
            },
            {
                **curve,
                "mark": {"type": "line", "color": PARTIAL, "strokeWidth": 3},
                "encoding": {"x": x, "y": {"field": "fit", "type": "quantitative"}},
            },
            {
                "data": {"name": "groups"},
                "transform": [{"calculate": "datum.predicted[mix]", "as": "fit"}],
                "mark": {
                    "type": "circle",
                    "color": MUTED,
                    "size": _expr(f"{_POINTED} ? 180 : 70"),
                    "opacity": _expr(f"{_PICKED} ? 1 : picked == null ? 0.65 : 0.2"),
                },
                "encoding": {
                    "x": x,
                    "y": {"field": "fit", "type": "quantitative"},
                    "tooltip": _tooltip(
                        ("name", texts["group"]),
                        ("years", texts["experience"]),
                        ("fit", "Predicted"),
                    ),
                },
            },
            {
                "data": {"name": "groups"},
                "transform": [
                    {"filter": _PICKED},
                    {"calculate": "datum.predicted[mix]", "as": "fit"},
                ],
                "mark": {
                    "type": "text",
                    "dy": -15,
                    "fontSize": 13,
                    "fontWeight": "bold",
                    "color": INK,
                    "stroke": SURFACE,
                    "strokeWidth": 4,
                },
                "encoding": {
                    "x": x,
                    "y": {"field": "fit", "type": "quantitative"},
                    "text": {"field": "name"},
                },
            },
            {
                **marker,
                "mark": {"type": "rule", "color": INK, "strokeWidth": 1, "strokeDash": [3, 3]},
                "encoding": {"x": x, **_TALL},
            },
            {
                **marker,
                "mark": {
                    "type": "point",
                    "size": 170,
                    "fill": SURFACE,
                    "stroke": PARTIAL,
                    "strokeWidth": 3,
                    "opacity": 1,
                },
                "encoding": {"x": x, "y": {"field": "fit", "type": "quantitative"}},
            },
        ],
    )
