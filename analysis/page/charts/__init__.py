"""
The charts of the interactive page, as Vega-Lite specifications.

A chart is fixed text but for its axes: the numbers come as data sets, by their names. What a
reader chooses reaches a chart as the parameters ``picked`` (a group or null), ``hovered``,
``choice`` (key of the covariate values a line is drawn for), ``model``, ``ratio``, its ``place`` on
the slider, ``removed`` (rows that are taken away), ``kept`` (the line of those left), ``level2``,
``tested``, ``known`` and ``revealed`` of the test of pooling, ``shares``, ``target``, ``time``,
which blend the steps of the ladder on the way to the next, and ``shown``, ``drawn`` and ``reach``:
the simulated group, the draw, and how high and low it goes.

The dictionaries are plain, because importing Altair would cost a quarter of the whole build; a
test validates them with Altair's schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.page.charts.dial import dial, weights
from analysis.page.charts.effects import effects
from analysis.page.charts.level_2 import level_2
from analysis.page.charts.likelihood import likelihood
from analysis.page.charts.panel import panel
from analysis.page.charts.shrinkage import shrinkage
from analysis.page.charts.steps import steps
from analysis.page.charts.trial import trial, trial_errors
from analysis.page.charts.truth import distances, truth

if TYPE_CHECKING:
    from analysis.page.axes import Axes
    from analysis.page.charts.grammar import Spec
    from analysis.results.likelihood import RatioLikelihood


def charts(
    axes: Axes, group: str, model: str, ladder: Sequence[str], found: RatioLikelihood | None
) -> dict[str, Spec]:
    """
    Specify every chart of the page.

    Parameters
    ----------
    axes : Mapping of str to Axis
        By the name of the quantity; without ``level-2`` or ``error`` there is no chart of it.
    group : str
        What a group is called, for the tooltips.
    model : str
        Name of the model that the charts show at first.
    ladder : sequence of str
        Keys of the steps, in order.
    found : RatioLikelihood or None
        Of the ratio of the variances.

    Returns
    -------
    dict of str to dict
        Vega-Lite specifications by the name of the chart.
    """
    specs = {
        "steps": steps(axes, group, ladder),
        "dial": dial(axes, group),
        "weights": weights(axes, group),
        "shrinkage": shrinkage(axes, group, model),
        "effects-height": effects(axes, group, "height", model),
        "panel": panel(axes, model),
    }
    if found is not None:
        specs["likelihood"] = likelihood(found)
    if "distance" in axes:
        specs |= {"truth": truth(axes), "distances": distances(axes, group)}
    if "effects-slope" in axes:
        specs["effects-slope"] = effects(axes, group, "slope", model)
    if "error" in axes:
        specs |= {"trial": trial(axes, group), "trial-errors": trial_errors(axes)}
    if "level-2" in axes:
        specs["level-2"] = level_2(axes, group)
    return specs
