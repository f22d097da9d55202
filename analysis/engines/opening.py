"""Open table files on an engine."""

from __future__ import annotations

import glob
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals as nw

from analysis.engines.limits import memory_limit
from analysis.engines.source import Source, refusing
from analysis.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from analysis.engines.source import Engine


class Text(NamedTuple):
    """
    How text files are read.

    Parameters
    ----------
    separator, decimal, encoding : str
    missing : sequence of str
        Fields that stand for no value.
    numbers, names : sequence of str
        Columns to read, of numbers and of texts.
    """

    separator: str
    decimal: str
    encoding: str
    missing: Sequence[str]
    numbers: Sequence[str]
    names: Sequence[str]


_MODULES = {"duckdb": "duckdb", "polars": "polars", "dask": "dask.dataframe"}

_OF_POLARS = 8_000_000_000
"""Bytes of addresses below which Polars, whose threads take them in advance, may be killed."""

_Opened = tuple[Any, Callable[["pd.DataFrame"], Any]]


def opened(engine: Engine, files: Sequence[Path], text: Text | None, where: str) -> Source:
    """
    Open the files of a table.

    Parameters
    ----------
    engine : {"duckdb", "polars", "dask"}
    files : sequence of Path
        Parts of one table, in order.
    text : Text or None
        None for Parquet.
    where : str
        What messages call the table.

    Returns
    -------
    Source

    Raises
    ------
    DataError
        If the engine is not installed, or cannot read the files.
    """
    _refuse_missing(engine, where)
    with refusing(where):
        frame, lift = _OPENERS[engine]([str(file) for file in files], text)
        return Source(
            where=where,
            engine=engine,
            frame=nw.from_native(frame).lazy(),
            lifting=lambda groups: nw.from_native(lift(groups)).lazy(),
        )


def kinds_in_parquet(engine: Engine, file: Path) -> nw.Schema:
    """
    Return the names and kinds of the columns of a Parquet file.

    Raises
    ------
    DataError
        If the engine is not installed, or cannot read the file.
    """
    _refuse_missing(engine, str(file))
    with refusing(str(file)):
        frame, _ = _OPENERS[engine]([str(file)], None)
        schema: nw.Schema = nw.from_native(frame).lazy().collect_schema()
        return schema


def _refuse_missing(engine: Engine, where: str) -> None:
    module = _MODULES[engine]
    if find_spec(module.partition(".")[0]) is None:
        msg = (
            f'{where}: engine = "{engine}" needs a library that is missing here: '
            f'pip install ".[{engine}]"'
        )
        raise DataError(msg)
    limit = memory_limit()
    if engine == "polars" and limit is not None and limit < _OF_POLARS:
        msg = (
            f'{where}: engine = "polars" asks for more memory at once than this process is allowed '
            f'({limit / 1e9:.1f} GB); write engine = "duckdb"'
        )
        raise DataError(msg)


# The files are found already: signs such as * in a name are that name to each of these, and folders
# such as wave=7, which engines would take for a column of the table, are folders.
def _duckdb(files: list[str], text: Text | None) -> _Opened:
    import duckdb

    # What does not fit into memory goes where the system keeps such things, not beside the study.
    connection = duckdb.connect(config={"temp_directory": tempfile.gettempdir()})
    if (limit := memory_limit()) is not None:
        # Half of it is taken by the libraries, and a quarter by what is made of the sums.
        connection.execute(f"SET memory_limit = '{limit // 4} bytes'")
    # Groups are put in order afterwards; keeping the rows in theirs takes memory.
    connection.execute("SET preserve_insertion_order = false")
    if text is None:
        read = connection.read_parquet(list(map(glob.escape, files)), hive_partitioning=False)
        return read, connection.from_df
    kinds = dict.fromkeys(text.numbers, "DOUBLE") | dict.fromkeys(text.names, "VARCHAR")
    # DuckDB's function of this name for Python knows no encoding but UTF-8. What quotes a field or
    # begins a remark it would find out from the first rows, and take '1' for a quoted 1.
    asked = {
        "files": list(map(glob.escape, files)),
        "sep": text.separator,
        "decimal": text.decimal,
        "encoding": text.encoding,
        "missing": list(text.missing),
        "kinds": kinds,
    }
    return connection.sql(
        "SELECT * FROM read_csv($files, header = true, sep = $sep, decimal_separator = $decimal, "
        "encoding = $encoding, nullstr = $missing, types = $kinds, hive_partitioning = false, "
        """quote = '"', escape = '"', comment = '')""",
        params=asked,
    ), connection.from_df


def _polars(files: list[str], text: Text | None) -> _Opened:
    import polars as pl

    def lift(groups: pd.DataFrame) -> Any:  # noqa: ANN401
        return pl.LazyFrame({name: groups[name].to_numpy() for name in groups})

    if text is None:
        # Parts may have further columns that the study does not read, as on the other engines.
        return pl.scan_parquet(
            files, glob=False, hive_partitioning=False, extra_columns="ignore"
        ), lift
    kinds = dict.fromkeys(text.numbers, pl.Float64) | dict.fromkeys(text.names, pl.String)
    return pl.scan_csv(
        files,
        glob=False,
        separator=text.separator,
        decimal_comma=text.decimal == ",",
        # Rows are counted before; a separator at their end makes them longer, and nothing else.
        truncate_ragged_lines=True,
        null_values=list(text.missing),
        schema_overrides=kinds,
    ), lift


def _dask(files: list[str], text: Text | None) -> _Opened:
    import dask
    import dask.dataframe as dd

    if dask.config.get("scheduler-address", None):
        from distributed import Client

        connect: Any = Client
        connect(set_as_default=True)  # at the address that is configured

    def lift(groups: pd.DataFrame) -> Any:  # noqa: ANN401
        give: Any = dd.from_pandas
        return give(groups, npartitions=1)

    paths = list(map(glob.escape, files))
    if text is None:
        # Without `categories`, numbers that were categories of pandas would be texts.
        return dd.read_parquet(
            paths, index=False, categories=[], dataset={"partitioning": None}
        ), lift
    kinds = dict.fromkeys(text.numbers, "float64") | dict.fromkeys(text.names, "str")
    return dd.read_csv(
        paths,
        sep=text.separator,
        decimal=text.decimal,
        encoding=text.encoding,
        keep_default_na=False,
        na_values=list(text.missing),
        dtype=kinds,
        usecols=list(kinds),
        index_col=False,
    ), lift


_OPENERS: Mapping[str, Callable[[list[str], Text | None], _Opened]] = {
    "duckdb": _duckdb,
    "polars": _polars,
    "dask": _dask,
}
