"""What was modelled: rows, groups, outcome, predictors, and what varies in which model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.writing.words import counted

if TYPE_CHECKING:
    from analysis.prose.phrases import Phrases
    from analysis.results.results import Results


def facts(results: Results, phrases: Phrases) -> dict[str, Any]:
    """Return what the reading of the sample knows."""
    sample, study, summary = results.sample, results.study, results.summary
    largest = results.compared[results.verdicts.largest]
    levels = {name: each.level for name, each in summary.categories.items()}
    level_1 = [*study.level_1, *(name for name, level in levels.items() if level == 1)]
    level_2 = [*study.group_covariates, *(name for name, level in levels.items() if level == 2)]
    return {
        "unit_of_outcome": phrases.escaped(study.unit(study.outcome)),
        "n": phrases.units(sample.n_observations),
        "n_groups": sample.n_groups,
        "smallest": phrases.units(summary.smallest),
        "largest": summary.largest,
        "same_size": summary.smallest == summary.largest,
        "level_1": phrases.labels(level_1) if level_1 else "",
        "level_2": phrases.labels(level_2) if level_2 else "",
        "n_predictors": len(level_1) + len(level_2),
        "varying": _varying(results, phrases),
        "n_in_table": _rows(sample.n_rows_in_table),
        "n_groups_in_table": sample.n_groups_in_table,
        "whole_table": sample.n_rows_in_table == sample.n_observations,
        "fewer_groups": sample.n_groups_in_table > sample.n_groups,
        "left_out": _left_out(results),
        "largest_model": phrases.begin(phrases.model(largest.name)),
        "n_used": _rows(largest.n_observations),
        "n_groups_used": largest.n_groups,
        "all_used": largest.n_observations == sample.n_observations,
    }


def _rows(n: int) -> str:
    return counted(n, "row", "rows")


def _left_out(results: Results) -> dict[str, tuple[str, str]]:
    """Return how many rows are left out and the verb that goes with them, by the reason."""
    sample = results.sample
    counts = {
        "filter": sample.n_filtered,
        "group": sample.n_missing_group,
        "outcome": sample.n_missing_outcome,
        "incomplete": sample.n_incomplete,
    }
    return {reason: (_rows(n), "is" if n == 1 else "are") for reason, n in counts.items() if n}


def _varying(results: Results, phrases: Phrases) -> list[dict[str, Any]]:
    """Return which models let what vary over the groups, those with the same together."""
    together: dict[tuple[tuple[str, ...], bool], list[str]] = {}
    for name, fits in results.models.items():
        spec = fits["REML"].spec
        together.setdefault((spec.random_names, spec.diagonal), []).append(name)
    return [
        {
            "models": phrases.begin(phrases.models(names)),
            "several": len(names) > 1,
            "what": phrases.random(random),
            "uncorrelated": diagonal and len(random) > 1,
        }
        for (random, diagonal), names in together.items()
    ]
