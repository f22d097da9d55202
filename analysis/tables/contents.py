"""What an analysis holds, as a table for a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.tables.table import Table, cells, header, note
from analysis.writing.numbers import MISSING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.results.results import Results
    from analysis.tables.table import Cell


def contents_table(results: Results, tables: Sequence[str], figures: Sequence[str]) -> Table:
    """
    List what can be asked of an analysis.

    Parameters
    ----------
    results : Results
    tables, figures : sequence of str
        Their names.

    Returns
    -------
    Table
    """
    sample, words = results.sample, results.study.words
    models = {name: fits["REML"].spec.formula for name, fits in results.models.items()}
    others = {"table": tables, "figure": figures}
    return Table(
        name="contents",
        caption=(
            f"{results.study.title}: {sample.n_observations} rows in {sample.n_groups} "
            f"{words.groups}, from {sample.source}"
        ),
        head=((header("Ask for"), header("What there is")),),
        bodies=(
            tuple(_row(f'model("{name}")', formula) for name, formula in models.items()),
            tuple(_row(f"{what}(name)", ", ".join(names)) for what, names in others.items()),
        ),
        foot=tuple(note(text, 2) for text in results.notes),
    )


def _row(ask: str, what: str) -> tuple[Cell, ...]:
    return (header(ask, scope="row"), *cells([what or MISSING]))
