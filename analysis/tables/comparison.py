"""The comparison of the models, as R's anova prints it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from analysis.tables.table import Cell, Pieces, Table, cells, header, note, plain, render
from analysis.writing.numbers import decimals_of_column, number, p_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.results.results import ComparisonRow, Results

_NUMBERS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def comparison(results: Results) -> str | None:
    """
    Compare the ML fits, as R's anova prints it.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str or None
        None where the models may not be compared.
    """
    rows = results.comparison
    if rows is None:
        return None
    remark = "Fits by maximum likelihood; each model is tested against the one above it."
    return render(_table(rows, [remark]))


def comparison_table(rows: Sequence[ComparisonRow], formulas: Mapping[str, str]) -> Table:
    """
    Compare models that need not lead from one to the next, with the formula of each.

    Parameters
    ----------
    rows : sequence of ComparisonRow
        Of ML fits.
    formulas : Mapping of str to str
        By the rows' names.

    Returns
    -------
    Table
    """
    remark = (
        "Fits by maximum likelihood; each model is tested against the one above it, if that is a "
        "special case of it."
    )
    return _table(rows, [*(f"{name}: {text}" for name, text in formulas.items()), remark])


def _table(rows: Sequence[ComparisonRow], remarks: Sequence[str]) -> Table:
    names = ("npar", "AIC", "BIC", "logLik", "deviance", "Chisq", "Df", "Pr(>Chisq)")
    decimals = decimals_of_column([row.chisq for row in rows if row.chisq is not None])
    return Table(
        name="comparison",
        caption=f"Comparing {_count(len(rows))} model{'' if len(rows) == 1 else 's'}",
        head=((header("Model"), *(header(name, "num") for name in names)),),
        bodies=(
            tuple(
                (
                    header(row.model, scope="row"),
                    *cells([str(row.npar)], "num"),
                    *cells(
                        [
                            number(value, 4)
                            for value in (row.aic, row.bic, row.log_likelihood, row.deviance)
                        ],
                        "num",
                    ),
                    *_test(row, decimals),
                )
                for row in rows
            ),
        ),
        foot=tuple(note(remark, len(names) + 1) for remark in remarks),
    )


def _count(n: int) -> str:
    return _NUMBERS[n] if n < len(_NUMBERS) else str(n)


def _test(row: ComparisonRow, decimals: int) -> tuple[Cell, ...]:
    if row.chisq is None or row.p is None:
        return cells(["", "", ""], "num")
    return (
        *cells([number(row.chisq, decimals), str(row.df)], "num"),
        Cell(pieces=_raised(p_value(row.p, 7)), kind="num"),
    )


def _raised(text: str) -> Pieces:
    """Split a number into what stands on the line and its raised power of ten."""
    base = text.rstrip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    # NFKC turns raised digits, and the raised minus, into usual ones.
    power = unicodedata.normalize("NFKC", text.removeprefix(base))
    return (*plain(base), *(((power, True),) if power else ()))
