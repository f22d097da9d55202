"""The table of a study on an engine: opened, its columns checked, its groups described."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import pandas as pd

from analysis.engines.groupsums import Described, described
from analysis.engines.opening import Text, opened
from analysis.errors import DataError, listed
from analysis.study.parts import files_of
from analysis.study.reading import TEXT_SUFFIXES
from analysis.study.selection import choose, ordered
from analysis.study.textfile import TextFile
from analysis.study.values import group_names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from analysis.engines.source import Engine, Source
    from analysis.study.study import Study

_FIRST = 10_000
"""Rows of a text file that tell whether a column holds numbers or names."""

_MOST_EXACT = 2**53
"""Whole numbers up to here are floating-point numbers; of those beyond, some are not."""

_MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "<NA>", "#N/A")
"""Fields of a text file that stand for no value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """
    The rows of a study, which an engine holds.

    Parameters
    ----------
    source : Source
        The rows of the study's groups that have an outcome.
    names : tuple of str
        Names of the groups, in the order of `known`.
    columns : tuple of str
        Its columns of numbers, the outcome first.
    known : Described
        Of these.
    levels : Mapping of str to tuple
        Of its categories, in order.
    missing : Mapping of str to int
        Rows without a value, by column; categories too.
    steady : tuple of str
        Columns with one value in each group; categories too.
    """

    source: Source
    names: tuple[str, ...]
    columns: tuple[str, ...]
    known: Described
    levels: Mapping[str, tuple[Any, ...]]
    missing: Mapping[str, int]
    steady: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """
    What a survey counts beside its rows.

    Parameters
    ----------
    n_rows, n_groups : int
        Of the whole table, the rows without a group among them.
    n_filtered, n_missing_group, n_missing_outcome, n_incomplete : int
        Rows that are left out, in this order.
    groups : tuple of str
        The study's groups that have a row, in order.
    without_rows : tuple of str
        Those that were asked for and have none.
    """

    n_rows: int
    n_groups: int
    n_filtered: int
    n_missing_group: int
    n_missing_outcome: int
    n_incomplete: int
    groups: tuple[str, ...]
    without_rows: tuple[str, ...]


def survey(study: Study, engine: Engine) -> tuple[Survey, Surveyed]:
    """
    Open the table of a study on an engine, check it, and describe its groups.

    Parameters
    ----------
    study : Study
    engine : {"duckdb", "polars", "dask"}

    Returns
    -------
    Survey
    Surveyed

    Raises
    ------
    DataError
        If the engine is missing, a file cannot be read, a column is missing or holds what no model
        can use, or a group does not exist.
    """
    return survey_of(study, _opened(study, engine, files_of(study)))


def _opened(study: Study, engine: Engine, files: list[Path]) -> Source:
    where, reading = str(study.table), study.reading
    wanted = [reading.original(column) for column in study.columns_read]
    if files[0].suffix.lower() not in TEXT_SUFFIXES:
        _refuse_unlike(files, wanted)
        return opened(engine, files, None, where)
    if engine == "polars" and reading.encoding not in {None, "utf-8", "utf8"}:
        msg = f'{where}: engine = "polars" reads UTF-8; write engine = "duckdb", or save it anew'
        raise DataError(msg)
    file = TextFile(
        path=files[0], reading=reading, wanted=tuple(wanted), group=reading.original(study.group)
    )
    present, names = _kinds(study, files[0], file)
    text = Text(
        separator=file.separator,
        decimal=reading.decimal or ".",
        encoding=reading.encoding or "utf-8",
        missing=(*_MISSING, *map(_as_written, reading.missing)),
        numbers=[name for name in present if name not in names],
        names=names,
    )
    return opened(engine, files, text, where)


def _as_written(code: float | str) -> str:
    return code if isinstance(code, str) else f"{code:.15g}"


def _kinds(study: Study, path: Path, file: TextFile) -> tuple[list[str], list[str]]:
    """Return the study's columns in a text file, and those that are names, by its first rows."""
    reading = study.reading
    try:
        rows = pd.read_csv(
            path,
            sep=file.separator,
            decimal=reading.decimal or ".",
            encoding=reading.encoding or "utf-8",
            na_values=list(map(_as_written, reading.missing)),
            nrows=_FIRST,
            index_col=False,
            skipinitialspace=True,
        )
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read as a {path.suffix} table: {' '.join(str(error).split())}"
        raise DataError(msg) from None
    present = [name for name in map(reading.original, study.columns_read) if name in rows]
    numbers = {name for name in present if pd.api.types.is_numeric_dtype(rows[name])}
    required = {reading.original(name) for name in (study.outcome, study.slope) if name}
    names = {*present} - numbers - (set() if study.formulas else required)
    group = reading.original(study.group)
    return present, [name for name in present if name in names or name == group]


