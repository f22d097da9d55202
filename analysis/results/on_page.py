"""The groups and the rows that the interactive page holds, whatever the size of a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.results.density import Density, density_of
from analysis.results.drawn import DrawnGroups, drawn_groups, named_groups, room_on_page
from analysis.results.observations import Observation, observations

if TYPE_CHECKING:
    from analysis.results.lines import Lines
    from analysis.results.shown_split import ShownSplit
    from analysis.results.summary import Summary

MOST_ROWS = 12_000
"""Rows on the page: 24 of each of 500 groups."""

_POOL = 1000
"""Values of the predictor, at even steps of its quantiles, that simulated groups draw from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPage:
    """
    What the page holds.

    Parameters
    ----------
    drawn : DrawnGroups
    rows : tuple of Observation
        Of these groups, in the order of the table.
    most_of_group : int or None
        Rows of a group at most, spread over it; None where all of them are there.
    density : Density or None
        Of all rows of the study; None where each of them is there as a point.
    pool : tuple of float
        The predictor in the rows that the models use; empty where all of these are there.
    """

    drawn: DrawnGroups
    rows: tuple[Observation, ...]
    most_of_group: int | None
    density: Density | None
    pool: tuple[float, ...]


def on_page(lines: Lines, summary: Summary, split: ShownSplit | None) -> OnPage:
    """
    Choose what the page holds.

    Parameters
    ----------
    lines : Lines
        Of a study with models that have lines.
    summary : Summary
    split : ShownSplit or None
        Whose groups are on the page as well.

    Returns
    -------
    OnPage
    """
    tested = () if split is None else split.groups
    drawn = drawn_groups(lines, room_on_page(lines), named_groups(summary), tested)
    fitted = lines.fitted
    rows = fitted.of_pooling.table(None if drawn.all else drawn.groups)
    most = None if len(rows) <= MOST_ROWS else max(1, MOST_ROWS // len(drawn))
    complete = drawn.all and most is None
    return OnPage(
        drawn=drawn,
        rows=observations(fitted, rows, most),
        most_of_group=most,
        density=None if complete else density_of(fitted, fitted.of_pooling),
        pool=() if complete else _pool(lines),
    )


def _pool(lines: Lines) -> tuple[float, ...]:
    steps = [(place + 0.5) / _POOL for place in range(_POOL)]
    return lines.fitted.of_models.quantiles(lines.study.axis, steps)
