"""Columns as the bytes of a Parquet file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from analysis.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def parquet(name: str, parts: Iterable[Mapping[str, Any]]) -> bytes:
    """
    Encode columns as Parquet, always to the same bytes with the same release of pyarrow.

    Parameters
    ----------
    name : str
        Of the file, for a refusal.
    parts : iterable of (Mapping of str to sequence)
        The columns of rows that follow on each other: texts, or numbers with None where there is
        none. The first part tells what each holds.

    Returns
    -------
    bytes

    Raises
    ------
    ArtifactError
        If pyarrow is not there.
    """
    try:
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter
    except ModuleNotFoundError:
        msg = (
            f"{name}: so many groups are written as Parquet by pyarrow, which is missing here: "
            'pip install pyarrow, or ".[parquet]" in the project'
        )
        raise ArtifactError(msg) from None
    target, writer = io.BytesIO(), None
    for part in parts:
        table = pa.table(dict(part))
        # A part at a time: that of a million groups is large enough.
        writer = writer or ParquetWriter(target, table.schema, compression="zstd")
        writer.write_table(table.cast(writer.schema))
    if writer is not None:
        writer.close()
    return target.getvalue()
