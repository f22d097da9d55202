"""The colours on white, and what becomes of each in the dark."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.colors import to_hex

if TYPE_CHECKING:
    from collections.abc import Iterator

# plasma up to the first keeps a contrast of 3 to 1 with white, from the second to the third with
# the dark ground; both its lightness and its yellow rise, which every kind of colour vision sees.
_LIGHTEST = 0.63
_DARKEST, _TO = 0.41, 0.95

# The ground is that of the pages (report/look/theme.css), so that no edge of a figure shows.
_GREYS = {
    "#ffffff": "#12161d",
    "#111111": "#f4f6f9",
    "#222222": "#e3e7ee",
    "#767676": "#929daf",
    "#dcdcdc": "#3a4454",
    "#e4e4e4": "#28303c",
    "#b48ebd": "#7b5a94",
    "#555555": "#a4aebd",
}

_COLOUR = re.compile(r"\b(fill|stroke):(#[0-9a-f]{6})\b")


def shades(count: int) -> np.ndarray[Any, Any]:
    """
    Return colours on white, from dark to light.

    Parameters
    ----------
    count : int

    Returns
    -------
    ndarray, shape (count, 4)
        RGBA.
    """
    found: np.ndarray[Any, Any] = mpl.colormaps["plasma"](np.linspace(0, _LIGHTEST, count))
    return found


def with_dark(svg: bytes) -> bytes:
    """
    Let a drawing be dark where the page is that shows it.

    Parameters
    ----------
    svg : bytes
        Of matplotlib, whose colours all stand in styles of elements.

    Returns
    -------
    bytes
        A browser takes the page's scheme for that of the image; other programs see the drawing on
        white, as do browsers that ask the system instead.

    Raises
    ------
    KeyError
        If a colour has no counterpart.
    """
    # Without the blank, for a notebook shows the drawing beside others of matplotlib's; and the
    # rules name no ancestor, or a browser would not apply them to what an element `use` refers to.
    text = svg.decode().replace("fill: #", "fill:#").replace("stroke: #", "stroke:#")
    rules = "".join(
        f'[style*="{kind}:{colour}"]{{{kind}:{in_the_dark(colour)} !important}}'
        for kind, colour in sorted(set(_COLOUR.findall(text)))
    )
    style = f"@media (prefers-color-scheme:dark){{{rules}}}</style>"
    return text.replace("</style>", style, 1).encode()


def in_the_dark(colour: str) -> str:
    """Return what a colour on white becomes in the dark, in hexadecimal."""
    return _DARK[colour]


def _groups() -> Iterator[tuple[str, str]]:
    plasma = mpl.colormaps["plasma"]
    last = int(_LIGHTEST * plasma.N)
    for i in range(last + 1):
        yield to_hex(plasma(i)), to_hex(plasma(_DARKEST + (_TO - _DARKEST) * i / last))


_DARK = {**_GREYS, **dict(_groups())}
