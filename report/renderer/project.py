"""The project as the renderer sees it: `_quarto.yml`, the variables and the documents."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from reading import parse_yaml, read_text
from signature import signature

from analysis.errors import RenderError
from renderer.settings import FORMATS, NAME, formats_of, read_settings

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
ARTIFACTS_ADVICE = "build the artifacts first: python -m analysis"
FORMAT_KEYS = {"page-layout", "toc"}
FRONT_MATTER_KEYS = FORMAT_KEYS | {
    "aliases", "author", "date", "description", "format", "subtitle", "title",
}  # fmt: skip


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
        return list(self.settings["website"]["navbar"]["left"])

    @property
    def resources(self) -> tuple[Path, ...]:
        """The files to copy into the site at the same paths."""
        keys = self.settings["project"]
        paths = _files(self.root, keys["resources"], "project.resources")
        site = self.root / keys["output-dir"]
        return tuple(path for path in paths if not path.is_relative_to(site))


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
    settings = read_settings(root)
    variables = _read_variables(root / "_variables.yml")
    paths = _files(root, settings["project"]["render"], "project.render")
    paths = [path for path in paths if path.suffix == ".qmd" and not _is_draft(path, root)]
    if not paths:
        msg = f"{NAME}: project.render names no document"
        raise RenderError(msg)
    documents = tuple(_read_document(path, root, settings) for path in paths)
    names = {document.name for document in documents}
    for entry in settings["website"]["navbar"]["left"]:
        if entry["href"].endswith(".qmd") and entry["href"] not in names:
            msg = (
                f"{NAME}: website.navbar.left: {entry['href']} is no document of project.render; "
                "take the entry out, or render the document"
            )
            raise RenderError(msg)
    return Project(root=root, settings=settings, variables=variables, documents=documents)


def _read_variables(path: Path) -> dict[str, Any]:
    text = read_text(path, ARTIFACTS_ADVICE)
    try:
        return dict(json.loads(text))
    except (ValueError, TypeError) as error:
        msg = f"{path.name}: not JSON: {error}; {ARTIFACTS_ADVICE}"
        raise RenderError(msg) from error


def _files(root: Path, patterns: list[str], key: str) -> list[Path]:
    """Return the files that patterns name, a folder being all in it, without those named by `!`."""
    try:
        excluded = [_exclusion(pattern[1:]) for pattern in patterns if pattern.startswith("!")]
        paths = {
            path
            for pattern in patterns
            if not pattern.startswith("!")
            for path in root.glob(f"{pattern}/**/*" if _is_folder(root, pattern) else pattern)
        }
    except (ValueError, IndexError, NotImplementedError) as error:
        example = "such as report/*.qmd or, without **, !report/other.qmd"
        msg = f"{NAME}: {key}: write paths below the project's folder, {example}"
        raise RenderError(msg) from error
    for path in paths:
        if ".." in path.parts:
            msg = f"{NAME}: {key}: {path.name} is not below the project's folder"
            raise RenderError(msg)
    for pattern in excluded:
        paths = {path for path in paths if not _is_meant(path.relative_to(root), pattern, root)}
    return sorted(path for path in paths if path.is_file())


def _exclusion(pattern: str) -> str:
    # Path.match takes ** for * before Python 3.13.
    if not pattern or pattern.startswith("/") or "**" in pattern:
        raise ValueError(pattern)
    return pattern


def _is_folder(root: Path, pattern: str) -> bool:
    return bool(Path(pattern).parts) and (root / pattern).is_dir()


def _is_meant(name: Path, pattern: str, root: Path) -> bool:
    """Tell whether a pattern names a file or a folder of it: at any depth, as in Quarto."""
    names = name.parents if _is_folder(root, pattern) else [name]
    return any(part.match(pattern) for part in names)


def _is_draft(path: Path, root: Path) -> bool:
    """Tell whether Quarto passes over a document, for its name or its folder's."""
    return any(part.startswith(("_", ".")) for part in path.relative_to(root).parts)


def _read_document(path: Path, root: Path, settings: dict[str, Any]) -> Document:
    name = path.relative_to(root).as_posix()
    text = read_text(path, f"check project.render in {NAME}")
    match = FRONT_MATTER.match(text)
    front = parse_yaml(match["yaml"], name, first=2) if match else {}
    inherited = {key: settings[key] for key in ("author", "subtitle", "date", "format")}
    toc = settings["format"].get("html", {}).get("toc", False)
    metadata = {"toc": toc} | inherited | front
    document = Document(path=path, name=name, text=text, metadata=metadata)
    if front.get("title") is None or isinstance(front["title"], (dict, list)):
        document.refuse("the front matter has no title", 1)
    metadata["format"] = settings["format"]
    if front.get("format") is not None:
        _use_formats(document, front)
    for key in front.keys() - FRONT_MATTER_KEYS:
        document.refuse(f"{key}: only Quarto knows this key", document.line_of(key))
    aliases = front.get("aliases") or []
    metadata["aliases"] = [aliases] if isinstance(aliases, str) else aliases
    if not isinstance(metadata["aliases"], list) or not all(map(_is_alias, metadata["aliases"])):
        document.refuse("aliases: write paths in the site, such as /index.html")
    metadata |= signature(metadata, name)
    return document


def _is_alias(value: object) -> bool:
    return isinstance(value, str) and ".." not in Path(value).parts


def _use_formats(document: Document, front: dict[str, Any]) -> None:
    formats = formats_of(front["format"])
    if formats is None:
        document.refuse("format: write html, or keys such as html: default")
    unknown = formats.keys() - FORMATS
    for options in formats.values():
        unknown |= options.keys() - FORMAT_KEYS
    for key in sorted(unknown):
        document.refuse(f"{key}: only Quarto knows this key", document.line_of(key))
    document.metadata["format"] = formats
    for options in formats.values():
        document.metadata.update(options)
