"""What the largest model leaves of the rows, and predicts of the groups, against chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection

from analysis.figures.layout import add_plots
from analysis.figures.plots import BAND, DARK, QUIET, Plot, Side, counted_in
from analysis.figures.style import MOST_NAMED
from analysis.results.drawn import at_steps
from analysis.results.limits import padded
from analysis.writing.drawn import steps_drawn
from analysis.writing.words import heading, invented_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.figures.style import Sheet
    from analysis.results.checks import Checks, Spread
    from analysis.results.quantiles import Quantiles
    from analysis.results.results import Results

_HEIGHT = 150.0
_POINTS: dict[str, Any] = {"marker": "o", "markersize": 3, "linestyle": "", "color": DARK}
_BAND: dict[str, Any] = {"color": BAND, "linewidth": 7, "solid_capstyle": "butt"}
_TREND: dict[str, Any] = {"color": DARK, "linewidth": 2.2}


def draw_residuals(results: Results, found: Checks, sheet: Sheet) -> Figure:
    """
    Draw the residuals against the fitted values and against normal quantiles.

    Parameters
    ----------
    results : Results
    found : Checks
    sheet : Sheet

    Returns
    -------
    Figure
        Where the rows are invented it says so.
    """
    study = results.study
    title = invented_rows(study.words.units) if found.synthetic else ""
    plots = [
        Plot(
            x=Side(
                text=f"Fitted {study.label(study.outcome)}",
                unit=study.unit(study.outcome),
                limits=padded(found.fitted.tolist(), 0.05),
            ),
            y=Side(
                text="Residual",
                unit=counted_in(results),
                limits=padded(found.residuals.tolist(), 0.05),
            ),
            title=title,
        ),
        _of_quantiles(found.of_residuals, "Standardised residual", title),
    ]
    samples = [("mean residual", _TREND), ("95% of simulations", _BAND)]
    figure, axes = add_plots(plots, samples, sheet, height=_HEIGHT)
    ax = axes[0]
    ax.axhline(0, color=QUIET, linewidth=1)
    dots: dict[str, Any] = {"color": QUIET, "alpha": 0.5, "linewidths": 0}
    ax.scatter(found.fitted, found.residuals, s=7, label="points", **dots)
    ax.plot(*np.transpose(found.trend), label="trend", **_TREND)
    _draw_quantiles(axes[1], found.of_residuals)
    return figure


def draw_quantiles(results: Results, found: Checks, sheet: Sheet) -> Figure:
    """
    Draw the group effects against normal quantiles, and the spread within each group.

    Parameters
    ----------
    results : Results
    found : Checks
    sheet : Sheet

    Returns
    -------
    Figure
        All of it rests on sums of the groups, which invented rows have as well.
    """
    study = results.study
    terms = found.of_groups
    spread = at_steps(found.spread)
    ends = [end for each in spread for end in (each.low, each.high, each.deviation)]
    named = len(spread) <= MOST_NAMED
    n_all = len(found.spread)
    several = f"{n_all} {study.words.groups}{steps_drawn(len(spread), n_all)}"
    plots = [
        *(
            _of_quantiles(quantiles, f"Standardised {term}" if not i else "", title=heading(term))
            for i, (term, quantiles) in enumerate(terms.items())
        ),
        Plot(
            x=Side(
                text="Residual SD",
                unit=counted_in(results),
                limits=padded([0.0, *ends], 0.04),
            ),
            y=Side(
                text=study.heading(study.group) if named else several,
                limits=(-0.8, len(spread) - 0.2),
                rows=tuple(each.group for each in spread) if named else (),
            ),
            title=f"Within {study.words.groups}",
        ),
    ]
    samples = [(study.words.group, _POINTS), ("95% of simulations", _BAND)]
    figure, axes = add_plots(plots, samples, sheet, height=_HEIGHT)
    for ax, quantiles in zip(axes, terms.values(), strict=False):
        _draw_quantiles(ax, quantiles)
    _draw_spread(axes[-1], found, spread)
    return figure


def _of_quantiles(quantiles: Quantiles, text: str, title: str = "") -> Plot:
    ends = np.concatenate((quantiles.found, quantiles.low, quantiles.high)).tolist()
    return Plot(
        x=Side(text="Normal quantile", limits=padded(quantiles.normal.tolist(), 0.05)),
        y=Side(text=text, limits=padded(ends, 0.05)),
        title=title,
    )


def _draw_quantiles(ax: Axes, quantiles: Quantiles) -> None:
    ax.fill_between(
        quantiles.normal, quantiles.low, quantiles.high, color=BAND, linewidth=0, label="envelope"
    )
    ends = quantiles.normal[[0, -1]]
    ax.plot(ends, ends, color=QUIET, linewidth=1, label="expected")
    ax.plot(quantiles.normal, quantiles.found, label="found", **_POINTS)


def _draw_spread(ax: Axes, found: Checks, spread: Sequence[Spread]) -> None:
    many = len(spread) > MOST_NAMED
    bars = [[(each.low, y), (each.high, y)] for y, each in enumerate(spread)]
    width = 100 / len(spread)
    ax.add_collection(
        LineCollection(
            bars, colors=BAND, linewidths=min(7.0, 1.1 * width), capstyle="butt", label="bars"
        ),
        autolim=False,
    )
    ax.axvline(found.deviation, color=QUIET, linewidth=1)
    ax.plot(
        [each.deviation for each in spread],
        range(len(spread)),
        label="spread",
        **{**_POINTS, "markersize": 1.8 if many else 3},
    )
