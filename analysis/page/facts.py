"""What the prose of the page needs to know, by the names that the templates call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from analysis.page.choices import choosable
from analysis.page.models import by_role, models, shown_first, steps
from analysis.results.ladder import Role
from analysis.writing.words import plural

if TYPE_CHECKING:
    from analysis.page.datasets import Rows
    from analysis.page.level_2 import LevelTwo
    from analysis.page.notations import Notations
    from analysis.results.results import Results

_REPORT = "After the course report <cite>Multilevel Linear Models</cite> by Lindsay Xu (2022)."
_BOOK = (
    "J. J. Hox, M. Moerbeek and R. van de Schoot, <cite>Multilevel Analysis: Techniques and "
    "Applications</cite> (3rd ed., 2018)"
)
_DATA = {
    "popularity.csv": "Data: a synthetic twin, with the same sums in every class, of the "
    f"simulated <code>popular2</code> of {_BOOK}.",
    "popular2": f"Data: the simulated <code>popular2</code> of {_BOOK}.",
}
"""What to say of the data, by the name of the data set or of the table's file."""


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
    group = study.label(study.group)
    return {
        "study": study,
        "group": study.heading(study.group),
        "groups": plural(study.heading(study.group)),
        "noun": group,
        "nouns": plural(group),
        "outcome": study.label(study.outcome),
        "slope": study.label(study.axis),
        "covariates": [study.label(column) for column in study.covariates],
        "level_2": level_2,
        "models": found,
        "intercepts": by_role(results, found, Role.INTERCEPTS),
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
        "model_sizes": lines.model_sizes,
        "n_unmodelled": lines.n_unmodelled,
        "complete": results.complete,
        "summary": summary,
        "pooling": summary.pooling,
        "weights": summary.weights,
        "tests": {row.model: row for row in results.comparison or ()},
        "notations": notations,
        "table": table,
    }


def credit(results: Results) -> Markup:
    """Name the sources of the page."""
    source = results.study.dataset or results.sample.source
    data = _DATA.get(source, f"Data: {escape(source)}.")
    return Markup(f"{_REPORT} {data}")
