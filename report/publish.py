"""Copy what the site offers for download to its place; both renderers end with this."""

from __future__ import annotations

import os
import shutil
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


if __name__ == "__main__":
    project = Path(__file__).resolve().parents[1]
    publish(project, Path(os.environ.get("QUARTO_PROJECT_OUTPUT_DIR", project / "_site")))
