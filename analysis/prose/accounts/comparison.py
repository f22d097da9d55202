"""Which model each criterion prefers, whether they agree, and what the tests say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.prose.phrases import is_zero
from analysis.results.results import INTERCEPT
from analysis.writing.notation import Notation
from analysis.writing.numbers import number, p_value
from analysis.writing.words import counted, enumerated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.prose.phrases import Phrases
    from analysis.results.preferences import Preference, Step
    from analysis.results.results import ComparisonRow, Results


def facts(results: Results, phrases: Phrases) -> dict[str, Any]:
    """Return what the reading of the comparison knows."""
    verdicts, best, compared = results.verdicts, results.summary.best, list(results.compared)
    known: dict[str, Any] = {
        "models": phrases.models(compared),
        "n_models": len(compared),
        "left_out": {
            phrases.begin(phrases.model(name)): _reason(name, reason, phrases)
            for name, reason in results.not_fitted.items()
        },
        "refused": phrases.escaped(results.not_comparable),
    }
    if best is None or len(compared) < 2:
        return known
    return {
        **known,
        "preferences": {
            name.upper(): _preference(each, phrases) for name, each in verdicts.preferences.items()
        },
        "charge": number(best.log_n, 1),
        "bic_of_groups": ""
        if best.bic_of_groups == best.bic
        else phrases.model(best.bic_of_groups),
        "steps": [_step(step, phrases) for step in verdicts.steps],
        "agreement": _agreement(results, phrases),
        "tested": verdicts.all_tested,
    }


def _reason(name: str, reason: str, phrases: Phrases) -> str:
    """Return why a model could not be fitted, without its name and formula in front."""
    if reason.startswith(f"model {name} ("):
        reason = reason.partition("): ")[2] or reason
    return phrases.escaped(reason.removeprefix(f"model {name}: "))


def _preference(preference: Preference, phrases: Phrases) -> dict[str, Any]:
    nearest = next(iter(preference.behind))
    return {
        "model": phrases.model(preference.model),
        "value": number(preference.value, 1),
        "nearest": phrases.model(nearest),
        "tie": is_zero(preference.behind[nearest], Notation(decimals=1)),
        "behind": number(preference.behind[nearest], 1),
        "rivals": phrases.models(preference.rivals) if preference.rivals else "",
        "n_rivals": len(preference.rivals),
    }


def _step(step: Step, phrases: Phrases) -> dict[str, Any]:
    row = step.row
    return {
        "reduced": phrases.model(step.reduced),
        "full": phrases.model(step.full),
        "begins": phrases.begin(phrases.model(step.full)),
        "adds": _added(step, phrases),
        "chisq": number(row.chisq),
        "parameters": "" if row.df is None else counted(row.df, "parameter", "parameters"),
        "p": None if row.p is None else p_value(row.p),
        "strength": step.strength,
        "strength_at_boundary": step.strength_at_boundary,
        "p_boundary": _boundary(row),
    }


def _verb(criteria: list[str], preferences: Mapping[str, Preference]) -> str:
    """Return how one criterion, or the tests, prefer a model."""
    if criteria == ["the tests"]:
        return "prefer"
    found = preferences.get(criteria[0].lower())
    return "slightly prefers" if found is not None and found.rivals else "prefers"


def _boundary(row: ComparisonRow) -> str | None:
    """Write the p value that allows for a variance on its boundary, if that tells it from p."""
    if row.p is None or row.p_boundary is None:
        return None
    # Where the larger model fits no better, both are 1.
    written = p_value(row.p_boundary, 4)
    return None if written == p_value(row.p, 4) else written


def _added(step: Step, phrases: Phrases) -> str:
    """Return what a model has and the one before it has not."""
    slopes = [name for name in step.random if name != INTERCEPT]
    parts = [phrases.terms(step.fixed)] if step.fixed else []
    parts += ["a random intercept"] if INTERCEPT in step.random else []
    if slopes:
        noun = "random slopes" if len(slopes) > 1 else "a random slope"
        parts.append(f"{noun} of {phrases.terms(slopes)}")
    return enumerated(parts or ["covariances of the random effects"])


def _agreement(results: Results, phrases: Phrases) -> list[dict[str, Any]]:
    """Return which model is preferred by which criteria, the most agreed upon first."""
    best = results.summary.best
    assert best is not None  # else there is nothing to agree on
    choices = {"AIC": best.aic, "BIC": best.bic}
    if results.verdicts.all_tested:
        choices["the tests"] = best.tests
    by_model: dict[str, list[str]] = {}
    for criterion, model in choices.items():
        by_model.setdefault(model, []).append(criterion)
    order = sorted(by_model, key=lambda model: len(by_model[model]), reverse=True)
    return [
        {
            "model": phrases.model(model),
            "criteria": enumerated(by_model[model]),
            "n": len(by_model[model]),
            "verb": _verb(by_model[model], results.verdicts.preferences),
        }
        for model in order
    ]
