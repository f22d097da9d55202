"""What the page's script reads: the charts, the data they draw, and where its dials stand."""

from __future__ import annotations

import dataclasses
import json
import statistics
from typing import TYPE_CHECKING, Any

from analysis.page.axes import axes
from analysis.page.charts import charts
from analysis.page.datasets import datasets

if TYPE_CHECKING:
    from analysis.page.datasets import Rows
    from analysis.page.level_2 import Experience
    from analysis.page.notations import Notations
    from analysis.results.lines import Lines


def payload(
    lines: Lines, experience: Experience | None, notations: Notations, table: Rows
) -> dict[str, Any]:
    """
    Collect what the script reads.

    Parameters
    ----------
    lines : Lines
    experience : Experience or None
    notations : Notations
    table : list of dict
        What `estimates` returns.

    Returns
    -------
    dict
    """
    study = lines.study
    sets = datasets(lines, experience)
    return {
        "charts": charts(axes(lines, sets, notations), study.label(study.group)),
        "datasets": sets,
        "steps": list(lines.steps),
        "groups": list(lines.groups),
        "ratio": lines.ratio,
        "median": statistics.median_low(filter(None, lines.weighed.values())),
        "experience": None if experience is None else _of_experience(experience),
        "notations": dataclasses.asdict(notations),
        "table": table,
    }


def _of_experience(experience: Experience) -> dict[str, Any]:
    return {
        "grid": experience.grid,
        "middle": experience.middle,
        "least": experience.least,
        "greatest": experience.greatest,
        "notation": dataclasses.asdict(experience.notation),
    }


def as_script(content: dict[str, Any]) -> str:
    r"""
    Write the payload as a script.

    Parameters
    ----------
    content : dict

    Returns
    -------
    str

    Examples
    --------
    >>> as_script({"title": "</script>"})
    'window.completeVisualization = {"title":"<\\/script>"};\n'
    """
    text = json.dumps(content, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    # "</" would end the script element that the text may stand in.
    text = text.replace("</", "<\\/")
    return f"window.completeVisualization = {text};\n"
