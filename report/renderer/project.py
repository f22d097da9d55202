"""The project as the renderer sees it: `_quarto.yml`, the variables and the documents."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import yaml

SHORTCODE = re.compile(r"\{\{<\s*(?P<name>\S+)\s*(?P<argument>.*?)\s*>\}\}")
EQUATION = re.compile(r"\$\$(?P<tex>[^$]+)\$\$(?P<space>\s*)\{#(?P<name>eq-[\w-]+)\}")
FRONT_MATTER = re.compile(r"\A---\n(?P<yaml>.*?\n)---\n", re.DOTALL)
ARTIFACTS_ADVICE = "build the artifacts first: python -m analysis"
SETTINGS = {
    "author", "subtitle", "date", "lang", "bibliography", "csl", "project", "website", "format",
}  # fmt: skip
FORMATS = {"html", "typst"}
FORMAT_KEYS = {"page-layout", "toc"}
FRONT_MATTER_KEYS = FORMAT_KEYS | {
    "aliases", "author", "date", "description", "format", "subtitle", "title",
}  # fmt: skip


class RenderError(Exception):
    """A refusal to render; its message is one line that says where, what and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """
    One `.qmd` file.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        Its path within the project, as error messages give it.
    text : str
        The whole source.
    metadata : dict
        The front matter, laid over the project's own author, subtitle and date.
    """

    path: Path
    name: str
    text: str
    metadata: dict[str, Any]

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats to make, of "html" and "typst"."""
        return tuple(self.metadata["format"])

    def line_of(self, key: str, *, last: bool = False) -> int | None:
        """Return the number of the line in which `key` stands as a word of its own, if any."""
        found = list(re.finditer(re.escape(key) + r"(?![\w-])", self.text))
        return self.line_at(found[-1 if last else 0].start()) if found else None

    def line_at(self, offset: int) -> int:
        """Return the number of the line that holds the character at `offset`."""
        return self.text.count("\n", 0, offset) + 1

    def refuse(self, message: str, line: int | None = None) -> NoReturn:
        """Raise a refusal that names this file, and the line where it is known."""
        place = self.name if line is None else f"{self.name}:{line}"
        msg = f"{place}: {message}"
        raise RenderError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """
    What `_quarto.yml` says, as far as the renderer follows it.

    Parameters
    ----------
    root : Path
        The project's folder.
    settings : dict
        The content of `_quarto.yml`.
    variables : dict
        The content of `_variables.yml`.
    documents : tuple of Document
        The documents to render, in the order of their names.
    """

    root: Path
    settings: dict[str, Any]
    variables: dict[str, Any]
    documents: tuple[Document, ...]

    @property
    def title(self) -> str:
        """The site's name."""
        return str(self.settings["website"]["title"])

    @property
    def navigation(self) -> list[dict[str, str]]:
        """The entries of the navigation bar, each with `href` and `text`."""
        return list(self.settings["website"].get("navbar", {}).get("left", []))

    @property
    def resources(self) -> tuple[Path, ...]:
        """The files to copy into the site at the same paths."""
        patterns = self.settings["project"].get("resources", [])
        found = {path for pattern in patterns for path in self.root.glob(pattern)}
        return tuple(sorted(path for path in found if path.is_file()))


def read_project(root: Path) -> Project:
    """
    Read the project in a folder.

    Parameters
    ----------
    root : Path
        The folder that holds `_quarto.yml`.

    Returns
    -------
    Project
        Its settings, variables and documents.

    Raises
    ------
    RenderError
        If a file is missing or cannot be read, or a document's front matter has a key that the
        renderer does not follow.
    """
    settings = _read_settings(root / "_quarto.yml")
    variables = _read_variables(root / "_variables.yml")
    paths = sorted(path for glob in settings["project"]["render"] for path in root.glob(glob))
    if not paths:
        msg = f"{root / '_quarto.yml'}: project.render names no document"
        raise RenderError(msg)
    documents = tuple(_read_document(path, root, settings) for path in paths)
    return Project(root=root, settings=settings, variables=variables, documents=documents)


