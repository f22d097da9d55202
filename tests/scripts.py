"""Studies whose groups have names in other scripts, and a font with hardly a character."""

import re

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from ratings import STUDY, pupils, put

UNKNOWN = "\U0010fff0"
"""A character for private use, which no font has."""


def put_named(folder, names):
    """Write a study whose groups have these names; return its path."""
    frame = pupils()
    chosen = frame[frame["class"] <= len(names)].assign(
        **{"class": frame["class"].map(dict(enumerate(names, start=1)))}
    )
    put(chosen, folder / "pupils.csv")
    study = folder / "named.toml"
    study.write_text(STUDY, encoding="utf-8")
    return study


def put_font(path, characters, family="Tiny", *, style="Regular", advance=700):
    """Write a font in which all characters are triangles; return its path as text."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((300, 900))
    pen.lineTo((600, 0))
    pen.closePath()
    glyph, names = pen.glyph(), [f"uni{ord(each):04X}" for each in characters]
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", *names])
    font.setupCharacterMap({ord(each): name for each, name in zip(characters, names, strict=True)})
    font.setupGlyf(dict.fromkeys([".notdef", *names], glyph))
    font.setupHorizontalMetrics(dict.fromkeys([".notdef", *names], (advance, 0)))
    font.setupHorizontalHeader(ascent=900, descent=-100)
    font.setupNameTable({"familyName": family, "styleName": style})
    font.setupOS2()
    font.setupPost()
    font.save(path)
    return str(path)


def paths_of(svg):
    """Return the names of the glyphs that a figure draws."""
    return set(re.findall(rb'<path id="([^"]+)"', svg))
