"""
Build the site without Quarto: the same pages at the same paths, with pandoc and Typst.

Run `python report/render.py` in the project's folder after `python -m analysis`.
"""

from __future__ import annotations

import sys

try:
    from concurrent.futures import ThreadPoolExecutor
    from dataclasses import dataclass
    from pathlib import Path

    # First, because it puts the checkout's own analysis on the module path.
    from publish import publish
    from renderer.convert import to_page
    from renderer.page import Page
    from renderer.pdf import Pdf, to_pdf
    from renderer.project import ARTIFACTS_ADVICE, Project, read_project
    from renderer.record import Output, keys_of, plan, write_record
    from renderer.site import copy_file, settle_links, site_folder, write_redirect

    from analysis.errors import AnalysisError, RenderError
    from analysis.output.characters import without_font
    from analysis.output.memory import short_of_memory
    from analysis.output.replacement import replacing, settle
    from analysis.output.terminal import (
        INTERRUPTED,
        REFUSED,
        Parser,
        problem,
        say,
        tell,
        visible,
    )
except KeyboardInterrupt:
    # Before there is a main() to say so.
    sys.stderr.write("interrupted\n")
    raise SystemExit(130) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """
    A rendered site.

    Parameters
    ----------
    folder : Path
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

    Raises
    ------
    AnalysisError
        For whatever cannot be rendered or written; the last good site is then left as it was.
    """
    root = root.resolve()
    project = read_project(root)
    target = site_folder(target or root / project.settings["project"]["output-dir"], project)
    settle(target)
    outputs = plan(project)
    files = tuple(target / output.path for output in outputs)
    last = keys_of(target)
    if last == {output.path.as_posix(): output.key for output in outputs}:
        return Site(folder=target, files=files, rebuilt=False)
    with replacing(target) as (folder,):
        folder.mkdir()
        made = _made(project, outputs, target, last)
        _fill(folder, project, made)
        # What lacks characters is made anew until there is a font for them.
        write_record(folder, tuple(output for output, content in made if not _lacking(content)))
    for output, content in made:
        if characters := _lacking(content):
            tell(f"note: {without_font(characters, output.path.as_posix())}")
    return Site(folder=target, files=files, rebuilt=True)


def _lacking(content: Page | Pdf) -> str:
    return content.lacking if isinstance(content, Pdf) else ""


def _made(
    project: Project, outputs: tuple[Output, ...], site: Path, last: dict[str, str]
) -> list[tuple[Output, Page | Pdf]]:
    """Render each output, or take it from the last site if nothing that it is made of changed."""

    def make(output: Output) -> Page | Pdf:
        old = site / output.path
        kept = last.get(output.path.as_posix()) == output.key
        if output.form == "typst":
            return Pdf(content=old.read_bytes()) if kept else to_pdf(output.document, project)
        return Page(old.read_text("utf-8")) if kept else to_page(output.document, project)

    with ThreadPoolExecutor() as pool:
        # The PDFs take longest, so they start first.
        ordered = sorted(outputs, key=lambda output: output.form == "html")
        jobs = [(output, pool.submit(make, output)) for output in ordered]
    return [(output, job.result()) for output, job in jobs]


def _fill(folder: Path, project: Project, made: list[tuple[Output, Page | Pdf]]) -> None:
    pages = {}
    for output, content in made:
        path = folder / output.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Pdf):
            path.write_bytes(content.content)
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
    """Render from the command line; return the exit status."""
    parser = Parser(description="Build the site without Quarto.")
    parser.add_argument("root", nargs="?", type=Path, default=Path(), help="the project's folder")
    parser.add_argument("--target", type=Path, help="the site's folder")
    arguments = parser.parse_args(argv)
    if short := short_of_memory():
        tell(f"error: {short}")
        return REFUSED
    try:
        site = render(arguments.root, target=arguments.target)
        say("".join(f"{visible(str(path))}\n" for path in site.files))
    except AnalysisError as error:
        tell(f"error: {' '.join(str(error).split())}")
        return REFUSED
    except BrokenPipeError:
        pass  # The reader of a pipe has enough.
    except OSError as error:
        tell(f"error: {problem(error)}")
        return REFUSED
    except MemoryError:
        tell("error: this takes more memory than there is; close other programs")
        return REFUSED
    except KeyboardInterrupt:
        tell("interrupted; the site is left as it was")
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
