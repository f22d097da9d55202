"""Figures 1 to 4: the lines of every group under no pooling and under each model."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from analysis.figures.column import column_width, name_lines
from analysis.figures.dark import shades, with_dark
from analysis.figures.drawn import Drawn
from analysis.figures.fonts import Fonts, fonts_for, in_style
from analysis.figures.gallery import drawings, gallery
from analysis.figures.layout import add_plots
from analysis.figures.marks import (
    draw_alone,
    draw_density,
    draw_lines,
    draw_points,
    draw_remark,
    samples_of,
    spread,
)
from analysis.figures.plots import Plot, Side
from analysis.figures.style import NARROW, WIDE
from analysis.results.capabilities import lines_missing
from analysis.results.density import dense, density_of
from analysis.results.limits import padded
from analysis.results.panels import FIGURES, by_mean, points_of, rows_of
from analysis.writing.drawn import as_density, some_drawn
from analysis.writing.words import level_names, no_figure, no_line, value_title

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.figures.column import Levels
    from analysis.figures.style import Sheet
    from analysis.results.panels import Panel
    from analysis.results.results import Results

    Limits = tuple[float, float]

NAMES = ("pooling", *FIGURES)
"""The figures in their order."""


def figures(results: Results, sheet: Sheet = WIDE) -> dict[str, Figure]:
    """
    Draw all figures of the report, with one scale and the same colour for a group.

    Parameters
    ----------
    results : Results
    sheet : Sheet

    Returns
    -------
    dict of str to Figure
        By the names in `NAMES`; the figure of a model that the study lacks says so.
    """
    return _figures(results, fonts_for(_texts(results)), sheet)


def names_of_figures(results: Results) -> tuple[str, ...]:
    """Return the names of the figures that a study has: the numbered ones, then those beside."""
    return (*(name for name in NAMES if name in results.panels), *drawings(results, {}))


def draw(results: Results, name: str) -> bytes:
    """
    Draw one figure of the report.

    Parameters
    ----------
    results : Results
    name : str
        One of `names_of_figures`.

    Returns
    -------
    bytes
        SVG.
    """
    shades = colours(results)
    with in_style(fonts_for(_texts(results))):
        if name in results.panels:
            figure = _figure(results, results.panels[name], shades, limits(results), WIDE)
        else:
            figure = drawings(results, shades)[name]()
    return svg(figure)


def _figures(results: Results, fonts: Fonts, sheet: Sheet) -> dict[str, Figure]:
    panels, shades, scale = results.panels, colours(results), limits(results)
    with in_style(fonts):
        return {
            name: _figure(results, panels[name], shades, scale, sheet)
            if name in panels
            else draw_alone(_why_none(results, name), sheet)
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
    return _drawn(fonts, *(_figures(results, fonts, sheet) for sheet in (WIDE, NARROW)))


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
    shades = colours(results)
    return _drawn(fonts, *(gallery(results, shades, sheet, fonts) for sheet in (WIDE, NARROW)))


def _drawn(fonts: Fonts, wide: Mapping[str, Figure], narrow: Mapping[str, Figure]) -> Drawn:
    files = {name: svg(figure) for name, figure in wide.items()}
    files |= {f"narrow/{name}": svg(figure) for name, figure in narrow.items()}
    return Drawn(files=files, lacking=fonts.lacking)


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
        Text is drawn as paths; there is no date and no version in it. It is dark where the page
        that shows it is.
    """
    target = io.BytesIO()
    with in_style():
        canvas: Any = FigureCanvasSVG(figure)
        canvas.print_svg(target, metadata={"Date": None, "Creator": "multilevel-report"})
    return with_dark(target.getvalue())


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
    return dict(zip(order, shades(len(order)), strict=True))


def limits(results: Results) -> tuple[Limits, Limits]:
    """Return limits of both axes that hold every line of all figures, and every point as drawn."""
    rows, study = results.of_pooling, results.study
    if dense(results):
        x, y = ([np.array(ends)] for ends in density_of(results, rows).ends)
    else:
        points = results.points
        x, y = [spread(points[study.axis].to_numpy())], [points[study.outcome].to_numpy()]
    for panel in (panel for several in results.panels.values() for panel in several):
        segments = (*panel.lines.values(), *(other.segment for other in panel.references))
        x.append(np.ravel([segment.x for segment in segments]))
        y.append(np.ravel([segment.y for segment in segments]))
    return padded(np.concatenate(x).tolist(), 0.06), padded(np.concatenate(y).tolist(), 0.03)


def _figure(
    results: Results,
    panels: Sequence[Panel],
    shades: Mapping[str, Any],
    scale: tuple[Limits, Limits],
    sheet: Sheet,
) -> Figure:
    study = results.study
    whole = results.summary.variables[study.axis].whole
    x = Side(
        text=study.heading(study.axis), unit=study.unit(study.axis), limits=scale[0], whole=whole
    )
    y = Side(text=study.heading(study.outcome), unit=study.unit(study.outcome), limits=scale[1])
    levels = [_level_texts(results, panel) for panel in panels]
    plots = [
        Plot(x=x, y=y, title=_title(results, panel), beside=column_width(shades, named))
        for panel, named in zip(panels, levels, strict=True)
    ]
    samples = samples_of(_kinds(results, panels[0]), shades)
    figure, axes = add_plots(plots, samples, sheet, note=_note(results))
    for ax, panel, named in zip(axes, panels, levels, strict=True):
        if dense(results):
            draw_density(ax, density_of(results, rows_of(results, panel)))
        else:
            draw_points(ax, results, points_of(results, results.points, panel), shades)
        draw_lines(ax, panel, shades)
        name_lines(ax, panel, shades, named)
        if remark := no_line(study.label(study.group), panel.absent, panel.n_groups):
            draw_remark(ax, remark, panel)
    return figure


def _note(results: Results) -> str:
    """Say which groups are drawn, and what stands in the place of rows; nothing if all are."""
    drawn, words = results.drawn, results.study.words
    some = "" if drawn is None else some_drawn(len(drawn), drawn.n_all, drawn.parts, words.groups)
    ground = as_density(len(results.of_pooling), words.units) if dense(results) else ""
    return "; ".join(filter(None, (some, ground)))


def _level_texts(results: Results, panel: Panel) -> Levels:
    """Return what names the lines of levels, by their value."""
    study, column = results.study, panel.level_2 or ""
    values = [level.value for level in panel.levels if level.value is not None]
    if not values:
        return {}
    texts = level_names(values, study.unit(column), study.heading(column))
    return dict(zip(values, texts, strict=True))


def _title(results: Results, panel: Panel) -> str:
    if panel.column is None or panel.value is None:
        return ""
    study = results.study
    return value_title(study.heading(panel.column), study.unit(panel.column), panel.value)


def _why_none(results: Results, figure: str) -> str:
    name = results.ladder.name(FIGURES[figure]) if figure in FIGURES else None
    return no_figure(name, lines_missing(results).get(name or "", ""))


def _kinds(results: Results, panel: Panel) -> tuple[str, str, str]:
    """Say what the average line, those of the level 2 predictor and the groups' lines are."""
    study = results.study
    group = study.label(study.group)
    if panel.slope is None:
        return "complete pooling", "", f"no pooling: {group}"
    level = ""
    if panel.level_2 is not None:
        level = f"by {study.label(panel.level_2)}"
    return "average (fixed effects)", level, group
