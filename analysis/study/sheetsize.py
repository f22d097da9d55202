"""How far the cells of a workbook's sheets reach, told before memory is taken for them."""

from __future__ import annotations

import posixpath
import re
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from analysis.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

_MOST_CELLS = 10_000_000
"""Cells of a sheet that may be empty for the most part: in memory each has a place."""

_FULL = 0.1
"""The least part of more cells that holds something: of a table, but not up to a stray cell."""

# A cell that holds something: one that holds nothing ends at once.
_CELL = re.compile(rb"""\sr=["']([A-Za-z]{1,3})(\d{1,7})["'][^</]{0,200}<[^/]""")
_CHUNK, _LONGEST_CELL = 1_000_000, 500


def refuse_stray_cells(path: Path, sheet: str | None) -> None:
    """
    Refuse a sheet with a cell far from all others: the rows and columns up to it fill the memory.

    Parameters
    ----------
    path : Path
        A workbook.
    sheet : str or None
        The sheet's name; None means all sheets.

    Raises
    ------
    DataError
        If there is one.
    """
    with zipfile.ZipFile(path) as book:
        for name, part in _parts(book).items():
            # What is no part is the reader's to refuse.
            if sheet in {None, name} and part in book.namelist():
                with book.open(part) as file:
                    _refuse(f"{path}: the sheet {name!r}", file)


def _parts(book: zipfile.ZipFile) -> dict[str, str]:
    """Return where each sheet lies within the file, by its name."""
    targets, parts = {}, {}
    for relation in ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels")):
        targets[relation.get("Id")] = posixpath.join("/xl", relation.get("Target", ""))[1:]
    for sheet in ElementTree.fromstring(book.read("xl/workbook.xml")).iterfind(".//{*}sheet"):
        key = next((value for name, value in sheet.items() if name.endswith("}id")), None)
        parts[sheet.get("name", "")] = targets.get(key, "")
    return parts


def _refuse(what: str, sheet: IO[bytes]) -> None:
    n_full, rows, columns = 0, set(), set()
    rest = b""
    while chunk := sheet.read(_CHUNK):
        text, end = rest + chunk, 0
        for cell in _CELL.finditer(text):
            n_full, end = n_full + 1, cell.end()
            columns.add(cell[1])
            rows.add(cell[2])
        rest = text[max(end, len(text) - _LONGEST_CELL) :]
    if not n_full:
        return
    numbers = {_number(column): column.decode().upper() for column in columns}
    first, last = min(map(int, rows)), max(map(int, rows))
    n_cells = (last - first + 1) * (max(numbers) - min(numbers) + 1)
    if n_cells > _MOST_CELLS and n_full < n_cells * _FULL:
        corners = f"{numbers[min(numbers)]}{first} to {numbers[max(numbers)]}{last}"
        msg = (
            f"{what} reaches from {corners}, {n_cells:,} cells of which {n_full:,} hold something; "
            "delete the rows and columns after the table, or save it as CSV"
        )
        raise DataError(msg)


def _number(column: bytes) -> int:
    number = 0
    for letter in column.upper():
        number = 26 * number + letter - ord("A") + 1
    return number
