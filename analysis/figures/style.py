"""The figures' one style: matplotlib's settings and the sizes of what is drawn."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl

_FILE = mpl.rc_params_from_file(Path(__file__).with_name("report.mplstyle"))

STYLE = {name: _FILE[name] for name in _FILE if not name.startswith("backend")}
"""All of matplotlib's settings, so that a user's own do not leak in; the backend is not a style."""

WIDTH, HEIGHT = (72 * inches for inches in STYLE["figure.figsize"])
"""Size of a figure, in points."""

LEAST_SIZE = 8.0
"""Smallest type of labels and titles that are too wide for the usual one, in points."""

MOST_NAMED = 20
"""More groups than this are keyed by colour alone, and drawn thinner."""
