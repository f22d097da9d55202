"""The page that tells whoever receives a report how to check it."""

from __future__ import annotations

import hashlib
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provenance import commit, sha256, versions
from signature import long_date

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sources import Sources

    from analysis.output.project import Project

HOW_TO_GET = """\
The data of this report have no licence to be passed on; their authors publish them.
In a checkout of the software, with an internet connection,

    .nox/report/bin/python -m analysis fetch

downloads the file and checks that its SHA-256 is
{}
"""

_WIDTH = 80

_ENGINES = ("duckdb", "polars", "dask")
_IN_ANY_ORDER = (
    "(an engine adds in an order of its own, so that last digits may be others: then compare the "
    "numbers to nine digits)"
)

_DESCRIPTIONS = {
    "index.html": "the report: begin here",
    "index.pdf": "the same, for printing",
    "complete-visualization.html": "the models as interactive charts",
    "checks.html": "what the models assume, checked",
    "results.json": "all numbers at full precision",
    "group_effects.parquet": "those of every group, in every fit",
    "group_lines.parquet": "the own line of every group",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """
    A report that is handed in.

    Parameters
    ----------
    name : str
        Of the folder.
    title : str
    signed : dict
        Author, course and date.
    project : Project
    study : Path
    sources : Sources
    given : str or None
        The study file, where it is not that of the documents.
    """

    name: str
    title: str
    signed: Mapping[str, Any]
    project: Project
    study: Path
    sources: Sources
    given: str | None


def how_to_check(handed: Handed, files: Mapping[str, bytes]) -> str:
    """
    Write the page, as text.

    Parameters
    ----------
    handed : Handed
    files : Mapping of str to bytes
        The folder's other files by path.
    """
    project, signed = handed.project, handed.signed
    site = project.site.relative_to(project.root)
    folder = site / project.folder.relative_to(project.root)
    sources = handed.sources
    argument = sources.study if handed.given else project.name
    command = ".venv/bin/nox -s report" + (f" -- {argument}" if argument else "")
    course = ", ".join(filter(None, (signed["subtitle"], long_date(signed["date"]))))
    listing = [f"  {name:<29} {_DESCRIPTIONS[name]}" for name in _DESCRIPTIONS if name in files]
    rest = sorted(name for name in files if name.endswith(".html") and name not in _DESCRIPTIONS)
    listing += [f"  {', '.join(rest)}"] if rest else []
    made = versions(project.root / folder / "index.html", project.releases)
    data = sources.table or "data/HOW-TO-GET-THE-DATA.txt"
    several = sources.table and sources.table not in sources.files
    state = commit(project.root)
    copy = "checkout of the software at that commit" if state[:1] != "n" else "copy of the software"
    lines = [
        "HOW TO CHECK THIS REPORT",
        "",
        f"{handed.title}, by {signed['author']}",
        course,
        f"Folder: {handed.name}",
        f"(author and study, {handed.study.stem}, in plain letters)",
        "",
        "What is here",
        *listing,
        f"  {'source/':<29} documents, study, data and bibliography",
        "Each page is one file, and opens from disk without a server or a network.",
        "",
        "What it was made from",
        *_wrapped("software", state),
        f"  study     source/{sources.study}",
        f"            SHA-256 {sha256(handed.study)}",
        f"  data      source/{data}",
        f"            SHA-256 {sources.data_sha256}",
        *(["            (of the SHA-256 of each file, one after the other)"] if several else []),
        *_wrapped("versions", ", ".join(made)),
        "",
        "How to make it again",
        f"In a {copy}, with source/ copied over it:",
        "  python3 -m venv .venv && .venv/bin/pip install nox uv",
        f"  {command}",
        "(in PowerShell: py for python3, ; for &&, and .venv\\Scripts\\ for .venv/bin/)",
        f"All numbers are the same if {folder.as_posix()}/results.json has the SHA-256",
        f"  {hashlib.sha256(files['results.json']).hexdigest()}",
        *_wrapped("", _IN_ANY_ORDER if _on_an_engine(made) else ""),
        f"The pages are then in {folder.as_posix()}/; this folder is packed by",
        f"  {command.replace('-s report', '-s submission')}",
    ]
    return "\n".join(lines) + "\n"


def _on_an_engine(made: list[str]) -> bool:
    return any(each.split()[0].lower() in _ENGINES for each in made)


def _wrapped(key: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=f"  {key:<10}",
        subsequent_indent=" " * 12,
        break_long_words=False,
        break_on_hyphens=False,
    )
