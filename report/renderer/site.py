"""The site on disk: built beside the last one, checked, and put in its place whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from renderer.page import Page, target_of
from renderer.project import Document, Project, RenderError


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """
    Yield an empty folder that takes the target's place if all goes well.

    Parameters
    ----------
    target : Path
        The site's folder; it stays as it is until the new one is complete.

    Yields
    ------
    Path
        A folder beside the target.

    Raises
    ------
    RenderError
        If nothing can be written there.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if _old(target).exists() and not target.exists():
            _old(target).rename(target)  # a build was killed between the two renames below
        if target.exists() and not target.is_dir():
            msg = f"cannot write {target}: it is not a folder"
            raise RenderError(msg)
        folder = Path(tempfile.mkdtemp(prefix=f"{target.name}.new-", dir=target.parent))
    except OSError as error:
        msg = f"cannot write {target}: {error.strerror}"
        raise RenderError(msg) from error
    try:
        folder.chmod(0o755)
        yield folder
        _take_place(folder, target)
    except OSError as error:
        msg = f"{error.filename or target}: {error.strerror}"
        raise RenderError(msg) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _old(target: Path) -> Path:
    return target.with_name(f"{target.name}.old")


def _take_place(folder: Path, target: Path) -> None:
    old = _old(target)
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    try:
        folder.rename(target)
    except BaseException:  # an interrupt too
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def write_redirect(alias: str, page: Path, site: Path) -> None:
    """
    Write a page that leads from an alias to a page of the site.

    Parameters
    ----------
    alias : str
        Path below the site's root, with a leading slash.
    page : Path
        The page it leads to.
    site : Path
        The site's folder.
    """
    path = site / alias.lstrip("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    address = Path(os.path.relpath(page, path.parent)).as_posix()
    path.write_text(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<title>Redirect</title>\n<meta http-equiv="refresh" content="0; url={address}">\n'
        f'<link rel="canonical" href="{address}">\n</head>\n'
        f'<body><p><a href="{address}">Go to the report</a></p></body>\n</html>\n',
        encoding="utf-8",
    )


def settle_links(project: Project, site: Path, pages: dict[Path, tuple[Page, Document]]) -> None:
    """
    Copy the files that the pages show, and refuse a link that leads nowhere.

    Parameters
    ----------
    project : Project
        The project; a file that the site lacks is looked for in it at the same path.
    site : Path
        The site's folder.
    pages : dict
        Each page with its document, by the page's path in `site`.

    Raises
    ------
    RenderError
        For a dead link, or a file that a browser would ask another host for.
    """
    for path, (page, document) in pages.items():
        for address in page.foreign:
            message = f"{address}: the page may not ask another host for anything"
            document.refuse(message, document.line_of(address))
        for link in page.links:
            target, identifier = target_of(link, path)
            target = Path(os.path.normpath(target))
            if not _found(target, site, project.root):
                document.refuse(f"{link}: dead link", document.line_of(link))
            if identifier and target in pages and identifier not in pages[target][0].identifiers:
                document.refuse(f"{link}: no such place", document.line_of(link))


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
    shutil.copyfile(source, target)