def source_for_pandoc(document: Document, variables: dict[str, Any]) -> str:
    """
    Translate what Quarto's Markdown has and pandoc's lacks.

    A variable becomes its value, an artifact a mark and a numbered equation a span, both of which
    the Lua filter knows.

    Parameters
    ----------
    document : Document
        The document.
    variables : dict
        Nested values; `{{< var a.b >}}` is `variables["a"]["b"]`.

    Returns
    -------
    str
        The source with as many lines as before.

    Raises
    ------
    RenderError
        For an unknown variable or shortcode, with its file and line.
    """

    def replace(match: re.Match[str]) -> str:
        name, argument = match["name"], match["argument"]
        if name == "artifact":
            return f"`{argument}`{{=artifact}}"
        if name != "var":
            document.refuse(f"unknown shortcode {match[0]}", document.line_at(match.start()))
        value: Any = variables
        for key in argument.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if not isinstance(value, str):
            message = f"unknown variable {argument}: _variables.yml has no such text"
            document.refuse(message, document.line_at(match.start()))
        return value

    text = SHORTCODE.sub(replace, document.text)
    return EQUATION.sub(r"[$$\g<tex>$$]{#\g<name>}\g<space>", text)


def long_date(value: date) -> str:
    """
    Write a date as Quarto's `date-format: long` does in British English.

    Examples
    --------
    >>> long_date(date(2022, 5, 1))
    '1 May 2022'
    """
    return f"{value.day} {value:%B %Y}"


def _read(path: Path, advice: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        msg = f"{path}: {error.strerror}; {advice}"
        raise RenderError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path}: not UTF-8 at byte {error.start}"
        raise RenderError(msg) from error


def _read_settings(path: Path) -> dict[str, Any]:
    settings = _parse_yaml(_read(path, "run from the project's folder"), path.name)
    if missing := SETTINGS - settings.keys():
        msg = f"{path.name}: the key {min(missing)} is missing"
        raise RenderError(msg)
    if not str(settings["lang"]).startswith("en"):
        msg = f"{path.name}: lang: only Quarto writes {settings['lang']}; use en-GB"
        raise RenderError(msg)
    return settings


def _read_variables(path: Path) -> dict[str, Any]:
    text = _read(path, ARTIFACTS_ADVICE)
    try:
        return dict(json.loads(text))
    except ValueError as error:
        msg = f"{path.name}: not JSON: {error}; {ARTIFACTS_ADVICE}"
        raise RenderError(msg) from error


def _parse_yaml(text: str, name: str) -> dict[str, Any]:
    try:
        value = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        msg = f"{name}:{line}: not YAML: {error.problem}"
        raise RenderError(msg) from error
    if not isinstance(value, dict):
        msg = f"{name}:1: not a list of keys and values"
        raise RenderError(msg)
    return value


def _read_document(path: Path, root: Path, settings: dict[str, Any]) -> Document:
    name = path.relative_to(root).as_posix()
    text = _read(path, "check project.render in _quarto.yml")
    match = FRONT_MATTER.match(text)
    front = _parse_yaml(match["yaml"], name) if match else {}
    inherited = {key: settings[key] for key in ("author", "subtitle", "date", "format")}
    metadata = {"toc": settings["format"]["html"].get("toc", False)} | inherited | front
    document = Document(path=path, name=name, text=text, metadata=metadata)
    if "title" not in front:
        document.refuse("the front matter has no title", 1)
    formats = front.get("format", {})
    options = [options for options in formats.values() if isinstance(options, dict)]
    for key in [key for keys in options for key in keys.keys() - FORMAT_KEYS] + [
        *(front.keys() - FRONT_MATTER_KEYS),
        *(formats.keys() - FORMATS),
    ]:
        document.refuse(f"{key}: only Quarto knows this key", document.line_of(key))
    for keys in options:
        metadata |= keys
    if not isinstance(metadata["author"], str):
        document.refuse('author: write all names as one text, such as "A. One, B. Two"')
    if not isinstance(metadata["date"], date):
        document.refuse(f"date {metadata['date']}: write it as 2022-05-01, without quotes")
    return document
