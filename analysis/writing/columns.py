"""Texts in columns, for a terminal."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = "  "


def in_columns(rows: Sequence[Sequence[str]], right: Sequence[bool]) -> list[str]:
    """
    Return a line for each row, its texts below those of the row above.

    Parameters
    ----------
    rows : sequence of (sequence of str)
        All of one length.
    right : sequence of bool
        Whether a column is aligned on the right, by column.

    Returns
    -------
    list of str

    Examples
    --------
    >>> in_columns([["Model", "AIC"], ["班", "9.5"]], [False, True])
    ['Model  AIC', '班     9.5']
    """
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [_GAP.join(map(_padded, row, widths, right)).rstrip() for row in rows]


def _padded(text: str, width: int, right: bool) -> str:
    blanks = " " * (width - _width(text))
    return blanks + text if right else text + blanks


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes: wide characters of East Asia take two."""
    return sum(
        0 if unicodedata.combining(each) else 1 + (unicodedata.east_asian_width(each) in "WF")
        for each in text
    )
