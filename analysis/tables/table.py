"""A table as data, and the one template that makes it HTML."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

if TYPE_CHECKING:
    from collections.abc import Iterable

Pieces = tuple[tuple[str, bool], ...]
"""A cell's text in pieces, each with whether it is raised."""

ALIGNMENTS = {"text": "left", "num": "right", "estimate": "center", "note": "left"}
"""Kinds of cells, which are their CSS classes, and how each is aligned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """
    One cell of a table.

    Parameters
    ----------
    pieces : tuple of (str, bool)
    kind : str
        A key of `ALIGNMENTS`.
    scope : str
        "col", "colgroup" or "row" make it a header of these; empty a cell with data.
    colspan, rowspan : int
    """

    pieces: Pieces
    kind: str = "text"
    scope: str = ""
    colspan: int = 1
    rowspan: int = 1

    @property
    def align(self) -> str:
        """Horizontal alignment, which the PDF takes from each cell by itself."""
        return ALIGNMENTS[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    A whole table.

    Parameters
    ----------
    name : str
    caption : str
    head : tuple of (tuple of Cell)
        Rows of column headers.
    bodies : tuple of (tuple of (tuple of Cell))
        Groups of rows of data.
    foot : tuple of (tuple of Cell)
        Rows of notes.

    Raises
    ------
    ValueError
        If the rows, with the cells that span them from above, differ in width.
    """

    name: str
    caption: str
    head: tuple[tuple[Cell, ...], ...]
    bodies: tuple[tuple[tuple[Cell, ...], ...], ...]
    foot: tuple[tuple[Cell, ...], ...] = ()

    @property
    def width(self) -> int:
        """Number of columns."""
        return sum(cell.colspan for cell in self.head[0])

    def __post_init__(self) -> None:
        pending = [0] * self.width
        for row in (*self.head, *(row for body in self.bodies for row in body), *self.foot):
            width = sum(cell.colspan for cell in row) + sum(rows > 0 for rows in pending)
            if width != self.width:
                msg = f"table {self.name}: a row has {width} columns, not {self.width}: {row}"
                raise ValueError(msg)
            pending = _still_spanned(row, pending)


def _still_spanned(row: tuple[Cell, ...], pending: list[int]) -> list[int]:
    """By column, how many rows below are covered by cells of this row and those above."""
    spans = iter([cell.rowspan for cell in row for _ in range(cell.colspan)])
    covered = [rows or next(spans) for rows in pending]
    return [rows - 1 for rows in covered]


def plain(text: str) -> Pieces:
    """Return a text in one piece, not raised."""
    return ((text, False),)


def header(
    text: str, kind: str = "text", *, scope: str = "col", colspan: int = 1, rowspan: int = 1
) -> Cell:
    """Return a header cell."""
    return Cell(pieces=plain(text), kind=kind, scope=scope, colspan=colspan, rowspan=rowspan)


def cells(texts: Iterable[str], kind: str = "text") -> tuple[Cell, ...]:
    """Return a data cell for each text."""
    return tuple(Cell(pieces=plain(text), kind=kind) for text in texts)


def note(text: str, width: int) -> tuple[Cell, ...]:
    """Return a row with one note as wide as the table."""
    return (Cell(pieces=plain(text), kind="note", colspan=width),)


def render(table: Table) -> str:
    """
    Return a table as an HTML fragment.

    Parameters
    ----------
    table : Table

    Returns
    -------
    str
        A whole <table>, everything in it escaped.
    """
    return _template().render(table=table) + "\n"


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("table.html.j2")
