"""The addresses that a style sheet asks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_ANY = re.compile(
    r"""/\*.*?\*/
    | (?:\burl\(\s*|@import\s+) (?: "(?P<double>[^"]*) | '(?P<single>[^']*) )
    | \burl\(\s* (?P<bare>[^"')\s]+)
    | image-set\( (?P<set>
        (?: "[^"]*" | '[^']*' | [^()"'] | \( (?: "[^"]*" | '[^']*' | [^()"'] )* \) )* ) \)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_IN_SET = re.compile(
    r"""/\*.*?\*/ | \btype\([^)]*\)
    | "(?P<double>[^"]*)" | '(?P<single>[^']*)'
    | \burl\(\s* (?P<bare>[^"')\s]+)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
"""What each asks for is its group; a match without one is a comment, or a kind of image."""


def with_addresses(css: str, change: Callable[[str], str]) -> str:
    """
    Return a style sheet with other addresses in the place of its own.

    Examples
    --------
    >>> with_addresses("@import 'a.css'; p { background: url(b.png) /* url(c) */ }", str.upper)
    "@import 'A.CSS'; p { background: url(B.PNG) /* url(c) */ }"
    >>> with_addresses('image-set("a.png" 1x, url(b.png) 2x type("image/png"))', str.upper)
    'image-set("A.PNG" 1x, url(B.PNG) 2x type("image/png"))'
    """
    return _filled(_ANY, css, change)


def _filled(pattern: re.Pattern[str], text: str, change: Callable[[str], str]) -> str:
    def filled(found: re.Match[str]) -> str:
        group = found.lastgroup
        if group is None:
            return found[0]
        old = found[group]
        new = _filled(_IN_SET, old, change) if group == "set" else change(old)
        start, end = (place - found.start() for place in found.span(group))
        return found[0][:start] + new + found[0][end:]

    return pattern.sub(filled, text)


def addresses_in_css(css: str) -> list[str]:
    """
    Return the addresses that a style sheet asks for.

    Examples
    --------
    >>> addresses_in_css("@import 'a.css'; p { background: url(https://x.org/b.png) }")
    ['a.css', 'https://x.org/b.png']
    """
    found: list[str] = []

    def noted(address: str) -> str:
        found.append(address)
        return address

    with_addresses(css, noted)
    return [address for address in found if address]
