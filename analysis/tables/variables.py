"""The table of the variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.errors import listed
from analysis.tables.table import Table, cells, header, note, render
from analysis.writing.notation import Notation
from analysis.writing.numbers import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analysis.results.described import Described, Levels
    from analysis.results.results import Results


def variables(results: Results) -> str:
    """
    Describe the study's columns over the whole sample; those of level 2 with one value a group.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str
    """
    study = results.study
    names = ("Variable", "Name", "Level", "Unit", "N", "Range", "Mean", "SD")
    kinds = ("text",) * 4 + ("num",) * 4
    columns, words = list(_columns(results)), study.words
    n_groups = f"{results.sample.n_groups} {words.groups}"
    level_2 = f", level 2 over the {n_groups}, each counted once"
    described = level_2 if any(column.level == 2 for _, column, _ in columns) else ""
    return render(
        Table(
            name="variables",
            caption="The variables",
            head=(tuple(map(header, names, kinds)),),
            bodies=(
                tuple(
                    (
                        header(study.heading(name), scope="row"),
                        *cells([name, str(column.level), study.unit(name) or MISSING]),
                        *cells(description, "num"),
                    )
                    for name, column, description in columns
                ),
            ),
            foot=(
                note(
                    f"Level 1 is described over the {results.sample.n_observations} {words.units}"
                    f"{described}. SD: standard deviation, with divisor N − 1.",
                    len(names),
                ),
            ),
        )
    )


def _columns(results: Results) -> Iterator[tuple[str, Described | Levels, list[str]]]:
    """Yield the numbers, then the categories, with what stands in the last columns."""
    summary = results.summary
    for name, column in summary.variables.items():
        yield name, column, _description(column)
    for name, levels in summary.categories.items():
        yield name, levels, [str(levels.n), listed(levels.names), MISSING, MISSING]


def _description(column: Described) -> list[str]:
    """N, range, mean and SD."""
    ends = (column.low, column.high)
    notation = Notation.of(column.deviation, ends, decimals=2, digits=2)
    of_ends = Notation(decimals=0) if column.whole and not notation.power else notation
    low, high = map(of_ends.write, ends)
    return [
        str(column.n),
        f"{low} to {high}" if "−" in low + high or notation.power else f"{low}–{high}",
        notation.write(column.mean),
        notation.write(column.deviation),
    ]
