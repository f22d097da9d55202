"""Partial pooling at work: where the groups' lines move, and what the groups add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection

from analysis.figures.layout import HEIGHT, add_plots
from analysis.figures.marks import draw_names, line_opacity
from analysis.figures.plots import DARK, QUIET, Plot, Side, counted_in
from analysis.figures.style import MOST_NAMED
from analysis.results.drawn import at_steps
from analysis.results.limits import padded
from analysis.results.panels import Panel, Reference, Segment
from analysis.writing.drawn import some_drawn, steps_drawn
from analysis.writing.words import heading, per_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.figures.style import Sheet
    from analysis.results.results import Results
    from analysis.results.shrinkage import Effect, Point, Shrinkage

_OWN: dict[str, Any] = {
    "marker": "o",
    "markerfacecolor": "white",
    "markeredgecolor": QUIET,
    "linestyle": "",
}
_POOLED: dict[str, Any] = {"marker": "o", "color": QUIET, "linestyle": ""}
_AVERAGE: dict[str, Any] = {"marker": "D", "color": DARK, "linestyle": "", "markersize": 7}
_OUTLINE: dict[str, Any] = {"color": DARK, "linewidth": 1.0, "linestyle": (0, (4, 2))}
_INTERVAL: dict[str, Any] = {"color": QUIET, "marker": "o", "linewidth": 1.4}


def draw_shrinkage(
    results: Results, found: Shrinkage, shades: Mapping[str, Any], sheet: Sheet
) -> Figure:
    """
    Draw every group's own line and its line in the model, as points of height and slope.

    Parameters
    ----------
    results : Results
    found : Shrinkage
    shades : Mapping of str to RGBA
        The groups' colours.
    sheet : Sheet

    Returns
    -------
    Figure
    """
    chosen = results.drawn
    assert chosen is not None  # there are lines
    moves = {group: found.moves[group] for group in chosen.groups if group in found.moves}
    own = np.array([_place(move.own) for move in moves.values()])
    pooled = np.array([_place(move.pooled) for move in moves.values()])
    outline = np.array(found.outline.points)
    everything = np.concatenate((own, pooled, outline))
    plots = [
        Plot(
            x=Side(
                text=_height(results),
                unit=results.study.unit(results.study.outcome),
                limits=padded(everything[:, 0].tolist(), 0.06),
            ),
            y=Side(text=_slope(results), limits=padded(everything[:, 1].tolist(), 0.06)),
        )
    ]
    samples = [("own line", _OWN), ("model’s line", _POOLED), ("average", _AVERAGE)]
    samples.append(("95% of lines", _OUTLINE))
    note = some_drawn(len(chosen), chosen.n_all, chosen.parts, results.study.words.groups)
    figure, [ax] = add_plots(plots, samples, sheet, height=1.4 * HEIGHT, note=note)
    colours = np.array([shades[group] for group in moves])
    thin = len(moves) > MOST_NAMED
    ax.plot(*outline.T, label="outline", zorder=1, **_OUTLINE)
    ax.add_collection(
        LineCollection(
            list(np.stack((own, pooled), axis=1)),
            colors=colours,
            linewidths=0.6 if thin else 1.2,
            alpha=None if chosen.all else line_opacity(len(moves)),
            label="lines",
        ),
        autolim=False,
    )
    size = 10 if thin else 22
    for label, places, filled in (("own", own, False), ("pooled", pooled, True)):
        drawn = ax.scatter(places[:, 0], places[:, 1], s=size, linewidths=1, zorder=2, label=label)
        drawn.set(facecolors=colours if filled else "white", edgecolors=colours)
    ax.plot(*_place(found.average), label="average", zorder=3, **_AVERAGE)
    if not thin:
        draw_names(ax, _as_panel(found), shades)
    return figure


def draw_group_effects(
    results: Results, found: Shrinkage, shades: Mapping[str, Any], sheet: Sheet
) -> Figure:
    """
    Draw what the groups add to the average height and slope, with 95% intervals.

    Parameters
    ----------
    results : Results
    found : Shrinkage
    shades : Mapping of str to RGBA
        The groups' colours.
    sheet : Sheet

    Returns
    -------
    Figure
    """
    order = [effect.group for effect in found.effects["height"]]
    drawn = at_steps(order)
    places = {group: place for place, group in enumerate(drawn)}
    study, words = results.study, results.study.words
    outcome, predictor = study.label(study.outcome), study.label(study.axis)
    texts = {
        "height": (f"Added to {outcome} at mean {predictor}", counted_in(results)),
        "slope": (f"Added to the slope of {outcome} on {predictor}", ""),
    }
    by_term = {
        term: [effect for effect in effects if effect.group in places]
        for term, effects in found.effects.items()
    }
    several = f"{len(order):,} {words.groups} by height{steps_drawn(len(drawn), len(order))}"
    named = len(drawn) <= MOST_NAMED
    rows = Side(
        text=study.heading(study.group) if named else heading(several),
        limits=(-0.8, len(drawn) - 0.2),
        rows=tuple(drawn) if named else (),
    )
    plots = [
        Plot(
            x=Side(
                text=texts[term][0],
                unit=texts[term][1],
                limits=padded([end for each in effects for end in each.interval], 0.05),
            ),
            y=rows,
        )
        for term, effects in by_term.items()
    ]
    clear = {**_INTERVAL, "markersize": 5}
    samples = [
        (f"{words.group}’s effect, interval without 0", clear),
        ("interval with 0", {**clear, "markerfacecolor": "white"}),
    ]
    figure, axes = add_plots(plots, samples, sheet, height=1.2 * HEIGHT)
    for ax, effects in zip(axes, by_term.values(), strict=True):
        ax.axvline(0, color=QUIET, linewidth=1, zorder=1)
        _draw_intervals(ax, effects, places, shades)
    return figure


def _draw_intervals(
    ax: Axes, effects: Sequence[Effect], places: Mapping[str, int], shades: Mapping[str, Any]
) -> None:
    colours = np.array([shades[each.group] for each in effects])
    at = np.array([places[each.group] for each in effects])
    many = len(effects) > MOST_NAMED
    ends = [
        [(each.interval.low, y), (each.interval.high, y)]
        for each, y in zip(effects, at.tolist(), strict=True)
    ]
    lines = LineCollection(
        ends, colors=colours, linewidths=0.7 if many else 1.6, label="intervals", zorder=2
    )
    ax.add_collection(lines, autolim=False)
    clear = np.array([each.interval.low > 0 or each.interval.high < 0 for each in effects])
    faces = np.where(clear[:, None], colours, (1.0, 1.0, 1.0, 1.0))
    drawn = ax.scatter(
        [each.effect for each in effects],
        at,
        s=6 if many else 24,
        linewidths=0.7 if many else 1.1,
        zorder=3,
        label="effects",
    )
    drawn.set(facecolors=faces, edgecolors=colours)


def _place(point: Point) -> tuple[float, float]:
    return point.height, point.slope or 0.0


def _as_panel(found: Shrinkage) -> Panel:
    """Return the moves as lines, from left to right, beside which there may be room for names."""
    segments = {}
    for group, move in found.moves.items():
        left, right = sorted((_place(move.own), _place(move.pooled)))
        segments[group] = Segment(x=(left[0], right[0]), y=(left[1], right[1]))
    height, slope = _place(found.average)
    average = Segment(x=(height, height), y=(slope, slope))
    return Panel(lines=segments, references=(Reference(segment=average),), absent=())


def _height(results: Results) -> str:
    study = results.study
    return f"{study.heading(study.outcome)} at mean {study.label(study.axis)}"


def _slope(results: Results) -> str:
    study = results.study
    return per_unit(study.label(study.outcome), study.label(study.axis), study.unit(study.axis))
