"""Figures 1 to 4: the lines of every group under no pooling and under each model."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from analysis.figures.axes import (
    add_panels,
    centre_labels,
    label_axes,
    power_of,
    set_ticks,
    with_power,
)
from analysis.figures.drawn import Drawn
from analysis.figures.fonts import Fonts, fonts_for, in_style
from analysis.figures.gallery import gallery
from analysis.figures.key import add_key
from analysis.figures.marks import (
    add_legend,
    draw_lines,
    draw_names,
    draw_points,
    draw_remark,
    spread,
)
from analysis.results.capabilities import lines_missing
from analysis.results.limits import padded
from analysis.results.panels import FIGURES, by_mean
from analysis.writing.notation import Notation
from analysis.writing.words import level_names, no_figure, no_line, value_title

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.results.panels import Panel
    from analysis.results.results import Results

    Limits = tuple[float, float]

NAMES = ("pooling", *FIGURES)
"""The figures in their order."""

# plasma up to here keeps a contrast of 3 to 1 with white; both its lightness and its yellow
# rise, which every kind of colour vision sees.
_LIGHTEST = 0.63


def figures(results: Results) -> dict[str, Figure]:
    """
    Draw all figures of the report, with one scale and the same colour for a group.

    Parameters
    ----------
    results : Results

    Returns
    -------
    dict of str to Figure
        By the names in `NAMES`; the figure of a model that the study lacks says so.
    """
    return _figures(results, fonts_for(_texts(results)))


def draw(results: Results, name: str) -> bytes:
    """
    Draw one figure of the report.

    Parameters
    ----------
    results : Results
    name : str
        A key of ``results.panels``.

    Returns
    -------
    bytes
        SVG.
    """
    with in_style(fonts_for(_texts(results))):
        figure = _figure(results, name, results.panels[name], colours(results), limits(results))
    return svg(figure)


def _figures(results: Results, fonts: Fonts) -> dict[str, Figure]:
    panels, shades, scale = results.panels, colours(results), limits(results)
    with in_style(fonts):
        return {
            name: _figure(results, name, panels[name], shades, scale)
            if name in panels
            else _remark(_why_none(results, name))
            for name in NAMES
        }


def draw_all(results: Results) -> Drawn:
    """
    Draw the numbered figures of the report.

    Parameters
    ----------
    results : Results

    Returns
    -------
    Drawn
    """
    fonts = fonts_for(_texts(results))
    files = {name: svg(figure) for name, figure in _figures(results, fonts).items()}
    return Drawn(files=files, lacking=fonts.lacking)


def draw_gallery(results: Results) -> Drawn:
    """
    Draw the figures beside the numbered four.

    Parameters
    ----------
    results : Results

    Returns
    -------
    Drawn
    """
    fonts = fonts_for(_texts(results))
    drawn = gallery(results, colours(results), fonts)
    return Drawn(files={name: svg(figure) for name, figure in drawn.items()}, lacking=fonts.lacking)


def _texts(results: Results) -> list[str]:
    """Return all texts of the figures that a study writes."""
    study = results.study
    columns = [study.outcome, *study.predictors]
    titles = [text for column in columns for text in (study.heading(column), study.unit(column))]
    titles += [_title(results, panel) for panels in results.panels.values() for panel in panels]
    return [*titles, study.heading(study.group), study.label(study.group), *results.sample.groups]


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
    with in_style():
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


def limits(results: Results) -> tuple[Limits, Limits]:
    """Return limits of both axes that hold every line of all figures, and every point as drawn."""
    rows, study = results.pooled_rows, results.study
    x, y = [spread(rows[study.slope].to_numpy())], [rows[study.outcome].to_numpy()]
    for panel in (panel for several in results.panels.values() for panel in several):
        segments = (*panel.lines.values(), *(other.segment for other in panel.references))
        x.append(np.ravel([segment.x for segment in segments]))
        y.append(np.ravel([segment.y for segment in segments]))
    return padded(np.concatenate(x).tolist(), 0.06), padded(np.concatenate(y).tolist(), 0.03)


def _figure(
    results: Results,
    name: str,
    panels: Sequence[Panel],
    shades: Mapping[str, Any],
    scale: tuple[Limits, Limits],
) -> Figure:
    study, pooling = results.study, name == "pooling"
    figure = Figure(layout="constrained")
    axes = add_panels(figure, [_title(results, panel) for panel in panels], *scale)
    label_axes(
        figure,
        _axis_label(results, study.axis, scale[0]),
        _axis_label(results, study.outcome, scale[1]),
    )
    add_key(axes[-1], study.heading(study.group), shades)
    legend = add_legend(figure, _kinds(results, panels[0], pooling=pooling))
    for ax, panel in zip(axes, panels, strict=True):
        if pooling:
            draw_points(ax, results, shades)
        draw_lines(ax, panel, shades, _level_texts(results, panel))
    _lay_out(figure)
    # The legend begins where the panels do, or ends where the figure does.
    wide = legend.get_window_extent().width / figure.bbox.width
    legend.set_bbox_to_anchor((min(axes[0].get_position().x0, 1 - wide), 1))
    centre_labels(figure, axes)
    set_ticks(axes, whole=results.summary.variables[study.axis].whole)
    for ax, panel in zip(axes, panels, strict=True):
        draw_names(ax, panel, shades, _level_texts(results, panel), over_points=pooling)
        label, n_groups = study.label(study.group), results.sample.n_groups
        if remark := no_line(label, panel.absent, n_groups):
            draw_remark(ax, remark, panel)
    return figure


def _level_texts(results: Results, panel: Panel) -> dict[float | None, tuple[str, str]]:
    """Return what names the lines of levels, by their value: with its unit, and without."""
    if not panel.levels:
        return {}
    study, column = results.study, panel.level_2 or ""
    values = [level.value for level in panel.levels if level.value is not None]
    texts = level_names(values, study.unit(column), study.heading(column))
    notation = Notation.spanning(values)
    return {
        value: (text, notation.in_prose(value)) for value, text in zip(values, texts, strict=True)
    }


def _title(results: Results, panel: Panel) -> str:
    if panel.column is None or panel.value is None:
        return ""
    study = results.study
    return value_title(study.heading(panel.column), study.unit(panel.column), panel.value)


def _lay_out(figure: Figure) -> None:
    """Lay the figure out once and for all: names look for room in panels that stay as they are."""
    engine: Any = figure.get_layout_engine()
    engine.execute(figure)
    figure.set_layout_engine("none")


def _why_none(results: Results, figure: str) -> str:
    name = results.ladder.name(FIGURES[figure]) if figure in FIGURES else None
    return no_figure(name, lines_missing(results).get(name or "", ""))


def _remark(text: str) -> Figure:
    figure = Figure()
    figure.text(0.5, 0.5, text, ha="center")
    return figure


def _kinds(results: Results, panel: Panel, *, pooling: bool) -> tuple[str, str, str]:
    """Say what the average line, those of the level 2 predictor and the groups' lines are."""
    study = results.study
    group = study.label(study.group)
    if pooling:
        return "complete pooling", "", f"no pooling (one line per {group})"
    level = ""
    if panel.level_2 is not None:
        level = f"by {study.label(panel.level_2)}"
    return "average (fixed effects)", level, f"each {group}"


def _axis_label(results: Results, column: str, limits: Limits) -> str:
    study = results.study
    return with_power(study.heading(column), study.unit(column), power_of(limits))
