"""The tables of the report; regression, variances and weights come from their own modules."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analysis.cells import Cell, Pieces, Table, cells, header, note, plain, power_of_ten, render
from analysis.formatting import MISSING, exponent, fixed, in_running_text
from analysis.notation import Notation
from analysis.regression import regression, regression_latex
from analysis.variance_tables import variances, weights

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from analysis.comparison import ComparisonRow
    from analysis.results import Results

__all__ = ["TABLES", "regression_latex"]

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
        With a `comparison`: a study whose models may not be compared has no report.

    Returns
    -------
    str
    """
    names = ("npar", "AIC", "BIC", "logLik", "deviance", "Chisq", "Df", "Pr(>Chisq)")
    remark = "Fits by maximum likelihood; each model is tested against the one above it."
    rows = results.comparison
    assert rows is not None  # or the build refuses
    decimals = _chisq_decimals([row.chisq for row in rows if row.chisq is not None])
    return render(
        Table(
            name="comparison",
            caption=f"Comparing {_count(len(rows))} models",
            head=((header("Model"), *(header(name, "num") for name in names)),),
            bodies=(
                tuple(
                    (
                        header(row.model, scope="row"),
                        *cells([str(row.npar)], "num"),
                        *cells(
                            [
                                fixed(value, 4)
                                for value in (row.aic, row.bic, row.log_likelihood, row.deviance)
                            ],
                            "num",
                        ),
                        *_test(row, decimals),
                    )
                    for row in rows
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
    ends = (float(values.min()), float(values.max()))
    notation = Notation.of(deviation, ends, decimals=2, digits=2)
    of_ends = notation
    if not notation.power and bool((values % 1 == 0).all()):
        of_ends = Notation(decimals=0)
    low, high = map(of_ends.write, ends)
    return [
        str(len(values)),
        f"{low} to {high}" if "-" in low + high or notation.power else f"{low}–{high}",
        notation.write(float(values.mean())),
        notation.write(deviation),
    ]


def _count(n: int) -> str:
    return _NUMBERS[n] if n < len(_NUMBERS) else str(n)


def _test(row: ComparisonRow, decimals: int) -> tuple[Cell, ...]:
    if row.chisq is None or row.p is None:
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
