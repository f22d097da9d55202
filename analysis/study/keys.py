"""
Single keys of a study file: each is known, and of its kind.

Each function raises ValueError, in words for who wrote the key.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

from analysis.errors import LONGEST, control_in, cut
from analysis.study.words import KEYS as WORDS_KEYS

INTERCEPT = "Intercept"
"""What the models call their constant among the effects, as in analysis/mixed/model.py."""

_KEYS: Mapping[str, tuple[str, ...]] = {
    "": ("title", "data", "columns", "model", "models", "labels", "units", "words"),
    "data": (
        *("table", "dataset", "synthetic", "group", "groups", "rows", "filter", "missing", "names"),
        *("separator", "decimal", "encoding", "sheet", "engine"),
    ),
    "model": ("outcome", "slope", "covariates", "group_covariates", "references", "cross_level"),
    "words": WORDS_KEYS,
}

_LONG = ("models.", "data.filter", "words.credit")
"""Keys of texts that are no names."""

# Back-ticks quote a name in a formula; control characters, such as line ends, are seen nowhere.
_COLUMN_NAME = re.compile(r"(?=\S)[^`\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+(?<=\S)")


def section(document: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a section whose keys are all known."""
    found = document.get(name)
    if not isinstance(found, dict):
        msg = f"section [{name}] is missing"
        raise ValueError(msg)
    refuse_unknown(found, name)
    return found


def refuse_unknown(document: dict[str, Any], section: str) -> None:
    """Refuse a key that a section, or the study ("") does not have."""
    where = f"[{section}]" if section else "the study"
    known = _KEYS[section]
    for key in document:
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            advice = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
            msg = f"{where} has an unknown key {key!r}; {advice}"
            raise ValueError(msg)


def text(section: dict[str, Any], key: str, *, default: str | None = None) -> str:
    """Return a text that is not blank."""
    value = section.get(key, default)
    if not isinstance(value, str) or not value.strip():
        msg = f"{key} is {value!r}; write a text in quotes"
        raise ValueError(msg)
    return value


def texts(document: dict[str, Any], key: str) -> Mapping[str, str]:
    """Return a section with a text per column, which may be missing."""
    texts = document.get(key, {})
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        msg = f"[{key}] must hold a text per column"
        raise ValueError(msg)
    return dict(texts)


def switch(section: dict[str, Any], key: str) -> bool:
    """Return true or false, the latter where there is no such key."""
    value = section.get(key, False)
    if not isinstance(value, bool):
        msg = f"{key} is {value!r}; write true or false"
        raise ValueError(msg)
    return value


def column(section: dict[str, Any], key: str, *, where: str) -> str:
    """Return the name of a column."""
    if key not in section:
        msg = f"{where} lacks the key {key}; write the name of a column"
        raise ValueError(msg)
    return _column_name(section[key], key)


def columns(section: dict[str, Any], key: str) -> tuple[str, ...]:
    """Return names of columns, none where there is no such key."""
    value = section.get(key, [])
    if not isinstance(value, list):
        msg = f"{key} is {value!r}; write a list of columns, which may be empty"
        raise ValueError(msg)
    return tuple(_column_name(item, key) for item in value)


def _column_name(value: object, key: str) -> str:
    if not isinstance(value, str) or not _COLUMN_NAME.fullmatch(value):
        msg = (
            f"{key} names the column {value!r}; a column's name is a text without back-ticks and "
            "line ends, and without blanks around it: give it another under [columns]"
        )
        raise ValueError(msg)
    if key != "group" and value == INTERCEPT:
        msg = (
            f"{key} names the column {value!r}, as the models call their constant: give it "
            "another name under [columns]"
        )
        raise ValueError(msg)
    return value


def refuse_unprintable(value: object, key: str) -> None:
    """Refuse what no figure and no page can show, in keys and texts that are shown."""
    if isinstance(value, dict):
        for name, content in value.items():
            where = f"{key}.{name}".lstrip(".")
            refuse_unprintable(name, where)
            refuse_unprintable(content, where)
    elif isinstance(value, list):
        for content in value:
            refuse_unprintable(content, key)
    elif isinstance(value, str) and (found := control_in(_without_blanks(key, value))):
        msg = f"{key} is {cut(repr(value), 80)}, with the control character {found}; take it out"
        raise ValueError(msg)
    elif isinstance(value, str) and len(value) > LONGEST and not key.startswith(_LONG):
        found = f"{key} is {cut(repr(value), 80)}, of {len(value):,} characters"
        msg = f"{found}; write {LONGEST} at most"
        raise ValueError(msg)


def _without_blanks(key: str, text: str) -> str:
    # Formulas may have lines, and so may the table's own names of columns.
    blank = key == "data.separator" or key.startswith(("models.", "columns."))
    return " ".join(text.split()) if blank else text
