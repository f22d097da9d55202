"""The table of the releases that the numbers were made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.tables.table import Table, cells, header, render
from analysis.writing.numbers import MISSING

if TYPE_CHECKING:
    from analysis.results.provenance import Provenance


def releases(made: Provenance) -> str:
    """
    List the releases here and in the lock.

    Parameters
    ----------
    made : Provenance

    Returns
    -------
    str
    """
    return render(
        Table(
            name="releases",
            caption="Releases that touched a number",
            head=((header("What"), header("Used here"), header("In the lock")),),
            bodies=(
                tuple(
                    (
                        header(release.name, scope="row"),
                        *cells([release.version, " or ".join(release.pinned) or MISSING]),
                    )
                    for release in made.releases
                ),
            ),
        )
    )
