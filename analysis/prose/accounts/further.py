"""What models one step further than the study's own say, and whether they are the better ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.prose.phrases import is_zero
from analysis.results.further import FIXED_SLOPE
from analysis.results.preferences import Strength
from analysis.writing.notation import Notation, two_decimals
from analysis.writing.numbers import number, p_value
from analysis.writing.words import an, counted, one_of

if TYPE_CHECKING:
    from analysis.prose.phrases import Phrases
    from analysis.results.further import Further, FurtherModel
    from analysis.results.results import Results


def facts(results: Results, phrases: Phrases) -> dict[str, Any]:
    """Return what the reading of the further models knows."""
    found = results.further
    if found is None or not found.models:
        return {"models": []}
    slope, level_2 = results.study.axis, results.study.group_covariates[:1]
    return {
        "base": phrases.model(found.base),
        "Base": phrases.begin(phrases.model(found.base)),
        "slope": phrases.label(slope),
        "level_2": phrases.labels(level_2) if level_2 else "",
        "a_group": phrases.escaped(an(results.study.words.group)),
        "models": [
            {"name": name, **_tested(each, cross=name != FIXED_SLOPE)}
            for name, each in found.models.items()
        ],
        "spread": _spread(found),
        **_best(found, results, phrases),
        **_level_2(found, results, phrases),
    }


def _tested(model: FurtherModel, *, cross: bool) -> dict[str, Any]:
    row = model.test
    assert row.p is not None  # each has a test against the base
    assert row.chisq is not None
    assert row.df is not None
    boundary = "" if cross or row.p_boundary is None else p_value(row.p_boundary, 4)
    return {
        "chisq": number(row.chisq),
        "zero": is_zero(row.chisq, Notation(decimals=2)),
        "parameters": counted(row.df, "parameter", "parameters"),
        "p": p_value(row.p),
        "boundary": boundary,
        "strength": str(Strength.of(row.p if row.p_boundary is None else row.p_boundary)),
    }


def _spread(found: Further) -> dict[str, Any]:
    """Return how far slopes differ in the base and beside the product."""
    if found.slope_deviations is None:
        return {}
    before, after = found.slope_deviations
    notation = two_decimals(before, [after])
    return {
        "before": notation.write(before),
        "after": notation.write(after),
        "zero": is_zero(after, notation),
    }


def _best(found: Further, results: Results, phrases: Phrases) -> dict[str, Any]:
    values = {row.model: row for row in found.rows}
    return {
        "aic": title(found.best_aic, results, phrases),
        "bic": title(found.best_bic, results, phrases),
        "lowest_aic": number(values[found.best_aic].aic, 1),
        "lowest_bic": number(values[found.best_bic].bic, 1),
    }


def title(name: str, results: Results, phrases: Phrases) -> str:
    """Return what a sentence calls one of the models, the study's own among them."""
    found = results.further
    if found is None or name not in found.models:
        return phrases.model(name)
    base, added = phrases.model(found.base), found.models[name].term
    return f"{base} with {phrases.term(added)}" if added else f"{base} without the random slope"


def _level_2(found: Further, results: Results, phrases: Phrases) -> dict[str, Any]:
    if not found.level_2:
        return {"ends": []}
    level_2 = results.study.group_covariates[0]
    places = Notation.spanning([value for value, _ in found.level_2])
    ends = []
    for value, effect in found.level_2:
        notation = Notation.of_estimate(effect.estimate, effect.error, decimals=2)
        ends.append(
            {
                "at": "0" if is_zero(value, places) else places.write(value),
                "size": notation.write(abs(effect.estimate)),
                "zero": is_zero(effect.estimate, notation),
                "direction": "higher" if effect.rises else "lower",
            }
        )
    unit = phrases.escaped(one_of(results.study.unit(level_2)))
    return {"ends": ends, "per": f"{unit} of {phrases.label(level_2)}"}
