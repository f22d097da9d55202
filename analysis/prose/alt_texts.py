"""What the figures show, in words and numbers, for readers who do not see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.prose.gallery import gallery_texts
from analysis.results.capabilities import lines_missing
from analysis.results.density import dense
from analysis.results.panels import FIGURES, slopes_of
from analysis.results.results import INTERCEPT
from analysis.writing.drawn import as_density, some_drawn
from analysis.writing.notation import Notation
from analysis.writing.words import level_names, no_figure, no_line, value_title

if TYPE_CHECKING:
    from analysis.results.extremes import Extremes
    from analysis.results.panels import Panel
    from analysis.results.results import Results


def alt_texts(results: Results) -> dict[str, str]:
    """
    Return the text alternative of every figure.

    Parameters
    ----------
    results : Results

    Returns
    -------
    dict of str to str
        By the figure's name; none where the study has no figures.
    """
    panels = results.panels
    if not results.has_lines:
        return {}
    texts = {"pooling": _pooling(results, panels["pooling"][0])}
    for figure, role in FIGURES.items():
        name = results.ladder.name(role)
        if name is None or figure not in panels:
            texts[figure] = no_figure(name, lines_missing(results).get(name or "", ""))
        else:
            texts[figure] = _model(results, name, panels[figure])
    return {**texts, **gallery_texts(results)}


def _pooling(results: Results, panel: Panel) -> str:
    group, *_ = _names(results)
    pooling = results.summary.pooling
    parts = [
        f"{_rows(results, pooling.n_observations)}, the line of complete pooling, and a line for "
        f"each {group} by itself ({len(panel.lines)} lines{_some(results)}).",
        f"Complete pooling {_course(results, panel)}.",
    ]
    if pooling.slopes is not None:
        parts.append(f"The lines of no pooling have slopes {_range(group, pooling.slopes)}.")
    return " ".join(parts)


def _model(results: Results, model: str, panels: tuple[Panel, ...]) -> str:
    group, outcome, slope = _names(results)
    titles = [title for panel in panels if (title := _title(results, panel))]
    where = f" in {len(titles)} panels ({'; '.join(titles)})" if titles else ""
    parts = [
        f"Lines of {outcome} on {slope} predicted by model {model} for each {group}{where}, "
        f"over {_points(results, len(results.of_models))}, and the average line."
    ]
    if some := _some(results):
        parts.append(f"Drawn are {some.removeprefix(', ')}.")
    for panel in panels:
        title = _title(results, panel)
        name = f"{title}: the" if title else "The"
        absent = no_line(results.study.label(results.study.group), panel.absent, panel.n_groups)
        parts.append(f"{name} average line {_course(results, panel)}{absent and f'; {absent}'}.")
    if results.summary.lines[model].slope_deviation is not None:
        parts.append(f"The lines have slopes {_range(group, slopes_of(panels))}.")
    else:
        effects = results.summary.models[model].random[INTERCEPT].effects
        heights = _range(group, effects, signed=True)
        parallel = _parallel(panels, titles)
        parts.append(f"{parallel}; relative to the average line they have heights {heights}.")
    if panels[0].levels:
        parts.append(_levels(results, panels[0]))
    return " ".join(parts)


def _some(results: Results) -> str:
    """Return which groups have lines, where not all do."""
    drawn = results.drawn
    assert drawn is not None  # there are lines
    some = some_drawn(len(drawn), drawn.n_all, drawn.parts, results.study.words.groups)
    return f", {some}" if some else ""


def _points(results: Results, n: int) -> str:
    """Return what rows are drawn as."""
    return as_density(n, results.study.words.units) if dense(results) else f"{n} points"


def _rows(results: Results, n: int) -> str:
    _, outcome, slope = _names(results)
    kind = "Plot" if dense(results) else "Scatter plot"
    return f"{kind} of {outcome} against {slope}: {_points(results, n)}"


def _parallel(panels: tuple[Panel, ...], titles: list[str]) -> str:
    known = [panel.slope for panel in panels if panel.slope is not None]
    slopes = [Notation.of(slope, decimals=0, digits=2).write(slope) for slope in known]
    if len(set(slopes)) == 1:
        return f"All lines are parallel, with a slope of {slopes[0]}"
    each = ", ".join(f"{slope} ({title})" for slope, title in zip(slopes, titles, strict=True))
    return f"The lines of each panel are parallel, with a slope of {each}"


def _levels(results: Results, panel: Panel) -> str:
    column = panel.level_2 or ""
    label = results.study.label(column)
    apart = Notation.of(panel.distance, decimals=2, digits=2).write(panel.distance)
    values = [level.value for level in panel.levels if level.value is not None]
    below, *_, above = level_names(values, results.study.unit(column), label)
    return (
        f"Dashed average lines for the lowest and the highest {label} are {apart} apart: "
        f"{below} below, {above} above."
    )


def _title(results: Results, panel: Panel) -> str:
    if panel.column is None or panel.value is None:
        return ""
    study = results.study
    return value_title(study.heading(panel.column), study.unit(panel.column), panel.value)


def _names(results: Results) -> tuple[str, str, str]:
    study = results.study
    return study.label(study.group), study.label(study.outcome), study.label(study.axis)


def _course(results: Results, panel: Panel) -> str:
    _, outcome, slope = _names(results)
    line = panel.references[0].segment
    (x0, x1), (y0, y1) = line.x, line.y
    verb = "rises" if y1 >= y0 else "falls"
    x, y = Notation.spanning(line.x), Notation.of_difference(y0, y1, decimals=1)
    return (
        f"{verb} from {outcome} {y.write(y0)} at {slope} {x.write(x0)} to "
        f"{y.write(y1)} at {x.write(x1)}"
    )


def _range(group: str, extremes: Extremes, *, signed: bool = False) -> str:
    low, high = extremes.low, extremes.high
    sign = "+" if signed and high.value > 0 else ""
    write = Notation.of(extremes.largest, decimals=2, digits=2).write
    return (
        f"from {write(low.value)} ({group} {low.group}) to {sign}{write(high.value)} "
        f"({group} {high.group})"
    )
