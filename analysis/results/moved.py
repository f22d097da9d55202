"""How far a model moves the line of a group from the group's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.results.lines import Lines


def moved(lines: Lines, model: str, group: str) -> float:
    """
    Return the greatest distance between a group's own line and the model's, over its own rows.

    Parameters
    ----------
    lines : Lines
    model, group : str

    Returns
    -------
    float
        In units of the outcome. Straight lines are furthest apart at one end, and the line of a
        group at one place of the predictor is a point there.
    """
    own, pooled = lines.at("none", group), lines.at(model, group)
    return max(abs(own.at(x) - pooled.at(x)) for x in lines.ranges[group])
