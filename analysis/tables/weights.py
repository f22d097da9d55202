"""The table of the weights of partial pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.tables.table import Table, cells, header, note, render
from analysis.writing.notation import Notation, component
from analysis.writing.numbers import number
from analysis.writing.words import model_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.results.results import Results
    from analysis.results.weights import Example, Weights
    from analysis.tables.table import Cell

_NAMES = ("n", "Own estimate", "w", "Average", "1 − w", "Weighted average")


def weights(results: Results) -> str | None:
    """
    Show partial pooling at work on the smallest, a median and the largest group.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str or None
        None if the study has no model of random intercepts alone.
    """
    study, found = results.study, results.summary.weights
    if found is None:
        return None
    title, label = model_title(found.model), study.label(study.group)
    names = (*_NAMES, title[:1].upper() + title[1:])
    notation = Notation.of_largest(
        [found.average, *(example.own for example in found.examples)], decimals=4, digits=3
    )
    columns = results.ladder.rung(found.model).columns
    predictors = [study.label(name) for name in columns if name != study.outcome]
    return render(
        Table(
            name="weights",
            caption=f"Partial pooling at work: {label} intercepts in {title}",
            head=((header(study.heading(study.group)), *(header(name, "num") for name in names)),),
            bodies=(tuple(_row(example, found.average, notation) for example in found.examples),),
            foot=(
                note(_remark(study.label(study.outcome), predictors, found, title), len(names) + 1),
            ),
        )
    )


def _row(example: Example, average: float, notation: Notation) -> tuple[Cell, ...]:
    return (
        header(f"{example.group}\N{NO-BREAK SPACE}({', '.join(example.which)})", scope="row"),
        *cells(
            [
                str(example.n),
                notation.write(example.own),
                number(example.weight, 4),
                notation.write(average),
                number(example.other_weight, 4),
                notation.write(example.both),
                notation.write(example.predicted),
            ],
            "num",
        ),
    )


def _remark(outcome: str, predictors: Sequence[str], found: Weights, title: str) -> str:
    less = (
        f" less what the fixed effects make of the mean {' and '.join(predictors)}"
        if predictors
        else ""
    )
    return (
        f"Own estimate: mean {outcome}{less}. Average: the fixed intercept. w: weight, from n and "
        f"the variances between groups, {component(found.between)}, and within, "
        f"{component(found.within)}. The weighted average is what {title} predicts. Of groups of "
        "one size, the furthest from the average is shown."
    )
