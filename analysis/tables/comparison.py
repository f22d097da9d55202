"""The comparison of the models, as R's anova prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.tables.table import (
    Cell,
    Pieces,
    Table,
    cells,
    header,
    note,
    plain,
    power_of_ten,
    render,
)
from analysis.writing.numbers import exponent, fixed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.inference.comparison import ComparisonRow
    from analysis.results.results import Results

_NUMBERS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


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