def _texts(study: Study) -> set[str]:
    """Return the columns that the study says are names."""
    levelled = {name for each in study.formulas for name in each.levelled}
    return {*study.references, *levelled}


def _refuse_unlike(files: list[Path], wanted: list[str]) -> None:
    """Refuse Parquet files of one table that do not have the same columns of the same kinds."""
    if find_spec("pyarrow") is None:
        return  # the engine finds out
    from pyarrow import ArrowException
    from pyarrow.parquet import read_schema

    first = None
    for path in files:
        try:
            schema = read_schema(path)
        except (ArrowException, OSError) as error:
            msg = f"{path}: cannot be read as a .parquet table: {' '.join(str(error).split())}"
            raise DataError(msg) from None
        kinds = {name: schema.field(name).type for name in wanted if name in schema.names}
        if first is not None and kinds != first:
            unlike = sorted({name for name in wanted if kinds.get(name) != first.get(name)})
            msg = (
                f"{path}: column {listed(unlike)} is not as in {files[0].name}; the files of one "
                "table have the same columns, of the same kinds"
            )
            raise DataError(msg)
        first = first or kinds


def survey_of(study: Study, source: Source) -> tuple[Survey, Surveyed]:
    """Check the table that a source holds, and describe its groups; as `survey`."""
    source, numeric = _checked(study, source)
    whole = source
    group, outcome = study.group, study.outcome
    numbers = tuple(
        name
        for name in study.columns
        if numeric[name] and name != group and name not in _texts(study)
    )
    categories = [name for name in study.columns if name not in {group, *numbers}]
    if study.filter is not None:
        try:
            condition = study.filter.expression(numeric)
        except ValueError as error:
            msg = f"{source.where}: {error}"
            raise DataError(msg) from None
        source = source.having(source.frame.filter(condition))
    found, n_missing_group = _by_group(source, group, numbers)
    n_kept = found.n_rows + n_missing_group
    n_rows = n_kept if study.filter is None else _count(whole)
    if not found.n_rows:
        why = "fulfils the filter and has" if study.filter is not None else "has"
        msg = f"{source.where}: no row {why} a {group!r}; name the column of groups"
        raise DataError(msg)
    of_keys = group_names(found.keys).astype(str)
    present = ordered(of_keys.tolist())
    n_groups = len(present)
    chosen = _chosen(study, source, present)
    source = source.having(source.frame.filter(~nw.col(group).is_null()))
    if numeric[group]:
        source, found = _whole(source, group, found)
    if len(chosen) < len(present):
        used = of_keys.isin(set(chosen)).to_numpy()
        found = found.of_groups(used)
        source = _of_keys(source, group, found.keys)
    required = [outcome] if study.rows == "available" else list(study.columns[1:])
    before = found.n_rows
    n_missing_outcome = int(found.missing[numbers.index(outcome)])
    if n_missing_outcome or (study.rows == "complete" and (found.missing.any() or categories)):
        complete = ~nw.any_horizontal(*(nw.col(c).is_null() for c in required), ignore_nulls=True)
        source = source.having(source.frame.filter(complete))
        found, _ = _by_group(source, group, numbers)
    kept = tuple(group_names(found.keys).astype(str).tolist())
    left = set(kept)
    levels, missing, steady = _categories(source, group, categories, found.n_rows)
    varies = np.any(found.highs > found.lows, axis=1).tolist()
    return Survey(
        source=source,
        names=kept,
        columns=numbers,
        known=found,
        levels=levels,
        missing=dict(zip(numbers, found.missing.tolist(), strict=True)) | missing,
        steady=(*(n for n, each in zip(numbers, varies, strict=True) if not each), *steady),
    ), Surveyed(
        n_rows=n_rows,
        n_groups=n_groups,
        n_filtered=n_rows - n_kept,
        n_missing_group=n_missing_group,
        n_missing_outcome=n_missing_outcome,
        n_incomplete=before - found.n_rows - n_missing_outcome,
        groups=tuple(name for name in chosen if name in left),
        without_rows=tuple(name for name in chosen if name not in left),
    )


