"""Figures 1 to 4: the lines of every group under no pooling and under each model."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from analysis.figures.key import Key, add_key
from analysis.figures.layout import (
    EDGE,
    STYLE,
    add_panels,
    fit_labels,
    label_axes,
    place,
    power_of,
    size_in_points,
    with_power,
)
from analysis.figures.legend import Legend, add_legend
from analysis.figures.marks import draw_lines, draw_names, draw_points, draw_remark, legend_handles
from analysis.results.ladder import Role
from analysis.results.panels import by_mean
from analysis.writing.notation import Notation
from analysis.writing.words import level_names, no_line, value_title

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analysis.results.panels import Panel
    from analysis.results.results import Results

# plasma up to here keeps a contrast of 3 to 1 with white; both its lightness and its yellow
# rise, which every kind of colour vision sees.
_LIGHTEST = 0.63

NO_MODEL = "This study has no such model."
"""What the figure of a role without a model says."""


def pooling(results: Results) -> Figure:
    """
    Draw the pupils, the complete-pooling line and every group's no-pooling line.

    Parameters
    ----------
    results : Results

    Returns
    -------
    Figure
    """
    return _figure(
        results, "pooling", line="no pooling (one line per {group})", average="complete pooling"
    )


def random_intercepts(results: Results) -> Figure:
    """
    Draw every group's line as predicted by random intercepts (m1).

    Parameters
    ----------
    results : Results

    Returns
    -------
    Figure
    """
    return _figure(results, "random-intercepts")


def random_slopes(results: Results) -> Figure:
    """
    Draw every group's line as predicted by random intercepts and slopes (m2).

    Parameters
    ----------
    results : Results

    Returns
    -------
    Figure
    """
    return _figure(results, "random-slopes")


def level_2(results: Results) -> Figure:
    """
    Draw every group's line as predicted with the level 2 predictors as well (m3).

    Parameters
    ----------
    results : Results

    Returns
    -------
    Figure
        A figure that says so, if the study has no level 2 predictor.
    """
    if results.ladder.name(Role.LEVEL_2) is None:
        figure = Figure(figsize=STYLE["figure.figsize"], facecolor="white")
        figure.text(0.5, 0.5, NO_MODEL, ha="center")
        return figure
    return _figure(results, "level-2")


FIGURES: dict[str, Callable[[Results], Figure]] = {
    "pooling": pooling,
    "random-intercepts": random_intercepts,
    "random-slopes": random_slopes,
    "level-2": level_2,
}
"""The report's figures by name."""


def draw_all(results: Results) -> dict[str, bytes]:
    """
    Draw all figures of the report.

    Parameters
    ----------
    results : Results

    Returns
    -------
    dict of str to bytes
        SVG files by the figures' names.
    """
    return {name: svg(draw(results)) for name, draw in FIGURES.items()}


def svg(figure: Figure) -> bytes:
    """
    Return a figure as an SVG file, the same bytes for the same figure.

    Parameters
    ----------
    figure : Figure

    Returns
    -------
    bytes
        Text is drawn as paths; there is no date and no version in it.
    """
    target = io.BytesIO()
    with mpl.rc_context(STYLE):
        canvas: Any = FigureCanvasSVG(figure)
        canvas.print_svg(target, metadata={"Date": None, "Creator": "multilevel-report"})
    return target.getvalue()


def colours(results: Results) -> dict[str, Any]:
    """
    Return every group's colour, the same in all figures.

    Parameters
    ----------
    results : Results

    Returns
    -------
    dict of str to RGBA
        From dark to light by mean outcome.
    """
    order = by_mean(results.lines)
    shades = mpl.colormaps["plasma"](np.linspace(0, _LIGHTEST, len(order)))
    return dict(zip(order, shades, strict=True))


def _figure(
    results: Results,
    name: str,
    *,
    line: str = "each {group}",
    average: str = "average (fixed effects)",
) -> Figure:
    every, study, shades = results.panels, results.study, colours(results)
    panels = every[name]
    x, y = limits(results, every)
    group = study.label(study.group)
    level = ""
    if len(panels[0].references) > 1:
        level = f"by {study.label(study.group_covariates[0])}"
    with mpl.rc_context(STYLE):
        figure = Figure()
        axes = add_panels(figure, len(panels), x, y)
        key = Key.of(study.heading(study.group), shades)
        labels, margins = fit_labels(
            axes,
            key.margin,
            _axis_label(results, study.slope, x),
            _axis_label(results, study.outcome, y),
            [_title(results, panel) for panel in panels],
        )
        samples = legend_handles(average, level, line.format(group=group))
        room = size_in_points(figure)[0] - margins.left - EDGE
        legend = Legend.of([str(sample.get_label()) for sample in samples], room)
        above = max(labels.above, key.title.extra) + legend.extra
        margins = replace(margins, top=margins.top + above)
        place(axes, margins)
        for ax, panel, title in zip(axes, panels, labels.titles, strict=True):
            ax.set_title(title.text, size=title.size)
            if name == "pooling":
                draw_points(ax, results, shades)
            draw_lines(ax, panel, shades)
            draw_names(
                ax, panel, shades, level_texts(results, panel), over_points=name == "pooling"
            )
            if remark := no_line(group, panel.absent, results.sample.n_groups):
                draw_remark(ax, remark)
        label_axes(axes, labels)
        add_legend(figure, legend, samples, margins.left)
        add_key(figure, key, margins)
    return figure


def limits(
    results: Results, panels: Mapping[str, Sequence[Panel]]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return limits of both axes that hold every point and every line of all figures."""
    table, study = results.sample.table, results.study
    x, y = [table[study.slope].to_numpy()], [table[study.outcome].to_numpy()]
    for panel in (panel for several in panels.values() for panel in several):
        segments = (*panel.lines.values(), *(other.segment for other in panel.references))
        x.append(np.ravel([segment.x for segment in segments]))
        y.append(np.ravel([segment.y for segment in segments]))
    return _padded(np.concatenate(x), 0.06), _padded(np.concatenate(y), 0.03)


def _padded(values: np.ndarray[Any, Any], share: float) -> tuple[float, float]:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    pad = share * (high - low)
    return low - pad, high + pad


def level_texts(results: Results, panel: Panel) -> list[tuple[str, str]]:
    """Return what names the lines of levels, the lower one first: with their unit, and without."""
    if not panel.levels:
        return []
    study, column = results.study, results.study.group_covariates[0]
    values = [level.value for level in panel.levels if level.value is not None]
    texts = level_names(values, study.unit(column), study.heading(column))
    notation = Notation.spanning(values)
    return list(zip(texts, map(notation.in_prose, values), strict=True))


def _title(results: Results, panel: Panel) -> str:
    if panel.column is None or panel.value is None:
        return ""
    study = results.study
    return value_title(study.heading(panel.column), study.unit(panel.column), panel.value)


def _axis_label(results: Results, column: str, limits: tuple[float, float]) -> str:
    study = results.study
    return with_power(study.heading(column), study.unit(column), power_of(limits))
