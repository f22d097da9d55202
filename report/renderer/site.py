"""The site's folder, and what it holds besides its pages: redirects, files that they show."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from css import addresses_in_css
from project_keys import place_of
from redirect import redirect

from analysis.errors import RenderError, regular
from renderer.page import Page, is_foreign, target_of
from renderer.project import Document, Project
from renderer.record import RECORD

MARKS = (RECORD, "site_libs/quarto-html", "report/**/results.json")
"""What tells a site from other folders: this renderer's record, Quarto's libraries, and, for
Quarto's PDFs alone, what publish.py adds to every site."""


def site_folder(path: Path, project: Project) -> Path:
    """
    Return where a site is to be written, if nothing but a site is lost there.

    Parameters
    ----------
    path : Path
        The site's folder as it was asked for.
    project : Project
        Its own files must stay.

    Returns
    -------
    Path
        The folder itself, where `path` is a link to it.

    Raises
    ------
    RenderError
        If the project's own files or any other than a site's are there.
    """
    # Not Path.resolve, which raises for a loop of links.
    target = Path(os.path.realpath(path))
    folders = {project.root, *(document.path.parent for document in project.documents)}
    if any(folder.is_relative_to(target) for folder in folders):
        found = "the project's own files are there"
    elif not _may_go(target):
        found = "files are there that no build made"
    else:
        return target
    key = "project.output-dir"
    msg = (
        f"cannot write the site to {target}: {found}; name another folder by --target, or by "
        f"{key} in {place_of(project.root, key)}"
    )
    raise RenderError(msg)


def _may_go(folder: Path) -> bool:
    if not folder.is_dir() or not any(folder.iterdir()):
        return True
    return not (folder / ".git").exists() and any(any(folder.glob(mark)) for mark in MARKS)


def write_redirect(alias: str, page: Path, site: Path) -> None:
    """Write a page that leads from an alias, such as /index.html, to a page of the site."""
    path = site / alias.lstrip("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    address = Path(os.path.relpath(page, path.parent)).as_posix()
    path.write_text(redirect(address), encoding="utf-8")


def settle_links(project: Project, site: Path, pages: dict[Path, tuple[Page, Document]]) -> None:
    """
    Copy the files that the pages show, and refuse a link that leads nowhere.

    Parameters
    ----------
    project : Project
        A file that the site lacks is looked for in it at the same path.
    site : Path
    pages : dict
        Each page with its document, by the page's path in `site`.

    Raises
    ------
    RenderError
        For an identifier used twice, a dead link, or a file that a browser would ask another host
        for.
    """
    for path, (page, document) in pages.items():
        for name, uses in Counter(page.identifiers).items():
            if uses > 1:
                message = f"#{name}: the identifier is used twice"
                document.refuse(message, document.line_with(f"#{name}", nth=2))
        for address in page.foreign:
            message = f"{address}: the page may not ask another host for anything"
            document.refuse(message, document.line_of(address))
        for link in page.links:
            target, identifier = target_of(link, path)
            target = Path(os.path.normpath(target))
            if not _found(target, site, project.root):
                if target == site / "index.html":
                    message = "no page is the site's index.html: add aliases: [/index.html]"
                    document.refuse(message, 1)
                document.refuse(f"{link}: dead link", document.line_of(link))
            if target.suffix == ".css":
                _settle_style(target, site, project.root, document)
            if identifier and target in pages and identifier not in pages[target][0].identifiers:
                document.refuse(f"{link}: no such place", document.line_of(link))


def _settle_style(style: Path, site: Path, root: Path, document: Document) -> None:
    """Copy what a style sheet and those that it imports show; refuse what they may not ask for."""
    waiting, known = [style], {style}
    while waiting:
        here = waiting.pop()
        for address in addresses_in_css(here.read_text("utf-8", errors="replace")):
            problem = ""
            if is_foreign(address):
                problem = "the page may not ask another host for anything"
            elif not urlsplit(address).scheme and not address.startswith("#"):
                target = Path(os.path.normpath(target_of(address, here)[0]))
                if not _found(target, site, root):
                    problem = "there is no such file"
                elif target.suffix == ".css" and target not in known:
                    waiting.append(target)
                    known.add(target)
            if problem:
                message = f"{here.name}: {address}: {problem}"
                document.refuse(message, document.line_of(style.name))


def _found(target: Path, site: Path, root: Path) -> bool:
    if target.exists():
        return True
    if not target.is_relative_to(site):
        return False
    source = root / target.relative_to(site)
    if not source.is_file() or source.suffix == ".qmd":
        return False
    copy_file(source, target)
    return True


def copy_file(source: Path, target: Path) -> None:
    """Copy a file, making the folders it needs."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(regular(source), target)