def _checked(study: Study, source: Source) -> tuple[Source, dict[str, bool]]:
    """Return the study's columns, with missing values where they are, and which are numbers."""
    schema = source.schema
    problems, columns, numeric = [], {}, {}
    for name in study.columns_read:
        original = study.reading.original(name)
        if original not in schema:
            problems.append(f"no column {original!r}, which {study.path.name} names")
            continue
        kind = schema[original]
        column, is_number = nw.col(original), kind.is_numeric() or kind == nw.Boolean
        if name == study.group:
            column = column.cast(nw.Float64 if kind.is_numeric() else nw.String)
            column = column if kind.is_numeric() else column.str.strip_chars()
        elif is_number and name not in _texts(study):
            column = column.cast(nw.Float64)
        elif kind not in {nw.String, nw.Categorical, nw.Enum} and not is_number:
            problems.append(f"column {name!r} holds {kind}; it must hold numbers, or names")
            continue
        elif not is_number:
            column = column.cast(nw.String).str.strip_chars()
            if name == study.outcome or (name == study.slope and not study.formulas):
                problems.append(f"column {name!r} holds texts; it must hold numbers")
        else:
            column = column.cast(nw.Float64)
        numeric[name] = is_number
        columns[name] = _with_missing(column, study, text=not is_number)
    if problems:
        names = (
            f"; columns: {listed(list(schema))}" if any("no column" in p for p in problems) else ""
        )
        msg = f"{source.where}: {'; '.join(problems)}{names}"
        raise DataError(msg)
    return source.having(source.frame.select(**columns)), numeric


def _with_missing(column: nw.Expr, study: Study, *, text: bool) -> nw.Expr:
    """Return a column without what stands for no value."""
    codes = [code for code in study.reading.missing if isinstance(code, str) == text]
    if text:
        codes = ["", *codes]
    missing = [column.is_in(codes)] if codes else []
    if not text:
        missing.append(column.is_nan())
    return nw.when(~nw.any_horizontal(*missing, ignore_nulls=True)).then(column)


def _by_group(source: Source, group: str, numbers: tuple[str, ...]) -> tuple[Described, int]:
    """Describe the groups, and count the rows without one."""
    found = described(source, group, numbers)
    known = found.keys.notna().to_numpy()
    return found.of_groups(known), int(found.sizes[~known].sum())


def _whole(source: Source, group: str, found: Described) -> tuple[Source, Described]:
    """Return groups of whole numbers as such, and refuse those too large to be told apart."""
    keys = found.keys.astype(float)
    if (keys.abs() > _MOST_EXACT).any():
        msg = (
            f"{source.where}: column {group!r} holds {keys[keys.abs() > _MOST_EXACT].iloc[0]:g}; a "
            "number of more than 15 digits is rounded: write groups as text, or as smaller numbers"
        )
        raise DataError(msg)
    if not (keys % 1 == 0).all():
        return source, found
    whole = source.frame.with_columns(nw.col(group).cast(nw.Int64))
    return source.having(whole), replace(found, keys=found.keys.astype("int64"))


def _count(source: Source) -> int:
    return int(source.collected(source.frame.select(nw.len().alias("n")))["n"].sum())


def _chosen(study: Study, source: Source, present: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return choose(study.groups, present)
    except ValueError as error:
        msg = (
            f"{source.where}: {study.path.name} asks for {error}; column {study.group!r} has "
            f"{len(present)} groups, {present[0]} to {present[-1]}"
        )
        raise DataError(msg) from None


def _of_keys(source: Source, group: str, keys: pd.Series[Any]) -> Source:
    """Return the rows of some groups."""
    lifted = source.lift(pd.DataFrame({group: keys}))
    return source.having(source.frame.join(lifted, on=group, how="inner"))


def _categories(
    source: Source, group: str, categories: list[str], n_rows: int
) -> tuple[dict[str, tuple[Any, ...]], dict[str, int], list[str]]:
    """Return the levels of categories, the rows without one, and which have one in each group."""
    levels, missing, steady = {}, {}, []
    for name in categories:
        rows = source.frame.select(group, name).filter(~nw.col(name).is_null())
        counted = source.collected(rows.group_by(name).agg(nw.len().alias("n")))
        levels[name] = tuple(sorted(counted[name].tolist()))
        missing[name] = n_rows - int(counted["n"].sum())
        pairs = source.collected(rows.unique().group_by(group).agg(nw.len().alias("n")))
        if not (pairs["n"] > 1).any():
            steady.append(name)
    return levels, missing, steady
