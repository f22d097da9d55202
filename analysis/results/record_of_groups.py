"""What results.json leaves to Parquet files beside it, where groups are many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analysis.mixed.crossproducts import Array
    from analysis.results.results import Results

    Columns = dict[str, Any]

MOST_IN_JSON = 10_000
"""Groups up to which results.json has their effects and lines itself."""

EFFECTS, LINES = "group_effects.parquet", "group_lines.parquet"
"""The files with the effects of the groups in every fit, and with their own lines."""


def beside(results: Results) -> dict[str, Iterator[Columns]]:
    """
    Return the files beside results.json, each as the columns of its parts.

    Parameters
    ----------
    results : Results

    Returns
    -------
    dict of str to (iterator of (dict of str to sequence))
        By the file's name; none where groups are few. Of the effects a row a model, method and
        group: ``effect_NAME`` is the conditional mean of a random effect, ``sd_NAME`` its
        conditional standard deviation, None where the model has no such effect. Of the own lines a
        row a group.
    """
    if results.sample.n_groups <= MOST_IN_JSON:
        return {}
    return {EFFECTS: _effects(results), LINES: _lines(results)}


def _effects(results: Results) -> Iterator[Columns]:
    fits = [fit for by_method in results.models.values() for fit in by_method.values()]
    names = list(dict.fromkeys(name for fit in fits for name in fit.random_names))
    # The first part tells what columns hold: one with a value in each.
    for fit in sorted(fits, key=lambda fit: -len(fit.random_names)):
        means, n = fit.conditional_means, fit.n_groups
        variances = np.diagonal(fit.conditional_covariances, axis1=1, axis2=2)
        places = {name: place for place, name in enumerate(fit.random_names)}
        yield {
            "model": [fit.name] * n,
            "method": [fit.method] * n,
            "group": fit.groups,
            **{f"effect_{name}": _of(means, places.get(name)) for name in names},
            **{f"sd_{name}": _of(np.sqrt(variances), places.get(name)) for name in names},
        }


def _of(values: Array, place: int | None) -> Sequence[None] | Array:
    return [None] * len(values) if place is None else np.ascontiguousarray(values[:, place])


def _lines(results: Results) -> Iterator[Columns]:
    own = results.none
    yield {
        "group": list(own),
        **{
            name: [getattr(line, name) for line in own.values()]
            for name in ("n", "intercept", "slope", "slope_standard_error")
        },
    }
