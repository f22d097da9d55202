"""The table of variance components."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.results.ladder import Role
from analysis.results.results import INTERCEPT
from analysis.tables.table import Table, cells, header, note, render
from analysis.writing.notation import component
from analysis.writing.numbers import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.results.results import Results
    from analysis.tables.table import Cell


def variances(results: Results) -> str:
    """
    List the models' variance components (REML), the null model's first.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str
    """
    study = results.study
    fits = {name: fits["REML"] for name, fits in results.models.items()}
    parts = [results.summary.models[name].components for name in fits]
    group, slopes = study.heading(study.group), _slopes(results)
    return render(
        Table(
            name="variances",
            caption="Random effects and fit (REML)",
            head=(
                (
                    header("Random effect"),
                    header("Quantity"),
                    *(header(column_title(results, name), "num") for name in fits),
                ),
            ),
            bodies=(
                (
                    *_components(
                        f"{group}, intercept",
                        [part.variances.get(INTERCEPT) for part in parts],
                        [part.deviations.get(INTERCEPT) for part in parts],
                    ),
                    *(
                        row
                        for slope in slopes
                        for row in _components(
                            f"{group}, slope of {study.label(slope)}",
                            [part.variances.get(slope) for part in parts],
                            [part.deviations.get(slope) for part in parts],
                        )
                    ),
                    *(
                        _whole_row(
                            f"{group}, correlation of intercept and slope"
                            f"{'' if slopes == (study.slope,) else f' of {study.label(slope)}'}",
                            [number(part.correlations.get(slope), 3) for part in parts],
                        )
                        for slope in slopes
                    ),
                    *_at_mean(results, group, slopes),
                    *_components(
                        "Residual",
                        [part.residual_variance for part in parts],
                        [part.residual_deviation for part in parts],
                    ),
                ),
                (
                    *_shares(results),
                    _whole_row("Groups", [str(fit.n_groups) for fit in fits.values()]),
                    _whole_row("Rows", [str(fit.n_observations) for fit in fits.values()]),
                    _whole_row(
                        "Singular fit", ["yes" if fit.singular else "no" for fit in fits.values()]
                    ),
                ),
            ),
            foot=tuple(note(remark, len(fits) + 2) for remark in _remarks(results)),
        )
    )


def _slopes(results: Results) -> tuple[str, ...]:
    """Return what has a random slope in any model; a study by roles has a row for its own."""
    study = results.study
    own = () if study.slope is None or study.formulas else (study.slope,)
    fits = [fits["REML"] for fits in results.models.values()]
    others = [slope for fit in fits for slope in fit.spec.slopes]
    return tuple(dict.fromkeys((*own, *others)))


def column_title(results: Results, name: str) -> str:
    """Return the head of a model's column."""
    return "Null" if results.ladder.role(name) is Role.NULL else name.upper()


def _at_mean(results: Results, group: str, slopes: Sequence[str]) -> list[tuple[Cell, ...]]:
    """Return the spread of heights at the means of what has random slopes, and how slopes go."""
    found = [results.summary.models[name].at_mean for name in results.models]
    if not any(found):
        return []
    means = " and ".join(map(results.study.label, slopes))
    rows = _components(
        f"{group}, height at the mean {means}",
        [None if each is None else each.variances.get(INTERCEPT) for each in found],
        [None if each is None else each.deviations.get(INTERCEPT) for each in found],
    )
    own = slopes == (results.study.slope,)
    correlations = [
        _whole_row(
            f"{group}, correlation of height and slope"
            f"{'' if own else f' of {results.study.label(slope)}'}",
            [number(None if each is None else each.correlations.get(slope), 3) for each in found],
        )
        for slope in slopes
    ]
    return [*rows, *correlations]


def _shares(results: Results) -> list[tuple[Cell, ...]]:
    """Return intraclass correlations, and the shares of variance that the models explain."""
    null, models = results.ladder.name(Role.NULL), results.inference.models
    found = {name: model.intraclass.adjusted for name, model in models.items()}
    rows = []
    if null is not None:
        texts = [number(icc if name == null else None, 3) for name, icc in found.items()]
        rows.append(_whole_row("Intraclass correlation", texts))
    texts = [number(None if name == null else icc, 3) for name, icc in found.items()]
    shares = [model.r_squared for model in models.values()]
    return [
        *rows,
        _whole_row("Residual intraclass correlation", texts),
        _whole_row("R², fixed effects", [number(each.marginal, 3) for each in shares]),
        _whole_row("R², with random effects", [number(each.conditional, 3) for each in shares]),
    ]


def _remarks(results: Results) -> list[str]:
    study, null = results.study, results.ladder.name(Role.NULL)
    slopes = _slopes(results)
    outside = ", outside the data" if results.summary.off_scale else ""
    slope = " and ".join(map(study.label, slopes))
    depends = f"; with random slopes, of {slope}, the mean over the rows" if slopes else ""
    at = f"Intercepts are at {slope} 0{outside if slopes == (study.slope,) else ''}. "
    remarks = [
        "Intraclass correlation: the share of the variance between groups, without predictors "
        f"(null model). Residual: of the variance that the predictors leave{depends}. R²: shares "
        "of the variance that fixed effects explain, and these with the random effects "
        "(Nakagawa and Schielzeth 2013; Johnson 2014).",
        f"{at if slopes else ''}Singular: a variance of 0, or a correlation of ±1.",
    ]
    if len(slopes) > 1:
        remarks.append("Correlations of slopes with each other are in results.json.")
    if null is not None:
        n = results.models[null]["REML"].n_observations
        if n != results.summary.n_modelled:
            remarks.append(
                f"The null model uses {n} rows, the other models {results.summary.n_modelled}: "
                "columns of theirs lack values."
            )
    return remarks


def _components(
    name: str, variances: Sequence[float | None], deviations: Sequence[float | None]
) -> list[tuple[Cell, ...]]:
    return [
        (
            header(name, scope="row", rowspan=2),
            *cells(["variance"]),
            *cells(map(component, variances), "num"),
        ),
        (*cells(["SD"]), *cells(map(component, deviations), "num")),
    ]


def _whole_row(name: str, texts: Sequence[str]) -> tuple[Cell, ...]:
    """Return a row whose quantity has no column of its own."""
    return (header(name, scope="row", colspan=2), *cells(texts, "num"))
