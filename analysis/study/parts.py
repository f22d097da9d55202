"""The files of a study's table, and what holds their rows."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from analysis.errors import DataError
from analysis.study.contents import refuse_other_contents
from analysis.study.reading import ENGINE_SUFFIXES

if TYPE_CHECKING:
    from pathlib import Path

    from analysis.engines.source import Engine
    from analysis.study.study import Study

LARGE, LARGE_PARQUET = 1_000_000_000, 100_000_000
"""
Bytes of a file from which on an engine reads it, if the study names none: some ten million rows,
which take 2 GB in memory.
"""

_PATTERN = "*?["
"""What makes the name of a table a pattern of the names of its parts."""


def engine_of(study: Study) -> Engine:
    """Return what holds a study's table: what it names, or else what the size of its file asks."""
    if study.reading.engine is not None:
        return study.reading.engine
    table = study.table
    if table is None or table.suffix.lower() not in ENGINE_SUFFIXES:
        return "memory"
    if is_pattern(table):
        return "duckdb"
    try:
        size = table.stat().st_size
    except OSError:
        return "memory"  # which says what is wrong with it
    most = LARGE_PARQUET if table.suffix.lower() == ".parquet" else LARGE
    return "duckdb" if table.is_file() and size > most else "memory"


def is_pattern(table: Path) -> bool:
    """Tell whether a table's name is a pattern of names, and not a file's own."""
    return any(sign in table.name for sign in _PATTERN) and not table.is_file()


def files_of(study: Study) -> list[Path]:
    """
    Return the files of a study's table: one, or those that its pattern fits, in order.

    Raises
    ------
    DataError
        If there is none, or one is another kind of file.
    """
    table = study.table
    assert table is not None
    parts = tables_of(study)
    if parts == [table] and not table.is_file():
        msg = f"{table}: no such table; check the key table of the study file"
        if is_pattern(table.parent):
            msg = f"{table}: no such table; a pattern is a file's name, as in parts/*.parquet"
        raise DataError(msg)
    for part in parts:
        try:
            refuse_other_contents(part)
        except OSError as error:
            msg = f"{part}: cannot be read: {error.strerror}; check its name and its permissions"
            raise DataError(msg) from None
    return parts


def tables_of(study: Study) -> list[Path]:
    """Return the files that a study's rows are read from, whether they are there or not."""
    if study.table is None:
        return []
    found = sorted(study.table.parent.glob(study.table.name)) if is_pattern(study.table) else []
    return found or [study.table]


def digest(files: list[Path]) -> str:
    """Return the SHA-256 of a file, or that of those of several, in order."""
    digests = []
    for path in files:
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256"))
    if len(digests) == 1:
        return digests[0].hexdigest()
    return hashlib.sha256(b"".join(each.digest() for each in digests)).hexdigest()
