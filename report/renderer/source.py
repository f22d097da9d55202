"""What Quarto's Markdown has and pandoc's lacks: shortcodes, and identifiers of equations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from renderer.project import Document

SHORTCODE = re.compile(
    r"\{\{(?P<shown>\{)?<\s*(?P<name>\S+)\s*(?P<argument>.*?)\s*>\}\}(?(shown)\})"
)
EQUATION = re.compile(r"\$\$(?P<tex>[^$]+)\$\$(?P<space>\s*)\{#(?P<name>eq-[\w-]+)\}")


def source_for_pandoc(document: Document, variables: dict[str, Any]) -> str:
    """
    Translate what Quarto's Markdown has and pandoc's lacks.

    A variable becomes its value, an artifact or a page break a mark with its line, and a numbered
    equation a span, all of which the Lua filter knows.

    Parameters
    ----------
    document : Document
    variables : dict
        Nested values; `{{< var a.b >}}` is `variables["a"]["b"]`.

    Returns
    -------
    str
        The source with as many lines as before.

    Raises
    ------
    RenderError
        For an unknown shortcode, with its file and line, and for unknown variables, all at once.
    """
    unknown: dict[str, int] = {}

    def replace(match: re.Match[str]) -> str:
        name, argument = match["name"], match["argument"]
        if match["shown"]:
            return match[0][1:-1]
        line = document.line_at(match.start())
        if name == "artifact":
            return f"`{line} {argument}`{{=artifact}}"
        if name == "pagebreak":
            return f"`{line}`{{=pagebreak}}"
        if name == "include":
            message = f"{match[0]} stands on a line of its own"
            document.refuse(message, line)
        if name != "var":
            document.refuse(f"unknown shortcode {match[0]}", line)
        value = _value(argument, variables)
        if value is None:
            unknown.setdefault(argument or match[0], line)
        return value or ""

    text = SHORTCODE.sub(replace, document.text)
    if unknown:
        _refuse_variables(document, unknown, variables)
    return EQUATION.sub(r"[$$\g<tex>$$]{#\g<name>}\g<space>", text)


def with_values(text: str, variables: dict[str, Any]) -> str:
    """
    Put values in the place of variables, in a text in which all of them exist.

    Examples
    --------
    >>> with_values("It is {{< var a.b >}}.", {"a": {"b": "0.5"}})
    'It is 0.5.'
    """

    def replace(match: re.Match[str]) -> str:
        return (match["name"] == "var" and _value(match["argument"], variables)) or match[0]

    return SHORTCODE.sub(replace, text)


def _value(name: str, variables: dict[str, Any]) -> str | None:
    value: Any = variables
    for key in name.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


def _refuse_variables(
    document: Document, unknown: dict[str, int], variables: dict[str, Any]
) -> None:
    from difflib import get_close_matches

    known = list(_names(variables))
    first = next(iter(unknown.values()))
    entries = []
    for name, line in unknown.items():
        place = "" if len(unknown) == 1 else f" in line {line}"
        close = get_close_matches(name, known, n=1)
        entries.append(f"{name}{place}{f' (is it {close[0]}?)' if close else ''}")
    message = (
        f"unknown variable{'s' if len(unknown) > 1 else ''} {', '.join(entries)}: "
        "write names of texts in _variables.yml, or make it anew with python -m analysis"
    )
    document.refuse(message, first)


def _names(variables: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in variables.items():
        if isinstance(value, dict):
            yield from _names(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"
