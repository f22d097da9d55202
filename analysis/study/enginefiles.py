"""The files of a study's table as an engine opens them: how they are written, and whether alike."""

from __future__ import annotations

import codecs
import csv
import warnings
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import narwhals as nw
import pandas as pd

from analysis.engines.opening import Text, kinds_in_parquet, opened
from analysis.errors import DataError, listed
from analysis.study.decimals import has_decimal_commas
from analysis.study.reading import TEXT_SUFFIXES
from analysis.study.table import without_codes
from analysis.study.textfile import TextFile
from analysis.study.values import numbers, numbers_or_names

if TYPE_CHECKING:
    from pathlib import Path

    from analysis.engines.source import Engine, Source
    from analysis.study.study import Study

FIRST = 10_000
"""Rows of a text column that tell whether it holds numbers or names."""

_END = 65_536
"""Bytes at the end of a text file that hold its last row."""

# What pandas reads as missing, so that all engines do (pandas.read_csv, na_values).
_MISSING = (
    *("", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"),
    *("<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"),
)

_UTF_8 = {"utf-8", "utf8", "utf-8-sig"}
_OF_DUCKDB = {
    "latin-1": "latin-1",
    "latin1": "latin-1",
    "iso-8859-1": "latin-1",
    "utf-16": "utf-16",
}
"""What DuckDB calls encodings that it reads beside UTF-8."""


def open_files(study: Study, engine: Engine, files: list[Path]) -> tuple[Source, str | None, str]:
    """
    Open the files of a study's table.

    Parameters
    ----------
    study : Study
    engine : {"duckdb", "polars", "dask"}
    files : list of Path
        Parts of one table, in order.

    Returns
    -------
    source : Source
    decimal : str or None
        The decimal mark of text files; None of others.
    found : str
        What had to be found out to read them; empty if nothing.

    Raises
    ------
    DataError
        If the engine is missing or cannot read such files, or if they are not alike.
    """
    where, reading = str(study.table), study.reading
    wanted = [reading.original(column) for column in study.columns_read]
    if files[0].suffix.lower() not in TEXT_SUFFIXES:
        _refuse_unlike(engine, files, wanted)
        return opened(engine, files, None, where), None, ""
    if reading.names:
        msg = (
            f'{where}: names under [data] is for tables in memory; write engine = "memory", or '
            "save the table as Parquet, where such words are texts"
        )
        raise DataError(msg)
    encoding = _encoding(study, engine, files[0])
    file = TextFile(
        path=files[0],
        reading=replace(reading, encoding=_marked(encoding)),
        wanted=tuple(wanted),
        group=reading.original(study.group),
    )
    _refuse_headers(file, files, encoding)
    parts = [replace(file, path=path) for path in files]
    if engine != "duckdb":
        _refuse_rows(parts, engine)
        return _opened_text(study, engine, parts, encoding)
    # DuckDB refuses rows of other lengths itself, and needs no pass before its own for that.
    explain = partial(_refuse_rows, parts, engine)
    try:
        source, decimal, found = _opened_text(study, engine, parts, encoding)
    except DataError:
        explain()
        raise
    return replace(source, explain=explain), decimal, found


def _opened_text(
    study: Study, engine: Engine, parts: list[TextFile], encoding: str
) -> tuple[Source, str, str]:
    file, reading = parts[0], study.reading
    decimal, present, names, truths = _kinds(study, file, encoding)
    text = Text(
        separator=file.separator,
        decimal=decimal,
        encoding=_OF_DUCKDB.get(encoding.lower(), encoding) if engine == "duckdb" else encoding,
        missing=(*_MISSING, *map(_as_written, reading.missing)),
        numbers=[name for name in present if name not in names],
        names=names,
    )
    files = [part.path for part in parts]
    source = opened(engine, files, text, str(study.table))
    source = source.with_columns({name: _of_truths(nw.col(name)) for name in truths})
    return source, decimal, file.found(decimal)


def _of_truths(words: nw.Expr) -> nw.Expr:
    """Return the numbers of words for true and false, of which engines have other ones."""
    numerals = words.str.replace_all("(?i)^true$", "1").str.replace_all("(?i)^false$", "0")
    return numerals.cast(nw.Float64)


def _refuse_rows(parts: list[TextFile], engine: Engine) -> None:
    """Refuse rows of more or fewer fields than the header, and lines that an engine makes rows."""
    for part in parts:
        try:
            blank = part.refuse_ragged()
        except (OSError, csv.Error, UnicodeDecodeError) as error:
            msg = f"{part.path}: cannot be read as a {part.path.suffix} table: {error}"
            raise DataError(msg) from None
        if blank and engine == "polars":
            msg = (
                f'{part.path}: has blank lines, of which engine = "polars" makes rows; take them '
                'out, or write engine = "duckdb"'
            )
            raise DataError(msg)


def _as_written(code: float | str) -> str:
    return code if isinstance(code, str) else f"{code:.15g}"


def _encoding(study: Study, engine: Engine, path: Path) -> str:
    """Return the encoding of a text file, which the study says, or which is UTF-8."""
    said = study.reading.encoding
    if said is None:
        with path.open("rb") as file:
            head = file.read(_END)
        mark = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        try:
            # A letter may be cut in two where the head ends.
            codecs.getincrementaldecoder("utf-8")().decode(head)
        except UnicodeDecodeError:
            mark = True
        if mark:
            msg = (
                f"{path}: is not UTF-8; write its encoding under [data], such as "
                '"latin-1" for engine = "duckdb", or save it anew as UTF-8'
            )
            raise DataError(msg)
        return "utf-8"
    lower = said.lower()
    if lower in _UTF_8:
        return "utf-8"
    if engine == "polars" or (engine == "duckdb" and lower not in _OF_DUCKDB):
        reads = "UTF-8" if engine == "polars" else f"UTF-8, {' and '.join(['latin-1', 'utf-16'])}"
        msg = (
            f'{path}: engine = "{engine}" reads {reads}, and the encoding is "{said}"; write '
            'engine = "dask", or save it anew as UTF-8'
        )
        raise DataError(msg)
    return said


def _refuse_headers(file: TextFile, files: list[Path], encoding: str) -> None:
    """Refuse text files whose headers no engine can use, or that end within a row."""
    header = file.header
    for name in file.wanted:
        count = file.names.count(name)
        if count > 1:
            msg = f"{file.path}: {count} columns are named {name!r}; rename all but one"
            raise DataError(msg)
        if count and name not in header:
            msg = (
                f"{file.path}: the header has blanks around {name!r}, which engines keep; take "
                'them out, or write engine = "memory" under [data]'
            )
            raise DataError(msg)
    for path in files:
        with path.open(encoding=_marked(encoding), newline="") as text:
            other = next((row for row in csv.reader(text, delimiter=file.separator) if row), [])
        if other != header:
            msg = (
                f"{path}: its header is not that of {files[0].name}; the files of one table have "
                "the same columns in the same order"
            )
            raise DataError(msg)
        _refuse_cut_off(path, file.separator, len(header), encoding)


def _refuse_cut_off(path: Path, separator: str, width: int, encoding: str) -> None:
    """Refuse a text file whose last row lacks fields."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _END))
        end = file.read().decode(encoding, errors="ignore").splitlines()
    # The first line of what is left may have begun before it.
    last = next((line for line in reversed(end[1:]) if line.strip()), None)
    if last is None or '"' in last:
        return
    fields = last.split(separator)
    if len(fields) < width:
        msg = (
            f"{path}: its last row has {len(fields)} of {width} fields; it seems to be cut off: "
            "make the file anew"
        )
        raise DataError(msg)


def _marked(encoding: str) -> str:
    """Return the encoding with which Python skips the mark that a file may begin with."""
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _kinds(
    study: Study, file: TextFile, encoding: str
) -> tuple[str, list[str], list[str], list[str]]:
    """
    Return the decimal mark, and the study's columns in a text file.

    Also which of them are texts, and which of these are true or false, and so numbers.
    """
    reading, path = study.reading, file.path
    group = reading.original(study.group)

    def read(decimal: str) -> pd.DataFrame:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                path,
                sep=file.separator,
                decimal=decimal,
                encoding=_marked(encoding),
                na_values=list(map(_as_written, reading.missing)),
                nrows=FIRST,
                index_col=False,
            )

    try:
        decimal = reading.decimal or "."
        rows = read(decimal)
        present = [name for name in map(reading.original, study.columns_read) if name in rows]
        if reading.decimal is None:
            texts = {
                name: rows[name]
                for name in present
                if name != group and not pd.api.types.is_numeric_dtype(rows[name])
            }
            if has_decimal_commas(texts):
                decimal = ","
                rows = read(decimal)
    except pd.errors.ParserWarning:
        msg = (
            f"{path}: a row has more fields than the header; give each row a field for each name "
            "in the header"
        )
        raise DataError(msg) from None
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read as a {path.suffix} table: {' '.join(str(error).split())}"
        raise DataError(msg) from None
    numeric = {reading.original(study.outcome)}
    numeric |= {reading.original(study.slope)} if study.slope and not study.formulas else set()
    names, truths, problems = [], [], []
    for name in present:
        if name == group:
            names.append(name)
            continue
        known = without_codes(rows[name], reading.missing)
        try:
            values = (numbers if name in numeric else numbers_or_names)(known)
        except ValueError as error:
            problems.append(str(error))
        else:
            if pd.api.types.infer_dtype(known, skipna=True) == "boolean":
                names.append(name)
                truths.append(name)
            # Numbers among which are codes with blanks around are texts to an engine at first.
            elif len(rows) and not all(map(pd.api.types.is_numeric_dtype, (values, rows[name]))):
                names.append(name)
    if problems:
        msg = f"{path}: {'; '.join(problems)}"
        raise DataError(msg)
    return decimal, present, names, truths


def _refuse_unlike(engine: Engine, files: list[Path], wanted: list[str]) -> None:
    """Refuse Parquet files of one table that do not have the same columns of the same kinds."""
    first = None
    for path in files:
        schema = kinds_in_parquet(engine, path)
        kinds = {name: schema[name] for name in wanted if name in schema}
        if first is not None and kinds != first:
            unlike = sorted({name for name in wanted if kinds.get(name) != first.get(name)})
            msg = (
                f"{path}: column {listed(unlike)} is not as in {files[0].name}; the files of one "
                "table have the same columns, of the same kinds"
            )
            raise DataError(msg)
        first = first or kinds
