"""The figures beside the numbered four, each where a study has what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.figures.checks import draw_quantiles, draw_residuals
from analysis.figures.evidence import draw_prediction, draw_simple_slopes
from analysis.figures.fonts import in_style
from analysis.figures.shrinkage import draw_group_effects, draw_shrinkage
from analysis.figures.style import WIDE

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        return _gallery(results, shades, sheet)


def _gallery(results: Results, shades: Mapping[str, Any], sheet: Sheet) -> dict[str, Figure]:
    shrinkage, prediction, slopes = results.shrinkage, results.prediction, results.simple_slopes
    found: dict[str, Figure] = {}
    if shrinkage is not None:
        found["shrinkage"] = draw_shrinkage(results, shrinkage, shades, sheet)
        found["group-effects"] = draw_group_effects(results, shrinkage, shades, sheet)
    if prediction is not None:
        found["prediction"] = draw_prediction(results, prediction, sheet)
    found["residuals"] = draw_residuals(results, results.checks, sheet)
    found["quantiles"] = draw_quantiles(results, results.checks, sheet)
    if slopes is not None:
        found["simple-slopes"] = draw_simple_slopes(results, slopes, sheet)
    return found
