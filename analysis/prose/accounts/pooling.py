"""What complete and no pooling find along the slope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.prose.phrases import is_zero, ordered
from analysis.results.ladder import Role
from analysis.writing.notation import Notation, two_decimals
from analysis.writing.numbers import percent
from analysis.writing.words import one_of

if TYPE_CHECKING:
    from analysis.prose.phrases import Phrases
    from analysis.results.results import Results

_RANGES = ("a narrower range", "a range as wide to the digits shown", "a wider range")


def facts(results: Results, phrases: Phrases) -> dict[str, Any]:
    """Return what the reading of complete and no pooling knows."""
    study, complete, summary = results.study, results.complete, results.summary
    pooling, column = summary.pooling, study.slope
    of_outcome = two_decimals(summary.variables[study.outcome].deviation, [complete.intercept])
    known: dict[str, Any] = {
        "has_slope": complete.slope is not None and column is not None,
        "mean": of_outcome.write(complete.intercept),
    }
    if complete.slope is None or column is None:
        return known
    slopes = [line.slope for line in results.none.values() if line.slope is not None]
    notation = two_decimals(pooling.slope_deviation, slopes)
    return {
        **known,
        "slope": phrases.label(column),
        "one": phrases.escaped(one_of(study.unit(column))),
        "zero": is_zero(complete.slope, notation),
        "complete": notation.write(complete.slope),
        "size": notation.write(abs(complete.slope)),
        "direction": "lower" if complete.slope < 0 else "higher",
        "between": None if results.between.slope is None else notation.write(results.between.slope),
        "intercepts": _intercepts(results, phrases, notation),
        **_own(results, phrases, notation),
        "partial": _partial(results, phrases, notation),
    }


def _intercepts(results: Results, phrases: Phrases, notation: Notation) -> dict[str, Any] | None:
    """Return what the model with random intercepts says of the slope, beside complete pooling."""
    name, column = results.ladder.name(Role.INTERCEPTS), results.study.axis
    effect = None if name is None else results.summary.models[name].fixed.get(column)
    if name is None or effect is None or results.complete.slope is None:
        return None
    own = Notation.of_estimate(effect.estimate, effect.error, decimals=2)
    others = [each for each in results.models[name]["REML"].spec.fixed if each != column]
    return {
        "model": phrases.begin(phrases.model(name)),
        "others": phrases.terms(others) if others else "",
        "value": own.write(effect.estimate),
        "compared": ordered(
            (results.complete.slope, notation), (effect.estimate, own), ("lower", "", "higher")
        ),
    }


def _own(results: Results, phrases: Phrases, notation: Notation) -> dict[str, Any]:
    """Return what the groups' own lines say."""
    pooling, own = results.summary.pooling, results.verdicts.own_slopes
    n, slopes = own.n, pooling.slopes
    known: dict[str, Any] = {
        "n_slopes": n,
        "n_without": len(pooling.without_slope),
        "positive": own.positive,
        "negative": own.negative,
        "zero_slopes": own.zero,
        "sizes": f"{pooling.smallest}"
        if pooling.smallest == pooling.largest
        else f"{pooling.smallest} to {pooling.largest}",
        "one_unit": pooling.largest == 1,
        "error": None if pooling.slope_error is None else notation.write(pooling.slope_error),
        "by_chance": None if own.by_chance is None else percent(own.by_chance),
        "all_by_chance": own.by_chance is not None and percent(own.by_chance) == "100%",
    }
    if slopes is not None:
        written = [notation.write(each.value) for each in (slopes.low, slopes.high)]
        known |= {
            "low": written[0],
            "high": written[1],
            "low_group": phrases.group(slopes.low.group),
            "high_group": phrases.group(slopes.high.group),
            "alike": written[0] == written[1],
            "signs_shown": not any(
                is_zero(each.value, notation) for each in (slopes.low, slopes.high)
            ),
            "deviation": notation.write(pooling.slope_deviation),
        }
    return known


def _partial(results: Results, phrases: Phrases, notation: Notation) -> dict[str, Any] | None:
    """Return how the slopes of the model with random slopes run, beside the groups' own."""
    name, slopes = results.ladder.name(Role.SLOPES), results.summary.pooling.slopes
    column = results.study.axis
    if name is None or slopes is None or results.verdicts.own_slopes.n < 2:
        return None
    model = results.summary.models[name]
    if column not in model.fixed:
        return None
    effect, totals = model.fixed[column], model.random[column].totals
    own = Notation.of_estimate(effect.estimate, effect.error, decimals=2)
    low, high = own.write(totals.low.value), own.write(totals.high.value)
    return {
        "model": phrases.begin(phrases.model(name)),
        "low": low,
        "high": high,
        "one_value": low == high,
        "range": ordered((slopes.span, notation), (totals.span, own), _RANGES),
    }
