"""The project as the renderer sees it: `_quarto.yml`, the variables and the documents."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from project_keys import NAME, refuse_key
from reading import line_in_yaml, parse_yaml, read_text
from signature import signature

from analysis.errors import RenderError
from analysis.output.documents import with_parts
from renderer.settings import FORMATS, formats_of, read_settings

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
ARTIFACTS_ADVICE = "build the artifacts first: python -m analysis"
_START, _SIGN = r"(?![._])", r"[^][/*?{}!:\\]"
PATTERN = re.compile(rf"({_START}{_SIGN}+/)*{_START}{_SIGN}*\*?{_SIGN}*(?<!/)")
"""A path below the project's folder, with one * in the file's name at most."""
FRONT_MATTER_KEYS = {
    "abstract", "aliases", "author", "date", "format", "keywords", "subtitle", "title", "toc",
}  # fmt: skip
FORMAT_KEYS = {"page-layout"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """
    One `.qmd` file.

    Parameters
    ----------
    path : Path
    name : str
        Its path within the project, as error messages give it.
    text : str
        The whole source, with the parts that it includes.
    metadata : dict
        The front matter, laid over the project's own author, subtitle and date.
    origins : tuple of (str, int)
        For each line of the text the file's name and the number there; empty if that is not known.
    """

    path: Path
    name: str
    text: str
    metadata: dict[str, Any]
    origins: tuple[tuple[str, int], ...] = ()

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats to make, of "html" and "typst"."""
        return tuple(self.metadata["format"])

    def line_of(self, key: str) -> int | None:
        """Return the number of the line in which `key` first stands as a word, if any."""
        found = re.search(re.escape(key) + r"(?![\w-])", self.text)
        return self.line_at(found.start()) if found else None

    def line_of_key(self, key: str) -> int:
        """Return the number of the line of a key of the front matter, such as "format.html"."""
        match = FRONT_MATTER.match(self.text)
        return 1 + line_in_yaml(match["yaml"], key)[1] if match else 1

    def line_with(self, *words: str, nth: int = 1) -> int | None:
        """Return the number of the line in which all words stand, the nth such, if there is any."""
        patterns = [re.compile(re.escape(word) + r"(?![\w-])") for word in words]
        lines = enumerate(self.text.split("\n"), start=1)
        found = [number for number, line in lines if all(each.search(line) for each in patterns)]
        return found[min(nth, len(found)) - 1] if found else None

    def line_at(self, offset: int) -> int:
        """Return the number of the line that holds the character at `offset`."""
        return self.text.count("\n", 0, offset) + 1

    def refuse(self, message: str, line: int | None = None) -> NoReturn:
        """Raise a refusal that names this file, and the line where it is known."""
        name = self.name
        if line is not None and self.origins:
            name, line = self.origins[min(line, len(self.origins)) - 1]
        place = name if line is None else f"{name}:{line}"
        msg = f"{place}: {message}"
        raise RenderError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """
    What `_quarto.yml` says, as far as the renderer follows it.

    Parameters
    ----------
    root : Path
    settings : dict
        The content of `_quarto.yml`, with defaults.
    variables : dict
        The numbers of the prose, as the artifacts beside the documents have them.
    documents : tuple of Document
        In the order of their names.
    resources : tuple of Path
        The files to copy into the site at the same paths.
    """

    root: Path
    settings: dict[str, Any]
    variables: dict[str, Any]
    documents: tuple[Document, ...]
    resources: tuple[Path, ...]

    @property
    def title(self) -> str:
        """The site's name."""
        return str(self.settings["website"]["title"])

    @property
    def navigation(self) -> list[dict[str, str]]:
        """The entries of the navigation bar, each with `href` and `text`."""
        return list(self.settings["website"]["navbar"]["left"])


