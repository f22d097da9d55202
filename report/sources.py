"""What a report is made from, and where each file of it lies below `source/`."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from project_keys import NAME
from provenance import AGAIN, digest
from reading import read_text

from analysis.errors import RenderError
from analysis.output.documents import with_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.output.project import Project

_GENERATED = ("_artifacts", "site_libs", "look", "renderer")
"""Folders of a site that no author wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """
    The files that a report is made from.

    Parameters
    ----------
    files : dict of str to Path
        By their place below `source/`, from which they make the report again.
    study, table : str or None
        The places of the study and of its table, which may be a pattern of several files; None for
        data that may not be passed on.
    data_sha256 : str
        Of the data that the numbers were computed from: that of the file, or that of those of
        several, in order.
    """

    files: dict[str, Path]
    study: str
    table: str | None
    data_sha256: str


def sources_of(project: Project, study: Path, keys: Mapping[str, object], made: Path) -> Sources:
    """
    Find what the author wrote or chose, and the pages are made of.

    Parameters
    ----------
    project : Project
    study : Path
    keys : Mapping
        The project's settings.
    made : Path
        The site's results.json.

    Raises
    ------
    RenderError
        If a file cannot be read, the site was made from other data, or the study would not find its
        table again.
    """
    root = project.root
    computed = _computed(made)
    files = {path.relative_to(root).as_posix(): path for path in _written(project, keys)}
    place = f"data/{study.name}"
    if study.is_relative_to(root):
        place = study.relative_to(root).as_posix()
    values = study.with_name(f"{study.stem}.lme4.json")
    # What a document claims is checked where its own study has the columns of the one given.
    for path, at in (
        (project.study, f"data/{project.study.name}"),
        (study, place),
        (values, _beside(place, values.name)),
    ):
        if path.is_file():
            files[at] = path
    name = _table(study)
    table = None if name is None else _beside(place, name)
    if name is not None and table is not None:
        files |= _parts(study, name, table, computed)
    return Sources(files=files, study=place, table=table, data_sha256=computed)


def _parts(study: Path, name: str, place: str, computed: str) -> dict[str, Path]:
    """Return the files of a table by their places, if they are those that were computed from."""
    table = study.parent / name
    parts = [table] if table.is_file() else sorted(table.parent.glob(table.name))
    if not parts or digest(parts) != computed:
        msg = f"{name}: is not what the site was made from; {AGAIN}"
        raise RenderError(msg)
    if Path(name).is_absolute() or place.startswith("../"):
        msg = (
            f"{study}: data.table is {name!r}, which nobody else has; put the table into the "
            "project, and write its path from the study file"
        )
        raise RenderError(msg)
    return {_beside(place, part.name): part for part in parts}


def _written(project: Project, keys: Mapping[str, object]) -> set[Path]:
    """Return the documents, all that they include or show, and the settings."""
    root = project.root
    bibliography = keys.get("bibliography", [])
    names = [*(bibliography if isinstance(bibliography, list) else [bibliography]), keys.get("csl")]
    shown = (path.relative_to(project.site) for path in project.site.rglob("*"))
    found = {
        root / NAME,
        root / f"_quarto-{project.name or project.own}.yml",
        *project.folder.glob("*.qmd"),
        *(line.path for path in project.documents for line in with_parts(path, root, _text)),
        *(root / str(name) for name in names if name),
        *(root / path for path in shown if not set(path.parts) & set(_GENERATED)),
    }
    return {path for path in found if path.is_file()}


def _text(document: Path) -> str:
    return read_text(document, AGAIN)


def _beside(place: str, name: str) -> str:
    """
    Return where a file lies that is named from another one.

    Examples
    --------
    >>> _beside("data/one.toml", "../tables/one.csv")
    'tables/one.csv'
    """
    return Path(os.path.normpath(Path(place).parent / name)).as_posix()


def _table(study: Path) -> str | None:
    """Return what a study file calls its table, unless it is one to be downloaded."""
    text = read_text(study, "give the path of a study file")
    try:
        name = tomllib.loads(text)["data"].get("table")
    except (ValueError, RecursionError) as error:
        msg = f"{study}: not a TOML file: {' '.join(str(error).split())}"
        raise RenderError(msg) from None
    except (KeyError, AttributeError, TypeError):
        name = ""
    if name is not None and not (isinstance(name, str) and name.isprintable() and Path(name).name):
        msg = f"{study}: names no table of [data], or not as a text; mend it and {AGAIN}"
        raise RenderError(msg)
    return name


def _computed(made: Path) -> str:
    """Return the SHA-256 of the data that results were computed from."""
    try:
        return str(json.loads(read_text(made, AGAIN))["data"]["sha256"])
    except (ValueError, KeyError, TypeError, RecursionError):
        msg = f"{made}: is damaged; {AGAIN}"
        raise RenderError(msg) from None
