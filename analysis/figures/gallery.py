"""The figures beside the numbered four, each where a study has what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.figures.checks import draw_quantiles, draw_residuals
from analysis.figures.evidence import draw_prediction, draw_simple_slopes
from analysis.figures.fonts import in_style
from analysis.figures.shrinkage import draw_group_effects, draw_shrinkage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from analysis.figures.fonts import Fonts
    from analysis.results.results import Results


def gallery(
    results: Results, shades: Mapping[str, Any], fonts: Fonts | None = None
) -> dict[str, Figure]:
    """
    Draw the figures of shrinkage, group effects, prediction, checks and simple slopes.

    Parameters
    ----------
    results : Results
    shades : Mapping of str to RGBA
        The groups' colours.
    fonts : Fonts, optional
        What texts are set in.

    Returns
    -------
    dict of str to Figure
        Without those that the study does not have.
    """
    with in_style(fonts):
        return _gallery(results, shades)


def _gallery(results: Results, shades: Mapping[str, Any]) -> dict[str, Figure]:
    shrinkage, prediction, slopes = results.shrinkage, results.prediction, results.simple_slopes
    found: dict[str, Figure] = {}
    if shrinkage is not None:
        found["shrinkage"] = draw_shrinkage(results, shrinkage, shades)
        found["group-effects"] = draw_group_effects(results, shrinkage, shades)
    if prediction is not None:
        found["prediction"] = draw_prediction(results, prediction)
    found["residuals"] = draw_residuals(results, results.checks)
    found["quantiles"] = draw_quantiles(results, results.checks)
    if slopes is not None:
        found["simple-slopes"] = draw_simple_slopes(results, slopes)
    return found
