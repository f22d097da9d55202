"""Copy what the site offers for download to its place; both renderers end with this.

As Quarto's post-render script it also fails the render where a reference or a variable stayed
unresolved, which Quarto lets pass.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

DOWNLOADS = {
    "results.json": "results.json",
    "visualization/complete-visualization.html": "complete-visualization.html",
}
"""Places beside the report's page, by the artifacts that belong there."""


def publish(root: Path, site: Path) -> None:
    """
    Publish the downloads beside the report.

    Parameters
    ----------
    root : Path
        The project's folder.
    site : Path
        The folder of the rendered site.

    Raises
    ------
    OSError
        If an artifact is missing or the site cannot be written.
    """
    for artifact, place in DOWNLOADS.items():
        shutil.copyfile(root / "report" / "_artifacts" / artifact, site / "report" / place)


def unresolved(site: Path) -> list[str]:
    """
    Find what Quarto prints in the place of a reference or variable that it does not know.

    Parameters
    ----------
    site : Path
        The folder of the rendered site.

    Returns
    -------
    list of str
        A line each: the page, and what stands there.
    """
    return [
        f"{page.name}: {mark} is unresolved"
        for page in sorted(site.glob("report/*.html"))
        for mark in re.findall(r"\?@[\w-]+|\?var:[\w.]*\w", page.read_text(encoding="utf-8"))
    ]


if __name__ == "__main__":
    project = Path(__file__).resolve().parents[1]
    rendered = Path(os.environ.get("QUARTO_PROJECT_OUTPUT_DIR", project / "_site"))
    if lines := unresolved(rendered):
        sys.exit("error: " + "; ".join(lines))
    publish(project, rendered)
