"""`_quarto.yml` and the file of a profile: their keys as the renderer needs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

from project_keys import NAME, read_keys
from signature import signature

from analysis.errors import RenderError

NEEDED = {
    "author", "subtitle", "date", "lang", "bibliography", "csl", "project", "website", "format",
}  # fmt: skip
FORMATS = {"html", "typst"}


def read_settings(root: Path) -> dict[str, Any]:
    """
    Read a project's settings, those of the profile in use included.

    What Quarto has a default for is filled in.

    Raises
    ------
    RenderError
        If a file is missing, a key is, or a value is not what the renderer can follow.
    """
    settings = read_keys(root)
    if missing := NEEDED - settings.keys():
        msg = f"{NAME}: the key {min(missing)} is missing"
        raise RenderError(msg)
    if not str(settings["lang"]).startswith("en"):
        _refuse("lang", f"only Quarto writes {settings['lang']}; use en-GB")
    text = (root / NAME).read_text(encoding="utf-8-sig")
    signature(settings, NAME, text)  # so that a fault is this file's, not that of a document
    settings["project"] = _project(_mapping(settings["project"], "project"))
    settings["website"] = _website(_mapping(settings["website"], "website"))
    settings["format"] = formats_of(settings["format"])
    if settings["format"] is None:
        _refuse("format", "write the formats below it, such as html: default")
    if unknown := settings["format"].keys() - FORMATS:
        _refuse("format", f"only Quarto writes {min(unknown)}; use html and typst")
    for key in ("bibliography", "csl"):
        settings[key] = _text(settings[key], key)
        if not (root / settings[key]).is_file():
            _refuse(key, f"there is no file {settings[key]} in the project's folder")
    return settings


def formats_of(value: object) -> dict[str, dict[str, Any]] | None:
    """
    Return the options by format, or None if the value at the key `format` is no mapping.

    Examples
    --------
    >>> formats_of({"html": {"toc": True}, "typst": "default"})
    {'html': {'toc': True}, 'typst': {}}
    """
    if isinstance(value, dict) and value:
        return {str(k): v if isinstance(v, dict) else {} for k, v in value.items()}
    return None


def _project(keys: dict[str, Any]) -> dict[str, Any]:
    if not keys.get("render"):
        _refuse("project.render", "name the documents, such as [report/*.qmd]")
    return keys | {
        "render": _texts(keys["render"], "project.render"),
        "resources": _texts(keys.get("resources", []), "project.resources"),
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
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        _refuse(key, "write a list of texts, such as [report/*.qmd]")
    return value
