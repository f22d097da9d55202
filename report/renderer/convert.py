"""One document through pandoc, to a page or, with Typst, to a PDF."""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NoReturn

from reading import INSTALL, read_text

from analysis.errors import RenderError
from renderer.metadata import metadata_of
from renderer.page import Page
from renderer.project import FRONT_MATTER, Document, Project
from renderer.source import source_for_pandoc

REPORT = Path(__file__).resolve().parents[1]
PARTS = REPORT / "renderer" / "pandoc"
LOOK = REPORT / "look"


@cache
def pandoc_path() -> Path:
    """Return the pandoc program: that of `pypandoc_binary`, or else the one on PATH."""
    # Importing pypandoc takes longer than running pandoc; the file's place is all that is needed.
    spec = importlib.util.find_spec("pypandoc")
    if spec is not None and spec.origin is not None:
        for program in ("pandoc", "pandoc.exe"):
            path = Path(spec.origin).parent / "files" / program
            if path.exists():
                return path
    found = shutil.which("pandoc")
    if found is None:
        msg = f"there is no pandoc: {INSTALL}"
        raise RenderError(msg)
    return Path(found)


def to_page(document: Document, project: Project) -> Page:
    """
    Render a document as a whole HTML page.

    Raises
    ------
    RenderError
        For whatever the renderer does not understand, with file and line.
    """
    options = ["--to=html5", f"--template={_address(PARTS / 'page.html')}", "--mathml"]
    if document.metadata["toc"]:
        options += ["--toc", "--toc-depth=3"]
    return Page(_pandoc(document, project, options))


def to_typst(document: Document, project: Project) -> str:
    """
    Render a document as Typst source, to be compiled in the document's folder.

    Raises
    ------
    RenderError
        For whatever the renderer does not understand, with file and line.
    """
    author = json.dumps(str(document.metadata["author"]), ensure_ascii=False)
    options = [
        "--to=typst-smart",
        f"--template={_address(PARTS / 'page.typ')}",
        f"--include-in-header={_address(LOOK / 'style.typ')}",
        f"--variable=author-string:{author}",
    ]
    return _pandoc(document, project, options)


def _pandoc(document: Document, project: Project, options: list[str]) -> str:
    command = [
        str(pandoc_path()),
        "--from=markdown-implicit_figures",
        "--standalone",
        "--wrap=none",
        f"--lua-filter={LOOK / 'claims.lua'}",
        f"--lua-filter={PARTS / 'report.lua'}",
        f"--lua-filter={LOOK / 'boxes.lua'}",
        f"--lua-filter={LOOK / 'code.lua'}",
        "--citeproc",
        # Options, because pandoc would read paths in the metadata as Markdown.
        f"--bibliography={_address(project.root / project.settings['bibliography'])}",
        f"--csl={_style(project)}",
        f"--lua-filter={PARTS / 'bibliography.lua'}",
        *options,
    ]
    text = source_for_pandoc(document, project.variables)
    metadata = json.dumps(metadata_of(document, project), ensure_ascii=False)
    # Padded, so that a line number of pandoc's is one of the document.
    front = FRONT_MATTER.match(text)
    padding = "\n" * (front["yaml"].count("\n") if front else 1)
    body = text[front.end() :] if front else text
    run = subprocess.run(
        command,
        input=f"---\n{metadata}{padding}---\n{body}",
        cwd=document.path.parent,
        env=_in_utf_8(os.environ),
        capture_output=True,
        encoding="utf-8",
        errors="backslashreplace",
        check=False,
    )
    if run.stderr or run.returncode:
        complaint = run.stderr.strip() or f"pandoc failed with status {run.returncode}"
        _refuse(document, project, complaint)
    return run.stdout


def _in_utf_8(environment: Mapping[str, str]) -> dict[str, str]:
    """
    Return an environment in whose locale pandoc reads names and writes text as UTF-8.

    Examples
    --------
    >>> _in_utf_8({"LANG": "C"}), _in_utf_8({"LC_ALL": "de_DE.UTF-8"})
    ({'LANG': 'C', 'LC_ALL': 'C.UTF-8'}, {'LC_ALL': 'de_DE.UTF-8'})
    """
    names = ("LC_ALL", "LC_CTYPE", "LANG")
    locale = next((environment[name] for name in names if environment.get(name)), "")
    if re.search(r"utf-?8", locale, re.IGNORECASE):
        return dict(environment)
    return {**environment, "LC_ALL": "C.UTF-8"}


def _address(path: Path) -> str:
    """Return a path for those options of pandoc that take an address, with codes such as %20."""
    return str(path).replace("%", "%25")


def _style(project: Project) -> str:
    """Return the citation style without its order of the references: see bibliography.lua."""
    style = read_text(project.root / project.settings["csl"], "check csl in _quarto.yml")
    style = re.sub(r"<sort>.*?</sort>", "", style, flags=re.DOTALL)
    return f"data:text/xml;base64,{base64.b64encode(style.encode()).decode()}"


def _refuse(document: Document, project: Project, complaint: str) -> NoReturn:
    words = " ".join(complaint.split()).removeprefix("[WARNING] ")
    if match := re.match(r"Error reading bibliography file (.+?): (?:\(line (\d+).*?\): )?", words):
        file = os.path.relpath(match[1].replace("%25", "%"), project.root)
        place = f"{file}:{match[2]}" if match[2] else file
        msg = f"{place}: not a bibliography: {words[match.end() :]}; mend it or the entry above"
        raise RenderError(msg)
    if match := re.match(r"Citeproc\w*Error: ", words):
        msg = f"{project.settings['csl']}: not a citation style: {words[match.end() :]:.80}"
        raise RenderError(msg)
    for line in complaint.splitlines():
        kind, _, fields = line.partition("\t")
        if kind in {"refused", "refused at"}:
            _refuse_as_filtered(document, kind, fields.split("\t"))
    if match := re.search(r"citation (\S+) not found", complaint):
        key = "@" + match[1]
        document.refuse(f"{key}: no such entry in the bibliography", document.line_of(key))
    if match := re.search(
        r"Could not convert TeX math (.+?)(?:, rendering|$)", complaint, re.DOTALL
    ):
        first = match[1].strip().splitlines()[0]
        document.refuse(f"pandoc: {words}", document.line_with(first))
    found = re.search(r"line (\d+)", complaint)
    document.refuse(f"pandoc: {words}", int(found[1]) if found else None)


def _refuse_as_filtered(document: Document, kind: str, fields: list[str]) -> NoReturn:
    """Raise what a Lua filter has refused: see `refuse` and `refuse_at` in shared.lua."""
    if kind == "refused at":
        line, key, message = fields
        document.refuse(f"{key}: {message}", int(line))
    key, message, *place = fields
    nth, words = int(place[0]) if place else 1, place[1:]
    found = document.line_with(*words, nth=nth) if words else None
    document.refuse(f"{key}: {message}", found or document.line_of(key))
