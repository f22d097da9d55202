"""The figures' one style: matplotlib's settings, and the sheets that they are drawn on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl

_FILE = mpl.rc_params_from_file(Path(__file__).with_name("report.mplstyle"))

STYLE = {name: _FILE[name] for name in _FILE if not name.startswith("backend")}
"""All of matplotlib's settings, so that a user's own do not leak in; the backend is not a style."""

LEAST_SIZE = 8.5
"""Smallest type of labels and titles that are too wide for the usual one, in points."""

NAME_SIZE = 9.0
"""Size of the names of lines and rows, in points."""

NOTE = "#555555"
"""Of remarks in a figure."""

MOST_NAMED = 20
"""More groups than this have no names, and are drawn thinner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """
    What a figure is drawn on.

    Parameters
    ----------
    width : float
        Points.
    abreast : bool
        Whether panels stand side by side, or else below each other.
    """

    width: float
    abreast: bool


WIDE = Sheet(width=148 / 25.4 * 72, abreast=True)
"""As wide as the text of the PDF, which report/look/style.typ sets."""

NARROW = Sheet(width=240.0, abreast=False)
"""As wide as the text on a phone of 360 px."""
