"""What results.json leaves to Parquet files beside it, where groups are many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.mixed.crossproducts import Array
    from analysis.mixed.fit import MixedFit
    from analysis.results.results import Results

    Columns = dict[str, list[Any]]

MOST_IN_JSON = 10_000
"""Groups up to which results.json has their effects and lines itself."""

EFFECTS, LINES = "group_effects.parquet", "group_lines.parquet"
"""The files with the effects of the groups in every fit, and with their own lines."""


def beside(results: Results) -> dict[str, Columns]:
    """
    Return the columns of the files beside results.json.

    Parameters
    ----------
    results : Results

    Returns
    -------
    dict of str to (dict of str to list)
        By the file's name; none where groups are few. Of the effects a row a model, method and
        group: ``effect_NAME`` is the conditional mean of a random effect, ``sd_NAME`` its
        conditional standard deviation, None where the model has no such effect. Of the own lines a
        row a group.
    """
    if results.sample.n_groups <= MOST_IN_JSON:
        return {}
    return {EFFECTS: _effects(results), LINES: _lines(results)}


def _effects(results: Results) -> Columns:
    fits = [fit for by_method in results.models.values() for fit in by_method.values()]
    names = list(dict.fromkeys(name for fit in fits for name in fit.random_names))
    found: Columns = {
        "model": [fit.name for fit in fits for _ in fit.groups],
        "method": [fit.method for fit in fits for _ in fit.groups],
        "group": [group for fit in fits for group in fit.groups],
    }
    for name in names:
        found[f"effect_{name}"] = _of_all(fits, name, [fit.conditional_means for fit in fits])
    for name in names:
        found[f"sd_{name}"] = _of_all(fits, name, [_deviations(fit) for fit in fits])
    return found


def _of_all(fits: Sequence[MixedFit], name: str, values: Sequence[Array]) -> list[float | None]:
    """Return the values of an effect, fit after fit."""
    column: list[float | None] = []
    for fit, each in zip(fits, values, strict=True):
        if name in fit.random_names:
            column += each[:, fit.random_names.index(name)].tolist()
        else:
            column += [None] * fit.n_groups
    return column


def _deviations(fit: MixedFit) -> Array:
    variances = np.diagonal(fit.conditional_covariances, axis1=1, axis2=2)
    deviations: Array = np.sqrt(variances)
    return deviations


def _lines(results: Results) -> Columns:
    own = results.none
    return {
        "group": list(own),
        **{
            name: [getattr(line, name) for line in own.values()]
            for name in ("n", "intercept", "slope", "slope_standard_error")
        },
    }
