"""Why partial pooling: errors of prediction; and slopes that depend on level 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np

from analysis.figures.layout import add_plots
from analysis.figures.plots import BAND, DARK, QUIET, Plot, Side, counted_in
from analysis.figures.style import NAME_SIZE
from analysis.results.limits import padded
from analysis.results.prediction import METHODS
from analysis.writing.drawn import n_of
from analysis.writing.notation import Notation
from analysis.writing.words import per_unit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analysis.figures.legend import Sample
    from analysis.figures.style import Sheet
    from analysis.results.prediction import PredictionTest
    from analysis.results.results import Results
    from analysis.results.simple_slopes import SimpleSlopes

# Of a small panel, in points.
_SMALL = 130.0

_LINES: dict[str, dict[str, Any]] = {
    "complete": {"color": DARK, "marker": "s", "linestyle": (0, (1, 1.5)), "linewidth": 1.6},
    "none": {"color": mpl.colormaps["plasma"](0.4), "marker": "^", "linestyle": (0, (4, 2))},
    "partial": {"color": mpl.colormaps["plasma"](0.63), "marker": "o", "linewidth": 2.6},
}
_SLOPE: dict[str, Any] = {"color": DARK, "linewidth": 2.2}
_BAND: dict[str, Any] = {"linewidth": 7, "solid_capstyle": "butt"}
# Half as light as the band that includes 0, so that grey shows it, and lighter than the line.
_CLEAR = "#b48ebd"
# Beyond this many values none is marked along the axis.
_MOST_MARKS = 60


def draw_prediction(results: Results, found: PredictionTest, sheet: Sheet) -> Figure:
    """
    Draw the errors of prediction by the number of known rows.

    Parameters
    ----------
    results : Results
    found : PredictionTest
    sheet : Sheet

    Returns
    -------
    Figure
        With 95% intervals of the Monte Carlo error.
    """
    words = results.study.words
    rmse = {method: [score.rmse[method] for score in found.scores] for method in METHODS}
    reach = {method: [1.96 * s.error[method] for s in found.scores] for method in METHODS}
    ends = [
        value + sign * more
        for method in METHODS
        for value, more in zip(rmse[method], reach[method], strict=True)
        for sign in (-1, 1)
    ]
    of_groups = f"each {words.group}"
    if found.some:
        of_groups = f"each of {n_of(found.n_groups, found.n_all, words.groups)}"
    plots = [
        Plot(
            x=Side(
                text=f"Known {words.units} of {of_groups}",
                limits=padded([float(k) for k in found.known], 0.06),
                whole=True,
            ),
            y=Side(
                text="Error of prediction",
                unit=counted_in(results),
                limits=padded(ends, 0.08),
            ),
        )
    ]
    names = {method: f"{method} pooling".replace("none", "no") for method in METHODS}
    samples = [(names[m], {**_LINES[m], "markersize": 5}) for m in METHODS]
    figure, [ax] = add_plots(plots, samples, sheet, height=_SMALL)
    for method in METHODS:
        ax.errorbar(
            found.known,
            rmse[method],
            yerr=reach[method],
            label=method,
            markersize=5,
            elinewidth=1.2,
            **_LINES[method],
        )
    ax.set_xticks(found.known)
    return figure


def draw_simple_slopes(results: Results, found: SimpleSlopes, sheet: Sheet) -> Figure:
    """
    Draw the slope against the level 2 predictor, with its pointwise 95% band.

    Parameters
    ----------
    results : Results
    found : SimpleSlopes
    sheet : Sheet

    Returns
    -------
    Figure
        The band is darker where it excludes 0.
    """
    study = results.study
    x = np.array([each.value for each in found.band])
    slope = [each.slope.estimate for each in found.band]
    low, high = np.transpose([each.interval for each in found.band])
    plots = [
        Plot(
            x=Side(
                text=study.heading(found.column),
                unit=study.unit(found.column),
                limits=padded(x.tolist(), 0.03),
                whole=results.summary.variables[found.column].whole,
            ),
            y=Side(
                text=per_unit(
                    study.label(study.outcome), study.label(study.axis), study.unit(study.axis)
                ),
                limits=padded([0.0, *low.tolist(), *high.tolist()], 0.06),
            ),
        )
    ]
    samples: list[Sample] = [("slope", _SLOPE)]
    if found.clear:
        samples.append(("95% interval without 0", {**_BAND, "color": _CLEAR}))
    if not found.clear_everywhere:
        samples.append(("95% interval with 0", {**_BAND, "color": BAND}))
    figure, [ax] = add_plots(plots, samples, sheet, height=1.2 * _SMALL)
    ax.fill_between(x, low, high, color=BAND, linewidth=0, label="band")
    for stretch in found.clear:
        at = np.unique([stretch.low, *x[(x > stretch.low) & (x < stretch.high)], stretch.high])
        ends = (np.interp(at, x, end) for end in (low, high))
        ax.fill_between(at, *ends, color=_CLEAR, linewidth=0, label="clear")
    ax.axhline(0, color=QUIET, linewidth=1)
    ax.plot(x, slope, label="slope", **_SLOPE)
    bounds = [bound for bound in found.bounds if bound is not None]
    for bound in bounds:
        ax.axvline(bound, color=DARK, linewidth=1, linestyle=(0, (4, 2)), label="bound")
    if len(found.values) <= _MOST_MARKS:
        marks = np.full(len(found.values), ax.get_ylim()[0])
        ax.plot(found.values, marks, "|", color=QUIET, markersize=8, label="values", clip_on=False)
    notation = Notation.spanning([*found.values[:1], *found.values[-1:]])
    for bound in bounds:
        text = Notation(decimals=notation.decimals + 1, power=notation.power).write(bound)
        ax.annotate(
            text,
            (bound, 1),
            (3, -9),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            size=NAME_SIZE,
        )
    return figure
