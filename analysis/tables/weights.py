"""The table of weights."""

from __future__ import annotations

from statistics import median_low
from typing import TYPE_CHECKING

from analysis.mixed.design import used_rows
from analysis.mixed.model import INTERCEPT
from analysis.results.pooling import shrinkage_weight
from analysis.tables.table import Table, cells, header, note, render
from analysis.tables.variances import _component
from analysis.writing.notation import Notation
from analysis.writing.numbers import fixed
from analysis.writing.words import in_running_text

if TYPE_CHECKING:
    import pandas as pd

    from analysis.mixed.fit import MixedFit
    from analysis.results.results import Results


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
    table = used_rows(fit.spec, results.sample.table)
    pupils = {group: table[table[study.group] == group] for group in examples}
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
    table = used_rows(fit.spec, results.sample.table)
    by_group = dict(list(table.groupby(results.study.group)))
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