def read_project(root: Path) -> Project:
    """
    Read the project in the folder of a `_quarto.yml`.

    Raises
    ------
    RenderError
        If a file is missing or cannot be read, or a document's front matter has a key that the
        renderer does not follow.
    """
    settings = read_settings(root)
    keys = settings["project"]
    paths = _files(root, keys["render"], "project.render")
    variables = _read_variables(paths[0].parent / "_artifacts" / "variables.json", root)
    documents = tuple(_read_document(path, root, settings) for path in paths)
    names = {document.name for document in documents}
    for entry in settings["website"]["navbar"]["left"]:
        if entry["href"] not in names:
            message = "is no document of project.render; take the entry out, or render the document"
            _refuse(root, "website.navbar.left", entry["href"], message)
    return Project(
        root=root,
        settings=settings,
        variables=variables,
        documents=documents,
        resources=_files(root, keys["resources"], "project.resources"),
    )


def _read_variables(path: Path, root: Path) -> dict[str, Any]:
    text = read_text(path, ARTIFACTS_ADVICE)
    try:
        return dict(json.loads(text))
    except (ValueError, TypeError) as error:
        name = path.relative_to(root).as_posix()
        msg = f"{name}: not JSON: {error}; {ARTIFACTS_ADVICE}"
        raise RenderError(msg) from error


def _files(root: Path, patterns: list[str], key: str) -> tuple[Path, ...]:
    """Return the files that patterns name, in the order of their names."""
    found: set[Path] = set()
    for pattern in patterns:
        if not PATTERN.fullmatch(pattern) or (root / pattern).is_dir():
            _refuse(root, key, pattern, "only Quarto takes it; write files, such as report/*.qmd")
        # A name with an underscore before it is a draft or a part of a document.
        paths = {
            path
            for path in root.glob(pattern)
            if path.is_file() and not path.name.startswith((".", "_"))
        }
        if not paths:
            _refuse(root, key, pattern, "there is no such file")
        found |= paths
    return tuple(sorted(found))


def _refuse(root: Path, key: str, name: str, message: str) -> NoReturn:
    refuse_key(root, key, f"{name}: {message}", name)


def _read_document(path: Path, root: Path, settings: dict[str, Any]) -> Document:
    name = path.relative_to(root).as_posix()
    advice = f"check project.render in {NAME}"
    lines = with_parts(path, root, lambda each: read_text(each, advice))
    text = "\n".join(line.text for line in lines)
    match = FRONT_MATTER.match(text)
    front = parse_yaml(match["yaml"], name, first=2) if match else {}
    origins = tuple((line.path.relative_to(root).as_posix(), line.number) for line in lines)
    document = Document(path=path, name=name, text=text, metadata={}, origins=origins)
    for key in sorted(front.keys() - FRONT_MATTER_KEYS):
        document.refuse(f"{key}: only Quarto knows this key", document.line_of_key(key))
    if front.get("title") is None or isinstance(front["title"], (dict, list)):
        document.refuse("the front matter has no title", 1)
    aliases = front.get("aliases", [])
    if not isinstance(aliases, list) or not all(map(_is_alias, aliases)):
        message = "aliases: write a list of paths in the site, such as [/index.html]"
        document.refuse(message, document.line_of_key("aliases"))
    formats = formats_of(front.get("format", settings["format"]))
    if formats is None:
        message = "format: write the formats below it, such as html: default"
        document.refuse(message, document.line_of_key("format"))
    for form, options in formats.items():
        known = FORMAT_KEYS if "format" in front else options.keys()
        for key in sorted(options.keys() - known if form in FORMATS else [form]):
            line = document.line_of_key(f"format.{form}.{key}")
            document.refuse(f"{key}: only Quarto knows this key", line)
    signed = signature({**settings, **front}, lambda key: f"{name}:{document.line_of_key(key)}")
    toc = settings["format"].get("html", {}).get("toc", False)
    document.metadata.update({"toc": toc, **front, **signed})
    document.metadata.update({"aliases": aliases, "format": formats})
    return document


def _is_alias(value: object) -> bool:
    return isinstance(value, str) and value.startswith("/") and ".." not in Path(value).parts
