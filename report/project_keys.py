"""The settings of a project: `_quarto.yml`, and what the profile in use adds to it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NoReturn

from reading import line_in_yaml, parse_yaml, read_text

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
    keys: dict[str, Any] = {}
    for name, text in _files(root):
        keys = merged(keys, parse_yaml(text, name))
    keys.pop("profile", None)
    return keys


def place_of(root: Path, key: str, item: object = None) -> str:
    """
    Return the file and the line that a refusal of the settings is about.

    Parameters
    ----------
    root : Path
        The folder of a project whose settings can be read.
    key : str
        Such as "project.render"; of one that is missing, the line above which it belongs.
    item : object
        A value below the key, such as one text of a list.
    """
    found = [(*line_in_yaml(text, key, item), name) for name, text in _files(root)]
    # A profile is laid over what comes before it.
    _, line, name = max(reversed(found), key=lambda place: place[0])
    return f"{name}:{line}"


def refuse_key(root: Path, key: str, message: str, item: object = None) -> NoReturn:
    """Raise a refusal that names the key, its file and its line."""
    msg = f"{place_of(root, key, item)}: {key}: {message}"
    raise RenderError(msg)


def _files(root: Path) -> list[tuple[str, str]]:
    """Return the names and texts of the settings, each laid over the one before it."""
    text = read_text(root / NAME, "run from the project's folder")
    files = [(NAME, text)]
    for profile in _profiles(text):
        name = f"_quarto-{profile}.yml"
        advice = f"there is no profile {profile}: write it, or name another in {PROFILE_VARIABLE}"
        if not os.environ.get(PROFILE_VARIABLE) and not (root / name).exists():
            msg = f"{_default(text)}: profile.default: {advice}"
            raise RenderError(msg)
        files.append((name, read_text(root / name, advice)))
    return files


def _profiles(text: str) -> list[str]:
    keys = parse_yaml(text, NAME).get("profile")
    default = keys.get("default", "") if isinstance(keys, dict) else ""
    names = os.environ.get(PROFILE_VARIABLE) or default
    if not isinstance(names, str):
        msg = f"{_default(text)}: profile.default: write one name"
        raise RenderError(msg)
    return [name.strip() for name in names.split(",") if name.strip()]


def _default(text: str) -> str:
    return f"{NAME}:{line_in_yaml(text, 'profile.default')[1]}"


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
