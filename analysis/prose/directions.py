"""Words that follow from numbers: directions and comparisons, as a sentence has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.results.extremes import Extremes
    from analysis.results.models import ModelSummary


def of_model(
    model: ModelSummary, slope: str | None, own: Extremes | None
) -> dict[str, dict[str, str]]:
    """
    Return the words of a model's effects, by predictor.

    Parameters
    ----------
    model : ModelSummary
    slope : str or None
        The predictor whose slope may vary.
    own : Extremes or None
        Its slopes in the groups by themselves.
    """
    signs = {name: effect.estimate >= 0 for name, effect in model.fixed.items()}
    words = {
        "more": {name: "more" if positive else "less" for name, positive in signs.items()},
        "related": {
            name: "positively" if positive else "negatively" for name, positive in signs.items()
        },
    }
    if own is not None and slope is not None and slope in model.random:
        narrower = model.random[slope].totals.span < own.span
        words["range"] = {slope: "narrower" if narrower else "wider"}
    return words


def compared(value: float, other: float, *, printed_alike: bool) -> str:
    """
    Return whether a value is less or more than another to a reader of both.

    Examples
    --------
    >>> compared(0.356, 0.506, printed_alike=False), compared(0.470, 0.468, printed_alike=True)
    ('less', 'as much')
    """
    if printed_alike:
        return "as much"
    return "less" if value < other else "more"
