"""Which groups are drawn, one by one, where a study has more than a reader can look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from analysis.mixed.model import INTERCEPT
from analysis.results.moved import moved
from analysis.results.roles import Role
from analysis.results.room import FIGURES, PAGE, Room

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analysis.results.lines import Lines
    from analysis.results.summary import Summary

Ordered = TypeVar("Ordered")

SEED = 1
"""Of the groups that are drawn by chance."""


_MODELS = 3
"""Models up to which the page has this room; more of them, with as many lines, leave less."""

KINDS = ("named", "tested", "moved", "largest", "smallest", "chance")
"""
Why a group is drawn: a text names it, it is put to the test of prediction, the model moves its line
most, it has most or fewest rows, or by chance. The first that holds counts.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnGroups:
    """
    The groups that are drawn.

    Parameters
    ----------
    groups : tuple of str
        In the order of the table.
    parts : Mapping of str to int
        How many of them for each of the reasons in `KINDS`; empty where all are drawn.
    n_all : int
        Groups with a line of their own, drawn or not.
    seed : int
        Of those by chance.
    """

    groups: tuple[str, ...]
    parts: Mapping[str, int]
    n_all: int
    seed: int = SEED

    @property
    def all(self) -> bool:
        """Whether every group is drawn."""
        return len(self.groups) == self.n_all

    def __len__(self) -> int:
        return len(self.groups)


def at_steps(order: Sequence[Ordered]) -> Sequence[Ordered]:
    """Return what a figure draws of groups in an order: at even steps, where they are many."""
    return order[:: -(-len(order) // FIGURES.most)]


def room_on_page(lines: Lines) -> Room:
    """Return the page's room: that of three models, or as many lines of more."""
    models = max(_MODELS, len(lines.fits))
    return Room(*(size * _MODELS // models for size in PAGE))


def named_groups(summary: Summary) -> tuple[str, ...]:
    """Return the groups that texts name beside any drawing: extremes, and examples of weights."""
    slopes, weights = summary.pooling.slopes, summary.weights
    named = [] if slopes is None else [slopes.low.group, slopes.high.group]
    if weights is not None:
        effects = summary.models[weights.model].random[INTERCEPT].effects
        named += [effects.low.group, effects.high.group]
        named += [example.group for example in weights.examples]
    return tuple(dict.fromkeys(named))


def drawn_groups(
    lines: Lines, room: Room, named: Iterable[str] = (), tested: Iterable[str] = ()
) -> DrawnGroups:
    """
    Choose the groups that are drawn.

    Parameters
    ----------
    lines : Lines
        Of a study with models that have lines.
    room : Room
    named : iterable of str
        Groups that a text beside the drawing names.
    tested : iterable of str
        Groups that the drawing puts to the test.

    Returns
    -------
    DrawnGroups
        All where there are few. Else `room.some`: those named and tested, a quarter each of the
        others that the model moves most, the largest and the smallest, and the rest by chance,
        which also decides between groups that are equal; groups of one size are none of them
        largest.
    """
    groups = lines.groups
    if len(groups) <= room.most:
        return DrawnGroups(groups=groups, parts={}, n_all=len(groups))
    wanted = dict.fromkeys(tested, "tested") | dict.fromkeys(named, "named")
    known = [(group, kind) for group, kind in wanted.items() if group in lines.sizes]
    chosen = dict(known[: room.some])
    quarter = (room.some - len(chosen)) // 4
    for kind, order in _orders(lines).items():
        others = [group for group in order if group not in chosen]
        n = room.some - len(chosen) if kind == "chance" else quarter
        chosen |= dict.fromkeys(others[:n], kind)
    kinds = list(chosen.values())
    return DrawnGroups(
        groups=tuple(group for group in groups if group in chosen),
        parts={kind: kinds.count(kind) for kind in KINDS if kind in kinds},
        n_all=len(groups),
    )


def _orders(lines: Lines) -> dict[str, Sequence[str]]:
    """Return the groups by each of the reasons, first what is drawn first."""
    model, sizes = _model(lines), lines.sizes
    places = np.random.default_rng(SEED).permutation(len(lines.groups)).tolist()
    shuffled = [lines.groups[place] for place in places]
    apart = {group: moved(lines, model, group) for group in lines.groups}
    orders: dict[str, Sequence[str]] = {}
    orders["moved"] = sorted(shuffled, key=apart.__getitem__, reverse=True)
    if len(set(sizes.values())) > 1:
        orders["largest"] = sorted(shuffled, key=sizes.__getitem__, reverse=True)
        orders["smallest"] = sorted(shuffled, key=sizes.__getitem__)
    return {**orders, "chance": shuffled}


def _model(lines: Lines) -> str:
    """Return the model with random slopes, or else the largest one that has lines."""
    name = lines.fitted.ladder.name(Role.SLOPES)
    return name if name in lines.fits else list(lines.fits)[-1]
