"""The table of variance components."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analysis.mixed.model import INTERCEPT
from analysis.tables.table import Cell, Table, cells, header, note, render
from analysis.writing.notation import Notation
from analysis.writing.numbers import fixed
from analysis.writing.words import in_running_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analysis.mixed.fit import MixedFit
    from analysis.results.results import Results


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
