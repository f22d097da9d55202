"""What a site was made from, so that only what changed is made again."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from dataclasses import dataclass
from pathlib import Path

from project_keys import NAME
from reading import INSTALL

from analysis.errors import RenderError, regular
from renderer.convert import REPORT, pandoc_path
from renderer.project import Document, Project

RECORD = ".render.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """
    A page or a PDF to make.

    Parameters
    ----------
    document : Document
    form : str
        "html" or "typst".
    path : Path
        Where it belongs, relative to the site's folder.
    key : str
        Hash of all that it is made of.
    """

    document: Document
    form: str
    path: Path
    key: str


def plan(project: Project) -> tuple[Output, ...]:
    """List what a project's site consists of, in the order of the documents."""
    common = _common(project)
    return tuple(
        Output(
            document=document,
            form=form,
            path=Path(document.name).with_suffix(".pdf" if form == "typst" else ".html"),
            key=hashlib.sha256(
                f"{common} {document.metadata['date']} {document.text}".encode()
            ).hexdigest(),
        )
        for document in project.documents
        for form in document.formats
    )


def keys_of(site: Path) -> dict[str, str]:
    """
    Return the keys that a site's outputs had when they were made, by path.

    Empty if there is no such site or any of its files was touched since.
    """
    try:
        record = json.loads(regular(site / RECORD).read_bytes())
        return dict(record["keys"]) if record["files"] == _hashes(site) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def write_record(site: Path, outputs: tuple[Output, ...]) -> None:
    """Write down what a site was made from, and what it consists of."""
    keys = {output.path.as_posix(): output.key for output in outputs}
    text = json.dumps({"keys": keys, "files": _hashes(site)}, indent=1)
    (site / RECORD).write_text(f"{text}\n", encoding="utf-8")


def _hashes(site: Path) -> dict[str, str]:
    paths = (path for path in site.rglob("*") if path.is_file() and path.name != RECORD)
    return {path.relative_to(site).as_posix(): _hash(path) for path in sorted(paths)}


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _common(project: Project) -> str:
    """Return a hash of all but the documents: settings, artifacts, renderer and tools."""
    root, settings = project.root, json.dumps(project.settings, sort_keys=True, default=str)
    globs = ("*.py", "renderer/**/*", "look/*", "_extensions/**/*")
    own = {document.path.parent for document in project.documents}
    others = {path.parent for path in (root / "report").glob("*/*.qmd")} - own
    files = {
        root / NAME,
        *(
            path
            for path in (root / "report").rglob("*")
            if others.isdisjoint(path.parents) and not _unread(path.relative_to(root))
        ),
        *(path for glob in globs for path in REPORT.glob(glob) if path.suffix != ".pyc"),
        *(root / project.settings[key] for key in ("bibliography", "csl")),
        *project.resources,
    } - {document.path for document in project.documents}
    # Hashing 160 MB of pandoc would take longer than running it.
    tools = (pandoc_path(), _module_path("typst._typst"))
    facts = [settings, *(str(path.stat().st_size) for path in tools)]
    facts += [
        f"{os.path.relpath(path, root)} {_hash(path)}" for path in sorted(files) if path.is_file()
    ]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _unread(path: Path) -> bool:
    """Whether a file is none that documents show, but what editors and killed builds leave."""
    return any(part == "__pycache__" or part.startswith(".") for part in path.parts)


def _module_path(name: str) -> Path:
    package = name.partition(".")[0]
    spec = importlib.util.find_spec(package) and importlib.util.find_spec(name)
    if not spec or spec.origin is None:
        msg = f"there is no {package}: {INSTALL}"
        raise RenderError(msg)
    return Path(spec.origin)
