"""Names that differ by case alone, which DuckDB takes for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analysis.engines.source import Source
    from analysis.study.study import Study


def refuse_alike(source: Source, names: Iterable[str]) -> None:
    """
    Refuse columns of DuckDB that have one name to it.

    Raises
    ------
    DataError
    """
    if source.engine != "duckdb":
        return
    known: dict[bytes, str] = {}
    for name in names:
        first = known.setdefault(_folded(name), name)
        if first != name:
            raise DataError(_alike(source, first, name))


def refuse_alike_in_table(study: Study, source: Source) -> None:
    """
    Refuse a table of which DuckDB gives a column another name, and a study with such columns.

    Raises
    ------
    DataError
    """
    refuse_alike(source, study.columns_read)
    schema = source.schema if source.engine == "duckdb" else {}
    for original in map(study.reading.original, study.columns_read):
        # DuckDB calls the second one X_1.
        if original not in schema and f"{original}_1" in schema:
            for name in schema:
                if _folded(name) == _folded(original):
                    raise DataError(_alike(source, name, original))


def _folded(name: str) -> bytes:
    """Return a name without the case of ASCII's letters; to DuckDB the others' counts."""
    return name.encode().lower()


def _alike(source: Source, one: str, other: str) -> str:
    return (
        f"{source.where}: columns {one!r} and {other!r} differ by case alone, and DuckDB does not "
        'tell them apart; call one something else, or write engine = "polars" under [data]'
    )
