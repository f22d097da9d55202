"""How wide a text is, and how it fits a width: wrapped, smaller, or cut so that it stays itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.font_manager import findfont, get_font
from matplotlib.ft2font import LoadFlags

from analysis.figures.fonts import TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LINE_HEIGHT = 1.2
"""Distance between lines of text, in units of its size."""

# The box that stands for a character that no font has.
_LACKING = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """
    A text as it is set.

    Parameters
    ----------
    text : str
        With its line breaks.
    size : float
        Size of the type, in points.
    """

    text: str
    size: float

    @property
    def lines(self) -> int:
        """Number of lines."""
        return self.text.count("\n") + 1

    @property
    def extra(self) -> float:
        """Height of the lines after the first, in points."""
        return (self.lines - 1) * LINE_HEIGHT * self.size


def width(text: str, size: float) -> float:
    r"""
    Measure a text, by sums: drawing one to measure it takes a hundred times as long.

    Parameters
    ----------
    text : str
    size : float
        Size of the type, in points.

    Returns
    -------
    float
        Points, without kerning; of several lines the widest.

    Examples
    --------
    >>> round(width("0000000000", 10)), width("a\nbcd", 10) == width("bcd", 10)
    (46, True)
    """
    families = tuple(mpl.rcParams["font.family"])
    return max(
        size * sum(_advance(character, families) for character in line) for line in text.split("\n")
    )


@cache
def _advance(character: str, families: tuple[str, ...]) -> float:
    for family in dict.fromkeys((TEXT, *families)):
        font = get_font(findfont(family))
        if font.get_char_index(ord(character)):
            glyph = font.load_char(ord(character), LoadFlags.NO_SCALE | LoadFlags.NO_HINTING)
            return float(glyph.horiAdvance / font.units_per_EM)
    return _LACKING


def fit(text: str, room: float, size: float, *, least: float, lines: int = 2) -> Fitted:
    """
    Set a text so that it fits a width: on two lines, in smaller type, or else cut.

    Parameters
    ----------
    text : str
    room : float
        Width that there is, in points.
    size, least : float
        Usual and smallest size of the type, in points.
    lines : int
        How many lines there may be, 1 or 2.

    Returns
    -------
    Fitted
        As it was, if it fits on a line.
    """
    while width(text, size) > room:
        if lines > 1 and width(broken := _in_two(text), size) <= room:
            return Fitted(text=broken, size=size)
        if size <= least:
            shorter = _in_two(text).split("\n") if lines > 1 else [text]
            return Fitted(text="\n".join(cut(line, room, size) for line in shorter), size=size)
        size = max(least, size - 0.5)
    return Fitted(text=text, size=size)


def wrapped(text: str, room: float, size: float) -> str:
    """Break a text between words into as many lines as it takes in a width, in points."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and width(f"{lines[-1]} {word}", size) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(cut(word, room, size))
    return "\n".join(lines)


def _in_two(text: str) -> str:
    """Break a text between words, where the wider line is shortest."""
    upto = _widths(text)
    blanks = [i for i, character in enumerate(text) if character == " "]
    at = min(blanks, key=lambda i: max(upto[i], upto[-1] - upto[i + 1]), default=None)
    return text if at is None else f"{text[:at]}\n{text[at + 1 :]}"


def _widths(text: str) -> list[float]:
    """Return the widths of all beginnings of a line, the empty one first, at size 1."""
    families = tuple(mpl.rcParams["font.family"])
    return [0.0, *accumulate(_advance(character, families) for character in text)]


def cut(text: str, room: float, size: float, *, middle: bool = False) -> str:
    """
    Cut a text at its end, or in its middle, if it does not fit.

    Parameters
    ----------
    text : str
    room, size : float
        Width that there is, and size of the type, in points.
    middle : bool

    Returns
    -------
    str
        With an ellipsis for what is left out.
    """
    if width(text, size) <= room:
        return text
    last = " ".join(text.split()[1:][-1:])
    # Once, and not for each of the texts that may fit: labels have hundreds of characters.
    upto, left = _widths(text), room / size - width("…", 1)
    for kept in range(len(text) - 1, 1, -1):
        tail = 0
        if middle:
            # A whole word at the end tells more than half of two.
            tail = len(last) if 0 < len(last) < kept - 1 else kept // 2
        start = text[: kept - tail].rstrip()
        end = text[len(text) - tail :].lstrip()
        if upto[len(start)] + upto[-1] - upto[len(text) - len(end)] <= left:
            return f"{start}…{end}"
    return "…"


def distinct(names: Iterable[str], room: float, size: float) -> dict[str, str]:
    """
    Shorten names so that they fit a width and no two become the same.

    Parameters
    ----------
    names : iterable of str
    room, size : float
        Width that there is, and size of the type, in points.

    Returns
    -------
    dict of str to str
        By name: cut at the end; in the middle where that is shared; numbered where that is, too.
    """
    names = list(names)
    shorter = {name: cut(name, room, size) for name in names}
    ways: tuple[Callable[[int, str], str], ...] = (
        lambda _, name: cut(name, room, size, middle=True),
        lambda i, name: cut(name, room - width(f" {i}", size), size) + f" {i}",
    )
    for way in ways:
        found = Counter(shorter.values())
        shared = [name for name in names if found[shorter[name]] > 1]
        shorter |= {name: way(i, name) for i, name in enumerate(shared, start=1)}
    return shorter
