"""What the prose of the page needs to know, by the names that the templates call it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from analysis.page.choices import choosable
from analysis.page.drawn import among, drawn, ground
from analysis.page.models import by_role, models, shown_first, steps
from analysis.page.trial import TrialWords
from analysis.results.ladder import Role
from analysis.writing.words import heading

if TYPE_CHECKING:
    from analysis.page.datasets import Rows
    from analysis.page.level_2 import LevelTwo
    from analysis.page.notations import Notations
    from analysis.results.extremes import Extremes
    from analysis.results.results import Results
    from analysis.results.weights import Weights

_POPULAR2 = (
    "Data: the simulated `popular2` of J. J. Hox, M. Moerbeek and R. van de Schoot, *Multilevel "
    "Analysis: Techniques and Applications* (3rd ed., 2018)."
)
"""What to say of the one data set that a study may name in place of a table."""


def facts(
    results: Results, level_2: LevelTwo | None, notations: Notations, table: Rows
) -> dict[str, Any]:
    """
    Collect what the templates need.

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
    study, lines, summary = results.study, results.lines, results.summary
    found = models(results, level_2)
    intercepts = by_role(results, found, Role.INTERCEPTS)
    words = study.words
    return {
        "study": study,
        "group": study.heading(study.group),
        "groups": heading(words.groups),
        "noun": words.group,
        "nouns": words.groups,
        "unit": words.unit,
        "units": words.units,
        "everyone": words.everyone,
        "outcome": study.label(study.outcome),
        "slope": study.label(study.axis),
        "covariates": [
            study.label(column) for column in (*study.covariates, *study.level_1_categories)
        ],
        "level_2": level_2,
        "trial": TrialWords.of(results),
        "models": found,
        "intercepts": intercepts,
        "slopes": by_role(results, found, Role.SLOPES),
        "with_level_2": by_role(results, found, Role.LEVEL_2),
        "sloping": [model for model in found.values() if model.has_slopes],
        "first_model": shown_first(found),
        "steps": steps(results, found),
        "left_out": results.not_fitted,
        "choices": choosable(results),
        "chosen": f"the steps and under {level_2.heading}" if level_2 else "the steps",
        "credit": credit(results),
        "n_groups": len(lines.groups),
        "n_drawn": len(results.on_page.drawn.groups),
        "drawn": drawn(results),
        "seed": results.on_page.drawn.seed,
        "ground": ground(results),
        "among": among(results),
        "most_of_group": results.on_page.most_of_group,
        "model_sizes": lines.model_sizes,
        "n_unmodelled": lines.n_unmodelled,
        "complete": results.complete,
        "summary": summary,
        "pooling": summary.pooling,
        "extreme_slopes": _extreme_slopes(summary.pooling.slopes),
        # They are told of a model with lines: the dial pulls these.
        "weights": summary.weights if intercepts else None,
        "example": None if summary.weights is None else _example(summary.weights),
        "likelihood": results.ratio_likelihood,
        "truth": results.truth,
        "tests": {row.model: row for row in results.comparison or ()},
        "notations": notations,
        "table": table,
    }


def credit(results: Results) -> Markup:
    """Name the sources of the page: ``*title*`` and `` `code` `` are marked up."""
    study = results.study
    known = study.words.credit or f"Data: {results.sample.source}."
    text = str(escape(_POPULAR2 if study.dataset else known))
    text = re.sub(r"\*([^*]+)\*", r"<cite>\1</cite>", text)
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", text))


def _example(weights: Weights) -> str:
    """Return the group of median size whose line shrinkage moves most."""
    return next(example.group for example in weights.examples if "median" in example.which)


def _extreme_slopes(slopes: Extremes | None) -> list[tuple[str, float]]:
    """Return the least and the greatest slope of the groups by name, which their signs decide."""
    if slopes is None:
        return []
    low, high = slopes.low.value, slopes.high.value
    if low < 0 < high:
        return [("Lowest slope", low), ("Highest slope", high)]
    return [
        ("Flattest slope", slopes.nearest.value),
        ("Steepest slope", slopes.furthest.value),
    ]
