"""What is said of groups of which some are drawn, and of rows that are drawn as a density."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.writing.words import enumerated

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENDINGS = {1: "st", 2: "nd", 3: "rd"}

_REASONS = {
    "named": "{} that the text names",
    "tested": "{} put to the test",
    "moved": "{} that pooling moves most",
    "largest": "{} largest",
    "smallest": "{} smallest",
    "chance": "{} at random",
}


def some_drawn(n: int, n_all: int, parts: Mapping[str, int], groups: str) -> str:
    """
    Say how many groups are drawn, and why these; nothing where all are.

    Parameters
    ----------
    n, n_all : int
    parts : Mapping of str to int
        How many for each reason; empty where all are drawn.
    groups : str
        The noun.

    Examples
    --------
    >>> some_drawn(60, 50000, {"moved": 20, "chance": 40}, "classes")
    '60 of 50,000 classes: 20 that pooling moves most and 40 at random'
    >>> some_drawn(15, 15, {}, "classes")
    ''
    """
    if not parts:
        return ""
    reasons = [_REASONS[kind].format(count) for kind, count in parts.items()]
    return f"{n_of(n, n_all, groups)}: {enumerated(reasons)}"


def n_of(n: int, n_all: int, nouns: str) -> str:
    """
    Say how many of many are meant.

    Examples
    --------
    >>> n_of(60, 50000, "classes"), n_of(15, 15, "classes")
    ('60 of 50,000 classes', '15 classes')
    """
    return f"{n:,} of {n_all:,} {nouns}" if n < n_all else f"{n} {nouns}"


def as_density(n: int, units: str) -> str:
    """
    Say of a figure's ground what it is.

    Examples
    --------
    >>> as_density(1000000, "pupils")
    'density of all 1,000,000 pupils'
    """
    return f"density of all {n:,} {units}"


def steps_drawn(n: int, n_all: int) -> str:
    """
    Say that of groups in order some at even steps are drawn; nothing where all are.

    Examples
    --------
    >>> steps_drawn(200, 1000), steps_drawn(15, 15)
    (', every 5th', '')
    """
    if n == n_all:
        return ""
    step = -(-n_all // n)
    return f", every {step}{_ENDINGS.get(step % 100 if step % 100 < 20 else step % 10, 'th')}"
