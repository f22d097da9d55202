"""The data sets that the charts name, read off the results."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from analysis.results.choices import ALL
from analysis.results.level_2 import group_prediction
from analysis.results.moved import moved

if TYPE_CHECKING:
    from analysis.results.effects import Effect
    from analysis.results.lines import Lines
    from analysis.results.prediction import PredictionTest
    from analysis.results.results import Results
    from analysis.results.shown_split import ShownSplit

Rows = list[dict[str, Any]]

_AVERAGE = {"group": None, "name": "Average"}

_COMPLETE = {"group": None, "name": "Complete pooling"}

_METHODS = {
    "complete": "Complete pooling",
    "none": "No pooling",
    "partial": "Partial pooling",
}

_NO_SIZE = {"n": None, "weighed": None}


def datasets(results: Results) -> dict[str, Rows]:
    """
    Collect the data sets.

    Parameters
    ----------
    results : Results

    Returns
    -------
    dict of str to list of dict
        Rows by the name of the data set. Those of observations and of effects say their group; the
        script adds what ``groups`` knows of it.
    """
    summary, lines = results.summary, results.lines
    sets: dict[str, Rows] = {
        "observations": _observations(results),
        "lines": _lines(results),
        "groups": [_group_points(results, group) for group in results.on_page.drawn.groups],
        "average": [{**_AVERAGE, "partial": _points(lines, None)}],
        "complete": [{**_COMPLETE, **_point(lines, "complete", None)}],
        "effects": [
            {
                "model": effect.model,
                "term": effect.term,
                "group": effect.group,
                "rank": rank,
                "effect": effect.effect,
                **effect.interval._asdict(),
            }
            for rank, effect in _ranked(results)
        ],
        "ellipse": [
            {"model": outline.model, "order": order, "height": height, "slope": slope}
            for outline in summary.outlines
            for order, (height, slope) in enumerate(outline.points)
        ],
        "sizes": [{"weighed": size} for size in lines.size_grid],
    }
    if results.on_page.density is not None:
        sets["density"] = [cell._asdict() for cell in results.on_page.density.cells]
    if results.ratio_likelihood is not None:
        shares = enumerate(results.ratio_likelihood.shares)
        sets["likelihood"] = [{"place": place, "share": share} for place, share in shares]
    if results.truth is not None:
        # The script draws them.
        sets |= {"simulated-lines": [], "simulated-rows": []}
    if summary.level_2 is not None:
        sets["level-2"] = [
            {
                "choice": each.choice,
                "level2": each.value,
                "fit": each.fit,
                **each.interval._asdict(),
            }
            for each in summary.level_2.predictions
        ]
    if results.prediction is not None and results.shown_split is not None:
        sets |= _of_prediction(results, results.prediction, results.shown_split)
    return sets


def _of_prediction(results: Results, test: PredictionTest, split: ShownSplit) -> dict[str, Rows]:
    """Return a split's rows with their places in it, its lines, and the errors over all splits."""
    return {
        "trial-rows": [
            {
                "group": name,
                "name": group_name(results, name),
                "x": row.x,
                "place": row.place,
                "y": row.y,
                "order": order,
            }
            for name, group in split.groups.items()
            for row, order in group.rows
        ],
        "trial-lines": [
            {
                "group": name,
                "known": known,
                "x1": low,
                "x2": high,
                "y1": {method: line.at(low) for method, line in trial.lines.items()},
                "y2": {method: line.at(high) for method, line in trial.lines.items()},
            }
            for name, group in split.groups.items()
            for low, high in [group.range]
            for known, trial in group.trials.items()
        ],
        "trial-errors": [
            {
                "known": score.known,
                "method": method,
                "name": _METHODS[method],
                "rmse": score.rmse[method],
                "low": low,
                "high": high,
            }
            for score in test.scores
            for method, (low, high) in score.interval.items()
        ],
    }


def group_name(results: Results, group: str) -> str:
    """Return the name of a group, as a reader sees it."""
    return f"{results.study.heading(results.study.group)} {group}"


def _observations(results: Results) -> Rows:
    last = list(results.lines.choices)[-1]
    return [
        {
            "id": at,
            "group": each.group,
            "x": each.x,
            "y": each.y,
            "place": each.place,
            "choice": each.choice,
            "open": last != ALL and each.choice == last,
            "turn": each.turn,
            "known": each.known,
        }
        for at, each in enumerate(results.on_page.rows)
    ]


def _lines(results: Results) -> Rows:
    """Return every group's line over its own rows, and the average one over all."""
    lines = results.lines
    rows = [
        {**_group(results, group), **_ends(lines, group, lines.ranges[group])}
        for group in results.on_page.drawn.groups
    ]
    return [*rows, {**_AVERAGE, **_NO_SIZE, **_ends(lines, None, lines.range)}]


def _ranked(results: Results) -> list[tuple[int, Effect]]:
    """Return the effects of the groups on the page, with their places among these."""
    shown, ranked = set(results.on_page.drawn.groups), []
    ranks: dict[tuple[str, str], int] = {}
    for effect in results.summary.effects:
        if effect.group in shown:
            kind = (effect.model, effect.term)
            rank = ranks.get(kind, 0)
            ranked.append((rank, effect))
            ranks[kind] = rank + 1
    return ranked


def _ends(lines: Lines, group: str | None, ends: tuple[float, float]) -> dict[str, Any]:
    """Return both ends of a group's lines, and their slopes, by step and choice."""
    found = {
        step: {choice: lines.at(step, group, choice) for choice in lines.choices}
        for step in lines.steps
    }
    heights = {
        end: {
            step: {choice: line.at(x) for choice, line in of.items()} for step, of in found.items()
        }
        for end, x in zip(("y1", "y2"), ends, strict=True)
    }
    slopes = {
        step: {choice: line.slope for choice, line in of.items()} for step, of in found.items()
    }
    return {"x1": ends[0], "x2": ends[1], **heights, "slope": slopes}


def _group_points(results: Results, group: str) -> dict[str, Any]:
    lines, level_2 = results.lines, results.summary.level_2
    row = {
        **_group(results, group),
        "none": _point(lines, "none", group),
        "partial": _points(lines, group),
        "moved": {model: moved(lines, model, group) for model in lines.fits},
    }
    if level_2 is not None:
        own = group_prediction(lines, level_2, group)
        row |= {"level2": own.value, "predicted": dict(own.predicted)}
    return row


def _point(lines: Lines, step: str, group: str | None) -> dict[str, float | None]:
    return dataclasses.asdict(lines.point(lines.at(step, group)))


def _points(lines: Lines, group: str | None) -> dict[str, dict[str, float | None]]:
    """Return the models' lines for everyone as points, by model."""
    return {model: _point(lines, model, group) for model in lines.fits}


def _group(results: Results, group: str) -> dict[str, Any]:
    """Return a group's name, its rows, and those of them that its weight follows from."""
    lines = results.lines
    return {
        "group": group,
        "name": group_name(results, group),
        "n": lines.sizes[group],
        "weighed": lines.model_sizes[group],
    }
