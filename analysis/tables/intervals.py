"""Intervals of a model's parameters by three methods, and what each group weighs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.results.results import INTERCEPT
from analysis.tables.table import Table, cells, header, note, render
from analysis.writing.notation import Notation
from analysis.writing.numbers import MISSING, number
from analysis.writing.words import effect_name, model_title

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analysis.results.inference import ModelInference
    from analysis.results.results import Results

_MOST_GROUPS = 5


def intervals(results: Results) -> str | None:
    """
    Set 95% intervals of the preferred model's parameters beside each other.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str or None
        None where a profile cannot be made.
    """
    name = results.verdicts.preferred
    model = results.inference.models[name]
    if not model.profile:
        return None
    heads = ("Student’s t", "profile", "bootstrap")
    rows = []
    for parameter, profiled in model.profile.items():
        drawn, student = model.percentile.get(parameter), model.student.get(parameter)
        found = [student, (profiled.low, profiled.high), drawn]
        ends = [end for each in found if each is not None for end in each if end is not None]
        notation = Notation.spanning(ends or [0.0])
        texts = [MISSING if each is None else _written(each, notation) for each in found]
        rows.append((header(_parameter(parameter, results), scope="row"), *cells(texts, "num")))
    return render(
        Table(
            name="intervals",
            caption=f"95% intervals of {model_title(name)} by three methods",
            head=((header("Parameter"), *(header(each, "num") for each in heads)),),
            bodies=(tuple(rows),),
            foot=(
                note(
                    "Student’s t: by Kenward and Roger, of fixed effects. Profile: where the "
                    "deviance by maximum likelihood is 3.84 above its minimum; a boundary of the "
                    "parameter is named. Bootstrap: percentiles of "
                    f"{model.draws.n_draws} fits to outcomes drawn from the REML fit.",
                    len(heads) + 1,
                ),
            ),
        )
    )


def _written(ends: Iterable[float | None], notation: Notation) -> str:
    return " to ".join("boundary" if end is None else notation.write(end) for end in ends)


def _parameter(name: str, results: Results) -> str:
    if name == INTERCEPT:
        return "Constant"
    if name == "sigma":
        return "SD within groups"
    if name.startswith("sd("):
        return f"SD of {_random(name[3:-1], results)}"
    if name.startswith("cor("):
        return f"Correlation of {' and '.join(_random(e, results) for e in name[4:-1].split(','))}"
    return effect_name(name, results.study.label, results.study.categories)


def _random(name: str, results: Results) -> str:
    return "the intercept" if name == INTERCEPT else f"the slope of {results.study.label(name)}"


def influence(results: Results) -> str | None:
    """
    List the groups that the fixed effects of the preferred model rest on most.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str or None
        None with two groups.
    """
    name = results.verdicts.preferred
    model = results.inference.models[name]
    distances = model.cooks_distances
    if not distances:
        return None
    study, fit = results.study, model.fit
    terms = [term for term in fit.fixed_effects if term != INTERCEPT]
    notations = {
        term: Notation.of(
            fit.standard_errors[term], [fit.fixed_effects[term]], decimals=3, digits=2
        )
        for term in terms
    }
    chosen = sorted(distances, key=lambda group: distances[group], reverse=True)[:_MOST_GROUPS]
    whole = [notations[term].write(fit.fixed_effects[term]) for term in terms]
    labels = [effect_name(term, study.label, study.categories) for term in terms]
    return render(
        Table(
            name="influence",
            caption=f"Fixed effects of {model_title(name)} without single {study.words.groups}",
            head=(
                (
                    header("Without"),
                    header("Cook’s distance", "num"),
                    *(header(label, "num") for label in labels),
                ),
            ),
            bodies=(
                ((header("none", scope="row"), *cells([MISSING, *whole], "num")),),
                tuple(
                    (
                        header(f"{study.words.group} {group}", scope="row"),
                        *cells(
                            [
                                number(distances[group], 3),
                                *(notations[t].write(model.without[group][t]) for t in terms),
                            ],
                            "num",
                        ),
                    )
                    for group in chosen
                ),
            ),
            foot=(
                note(
                    f"The {len(chosen)} with the largest distance; the model is fitted anew "
                    f"without each, variances included.{_some_left_out(model)}",
                    len(terms) + 2,
                ),
            ),
        )
    )


def _some_left_out(model: ModelInference) -> str:
    n, n_all = model.n_left_out, model.fit.n_groups
    if n == n_all:
        return ""
    return f" Of {n_all:,} it is without the {n} that move it most with the variances held."
