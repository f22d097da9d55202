"""Copy what the site offers for download to its place; Quarto runs this after rendering."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def publish(root: Path, site: Path) -> None:
    """
    Publish the results of the analysis beside the report.

    Parameters
    ----------
    root : Path
        The project's folder.
    site : Path
        The folder of the rendered site.
    """
    shutil.copyfile(
        root / "report" / "_artifacts" / "results.json", site / "report" / "results.json"
    )


if __name__ == "__main__":
    project = Path(__file__).resolve().parents[1]
    publish(project, Path(os.environ.get("QUARTO_PROJECT_OUTPUT_DIR", project / "_site")))
