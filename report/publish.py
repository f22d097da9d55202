"""Copy what the site offers for download to its place; both renderers end with this.

As Quarto's post-render script it also mends the site, says what a partial render left undone, and
fails the render where a reference or a variable stayed unresolved, which Quarto lets pass.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import sys
from functools import partial
from pathlib import Path

# Run by its path, so that the checkout's own analysis is not yet on the module path.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from project_keys import place_of, read_keys
from quarto_site import mend, undone
from signature import long_date, signature

from analysis.errors import AnalysisError, RenderError, regular
from analysis.output.project import Project
from analysis.output.terminal import REFUSED, problem, tell

RESULTS = "results.json"
BESIDE_RESULTS = "*.parquet"
"""What results.json points to where groups are many."""

PAGE = "visualization/complete-visualization.html"
"""The artifacts that belong beside the report's page; a study without lines has no PAGE."""

FIGURES, NARROW = "figures", "narrow"
"""Where the figures lie, and in it those for narrow screens."""


def publish(root: Path, site: Path) -> None:
    """
    Publish the downloads of the study that is rendered beside its report.

    Raises
    ------
    OSError
        If an artifact is missing or the site cannot be written.
    RenderError
        If the settings do not say who hands the report in, and when.
    """
    project = Project(root).of_profile()
    folder = site / project.folder.relative_to(root)
    folder.mkdir(parents=True, exist_ok=True)
    for path in (project.artifacts / RESULTS, *project.artifacts.glob(BESIDE_RESULTS)):
        shutil.copyfile(regular(path), folder / path.name)
    # Of a `picture`, Quarto brings along only what its `img` shows.
    shown = folder / project.artifacts.name / FIGURES
    for wide in shown.glob("*.svg"):
        (shown / NARROW).mkdir(exist_ok=True)
        narrow = project.artifacts / FIGURES / NARROW / wide.name
        shutil.copyfile(regular(narrow), shown / NARROW / wide.name)
    if (project.artifacts / PAGE).exists():
        page = folder / Path(PAGE).name
        shutil.copyfile(regular(project.artifacts / PAGE), page)
        sign(root, page)


def sign(root: Path, page: Path) -> None:
    """
    Put who hands the report in, for which course and when, on the page that is a single file.

    Parameters
    ----------
    root : Path
        The project's folder.
    page : Path
        Where two comments keep the places.

    Raises
    ------
    OSError
        If the page cannot be read or written.
    RenderError
        If the settings do not say who hands the report in, and when.
    """
    signed = signature(read_keys(root), partial(place_of, root))
    lines = [signed[key] for key in ("author", "affiliation", "subtitle")]
    lines.append(long_date(signed["date"]))
    author, *rest = (html.escape(line) for line in lines if line)
    text = page.read_text(encoding="utf-8")
    text = text.replace("<!-- author -->", f'<meta name="author" content="{author}">', 1)
    byline = " · ".join([author, *rest])
    text = text.replace("<!-- byline -->", f'<p class="viz-byline">{byline}</p>', 1)
    page.write_text(text, encoding="utf-8")


def unresolved(site: Path) -> list[str]:
    """
    Find what Quarto prints in the place of a reference or variable that it does not know.

    Each is named with its page.
    """
    return [
        f"{page.name}: {mark} is unresolved"
        for page in sorted(site.glob("report/**/*.html"))
        for mark in re.findall(r"\?@[\w-]+|\?var:[\w.]*\w", page.read_text(encoding="utf-8"))
    ]


def main() -> int:
    """Check and complete the site that Quarto has made; return the exit status."""
    root = Path(__file__).resolve().parents[1]
    site = Path(os.environ.get("QUARTO_PROJECT_OUTPUT_DIR", root / "_site"))
    try:
        if found := unresolved(site):
            raise RenderError("; ".join(found))
        publish(root, site)
        mend(site)
        for line in undone(site, besides=Path(PAGE).name):
            tell(f"note: {line}")
    except AnalysisError as error:
        tell(f"error: {error}")
        return REFUSED
    except OSError as error:
        tell(f"error: {problem(error)}; run python -m analysis first")
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
