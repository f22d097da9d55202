"""The steps of the ladder: complete pooling, no pooling, and the models, one into the next."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.page.charts.segments import lines

if TYPE_CHECKING:
    from analysis.page.axes import Axes
    from analysis.page.charts.grammar import Spec


def steps(axes: Axes, group: str, ladder: Sequence[str]) -> Spec:
    """Draw the lines at the first step, or on their way from one to another."""
    # Lines of complete and no pooling know no covariate. Where a model's line stands beside them,
    # to be compared, all three are of everyone, and the chart has no parameter "choice".
    shares = {step: int(step == ladder[0]) for step in ladder}
    params = {"choice": "all", "shares": shares, "target": ladder[0], "time": 1}
    start, end = _blend("y1", ladder), _blend("y2", ladder)
    slope = "datum.slope[target][choice]"
    return lines(axes, group, params, start=start, end=end, slope=slope)


def _blend(end: str, ladder: Sequence[str]) -> str:
    """Weigh the heights at all steps: a way that is interrupted starts between several."""
    keys = [json.dumps(step) for step in ladder]
    return " + ".join(f"shares[{key}] * datum.{end}[{key}][choice]" for key in keys)
