"""`_quarto.yml` and the file of a profile: their keys as the renderer needs them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, NoReturn, Protocol

from project_keys import place_of, read_keys, refuse_key
from signature import signature

NEEDED = {
    "author", "subtitle", "date", "lang", "bibliography", "csl", "project", "website", "format",
}  # fmt: skip
FORMATS = {"html", "typst"}


class Refusal(Protocol):
    """What raises a refusal of a key, perhaps of one item below it."""

    def __call__(self, key: str, message: str, item: object = None) -> NoReturn:
        """Raise it."""


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
    refuse = partial(refuse_key, root)
    if missing := NEEDED - settings.keys():
        refuse(min(missing), "the key is missing")
    if not str(settings["lang"]).startswith("en"):
        refuse("lang", f"only Quarto writes {settings['lang']}; use en-GB")
    # So that a fault is this file's, not that of a document.
    signature(settings, partial(place_of, root))
    settings["project"] = _project(_mapping(settings["project"], "project", refuse), refuse)
    settings["website"] = _website(_mapping(settings["website"], "website", refuse), refuse)
    formats = formats_of(settings["format"])
    if formats is None:
        refuse("format", "write the formats below it, such as html: default")
    settings["format"] = formats
    if unknown := formats.keys() - FORMATS:
        name = min(unknown)
        refuse("format", f"only Quarto writes {name}; use html and typst", name)
    for key in ("bibliography", "csl"):
        settings[key] = _text(settings[key], key, refuse)
        if not (root / settings[key]).is_file():
            refuse(key, f"there is no file {settings[key]} in the project's folder")
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


def _project(keys: dict[str, Any], refuse: Refusal) -> dict[str, Any]:
    if not keys.get("render"):
        refuse("project.render", "name the documents, such as [report/*.qmd]")
    return keys | {
        "render": _texts(keys["render"], "project.render", refuse),
        "resources": _texts(keys.get("resources", []), "project.resources", refuse),
        "output-dir": _text(keys.get("output-dir", "_site"), "project.output-dir", refuse),
    }


def _website(keys: dict[str, Any], refuse: Refusal) -> dict[str, Any]:
    title = _text(keys.get("title"), "website.title", refuse)
    navbar = _mapping(keys.get("navbar") or {}, "website.navbar", refuse)
    entries = navbar.get("left") or []
    if not isinstance(entries, list):
        refuse("website.navbar.left", "write a list of entries with href and text")
    for entry in entries:
        named = isinstance(entry, dict) and {"href", "text"} <= entry.keys()
        if not named or not all(isinstance(entry[key], str) for key in ("href", "text")):
            item = next(iter(entry.values()), None) if isinstance(entry, dict) else entry
            refuse("website.navbar.left", "write each entry as href and text", item)
    return keys | {"title": title, "navbar": navbar | {"left": entries}}


def _mapping(value: object, key: str, refuse: Refusal) -> dict[str, Any]:
    if not isinstance(value, dict):
        refuse(key, "write keys and values below it, as Quarto's guide shows")
    return value


def _text(value: object, key: str, refuse: Refusal) -> str:
    if value is None or isinstance(value, (dict, list, bool)) or not str(value).strip():
        refuse(key, "write one text")
    return str(value)


def _texts(value: object, key: str, refuse: Refusal) -> list[str]:
    advice = "write a list of texts, such as [report/*.qmd]"
    if not isinstance(value, list):
        refuse(key, advice)
    for item in value:
        if not isinstance(item, str):
            refuse(key, advice, item)
    return value
