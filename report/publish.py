"""Copy what the site offers for download to its place; both renderers end with this.

As Quarto's post-render script it also fails the render where a reference or a variable stayed
unresolved, which Quarto lets pass.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import sys
from pathlib import Path

# Run by its path, so that the checkout's own analysis is not yet on the module path.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reading import parse_yaml, problem, read_text
from signature import long_date, signature

from analysis.errors import AnalysisError, RenderError
from analysis.output.terminal import REFUSED, tell

DOWNLOADS = {
    "results.json": "results.json",
    "visualization/complete-visualization.html": "complete-visualization.html",
}
"""Places beside the report's page, by the artifacts that belong there."""


def publish(root: Path, site: Path) -> None:
    """
    Publish the downloads of a project beside the report in its site.

    Raises
    ------
    OSError
        If an artifact is missing or the site cannot be written.
    RenderError
        If the settings do not say who hands the report in, and when.
    """
    (site / "report").mkdir(exist_ok=True)
    for artifact, place in DOWNLOADS.items():
        shutil.copyfile(root / "report" / "_artifacts" / artifact, site / "report" / place)
    sign(root, site / "report" / "complete-visualization.html")


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
        If `_quarto.yml` does not say who hands the report in, and when.
    """
    name = "_quarto.yml"
    signed = signature(parse_yaml(read_text(root / name, "check the project's folder"), name), name)
    lines = [signed["author"], signed["subtitle"], long_date(signed["date"])]
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
        for page in sorted(site.glob("report/*.html"))
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
    except AnalysisError as error:
        tell(f"error: {error}")
        return REFUSED
    except OSError as error:
        tell(f"error: {problem(error)}; run python -m analysis first")
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
