"""The estimates of the groups, for the page's table and its download."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.results.results import INTERCEPT

if TYPE_CHECKING:
    from analysis.results.lines import Lines
    from analysis.results.results import Results


def estimates(results: Results) -> list[dict[str, Any]]:
    """
    Return the estimates.

    Parameters
    ----------
    results : Results

    Returns
    -------
    list of dict
        A row a group on the page: rows behind its own line, and those that the models use where
        these are fewer; group covariates, own line, and per compared model the line at the group's
        own covariates and the group effects, and the weight of its own intercept if there is a
        model of random intercepts alone; a line has a height, that at the mean of the predictor,
        beside its
        intercept; full precision, None where there is no value.
    """
    lines, study, weights = results.lines, results.study, results.summary.weights
    return [
        {
            study.group: group,
            "n": lines.sizes[group],
            **({"n_models": lines.model_sizes[group]} if lines.n_unmodelled else {}),
            **lines.of_level_2(group),
            "none_intercept": results.none[group].intercept,
            "none_height": lines.point(results.none[group]).height,
            "none_slope": results.none[group].slope,
            **_of_models(lines, group),
            **({} if weights is None else {"weight": weights.by_group[group]}),
        }
        for group in results.on_page.drawn.groups
    ]


def _of_models(lines: Lines, group: str) -> dict[str, float | None]:
    row: dict[str, float | None] = {}
    for model, fit in lines.fits.items():
        line = lines.at(model, group)
        row |= {
            f"{model}_intercept": line.intercept,
            f"{model}_height": lines.point(line).height,
            f"{model}_slope": line.slope,
        }
        for column, effect in fit.group_effects.get(group, {}).items():
            term = {INTERCEPT: "intercept", lines.study.slope: "slope"}.get(column, column)
            row[f"{model}_effect_{term}"] = effect
    return row
