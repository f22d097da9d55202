"""What the figures beside the numbered four show, in words and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.results.drawn import at_steps
from analysis.writing.drawn import n_of, some_drawn, steps_drawn
from analysis.writing.notation import Notation
from analysis.writing.words import (
    counted,
    difference_unit,
    enumerated,
    heading,
    left_out_figure,
    measured,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analysis.results.prediction import PredictionTest
    from analysis.results.results import Results


def gallery_texts(results: Results) -> dict[str, str]:
    """
    Return the text alternatives of the figures that a study has beside the numbered four.

    Parameters
    ----------
    results : Results

    Returns
    -------
    dict of str to str
        By the figure's name.
    """
    writers: dict[str, tuple[object, Callable[[Results], str]]] = {
        "shrinkage": (results.shrinkage, _shrinkage),
        "group-effects": (results.shrinkage, _group_effects),
        "prediction": (results.prediction, _prediction),
        "residuals": (results.checks, _residuals),
        "quantiles": (results.checks, _quantiles),
        "simple-slopes": (results.simple_slopes, _simple_slopes),
    }
    texts = {name: write(results) for name, (found, write) in writers.items() if found is not None}
    return texts | {
        name: left_out_figure(name, reason) for name, reason in results.left_out.items()
    }


def _shrinkage(results: Results) -> str:
    found, (outcome, predictor), words = results.shrinkage, _names(results), results.study.words
    assert found is not None  # the caller has asked
    group, move = found.furthest, found.moves[found.furthest]
    own, pooled = found.slopes_own, found.slopes_pooled
    write = Notation.of_largest([*own, *pooled], decimals=2, digits=2).write
    return (
        f"The line of each {words.group} as a point, {outcome} at mean {predictor} across and the "
        f"slope up, joined to its line in model {found.model} "
        f"({_drawn(results, len(found.moves))}). The slopes of own lines go from {write(own[0])} "
        f"to {write(own[1])}, those of the model from {write(pooled[0])} to {write(pooled[1])}; "
        f"{words.group} {group} moves most, from {write(move.own.slope)} to "
        f"{write(move.pooled.slope)}. A dashed outline holds 95% of the lines that the model "
        "expects."
    )


def _group_effects(results: Results) -> str:
    found, (outcome, predictor), words = results.shrinkage, _names(results), results.study.words
    assert found is not None  # the caller has asked
    parts = []
    kinds = {"height": f"{outcome} at mean {predictor}", "slope": "the slope"}
    for term, what in kinds.items():
        low, *_, high = found.effects[term]
        write = Notation.of_largest([low.effect, high.effect], decimals=2, digits=2).write
        parts.append(
            f"To {what} {words.group} {low.group} adds {write(low.effect)} and {words.group} "
            f"{high.group} {write(high.effect)}; {found.n_clear(term)} of "
            f"{len(found.effects[term])} intervals exclude 0."
        )
    return (
        f"What each {words.group} adds to the average line of model {found.model}, with 95% "
        f"intervals, in the order of heights{_steps(found.effects['height'])}. {' '.join(parts)}"
    )


def _drawn(results: Results, n: int) -> str:
    """Return how many groups have points, and which where not all do."""
    drawn, groups = results.drawn, results.study.words.groups
    assert drawn is not None  # there are lines
    return some_drawn(len(drawn), drawn.n_all, drawn.parts, groups) or f"{n} {groups}"


def _steps(order: Sequence[object]) -> str:
    steps = steps_drawn(len(at_steps(order)), len(order))
    return f"; drawn is{steps.removeprefix(',')}" if steps else ""


def _prediction(results: Results) -> str:
    found, words = results.prediction, results.study.words
    assert found is not None  # the caller has asked
    write = Notation.of_largest(
        [value for score in found.scores for value in score.rmse.values()], decimals=2, digits=2
    ).write
    parts = [
        f"{_rmse(score.rmse, write)} with {counted(score.known, words.unit, words.units)} known"
        for score in found.scores
    ]
    study = results.study
    unit = difference_unit(study.unit(study.outcome), words.points)
    counted_in = f", in {unit}" if unit else ""
    return (
        f"Error of prediction{counted_in}, for the {words.units} of each {words.group} that are "
        f"not known, by complete, no and partial pooling: {enumerated(parts)}, over "
        f"{found.n_splits} random splits{_of_groups(found, words.groups)}."
    )


def _of_groups(found: PredictionTest, nouns: str) -> str:
    return f" of {n_of(found.n_groups, found.n_all, nouns)} by chance" if found.some else ""


def _rmse(rmse: dict[str, float], write: Callable[[float], str]) -> str:
    return ", ".join(map(write, rmse.values()))


def _residuals(results: Results) -> str:
    found, words = results.checks, results.study.words
    assert found is not None  # the caller has asked
    quantiles = found.of_residuals
    remark = (
        f" The {words.units} are synthetic, so that this tells how they were made and nothing else."
        if found.synthetic
        else ""
    )
    return (
        f"Left: {counted(found.n, 'residual', 'residuals')} of model {found.model} against fitted "
        "values, with the mean of those alike. Right: standardised residuals against normal "
        f"quantiles; {quantiles.n_outside} of the {len(quantiles.found)} points lie outside of "
        f"what 95% of {found.n_simulations} simulations do at each place.{remark}"
    )


def _quantiles(results: Results) -> str:
    found, words = results.checks, results.study.words
    assert found is not None  # the caller has asked
    parts = [
        f"{heading(term)}: {each.n_outside} of the {len(each.found)} points lie outside of what "
        f"95% of {found.n_simulations} simulations do at each place."
        for term, each in found.of_groups.items()
    ]
    effects = "Standardised group effects against normal quantiles." if parts else ""
    write = Notation.of(found.deviation, decimals=2, digits=2).write
    spread = (
        f"The residuals’ standard deviation in each {words.group}, beside {write(found.deviation)} "
        f"of model {found.model}: {found.n_unusual} of {len(found.spread)} lie outside"
        f"{_steps(found.spread)}."
    )
    return " ".join(filter(None, [effects, *parts, spread]))


def _simple_slopes(results: Results) -> str:
    found, (outcome, predictor), study = results.simple_slopes, _names(results), results.study
    assert found is not None  # the caller has asked
    ends = [found.named["least"], found.named["greatest"]]
    slopes = Notation.of_largest([end.slope.estimate for end in ends], decimals=2, digits=2)
    values = _values(results, [end.value for end in ends])
    written = [
        f"{slopes.write(end.slope.estimate)} (95% interval {slopes.write(end.interval.low)} "
        f"to {slopes.write(end.interval.high)}) at {value}"
        for end, value in zip(ends, values, strict=True)
    ]
    where = [" to ".join(_values(results, [stretch.low, stretch.high])) for stretch in found.clear]
    excluded = f"excludes 0 from {enumerated(where)}" if where else "includes 0 everywhere"
    label = study.label(found.column)
    return (
        f"Slope of {outcome} on {predictor} against {label} in model {found.model}, with its 95% "
        f"band: {written[0]}, {written[1]}. The interval {excluded}."
    )


def _values(results: Results, values: Sequence[float]) -> list[str]:
    found, study = results.simple_slopes, results.study
    assert found is not None  # the caller has asked
    notation = Notation.spanning(values)
    unit, label = study.unit(found.column), study.label(found.column)
    return [measured(notation.write(value), unit, label) for value in values]


def _names(results: Results) -> tuple[str, str]:
    study = results.study
    return study.label(study.outcome), study.label(study.axis)
