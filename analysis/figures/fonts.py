"""The figures' fonts: that of the PDF's text, and others for characters that it lacks."""

from __future__ import annotations

import unicodedata
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from warnings import catch_warnings, filterwarnings

import matplotlib as mpl
from matplotlib.font_manager import findfont, findSystemFonts, fontManager, get_font

from analysis.figures.style import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matplotlib.ft2font import FT2Font

TEXT = "Libertinus Serif"
"""Of the PDF's text as well: the file is the one that Typst carries."""

FALLBACK = "DejaVu Sans"
"""Comes with matplotlib."""

fontManager.addfont(Path(__file__).with_name("typeface") / "LibertinusSerif-Regular.otf")
# Of equals the first is found: another release on the machine would set other widths.
fontManager.ttflist.insert(0, fontManager.ttflist.pop())

# No marks of their own: controls, formats, blanks; and the variants of what stands before.
_UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Zs"}
_VARIANTS = range(0xFE00, 0xFE10)

_UPRIGHT = {"Regular", "Book", "Normal", "Roman", "Medium"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fonts:
    """
    What texts are set in.

    Parameters
    ----------
    families : tuple of str
        That of the text, then those that have what it lacks.
    lacking : str
        Characters that none has; a box stands for each.
    """

    families: tuple[str, ...] = (TEXT,)
    lacking: str = ""


def fonts_for(texts: Iterable[str]) -> Fonts:
    """
    Find fonts for all characters of some texts.

    Parameters
    ----------
    texts : iterable of str

    Returns
    -------
    Fonts
        As few as possible of the machine's, upright ones of a usual weight.
    """
    wanted = {each for each in set("".join(texts)) if _is_seen(each)}
    missing = wanted - _had_by(get_font(findfont(TEXT)), wanted)
    families, known = [TEXT], []
    if has := _had_by(get_font(findfont(FALLBACK)), missing):
        families.append(FALLBACK)
        missing -= has
    if missing:
        known = _with_any(missing)
    while missing and known:
        path, family, has = min(known, key=lambda font: (-len(missing & font[2]), font[1], font[0]))
        if not missing & has:
            break
        fontManager.addfont(path)
        families.append(family)
        missing -= has
    return Fonts(families=tuple(families), lacking="".join(sorted(missing)))


@contextmanager
def in_style(fonts: Fonts | None = None) -> Iterator[None]:
    """Draw in the figures' style and these fonts; a missing character is told by its box alone."""
    with mpl.rc_context(STYLE), catch_warnings():
        filterwarnings("ignore", r"Glyph .* missing from font")
        if fonts is not None:
            mpl.rcParams["font.family"] = list(fonts.families)
        yield


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in _UNSEEN and ord(character) not in _VARIANTS


def _had_by(font: FT2Font, characters: set[str]) -> set[str]:
    return {each for each in characters if font.get_char_index(ord(each))}


def _with_any(characters: set[str]) -> list[tuple[str, str, set[str]]]:
    """Return the path, the family and the characters of the machine's fonts that have some."""
    found = []
    for path in findSystemFonts():
        # A damaged font, or one in a format that FreeType does not read.
        with suppress(OSError, RuntimeError):
            font = get_font(path)
            usual = font.scalable and not font.style_flags and font.style_name in _UPRIGHT
            if usual and (has := _had_by(font, characters)):
                found.append((path, font.family_name, has))
    return found
