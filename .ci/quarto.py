"""Install the release of Quarto that quarto.sha256 names: python .ci/quarto.py FOLDER."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pooch

RELEASES = "https://github.com/quarto-dev/quarto-cli/releases/download"


def install(folder: Path, releases: str = RELEASES) -> Path:
    """
    Unpack the release, unless its hash is another one.

    Parameters
    ----------
    folder : Path
    releases : str
        Address of all releases.

    Returns
    -------
    Path
        The folder of its program.

    Raises
    ------
    ValueError
        If what is downloaded is not what quarto.sha256 knows.
    """
    digest, archive = Path(__file__).with_name("quarto.sha256").read_text("utf-8").split()
    version = archive.split("-")[1]
    pooch.retrieve(
        f"{releases}/v{version}/{archive}",
        known_hash=f"sha256:{digest}",
        path=folder,
        fname=archive,
        processor=pooch.Untar(extract_dir="."),
    )
    return folder / f"quarto-{version}" / "bin"


if __name__ == "__main__":
    print(install(Path(sys.argv[1]).absolute(), os.environ.get("QUARTO_RELEASES", RELEASES)))
