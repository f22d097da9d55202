"""A table as text for a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from analysis.writing.columns import in_columns
from analysis.writing.numbers import raised

if TYPE_CHECKING:
    from analysis.tables.table import Cell, Table

_LEAST_ROOM = 79
"""Characters of a line that notes may use where the table is narrower."""


def as_text(table: Table) -> str:
    """
    Return a table as text in columns, its caption above and its notes below.

    Parameters
    ----------
    table : Table
        Without cells that span rows or columns, but for the notes.

    Returns
    -------
    str
        Every line ends in a line feed.

    Examples
    --------
    >>> from analysis.tables.table import Table, cells, header
    >>> head = ((header("Model"), header("AIC", "num")),)
    >>> body = ((header("a", scope="row"), *cells(["9.5"], "num")),)
    >>> print(as_text(Table(name="t", caption="One", head=head, bodies=(body,))), end="")
    One
    Model  AIC
    a      9.5
    """
    rows = [*table.head, *(row for body in table.bodies for row in body)]
    right = [cell.align == "right" for cell in table.head[0]]
    lines = in_columns([[_text(cell) for cell in row] for row in rows], right)
    room = max(_LEAST_ROOM, *map(len, lines))
    notes = [line for row in table.foot for line in textwrap.wrap(_text(row[0]), room)]
    return "".join(f"{line}\n" for line in (table.caption, *lines, *notes))


def _text(cell: Cell) -> str:
    # As R prints it, and as programs read it.
    return "".join(_raised(text) if high else text.replace("−", "-") for text, high in cell.pieces)


def _raised(text: str) -> str:
    """Return a power of ten in raised digits, as it was before HTML had it."""
    power = text.replace("\N{MINUS SIGN}", "-")
    return raised(int(power)) if power.lstrip("-").isdigit() else text
