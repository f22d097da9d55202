"""
Build the site without Quarto: the same pages at the same paths, with pandoc and Typst.

Run `python report/render.py` in the project's folder after `python -m analysis`.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from publish import publish
from renderer.convert import to_html, to_pdf
from renderer.project import ARTIFACTS_ADVICE, Document, Project, RenderError, read_project
from renderer.site import (
    copy_file,
    fingerprint,
    is_current,
    settle_links,
    staged,
    write_record,
    write_redirect,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """
    A rendered site.

    Parameters
    ----------
    folder : Path
        The site's folder.
    files : tuple of Path
        Its pages and PDFs, in the order of the documents.
    rebuilt : bool
        False if the site was up to date and left alone.
    """

    folder: Path
    files: tuple[Path, ...]
    rebuilt: bool


def render(root: Path, *, target: Path | None = None) -> Site:
    """
    Render the documents of a project, unless nothing changed since the last time.

    Parameters
    ----------
    root : Path
        The project's folder.
    target : Path, optional
        The site's folder; by default the project's `output-dir`.

    Returns
    -------
    Site
        Where it is and what it holds.

    Raises
    ------
    RenderError
        For whatever cannot be rendered; the last good site is then left as it was.
    """
    root = root.resolve()
    project = read_project(root)
    target = target or root / project.settings["project"]["output-dir"]
    outputs = [
        (document, form, Path(document.name).with_suffix(".pdf" if form == "typst" else ".html"))
        for document in project.documents
        for form in document.formats
    ]
    files = tuple(target / path for _, _, path in outputs)
    inputs = fingerprint(project)
    if is_current(target, inputs):
        return Site(folder=target, files=files, rebuilt=False)
    with staged(target) as folder:
        _fill(folder, project, outputs)
        write_record(folder, inputs)
    return Site(folder=target, files=files, rebuilt=True)


def _fill(folder: Path, project: Project, outputs: list[tuple[Document, str, Path]]) -> None:
    with ThreadPoolExecutor() as pool:
        # The PDFs take longest, so they start first.
        pdfs = [
            (folder / path, pool.submit(to_pdf, document, project))
            for document, form, path in outputs
            if form == "typst"
        ]
        pages = [
            (folder / path, document, pool.submit(to_html, document, project))
            for document, form, path in outputs
            if form == "html"
        ]
    texts = {path: (text.result(), document) for path, document, text in pages}
    for path, (text, document) in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        for alias in document.metadata.get("aliases", []):
            write_redirect(alias, path, folder)
    for path, pdf in pdfs:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pdf.result())
    try:
        publish(project.root, folder)
    except FileNotFoundError as error:
        msg = f"{error.filename}: {error.strerror}; {ARTIFACTS_ADVICE}"
        raise RenderError(msg) from error
    for resource in project.resources:
        copy_file(resource, folder / resource.relative_to(project.root))
    settle_links(project, folder, texts)


def main(argv: list[str] | None = None) -> int:
    """
    Render from the command line.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; by default those of the process.

    Returns
    -------
    int
        0, or 2 after a refusal, which is one line on standard error.
    """
    parser = argparse.ArgumentParser(description="Build the site without Quarto.")
    parser.add_argument("root", nargs="?", type=Path, default=Path(), help="the project's folder")
    parser.add_argument("--target", type=Path, help="the site's folder")
    arguments = parser.parse_args(argv)
    try:
        site = render(arguments.root, target=arguments.target)
    except RenderError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; the site is left as it was", file=sys.stderr)
        return 130
    for path in site.files:
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
