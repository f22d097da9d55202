"""The tables about groups: their weights in partial pooling, and their variances."""

from __future__ import annotations

import math
from statistics import median_low
from typing import TYPE_CHECKING

from analysis.cells import Cell, Table, cells, header, note, render
from analysis.formatting import fixed, in_running_text
from analysis.models import INTERCEPT
from analysis.notation import Notation
from analysis.pooling import shrinkage_weight

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from analysis.models import MixedFit
    from analysis.results import Results


def weights(results: Results) -> str:
    """
    Show partial pooling at work on the smallest, a median and the largest group.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str
    """
    study, fit = results.study, results.models["m1"]["REML"]
    between, within = float(fit.random_covariance[0, 0]), fit.residual_variance
    average = fit.fixed_effects[INTERCEPT]
    examples = example_groups(results)
    pupils = {group: fit.table[fit.table[study.group] == group] for group in examples}
    own = {group: _own_estimate(fit, pupils[group]) for group in examples}
    scale = max(map(abs, (average, *own.values())))
    notation = Notation.of(scale, decimals=4, digits=3)
    rows = []
    for group, role in examples.items():
        n, mean = len(pupils[group]), own[group]
        weight = shrinkage_weight(n, between_variance=between, within_variance=within)
        both = weight * mean + (1 - weight) * average
        predicted = average + fit.group_effects[group][INTERCEPT]
        texts = (
            *(str(n), notation.write(mean), fixed(weight, 4), notation.write(average)),
            *(fixed(1 - weight, 4), notation.write(both), notation.write(predicted)),
        )
        rows.append(
            (
                header(f"{group}\N{NO-BREAK SPACE}({role})", scope="row"),
                *cells(texts, "num"),
            )
        )
    names = (
        *("n", "Own estimate", "w", "Average", "1 − w"),
        *("Weighted average", "Model 1"),
    )
    predictors = " and ".join(in_running_text(study.label(name)) for name in fit.spec.fixed)
    label = in_running_text(study.label(study.group))
    return render(
        Table(
            name="weights",
            caption=f"Partial pooling at work: {label} intercepts in model 1",
            head=((header(study.label(study.group)), *(header(name, "num") for name in names)),),
            bodies=(tuple(rows),),
            foot=(
                note(
                    f"Own estimate: mean {in_running_text(study.label(study.outcome))} less what "
                    f"the fixed effects make of the mean {predictors}. Average: the fixed "
                    "intercept. w: weight, from n and the variances between groups, "
                    f"{_component(between)}, and within, {_component(within)}. The weighted "
                    "average is what model 1 predicts. Of groups of one size, the furthest from "
                    "the average is shown.",
                    len(names) + 1,
                ),
            ),
        )
    )


def variances(results: Results) -> str:
    """
    List the models' variance components (REML).

    Parameters
    ----------
    results : Results

    Returns
    -------
    str
    """
    study = results.study
    fits = [fits["REML"] for fits in results.models.values()]
    label = study.label(study.group)
    slope = in_running_text(study.label(study.slope))
    return render(
        Table(
            name="variances",
            caption="Variances of the random effects (REML)",
            head=(
                (
                    header("Random effect"),
                    header("Quantity"),
                    *(header(fit.name.upper(), "num") for fit in fits),
                ),
            ),
            bodies=(
                (
                    *_components(
                        f"{label}, intercept", fits, lambda fit: _variance(fit, INTERCEPT)
                    ),
                    *_components(
                        f"{label}, slope of {slope}", fits, lambda fit: _variance(fit, study.slope)
                    ),
                    _whole_row(
                        f"{label}, correlation of intercept and slope",
                        [fixed(_correlation(fit), 3) for fit in fits],
                    ),
                    *_components("Residual", fits, lambda fit: fit.residual_variance),
                ),
                (
                    _whole_row("Intraclass correlation", [fixed(_icc(fit), 3) for fit in fits]),
                    _whole_row("Singular fit", ["yes" if fit.singular else "no" for fit in fits]),
                ),
            ),
            foot=(
                note(
                    "Intraclass correlation: of random intercepts alone; with random slopes it "
                    f"depends on {slope}.",
                    len(fits) + 2,
                ),
                note(
                    f"Intercepts are at {slope} 0{_off_scale(results)}. Singular: a variance of 0, "
                    "or a correlation of ±1.",
                    len(fits) + 2,
                ),
            ),
        )
    )


def _off_scale(results: Results) -> str:
    predictor = results.sample.table[results.study.slope]
    return ", outside the data" if predictor.min() > 0 or predictor.max() < 0 else ""


def example_groups(results: Results) -> dict[str, str]:
    """
    Choose the smallest, a median and the largest group.

    Parameters
    ----------
    results : Results

    Returns
    -------
    dict of str to str
        By group, which of these it is. Of groups of equal size that one stands for all whose own
        estimate is furthest from the average, where shrinkage shows best; sizes count the rows
        that model 1 uses.
    """
    fit = results.models["m1"]["REML"]
    by_group = dict(list(fit.table.groupby(results.study.group)))
    distances = {
        group: abs(_own_estimate(fit, by_group[group]) - fit.fixed_effects[INTERCEPT])
        for group in results.sample.groups
        if group in by_group
    }
    sizes = {group: len(by_group[group]) for group in distances}
    wanted = {
        "smallest": min(sizes.values()),
        "median": median_low(sizes.values()),
        "largest": max(sizes.values()),
    }
    roles: dict[str, list[str]] = {}
    for role, wanted_size in wanted.items():
        alike = [group for group, size in sizes.items() if size == wanted_size]
        roles.setdefault(max(alike, key=distances.__getitem__), []).append(role)
    return {group: ", ".join(names) for group, names in roles.items()}


def _own_estimate(fit: MixedFit, rows: pd.DataFrame) -> float:
    means = rows[[fit.spec.outcome, *fit.spec.fixed]].mean()
    explained = sum(fit.fixed_effects[name] * float(means[name]) for name in fit.spec.fixed)
    return float(means[fit.spec.outcome]) - explained


def _components(
    name: str, fits: Sequence[MixedFit], variance: Callable[[MixedFit], float | None]
) -> list[tuple[Cell, ...]]:
    values = [variance(fit) for fit in fits]
    deviations = [None if value is None else math.sqrt(value) for value in values]
    return [
        (
            header(name, scope="row", rowspan=2),
            *cells(["variance"]),
            *cells([_component(value) for value in values], "num"),
        ),
        (*cells(["SD"]), *cells([_component(value) for value in deviations], "num")),
    ]


def _whole_row(name: str, texts: Sequence[str]) -> tuple[Cell, ...]:
    """Return a row whose quantity has no column of its own."""
    return (header(name, scope="row", colspan=2), *cells(texts, "num"))


def _component(value: float | None) -> str:
    return Notation.of(value, decimals=4, digits=3).write(value)


def _variance(fit: MixedFit, name: str) -> float | None:
    if name not in fit.random_names:
        return None
    i = fit.random_names.index(name)
    return max(0.0, float(fit.random_covariance[i, i]))


def _correlation(fit: MixedFit) -> float | None:
    return float(fit.random_correlation[0, 1]) if len(fit.random_names) > 1 else None


def _icc(fit: MixedFit) -> float | None:
    return fit.icc if len(fit.random_names) == 1 else None
