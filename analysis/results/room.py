"""How many groups are drawn where a study has many, and how many rows are taken into memory."""

from __future__ import annotations

from typing import NamedTuple


class Room(NamedTuple):
    """Up to how many groups all are drawn, and how many of more."""

    most: int
    some: int


FIGURES = Room(most=200, some=60)
"""Of a figure: lines beyond 200 hide each other, and 60 can be followed."""

PAGE = Room(most=500, some=240)
"""Of the interactive page, where each can be picked; each weighs some kilobytes."""

MOST_HELD = 2_000_000
"""Rows that an engine gives into memory at most: of the groups that are drawn, or tested."""
