"""The table of a study on an engine: opened, its columns checked, its groups described."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import pandas as pd

from analysis.engines.groupsums import Described, described
from analysis.engines.queries import count, has_others, known, of_keys
from analysis.errors import DataError, cut
from analysis.study.cases import refuse_alike_in_table
from analysis.study.enginecolumns import BLANKS, checked_columns, known_texts, names_of
from analysis.study.enginefiles import open_files
from analysis.study.parts import files_of
from analysis.study.selection import choose, ordered
from analysis.study.values import group_names, strange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.engines.source import Engine, Source
    from analysis.study.study import Study

_MOST_EXACT = 2**53
"""Whole numbers up to here are floating-point numbers; of those beyond, some are not."""

_MOST_SIGNED = 2**63 - 1
"""Hashes that are groups may be above, as whole numbers without a sign."""


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
        Its columns of numbers, the outcome first; those that the study says are names among them.
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

    def has_more_than_two(self, column: str) -> bool:
        """Tell whether a column of numbers has more than two values."""
        at = self.columns.index(column)
        ends = np.concatenate([self.known.lows[at], self.known.highs[at]])
        # Most columns need no look at the rows.
        found = np.unique(ends[~np.isnan(ends)])
        return len(found) > 2 or (
            len(found) == 2 and has_others(self.source, column, found.tolist())
        )


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
    found : str
        What had to be found out to read the table; empty if nothing.
    """

    n_rows: int
    n_groups: int
    n_filtered: int
    n_missing_group: int
    n_missing_outcome: int
    n_incomplete: int
    groups: tuple[str, ...]
    without_rows: tuple[str, ...]
    found: str = ""


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
    source, decimal, found_out = open_files(study, engine, files_of(study))
    found, counts = survey_of(study, source, decimal)
    return found, replace(counts, found=found_out)


def survey_of(study: Study, source: Source, decimal: str | None = None) -> tuple[Survey, Surveyed]:
    """
    Check the table that a source holds, and describe its groups; as `survey`.

    Parameters
    ----------
    study : Study
    source : Source
    decimal : str, optional
        The decimal mark of a text file, which does not say whether its groups are numbers.
    """
    refuse_alike_in_table(study, source)
    kinds = source.schema
    source, numeric = checked_columns(study, source)
    whole = source
    group, outcome = study.group, study.outcome
    numbers = tuple(name for name in study.columns if numeric[name] and name != group)
    # What one model takes for a category may be a number in another.
    of_texts = {name for name in study.columns if not numeric[name]} | names_of(study)
    categories = [name for name in study.columns if name in of_texts - {group}]
    if study.filter is not None:
        try:
            condition = study.filter.expression(numeric)
        except ValueError as error:
            msg = f"{source.where}: {error}"
            raise DataError(msg) from None
        source = source.having(source.frame.filter(condition))
    found, n_missing_group = _by_group(source, group, numbers)
    if decimal is not None and found.n_rows:
        source, found, n_coded = _as_written(study, source, decimal, found, numbers)
        n_missing_group += n_coded
    n_kept = found.n_rows + n_missing_group
    n_rows = n_kept if study.filter is None else count(whole)
    if not n_rows:
        msg = f"{source.where}: the table has no rows"
        raise DataError(msg)
    if not n_kept and study.filter is not None:
        msg = f"{source.where}: no row fulfils filter = {study.filter.text!r}; write another"
        raise DataError(msg)
    if not found.n_rows:
        within = " in the rows that fulfil the filter" if study.filter is not None else ""
        msg = (
            f"{source.where}: column {group!r} has no value in any row{within}; name the column of "
            "groups"
        )
        raise DataError(msg)
    names = _names(source, found.keys)
    present = ordered(names.tolist())
    n_groups = len(present)
    chosen = _chosen(study, source, present)
    source = known(source, [group])
    if numeric[group]:
        kind = kinds[study.reading.original(group)]
        source, found = _whole(source, group, found, kind)
    if len(chosen) < len(present):
        used = names.isin(set(chosen)).to_numpy()
        found = found.of_groups(used)
        source = of_keys(source, group, found.keys)
    required = [outcome] if study.rows == "available" else list(study.columns[1:])
    before = found.n_rows
    n_missing_outcome = int(found.missing[numbers.index(outcome)])
    if n_missing_outcome or (study.rows == "complete" and (found.missing.any() or categories)):
        source = known(source, required)
        found, _ = _by_group(source, group, numbers)
    kept = tuple(_names(source, found.keys).tolist())
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


