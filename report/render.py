"""
Build the site without Quarto: the same pages at the same paths, with pandoc and Typst.

Run `python report/render.py` in the project's folder after `python -m analysis`.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from publish import publish
from renderer.convert import to_page, to_pdf
from renderer.page import Page
from renderer.project import ARTIFACTS_ADVICE, Project, read_project
from renderer.reading import RenderError, problem
from renderer.record import Output, keys_of, plan, write_record
from renderer.site import copy_file, settle_links, write_redirect
from renderer.staging import site_folder, staged


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
    target = site_folder(target or root / project.settings["project"]["output-dir"], project)
    outputs = plan(project)
    files = tuple(target / output.path for output in outputs)
    last = keys_of(target)
    if last == {output.path.as_posix(): output.key for output in outputs}:
        return Site(folder=target, files=files, rebuilt=False)
    with staged(target) as folder:
        _fill(folder, project, _made(project, outputs, target, last))
        write_record(folder, outputs)
    return Site(folder=target, files=files, rebuilt=True)


def _made(
    project: Project, outputs: tuple[Output, ...], site: Path, last: dict[str, str]
) -> list[tuple[Output, Page | bytes]]:
    """Render each output, or take it from the last site if nothing that it is made of changed."""

    def make(output: Output) -> Page | bytes:
        old = site / output.path
        kept = last.get(output.path.as_posix()) == output.key
        if output.form == "typst":
            return old.read_bytes() if kept else to_pdf(output.document, project)
        return Page(old.read_text("utf-8")) if kept else to_page(output.document, project)

    with ThreadPoolExecutor() as pool:
        # The PDFs take longest, so they start first.
        ordered = sorted(outputs, key=lambda output: output.form == "html")
        jobs = [(output, pool.submit(make, output)) for output in ordered]
    return [(output, job.result()) for output, job in jobs]


def _fill(folder: Path, project: Project, made: list[tuple[Output, Page | bytes]]) -> None:
    pages = {}
    for output, content in made:
        path = folder / output.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
            continue
        path.write_text(content.html, encoding="utf-8")
        pages[path] = (content, output.document)
        for alias in output.document.metadata["aliases"]:
            write_redirect(alias, path, folder)
    try:
        publish(project.root, folder)
    except FileNotFoundError as error:
        msg = f"{error.filename}: {error.strerror}; {ARTIFACTS_ADVICE}"
        raise RenderError(msg) from error
    for resource in project.resources:
        copy_file(resource, folder / resource.relative_to(project.root))
    settle_links(project, folder, pages)


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
    parser = _Parser(description="Build the site without Quarto.")
    parser.add_argument("root", nargs="?", type=Path, default=Path(), help="the project's folder")
    parser.add_argument("--target", type=Path, help="the site's folder")
    arguments = parser.parse_args(argv)
    try:
        site = render(arguments.root, target=arguments.target)
    except RenderError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"error: {problem(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; the site is left as it was", file=sys.stderr)
        return 130
    return _say(site)


# The class, and _say below, are in analysis/__main__.py too: the renderer imports nothing of the
# analysis.
class _Parser(argparse.ArgumentParser):
    """A parser whose refusals are one line, like all others."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message}; see {self.prog} --help\n")


def _say(site: Site) -> int:
    try:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        print(*site.files, sep="\n", flush=True)
    except OSError as error:
        # What is left of the text has nowhere to go when Python flushes it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            said = f"standard output: cannot be written ({error.strerror}); send it elsewhere"
            print(f"error: {said}", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
