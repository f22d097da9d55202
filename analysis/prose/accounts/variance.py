"""How the variance parts into that between groups and that within them, and what predictors do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.prose.phrases import ordered
from analysis.results.ladder import Role
from analysis.results.results import INTERCEPT
from analysis.writing.notation import two_decimals
from analysis.writing.numbers import percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analysis.prose.phrases import Phrases
    from analysis.results.changes import Change
    from analysis.results.results import Results

_DIRECTIONS = ("falls", "stays", "rises")


def facts(results: Results, phrases: Phrases) -> dict[str, Any]:
    """Return what the reading of the variances knows."""
    models, null = results.summary.models, results.ladder.name(Role.NULL)
    shares = {
        name: model.components.icc
        for name, model in models.items()
        if model.components.icc is not None
    }
    sloping = [name for name, fits in results.models.items() if fits["REML"].spec.slopes]
    slopes = dict.fromkeys(
        slope for name in sloping for slope in results.models[name]["REML"].spec.slopes
    )
    known = {name: percent(share) for name, share in shares.items()}
    return {
        "null": null and known[null],
        "null_is_zero": null is not None and shares[null] == 0,
        "null_between": null and _deviation(models[null].components.deviations[INTERCEPT]),
        "null_within": null and _deviation(models[null].components.residual_deviation),
        "residual": [
            {"model": phrases.model(name), "share": share}
            for name, share in known.items()
            if name != null
        ],
        "sloping": phrases.models(sloping) if sloping else "",
        "slopes": phrases.terms(slopes) if slopes else "",
        "on_other_rows": [
            {"reduced": phrases.model(reduced), "full": phrases.model(full)}
            for reduced, full in results.verdicts.on_other_rows
        ],
        "changes": list(_changes(results, phrases)),
    }


def _changes(results: Results, phrases: Phrases) -> Iterator[dict[str, Any]]:
    for change in results.verdicts.changes:
        yield {
            "reduced": phrases.model(change.reduced),
            "full": phrases.model(change.full),
            "adds": phrases.terms(change.fixed) if change.fixed else "",
            "varies": phrases.random(change.random) if change.random else "",
            "at": phrases.means(change.at),
            "several": len(change.random) > 1,
            **_written(change),
        }


def _written(change: Change) -> dict[str, Any]:
    found: dict[str, Any] = {"between": None, "within": _moves(change.within)}
    if change.between is not None:
        found["between"] = _moves(change.between)
    return found


def _moves(pair: tuple[float, float]) -> dict[str, str]:
    before, after = pair
    return {
        "verb": ordered((before, two_decimals(before)), (after, two_decimals(after)), _DIRECTIONS),
        "before": _deviation(before),
        "after": _deviation(after),
    }


def _deviation(deviation: float) -> str:
    return two_decimals(deviation).write(deviation)
