"""What the figures show, in words and numbers, for readers who do not see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.mixed.model import INTERCEPT
from analysis.results.panels import MODELS, all_panels, without_line
from analysis.writing.notation import Notation
from analysis.writing.words import in_running_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.results.panels import Panel
    from analysis.results.results import Results

NO_THIRD_MODEL = "This study has no level 2 predictor, hence no third model."
"""What the figure of the third model says if there is none."""


def alt_texts(results: Results) -> dict[str, str]:
    """
    Return the text alternative of every figure.

    Parameters
    ----------
    results : Results

    Returns
    -------
    dict of str to str
        By the figure's name.
    """
    panels = all_panels(results)
    texts = {"pooling": _pooling(results, panels["pooling"][0])}
    for figure, model in MODELS.items():
        if model in results.models:
            texts[figure] = _model(results, model, panels[figure])
        else:
            texts[figure] = NO_THIRD_MODEL
    return texts


def _pooling(results: Results, panel: Panel) -> str:
    group, outcome, slope = _names(results)
    sample = results.sample
    parts = [
        f"Scatter plot of {outcome} against {slope}: {sample.n_observations} points, the line of "
        f"complete pooling, and a line for each {group} by itself ({len(panel.lines)} lines).",
        f"Complete pooling {_course(results, panel)}.",
    ]
    slopes = {name: line.slope for name, line in results.none.items() if line.slope is not None}
    if slopes:
        parts.append(f"The lines of no pooling have {_extremes('slopes', group, slopes)}.")
    return " ".join(parts)


def _model(results: Results, model: str, panels: tuple[Panel, ...]) -> str:
    group, outcome, slope = _names(results)
    fit = results.models[model]["REML"]
    titles = [panel.title for panel in panels if panel.title]
    where = f" in {len(titles)} panels ({'; '.join(titles)})" if titles else ""
    parts = [
        f"Lines of {outcome} on {slope} predicted by model {model} for each {group}{where}, "
        "and the average line."
    ]
    for panel in panels:
        name = f"{panel.title}: the" if panel.title else "The"
        absent = without_line(results, panel)
        parts.append(f"{name} average line {_course(results, panel)}{absent and f'; {absent}'}.")
    key, fixed_slope = fit.spec.fixed[0], fit.fixed_effects[fit.spec.fixed[0]]
    if key in fit.spec.slopes:
        slopes = {name: fixed_slope + effect[key] for name, effect in fit.group_effects.items()}
        parts.append(f"The lines have {_extremes('slopes', group, slopes)}.")
    else:
        effects = {name: effect[INTERCEPT] for name, effect in fit.group_effects.items()}
        slope = Notation.of(fixed_slope, decimals=0, digits=2).write(fixed_slope)
        parts.append(
            f"All lines are parallel, with a slope of {slope}; relative to the average line they "
            f"have {_extremes('heights', group, effects)}."
        )
    levels = sorted(panels[0].references[1:], key=lambda reference: reference.segment.y)
    if len(levels) > 1:
        label = in_running_text(results.study.label(results.study.group_covariates[0]))
        distance = levels[-1].segment.y[0] - levels[0].segment.y[0]
        apart = Notation.of(distance, decimals=2, digits=2).write(distance)
        parts.append(
            f"Dashed average lines for the lowest and the highest {label} are {apart} apart: "
            f"{levels[0].level} below, {levels[-1].level} above."
        )
    return " ".join(parts)


def _names(results: Results) -> tuple[str, str, str]:
    study = results.study
    group, outcome, slope = (
        in_running_text(study.label(name)) for name in (study.group, study.outcome, study.slope)
    )
    return group, outcome, slope


def _course(results: Results, panel: Panel) -> str:
    _, outcome, slope = _names(results)
    line = panel.references[0].segment
    verb = "rises" if line.y[1] >= line.y[0] else "falls"
    (x0, x1), (y0, y1) = line.x, line.y
    x, y = Notation.spanning(line.x), Notation.of(y1 - y0, line.y, decimals=1, digits=2)
    return (
        f"{verb} from {outcome} {y.write(y0)} at {slope} {x.write(x0)} to "
        f"{y.write(y1)} at {x.write(x1)}"
    )


def _extremes(what: str, group: str, values: Mapping[str, float]) -> str:
    low, high = min(values, key=values.__getitem__), max(values, key=values.__getitem__)
    sign = "+" if what == "heights" and values[high] > 0 else ""
    write = Notation.of(max(map(abs, values.values())), decimals=2, digits=2).write
    return (
        f"{what} from {write(values[low])} ({group} {low}) to {sign}{write(values[high])} "
        f"({group} {high})"
    )
