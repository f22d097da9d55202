"""The estimates of every group, for the page's table and its download."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.mixed.model import INTERCEPT
from analysis.results.choices import ALL
from analysis.results.pooling import shrinkage_weight

if TYPE_CHECKING:
    from analysis.results.lines import Lines


def estimates(lines: Lines) -> list[dict[str, Any]]:
    """
    Return the estimates.

    Parameters
    ----------
    lines : Lines

    Returns
    -------
    list of dict
        A row a group: size, and size in model 1 where that lacks values; group covariates, own
        line, and per model the line at the group's own covariates and the group effects; full
        precision, None where there is no value.
    """
    study = lines.study
    return [
        {
            study.group: group,
            "n": lines.sizes[group],
            **_weighed(lines, group),
            **{column: lines.means[group][column] for column in study.group_covariates},
            "none_intercept": lines.results.none[group].intercept,
            "none_slope": lines.results.none[group].slope,
            **_of_models(lines, group),
            "weight": _weight(lines, group),
        }
        for group in lines.groups
    ]


def _of_models(lines: Lines, group: str) -> dict[str, float | None]:
    row: dict[str, float | None] = {}
    for model, fit in lines.fits.items():
        line = lines.at(model, group, ALL)
        row |= {f"{model}_intercept": line.intercept, f"{model}_slope": line.slope}
        for column, effect in fit.group_effects.get(group, {}).items():
            term = "intercept" if column == INTERCEPT else "slope"
            row[f"{model}_effect_{term}"] = effect
    return row


def _weighed(lines: Lines, group: str) -> dict[str, int]:
    """Return how many of the pupils model 1 knows, where it does not know them all."""
    all_known = all(lines.sizes[group] == n for group, n in lines.weighed.items())
    return {} if all_known else {"n_m1": lines.weighed[group]}


def _weight(lines: Lines, group: str) -> float:
    fit = lines.fits["m1"]
    return shrinkage_weight(
        lines.weighed[group],
        between_variance=float(fit.random_covariance[0, 0]),
        within_variance=fit.residual_variance,
    )
