"""The cells of a table that stargazer wrote as HTML."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from analysis.tables.table import plain

if TYPE_CHECKING:
    from analysis.tables.table import Pieces


def stargazer_cells(html: str) -> list[list[Pieces]]:
    """
    Read the cells of stargazer's HTML, row by row; rows without text are left out.

    Parameters
    ----------
    html : str
        With rows that do not end and cells outside of rows (stargazer 0.0.7).

    Returns
    -------
    list of (list of Pieces)
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    rows = [[_merged(cell) for cell in row] for row in reader.rows]
    return [row for row in rows if any(text for cell in row for text, _ in cell)]


def _merged(cell: list[tuple[str, bool]]) -> Pieces:
    """Join neighbouring pieces of the same height."""
    pieces: list[tuple[str, bool]] = []
    for text, raised in cell:
        if pieces and pieces[-1][1] == raised:
            pieces[-1] = (pieces[-1][0] + text, raised)
        else:
            pieces.append((text, raised))
    return tuple(pieces) or plain("")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[list[tuple[str, bool]]]] = [[]]
        self._inside = False
        self._raised = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append([])
            self._inside = True
        elif tag == "sup":
            self._raised = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self._inside = False
        elif tag == "sup":
            self._raised = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1].append((data, self._raised))
