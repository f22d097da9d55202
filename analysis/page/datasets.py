"""The data sets that the charts name, read off the fits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.inference.intervals import interval, region
from analysis.page.level_2 import prediction_for, predictions
from analysis.results.choices import ALL, key

if TYPE_CHECKING:
    from analysis.mixed.crossproducts import Array
    from analysis.mixed.fit import MixedFit
    from analysis.page.level_2 import Experience
    from analysis.results.lines import Lines

Rows = list[dict[str, Any]]

_GOLDEN = (math.sqrt(5) - 1) / 2

_SPREAD = 0.36
"""Width of the strip over which pupils with the same whole number are spread."""

_AVERAGE = {"group": None, "name": "Average"}

_NO_SIZE = {"n": None, "weighed": None}


def datasets(lines: Lines, experience: Experience | None) -> dict[str, Rows]:
    """
    Collect the data sets.

    Parameters
    ----------
    lines : Lines
    experience : Experience or None

    Returns
    -------
    dict of str to list of dict
        Rows by the name of the data set.
    """
    most = max(lines.weighed.values())
    sets = {
        "pupils": _pupils(lines),
        "lines": _lines(lines),
        "groups": _groups(lines, experience),
        "average": [{**_AVERAGE, "partial": lines.points(None)}],
        "complete": [{"group": None, "name": "Complete pooling", **_complete(lines)}],
        "effects": _effects(lines),
        "ellipse": _ellipses(lines),
        "sizes": [{"weighed": quarter / 4} for quarter in range(4 * most + 9)],
    }
    if experience is not None:
        sets["experience"] = predictions(lines, experience)
    return sets


def _pupils(lines: Lines) -> Rows:
    study, table = lines.study, lines.results.sample.table
    x, y = table[study.slope].to_numpy(), table[study.outcome].to_numpy()
    keys = list(lines.mixes)[1:]
    column = next(iter(lines.mixes[keys[0]].fixed)) if keys else None
    mix = [key(value) for value in table[column]] if column else [ALL] * len(table)
    # Whole numbers lie on top of each other; a golden-ratio sequence spreads them evenly and,
    # unlike a random one, the same way every time.
    spread = _SPREAD if bool(np.all(x[~np.isnan(x)] % 1 == 0)) else 0.0
    return [
        {
            "group": group,
            "name": lines.name(group),
            "x": float(x[i]),
            "y": float(y[i]),
            "place": float(x[i]) + spread * ((i * _GOLDEN) % 1 - 0.5),
            "mix": mix[i],
            "open": bool(keys) and mix[i] == keys[-1],
        }
        for i, group in enumerate(table[study.group])
        if not math.isnan(x[i])
    ]


def _lines(lines: Lines) -> Rows:
    """Return every group's line over its own pupils, and the average one over all."""
    study, table = lines.study, lines.results.sample.table
    by_group = table.groupby(study.group)[study.slope]
    low, high = by_group.min(), by_group.max()
    rows = [
        {
            **_group(lines, group),
            **_ends(lines, group, float(low[group]), float(high[group])),
        }
        for group in lines.groups
    ]
    x = table[study.slope]
    ends = _ends(lines, None, float(x.min()), float(x.max()))
    return [*rows, {**_AVERAGE, **_NO_SIZE, **ends}]


def _ends(lines: Lines, group: str | None, x1: float, x2: float) -> dict[str, Any]:
    heights = {"y1": lines.heights(group, x1), "y2": lines.heights(group, x2)}
    return {"x1": x1, "x2": x2, **heights}


def _groups(lines: Lines, experience: Experience | None) -> Rows:
    return [
        {
            **_group(lines, group),
            "none": lines.point(lines.results.none[group]),
            "partial": lines.points(group),
            **({} if experience is None else prediction_for(lines, experience, group)),
        }
        for group in lines.groups
    ]


def _complete(lines: Lines) -> dict[str, Any]:
    return lines.point(lines.results.complete)


def _group(lines: Lines, group: str) -> dict[str, Any]:
    return {"group": group, "name": lines.name(group), **_size(lines, group)}


def _size(lines: Lines, group: str) -> dict[str, int]:
    """Return the number of a group's pupils, and of those that its weight follows from."""
    return {"n": lines.sizes[group], "weighed": lines.weighed[group]}


def _effects(lines: Lines) -> Rows:
    """Return the group effects with 95% intervals, by model and term, ranked within each."""
    return [
        {"model": model, "term": term, **row}
        for model, fit in lines.fits.items()
        for term, weights in _terms(lines, fit).items()
        for row in _ranked(lines, fit, weights)
    ]


def _terms(lines: Lines, fit: MixedFit) -> dict[str, Array]:
    """Return the weights of the effects in a line's height at the mean, and in its slope."""
    terms = {"height": np.array([1.0, lines.centre])}
    if len(fit.random_names) > 1:
        terms["slope"] = np.array([0.0, 1.0])
    return {term: weights[: len(fit.random_names)] for term, weights in terms.items()}


def _ranked(lines: Lines, fit: MixedFit, weights: Array) -> Rows:
    effects = {
        group: sum(w * effect for w, effect in zip(weights.tolist(), by_name.values(), strict=True))
        for group, by_name in fit.group_effects.items()
    }
    known = [group for group in lines.groups if group in effects]
    rows = []
    for rank, group in enumerate(sorted(known, key=effects.__getitem__)):
        variance = float(weights @ fit.group_effect_covariances[group] @ weights)
        ends = interval(effects[group], variance)
        rows.append({**_group(lines, group), "rank": rank, "effect": effects[group], **ends})
    return rows


def _ellipses(lines: Lines) -> Rows:
    """Return what holds 95% of the lines that a model expects of groups, covariates at means."""
    rows = []
    average = lines.points(None)
    for model, fit in lines.fits.items():
        height, slope = average[model].values()
        outline = region(fit.random_covariance_at(lines.centre), fit.rank).T.tolist()
        rows += [
            {"model": model, "order": order, "height": height + a, "slope": slope + b}
            for order, (a, b) in enumerate(outline)
        ]
    return rows
