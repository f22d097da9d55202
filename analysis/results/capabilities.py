"""What a study and its models cannot be shown by, and why: asked here by whatever shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.results.fitted import Fitted


def no_lines(fitted: Fitted) -> str:
    """Return why a study has no lines to draw, in figures or on the page; empty if it has."""
    if fitted.study.slope is None:
        return "the study has no level 1 number along which lines could run"
    if not set(fitted.ladder.compared) - lines_missing(fitted).keys():
        return "no model predicts straight lines"
    return ""


def lines_missing(fitted: Fitted) -> dict[str, str]:
    """Return why models have no lines, by name."""
    slope, reasons = fitted.study.slope, {}
    for name in fitted.ladder.compared:
        matrix = fitted.ladder.rung(name).matrix
        if slope is not None and matrix is not None and not matrix.straight(slope):
            reasons[name] = f"its predictions are no straight lines on {slope}"
    return reasons
