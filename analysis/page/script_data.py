"""What the page's script reads: the charts, the data they draw, and where its dials stand."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from analysis.page.axes import axes
from analysis.page.charts import charts
from analysis.page.datasets import datasets
from analysis.page.drawn import among
from analysis.page.models import models, shown_first
from analysis.page.packing import by_column
from analysis.page.trial import TrialWords
from analysis.results.likelihood import CENTRE, LAST, TENFOLD

if TYPE_CHECKING:
    from analysis.page.datasets import Rows
    from analysis.page.level_2 import LevelTwo
    from analysis.page.notations import Notations
    from analysis.results.likelihood import RatioLikelihood
    from analysis.results.on_page import OnPage
    from analysis.results.results import Results
    from analysis.results.truth import Truth


def script_data(
    results: Results, level_2: LevelTwo | None, notations: Notations, table: Rows
) -> dict[str, Any]:
    """
    Collect what the script reads.

    Parameters
    ----------
    results : Results
    level_2 : LevelTwo or None
    notations : Notations
    table : list of dict
        What `estimates` returns.

    Returns
    -------
    dict
    """
    study, lines, weights = results.study, results.lines, results.summary.weights
    words = study.words
    found, sets, trial = models(results, level_2), datasets(results), TrialWords.of(results)
    truth, likelihood = results.truth, results.ratio_likelihood if weights else None
    first = shown_first(found)
    return {
        "charts": charts(
            axes(results, sets, notations),
            study.heading(study.group),
            first,
            lines.steps,
            likelihood,
        ),
        "datasets": {name: by_column(rows) for name, rows in sets.items()},
        "steps": list(lines.steps),
        "models": {name: model.title for name, model in found.items()},
        "model": first,
        "among": among(results),
        "groups": list(results.on_page.drawn.groups),
        "ratio": None if weights is None else weights.ratio,
        "median": None if weights is None else weights.median_size,
        "scale": None if likelihood is None else _of_ratio(likelihood),
        "truth": None if truth is None else _of_truth(truth, results.on_page),
        "level2": None if level_2 is None else _of_level_2(level_2),
        "trial": None if trial is None else trial.as_data(),
        "notations": dataclasses.asdict(notations),
        "table": by_column(table),
        "words": {
            "unit": words.unit,
            "units": words.units,
            "group": words.group,
            "groups": words.groups,
        },
    }


def _of_ratio(likelihood: RatioLikelihood) -> dict[str, Any]:
    """Return the scale of the slider, and the ratios that the data do not rule out."""
    return {
        "last": LAST,
        "centre": CENTRE,
        "tenfold": TENFOLD,
        "region": {"low": likelihood.low, "high": likelihood.high},
    }


def _of_truth(truth: Truth, on_page: OnPage) -> dict[str, Any]:
    """Return what groups are simulated from; the predictors unless the rows have them all."""
    return {
        "average": dataclasses.asdict(truth.average),
        "covariance": truth.covariance,
        "residual": truth.residual_deviation,
        "size": truth.size,
        "groups": truth.n_groups,
        **({"pool": on_page.pool} if on_page.pool else {}),
    }


def _of_level_2(level_2: LevelTwo) -> dict[str, Any]:
    found = level_2.found
    return {
        "grid": found.grid,
        "middle": found.middle,
        "least": found.least,
        "greatest": found.greatest,
        "notation": dataclasses.asdict(level_2.notation),
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
