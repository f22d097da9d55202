"""`_quarto.yml`: its keys as the renderer needs them, however Quarto lets one write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

from reading import parse_yaml, read_text
from signature import signature

from analysis.errors import RenderError

NAME = "_quarto.yml"
NEEDED = {
    "author", "subtitle", "date", "lang", "bibliography", "csl", "project", "website", "format",
}  # fmt: skip
FORMATS = {"html", "typst"}


def read_settings(root: Path) -> dict[str, Any]:
    """
    Read the settings of the project in a folder.

    Parameters
    ----------
    root : Path
        The folder that holds `_quarto.yml`.

    Returns
    -------
    dict of str to object
        The settings; `format` as `formats_of` returns it, what may be one text or several as a
        list, and what Quarto has a default for filled in.

    Raises
    ------
    RenderError
        If the file is missing, a key is, or a value is not what the renderer can follow.
    """
    settings = parse_yaml(read_text(root / NAME, "run from the project's folder"), NAME)
    if missing := NEEDED - settings.keys():
        msg = f"{NAME}: the key {min(missing)} is missing"
        raise RenderError(msg)
    if not str(settings["lang"]).startswith("en"):
        _refuse("lang", f"only Quarto writes {settings['lang']}; use en-GB")
    settings |= signature(settings, NAME)
    settings["project"] = _project(_mapping(settings["project"], "project"))
    settings["website"] = _website(_mapping(settings["website"], "website"))
    settings["format"] = formats_of(settings["format"])
    if settings["format"] is None:
        _refuse("format", "write html, or keys such as html: default")
    if unknown := settings["format"].keys() - FORMATS:
        _refuse("format", f"only Quarto writes {min(unknown)}; use html and typst")
    settings["bibliography"] = _texts(settings["bibliography"], "bibliography")
    settings["csl"] = _text(settings["csl"], "csl")
    for key, files in (("bibliography", settings["bibliography"]), ("csl", [settings["csl"]])):
        for file in files:
            if not (root / file).is_file():
                _refuse(key, f"there is no file {file} in the project's folder")
    return settings


def formats_of(value: object) -> dict[str, dict[str, Any]] | None:
    """
    Return the options of each format, in either of the ways in which Quarto takes them.

    Parameters
    ----------
    value : object
        What stands at the key `format`.

    Returns
    -------
    dict of str to dict, or None
        The options by format; None if the value names no format.

    Examples
    --------
    >>> formats_of("html")
    {'html': {}}
    >>> formats_of({"html": {"toc": True}, "typst": "default"})
    {'html': {'toc': True}, 'typst': {}}
    """
    if isinstance(value, str) and value.strip():
        return {value.strip(): {}}
    if isinstance(value, dict) and value:
        return {str(k): v if isinstance(v, dict) else {} for k, v in value.items()}
    return None


def _project(keys: dict[str, Any]) -> dict[str, Any]:
    if "render" not in keys:
        _refuse("project.render", "name the documents, such as report/*.qmd")
    return keys | {
        "render": _texts(keys["render"], "project.render"),
        "resources": _texts(keys.get("resources") or [], "project.resources"),
        "output-dir": _text(keys.get("output-dir", "_site"), "project.output-dir"),
    }


def _website(keys: dict[str, Any]) -> dict[str, Any]:
    title = _text(keys.get("title"), "website.title")
    navbar = _mapping(keys.get("navbar") or {}, "website.navbar")
    entries = navbar.get("left") or []
    if not isinstance(entries, list):
        _refuse("website.navbar.left", "write a list of entries with href and text")
    for entry in entries:
        named = isinstance(entry, dict) and {"href", "text"} <= entry.keys()
        if not named or not all(isinstance(entry[key], str) for key in ("href", "text")):
            _refuse("website.navbar.left", "write each entry as href and text")
    return keys | {"title": title, "navbar": navbar | {"left": entries}}


def _refuse(key: str, message: str) -> NoReturn:
    msg = f"{NAME}: {key}: {message}"
    raise RenderError(msg)


def _mapping(value: object, key: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(key, "write keys and values below it, as Quarto's guide shows")
    return value


def _text(value: object, key: str) -> str:
    if value is None or isinstance(value, (dict, list, bool)) or not str(value).strip():
        _refuse(key, "write one text")
    return str(value)


def _texts(value: object, key: str) -> list[str]:
    return [_text(item, key) for item in (value if isinstance(value, list) else [value])]
