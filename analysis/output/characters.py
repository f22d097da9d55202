"""Characters that no font has: how a build says so, and which package would help."""

from __future__ import annotations

import unicodedata

from analysis.errors import listed

_PACKAGES = (
    # Blocks from Hangul Jamo, CJK Radicals and so on to the CJK extensions of planes 2 and 3.
    ("fonts-noto-cjk", r"1100-11FF 2E80-9FFF A960-A97F AC00-D7FF F900-FAFF FE30-FE4F FF00-FFEF"),
    ("fonts-noto-cjk", r"1B000-1B16F 20000-3FFFF"),
    ("fonts-symbola", r"2190-2BFF 1F000-1FAFF"),
)
_OTHERS = "fonts-noto-core"


def package_with(character: str) -> str:
    """
    Return Debian's package with a font for a character, or nothing if Unicode leaves it open.

    Examples
    --------
    >>> package_with("班"), package_with("\N{SCHOOL}"), package_with("\N{BENGALI LETTER KA}")
    ('fonts-noto-cjk', 'fonts-symbola', 'fonts-noto-core')
    """
    if unicodedata.category(character) in {"Cn", "Co"}:
        return ""
    for package, blocks in _PACKAGES:
        for block in blocks.split():
            first, last = (int(end, 16) for end in block.split("-"))
            if first <= ord(character) <= last:
                return package
    return _OTHERS


def without_font(characters: str, what: str) -> str:
    """
    Say which characters are marked because no font has them, and what to do.

    Parameters
    ----------
    characters : str
    what : str
        What is made without them.

    Returns
    -------
    str

    Examples
    --------
    >>> without_font("班", "figures")
    'figures: no font here has 班 (U+73ED), marked there; install fonts-noto-cjk and build again'
    """
    names = listed([f"{each} (U+{ord(each):04X})" for each in sorted(characters)])
    packages = sorted({package for each in characters if (package := package_with(each))})
    advice = f"install {' and '.join(packages)} and build again" if packages else "write others"
    return f"{what}: no font here has {names}, marked there; {advice}"