def _names(source: Source, keys: pd.Series[Any]) -> pd.Series[str]:
    """Return the names of groups or levels, and refuse what no text can show."""
    for name in keys.tolist() if not pd.api.types.is_numeric_dtype(keys) else ():
        if why := strange(str(name)):
            msg = f"{source.where}: column {keys.name!r} holds {cut(repr(name), 80)}, {why}"
            raise DataError(msg)
    if pd.api.types.is_float_dtype(keys):
        _refuse_rounded(source, keys)
    return group_names(keys).astype(str)


def _as_written(
    study: Study, source: Source, decimal: str, found: Described, numbers: tuple[str, ...]
) -> tuple[Source, Described, int]:
    """
    Return groups of whole numbers without blanks, and without a fraction of zeros.

    Also the number of rows whose group is then a code that stands for no value.
    """
    plain, zeros = r"-?\d+", rf"{re.escape(decimal)}0+"
    if found.keys.str.fullmatch(plain).all() or (
        not found.keys.str.fullmatch(rf"\s*{plain}({zeros})?\s*").all()
    ):
        return source, found, 0
    column = nw.col(study.group).str.strip_chars(BLANKS).str.replace_all(rf"{zeros}$", "")
    source = source.with_columns({study.group: known_texts(column, study)})
    source = known(source, [study.group])
    written, _ = _by_group(source, study.group, numbers)
    return source, written, found.n_rows - written.n_rows


def _by_group(source: Source, group: str, numbers: tuple[str, ...]) -> tuple[Described, int]:
    """Describe the groups, and count the rows without one."""
    found = described(source, group, numbers)
    known = found.keys.notna().to_numpy()
    return found.of_groups(known), int(found.sizes[~known].sum())


def _refuse_rounded(source: Source, keys: pd.Series[Any]) -> None:
    beyond = keys[keys.abs() > _MOST_EXACT]
    if len(beyond):
        msg = (
            f"{source.where}: column {keys.name!r} holds {beyond.iloc[0]:g}; a number of more than "
            "15 digits is rounded: write groups as text, or as smaller numbers"
        )
        raise DataError(msg)


def _whole(
    source: Source, group: str, found: Described, kind: nw.dtypes.DType
) -> tuple[Source, Described]:
    """Return groups of whole numbers as such, and refuse others whose names are not certain."""
    broken = found.keys[found.keys % 1 != 0]
    if len(broken) and kind != nw.Float64:
        msg = (
            f"{source.where}: column {group!r} holds {kind}, {broken.iloc[0]:g} for one; an engine "
            "writes such groups with other digits: save them as whole numbers, or as texts"
        )
        raise DataError(msg)
    if len(broken) or found.keys.max() > _MOST_SIGNED:
        return source, found
    source = source.with_columns({group: nw.col(group).cast(nw.Int64)})
    return source, replace(found, keys=found.keys.astype("int64"))


def _chosen(study: Study, source: Source, present: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return choose(study.groups, present)
    except ValueError as error:
        msg = (
            f"{source.where}: {study.path.name} asks for {error}; column {study.group!r} has "
            f"{len(present)} groups, {present[0]} to {present[-1]}"
        )
        raise DataError(msg) from None


def _categories(
    source: Source, group: str, categories: list[str], n_rows: int
) -> tuple[dict[str, tuple[Any, ...]], dict[str, int], list[str]]:
    """Return the levels of categories, the rows without one, and which have one in each group."""
    levels, missing, steady = {}, {}, []
    for name in categories:
        rows = known(source, [name]).frame.select(group, name)
        counted = source.collected(rows.group_by(name).agg(nw.len().alias("n")))
        values = counted[name]
        if not pd.api.types.is_numeric_dtype(values):
            _names(source, values)
        levels[name] = tuple(sorted(values.tolist()))
        missing[name] = n_rows - int(counted["n"].sum())
        pairs = source.collected(rows.unique().group_by(group).agg(nw.len().alias("n")))
        if not (pairs["n"] > 1).any():
            steady.append(name)
    return levels, missing, steady
