"""The steps of the ladder: complete pooling, no pooling, and the models, one into the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.page.charts.segments import lines

if TYPE_CHECKING:
    from analysis.page.axes import Axes
    from analysis.page.charts.grammar import Spec

# Lines of complete and no pooling know no covariate. Where a model's line stands beside them, to
# be compared, all three are of everyone, and the chart has no parameter "choice".
_PARAMS = {"choice": "all", "origin": "complete", "target": "complete", "time": 1}


def steps(axes: Axes, group: str) -> Spec:
    """Draw the lines on their way from one step to another."""
    slope = "datum.slope[target][choice]"
    return lines(axes, group, _PARAMS, start=_blend("y1"), end=_blend("y2"), slope=slope)


def _blend(end: str) -> str:
    return f"(1 - time) * datum.{end}[origin][choice] + time * datum.{end}[target][choice]"
