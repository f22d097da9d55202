"""Which groups of a table a study uses."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

from analysis.errors import listed

_MOST_IN_A_RANGE = 1_000_000

_WHOLE_NUMBER = re.compile(r"-?\d{1,1000}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSelection:
    """
    Which groups of the table a study uses.

    Parameters
    ----------
    names : tuple of str or None
        The groups by name; None means no list of names.
    random : int or None
        How many groups to draw at random, without replacement.
    seed : int
        Seed of that draw.

    Examples
    --------
    >>> GroupSelection.parse("2-4").names
    ('2', '3', '4')
    >>> GroupSelection.parse("all").everything
    True
    """

    names: tuple[str, ...] | None = None
    random: int | None = None
    seed: int = 1

    @property
    def everything(self) -> bool:
        """Whether every group of the table is used."""
        return self.names is None and self.random is None

    @classmethod
    def parse(cls, value: object) -> GroupSelection:
        """
        Read the ``groups`` key of a study file.

        Parameters
        ----------
        value : object
            ``"all"``, ``"1-15"``, a list of names or numbers, or ``{random = 15, seed = 1}``.

        Returns
        -------
        GroupSelection

        Raises
        ------
        ValueError
            If the value is none of these.
        """
        match value:
            case "all":
                return cls()
            case str() if found := re.fullmatch(r"\s*(\d+)\s*-\s*(\d+)\s*", value):
                first, last = int(found[1]), int(found[2])
                if last - first >= _MOST_IN_A_RANGE:
                    msg = (
                        f"groups is {value!r}, a range of more than {_MOST_IN_A_RANGE:,}; write "
                        '"all", or a range of groups that the table has'
                    )
                    raise ValueError(msg)
                if first <= last:
                    return cls(names=tuple(str(i) for i in range(first, last + 1)))
            case list() if value and all(_is_name(item) for item in value):
                names = tuple(str(item) for item in value)
                if len(set(names)) == len(names):
                    return cls(names=names)
            case {"random": count, **rest} if set(rest) <= {"seed"}:
                seed = rest.get("seed", 1)
                if _is_integer(count) and count > 0 and _is_integer(seed):
                    return cls(random=count, seed=seed)
        msg = (
            f'groups is {value!r}; write "all", a range such as "1-15", a list of different '
            "groups, or {random = 15, seed = 1}"
        )
        raise ValueError(msg)


def _is_name(value: object) -> bool:
    return isinstance(value, str) or _is_integer(value)


def _is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def ordered(names: Sequence[str]) -> tuple[str, ...]:
    """
    Return groups in numerical order if all are whole numbers, else in that of the alphabet.

    Examples
    --------
    >>> ordered(["10", "9"]), ordered(["10", "9", "a"])
    (('9', '10'), ('10', '9', 'a'))
    """
    if all(_WHOLE_NUMBER.fullmatch(name) for name in names):
        return tuple(sorted(names, key=int))
    return tuple(sorted(names))


def choose(selection: GroupSelection, present: tuple[str, ...]) -> tuple[str, ...]:
    """
    Return the groups that a study uses.

    Parameters
    ----------
    selection : GroupSelection
    present : tuple of str
        The groups that there are.

    Returns
    -------
    tuple of str
        In the same order.

    Raises
    ------
    ValueError
        If there are no such groups, or fewer than are to be drawn.
    """
    if selection.names is not None:
        known, named = set(present), set(selection.names)
        absent = [name for name in selection.names if name not in known]
        if absent:
            msg = f"group {listed(absent)}"
            raise ValueError(msg)
        return tuple(name for name in present if name in named)
    if selection.random is not None:
        if selection.random > len(present):
            msg = f"{selection.random} random groups"
            raise ValueError(msg)
        draw = random.Random(selection.seed).random  # the one sequence that Python promises to keep
        drawn = set(sorted(present, key=lambda _: draw())[: selection.random])
        return tuple(name for name in present if name in drawn)
    return present
