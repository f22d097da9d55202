"""The settings of a project: `_quarto.yml`, and what the profile in use adds to it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from reading import parse_yaml, read_text

from analysis.errors import RenderError
from analysis.output.project import PROFILE_VARIABLE

if TYPE_CHECKING:
    from pathlib import Path

NAME = "_quarto.yml"


def read_keys(root: Path) -> dict[str, Any]:
    """
    Read a project's `_quarto.yml`, with `_quarto-PROFILE.yml` laid over it, as Quarto does.

    The profile is that of `QUARTO_PROFILE`, or else the project's default.

    Raises
    ------
    RenderError
        If a file is missing, or is not YAML.
    """
    keys = parse_yaml(read_text(root / NAME, "run from the project's folder"), NAME)
    for profile in _profiles(keys.pop("profile", None)):
        name = f"_quarto-{profile}.yml"
        advice = f"there is no profile {profile}: write it, or name another in {PROFILE_VARIABLE}"
        keys = merged(keys, parse_yaml(read_text(root / name, advice), name))
    return keys


def _profiles(keys: object) -> list[str]:
    default = keys.get("default", "") if isinstance(keys, dict) else ""
    names = os.environ.get(PROFILE_VARIABLE) or default
    if not isinstance(names, str):
        msg = f"{NAME}: profile.default: write one name"
        raise RenderError(msg)
    return [name.strip() for name in names.split(",") if name.strip()]


def merged(keys: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """
    Lay keys over others: lists are joined, other values replaced.

    Examples
    --------
    >>> merged({"a": {"b": [1], "c": 2}}, {"a": {"b": [3], "c": 4}})
    {'a': {'b': [1, 3], 'c': 4}}
    """
    both = dict(keys)
    for key, value in more.items():
        old = keys.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            both[key] = merged(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            both[key] = old + value
        else:
            both[key] = value
    return both
