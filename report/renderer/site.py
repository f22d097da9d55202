"""The site on disk: built beside the last one, checked, and put in its place whole."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from renderer.convert import pandoc_path
from renderer.page import Page, target_of
from renderer.project import Document, Project, RenderError

RECORD = ".render.json"


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


def settle_links(project: Project, site: Path, pages: dict[Path, tuple[str, Document]]) -> None:
    """
    Copy the files that the pages show, and refuse a link that leads nowhere.

    Parameters
    ----------
    project : Project
        The project; a file that the site lacks is looked for in it at the same path.
    site : Path
        The site's folder.
    pages : dict
        The text and the document of each page, by the page's path in `site`.

    Raises
    ------
    RenderError
        For a dead link, or a file that a browser would ask another host for.
    """
    parsed = {path: Page(text) for path, (text, _) in pages.items()}
    for path, page in parsed.items():
        document = pages[path][1]
        for address in page.foreign:
            message = f"{address}: the page may not ask another host for anything"
            document.refuse(message, document.line_of(address))
        for link in page.links:
            target, identifier = target_of(link, path)
            target = Path(os.path.normpath(target))
            if not _found(target, site, project.root):
                document.refuse(f"{link}: dead link", document.line_of(link))
            if identifier and target in parsed and identifier not in parsed[target].identifiers:
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


def fingerprint(project: Project) -> str:
    """
    Return a hash of all that the site is made of: sources, artifacts, renderer and tools.

    Parameters
    ----------
    project : Project
        The project.
    """
    root = project.root
    report = (path for path in (root / "report").rglob("*") if "__pycache__" not in path.parts)
    code = Path(__file__).resolve().parents[1]
    renderer = [*code.glob("*.py"), *code.glob("renderer/*.py"), *code.glob("pandoc/*")]
    files = {root / "_quarto.yml", root / "_variables.yml", *report, *renderer, *project.resources}
    digest = hashlib.sha256()
    for path in sorted(path for path in files if path.is_file()):
        digest.update(f"{os.path.relpath(path, root)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    # Hashing 160 MB of pandoc would take longer than running it.
    tools = [pandoc_path(), _module_path("typst._typst")]
    digest.update(json.dumps([path.stat().st_size for path in tools]).encode())
    return digest.hexdigest()


def _module_path(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        msg = f"there is no {name.partition('.')[0]}: install the package of that name"
        raise RenderError(msg)
    return Path(spec.origin)


def is_current(site: Path, inputs: str) -> bool:
    """
    Tell whether a site was made from these inputs and has not been touched since.

    Parameters
    ----------
    site : Path
        The site's folder.
    inputs : str
        The fingerprint of what it should be made of.
    """
    try:
        record = json.loads((site / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(record == {"inputs": inputs, "outputs": _outputs(site)})


def write_record(site: Path, inputs: str) -> None:
    """Write down what a site was made from, and what it consists of."""
    record = {"inputs": inputs, "outputs": _outputs(site)}
    (site / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _outputs(site: Path) -> dict[str, str]:
    paths = (path for path in site.rglob("*") if path.is_file() and path.name != RECORD)
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(paths)
    }
