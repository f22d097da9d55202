"""The tables of the report; those of regression and variances come from their own modules."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analysis.cells import Cell, Pieces, Table, cells, header, note, plain, power_of_ten, render
from analysis.formatting import MISSING, exponent, fixed, in_running_text
from analysis.regression import regression, regression_latex
from analysis.variance_tables import example_groups, variances, weights

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from analysis.comparison import ComparisonRow
    from analysis.results import Results

__all__ = ["TABLES", "example_groups", "regression_latex"]

_NUMBERS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def variables(results: Results) -> str:
    """
    Describe the study's columns; those of level 2 with one value a group.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str
    """
    study, table = results.study, results.sample.table
    by_group = table.groupby(study.group)
    group = in_running_text(study.label(study.group))
    levels = {name: (1, table[name]) for name in study.columns[1:]} | {
        name: (2, by_group[name].first()) for name in study.group_covariates
    }
    names = ("Variable", "Name", "Level", "Unit", "N", "Range", "Mean", "SD")
    kinds = ("text",) * 4 + ("num",) * 4
    return render(
        Table(
            name="variables",
            caption="The variables",
            head=(tuple(map(header, names, kinds)),),
            bodies=(
                tuple(
                    (
                        header(study.label(name), scope="row"),
                        *cells([name, str(level), study.unit(name) or MISSING]),
                        *cells(_description(column.dropna()), "num"),
                    )
                    for name, (level, column) in levels.items()
                ),
            ),
            foot=(
                note(
                    f"Level 1 is described over the {results.sample.n_observations} observations, "
                    f"level 2 over the {results.sample.n_groups} values of {group}, each counted "
                    "once. SD: standard deviation, with divisor N − 1.",
                    len(names),
                ),
            ),
        )
    )


def comparison(results: Results) -> str:
    """
    Compare the ML fits, as R's anova prints it.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str
        Without tests, and with the reason in a note, if the models may not be compared.
    """
    names = ("npar", "AIC", "BIC", "logLik", "deviance", "Chisq", "Df", "Pr(>Chisq)")
    fits = [fits["ML"] for fits in results.models.values()]
    tests: Sequence[ComparisonRow | None] = results.comparison or [None] * len(fits)
    decimals = _chisq_decimals([row.chisq for row in tests if row and row.chisq is not None])
    remark = "Fits by maximum likelihood; each model is tested against the one above it."
    if results.comparison is None:
        remark = f"Fits by maximum likelihood, without tests: {results.not_comparable}."
    return render(
        Table(
            name="comparison",
            caption=f"Comparing {_count(len(fits))} models",
            head=((header("Model"), *(header(name, "num") for name in names)),),
            bodies=(
                tuple(
                    (
                        header(fit.name, scope="row"),
                        *cells([str(fit.n_parameters)], "num"),
                        *cells(
                            [
                                fixed(value, 4)
                                for value in (fit.aic, fit.bic, fit.log_likelihood, fit.criterion)
                            ],
                            "num",
                        ),
                        *_test(row, decimals),
                    )
                    for fit, row in zip(fits, tests, strict=True)
                ),
            ),
            foot=(note(remark, len(names) + 1),),
        )
    )


TABLES: dict[str, Callable[[Results], str]] = {
    "variables": variables,
    "weights": weights,
    "comparison": comparison,
    "regression": regression,
    "variances": variances,
}
"""The report's tables by name."""


def _description(values: pd.Series[float]) -> list[str]:
    """N, range, mean and SD."""
    deviation = float(values.std()) if len(values) > 1 else math.nan
    decimals = 2
    if 0 < deviation < 0.1:
        decimals = 1 - exponent(deviation)
    whole = bool((values % 1 == 0).all())
    low, high = (
        fixed(float(value), 0 if whole else decimals) for value in (values.min(), values.max())
    )
    return [
        str(len(values)),
        f"{low} to {high}" if "-" in low + high else f"{low}–{high}",
        fixed(float(values.mean()), decimals),
        fixed(deviation, decimals),
    ]


def _count(n: int) -> str:
    return _NUMBERS[n] if n < len(_NUMBERS) else str(n)


def _test(row: ComparisonRow | None, decimals: int) -> tuple[Cell, ...]:
    if row is None or row.chisq is None or row.p is None:
        return cells(["", "", ""], "num")
    return (
        *cells([fixed(row.chisq, decimals), str(row.df)], "num"),
        Cell(pieces=_p_value(row.p), kind="num"),
    )


def _chisq_decimals(values: Sequence[float]) -> int:
    """Seven significant digits for the largest, as R prints a column."""
    largest = max(values, default=0.0)
    return max(0, min(6, 6 - exponent(largest))) if largest else 6


def _p_value(p: float) -> Pieces:
    """Seven decimals, as R prints them here; a power of ten where these say too little."""
    if p >= 1e-4:
        return plain(fixed(p, 7))
    # Beyond this a double has no more digits to give.
    return power_of_ten(p, 3) if p > 1e-300 else (("< 10", False), ("−300", True))
