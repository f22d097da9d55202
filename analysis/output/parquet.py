"""Columns as the bytes of a Parquet file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from analysis.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def parquet(name: str, columns: Mapping[str, Sequence[Any]]) -> bytes:
    """
    Encode columns as Parquet, always to the same bytes with the same release of pyarrow.

    Parameters
    ----------
    name : str
        Of the file, for a refusal.
    columns : Mapping of str to sequence
        All of one length: texts, or numbers with None where there is none.

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
        from pyarrow.parquet import write_table
    except ModuleNotFoundError:
        msg = (
            f"{name}: so many groups are written as Parquet by pyarrow, which is missing here: "
            'pip install pyarrow, or ".[parquet]" in the project'
        )
        raise ArtifactError(msg) from None
    target = io.BytesIO()
    write_table(pa.table(dict(columns)), target, compression="zstd")
    return target.getvalue()
