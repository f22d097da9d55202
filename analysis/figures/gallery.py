"""The figures beside the numbered four, each where a study has what it shows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from analysis.figures.checks import draw_quantiles, draw_residuals
from analysis.figures.evidence import draw_prediction, draw_simple_slopes
from analysis.figures.fonts import in_style
from analysis.figures.marks import draw_alone
from analysis.figures.shrinkage import draw_group_effects, draw_shrinkage
from analysis.figures.style import WIDE
from analysis.writing.words import left_out_figure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.figure import Figure

    from analysis.figures.fonts import Fonts
    from analysis.figures.style import Sheet
    from analysis.results.results import Results


def gallery(
    results: Results,
    shades: Mapping[str, Any],
    sheet: Sheet = WIDE,
    fonts: Fonts | None = None,
) -> dict[str, Figure]:
    """
    Draw the figures of shrinkage, group effects, prediction, checks and simple slopes.

    Parameters
    ----------
    results : Results
    shades : Mapping of str to RGBA
        The groups' colours.
    sheet : Sheet
    fonts : Fonts, optional
        What texts are set in.

    Returns
    -------
    dict of str to Figure
        Without those that the study does not have.
    """
    with in_style(fonts):
        return {name: draw() for name, draw in drawings(results, shades, sheet).items()}


def drawings(
    results: Results, shades: Mapping[str, Any], sheet: Sheet = WIDE
) -> dict[str, Callable[[], Figure]]:
    """
    Return what draws each of these figures, by the figure's name.

    Parameters
    ----------
    results : Results
    shades : Mapping of str to RGBA
        The groups' colours.
    sheet : Sheet

    Returns
    -------
    dict of str to callable
        Without those that the study does not have.
    """
    shrinkage, prediction, slopes = results.shrinkage, results.prediction, results.simple_slopes
    found: dict[str, Callable[[], Figure]] = {}
    if shrinkage is not None:
        found["shrinkage"] = partial(draw_shrinkage, results, shrinkage, shades, sheet)
        found["group-effects"] = partial(draw_group_effects, results, shrinkage, shades, sheet)
    if prediction is not None:
        found["prediction"] = partial(draw_prediction, results, prediction, sheet)
    if results.checks is not None:
        found["residuals"] = partial(draw_residuals, results, results.checks, sheet)
        found["quantiles"] = partial(draw_quantiles, results, results.checks, sheet)
    if slopes is not None:
        found["simple-slopes"] = partial(draw_simple_slopes, results, slopes, sheet)
    for name, reason in results.left_out.items():
        found[name] = partial(draw_alone, left_out_figure(name, reason), sheet)
    return found
