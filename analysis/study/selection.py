"""Which groups of a table a study uses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeGuard

_MOST_IN_A_RANGE = 1_000_000


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
