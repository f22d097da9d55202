"""Read a study's table, check it, choose its groups; fetch the original data set."""

from __future__ import annotations

import difflib
import hashlib
import os
import random
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.errors import DataError, FetchError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.study import GroupSelection, Study

POPULAR2_URL = (
    "https://raw.githubusercontent.com/MultiLevelAnalysis/"
    "Datasets-third-edition-Multilevel-book/479cec4390efb7f84bb94df0e3c381e173782669/"
    "chapter%202/popularity/SPSS/popular2.sav"
)
"""Where the book's authors publish the data set, at a fixed commit."""

POPULAR2_SHA256 = "55132826114faa55b7ee402cd35e04567fedac613df0d549dc2083fa33ad60b9"
"""SHA-256 of popular2.sav."""

MIRROR_VARIABLE = "POPULAR2_MIRROR"
"""Environment variable with another URL, or the path of a local copy, of popular2.sav."""

CACHE_VARIABLE = "MULTILEVEL_REPORT_CACHE"
"""Environment variable with the folder for downloads, in place of the user's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """
    The pupils of a study: its columns for its groups, checked.

    Parameters
    ----------
    study : Study
        What was asked for.
    table : DataFrame, shape (n_observations, n_columns)
        The study's columns; the group as text, everything else as float64.
    groups : tuple of str
        The groups, in numerical order if they are numbers, else in that of the alphabet.
    source : str
        Name of the table's file.
    sha256 : str
        SHA-256 of that file.
    n_missing_outcome : int
        Rows that were dropped because they have no outcome.
    n_rows_in_table, n_groups_in_table : int
        Rows and groups of the whole table.
    """

    study: Study
    table: pd.DataFrame
    groups: tuple[str, ...]
    source: str
    sha256: str
    n_missing_outcome: int
    n_rows_in_table: int
    n_groups_in_table: int

    @property
    def n_observations(self) -> int:
        """Number of pupils."""
        return len(self.table)

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return len(self.groups)

    @property
    def sizes(self) -> dict[str, int]:
        """Number of pupils of each group."""
        counts = self.table[self.study.group].value_counts()
        return {group: int(counts[group]) for group in self.groups}

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of the rows, a line each; empty if nothing."""
        lines = []
        if self.n_missing_outcome:
            lines.append(
                f"{self.source}: {self.n_missing_outcome} of "
                f"{self.n_observations + self.n_missing_outcome} rows have no "
                f"{self.study.outcome!r} and are dropped"
            )
        missing = self.table.isna().sum()
        lines += [
            f"{self.source}: column {column!r} lacks {count} values; models with it drop those rows"
            for column, count in missing[missing > 0].items()
        ]
        single = [group for group, size in self.sizes.items() if size == 1]
        if single:
            lines.append(
                f"{self.source}: one row only in {self.study.group} {', '.join(single)}, "
                "which therefore has no line of its own"
            )
        return tuple(lines)


def load(study: Study) -> Sample:
    """
    Read a study's table and check it against the study.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Sample

    Raises
    ------
    DataError
        If the file or a column is missing, a value is no number, a group does not exist, there
        are fewer than two groups, or a level 2 predictor varies within a group.
    FetchError
        If the study's data set cannot be downloaded.
    """
    path = study.table if study.table is not None else fetch_popular2()
    raw = _read_table(path, study.columns)
    _refuse_missing_columns(raw, study, path)
    table = pd.DataFrame({study.group: _group_names(raw[study.group], path)})
    for column in study.columns[1:]:
        table[column] = _numbers(raw[column], path)
    groups = _ordered(list(table[study.group].unique()))
    n_groups_in_table = len(groups)
    groups = _chosen(study.groups, groups, study, path)
    table = table[table[study.group].isin(groups)]
    complete = table[table[study.outcome].notna()].reset_index(drop=True)
    groups = tuple(group for group in groups if group in set(complete[study.group]))
    sample = Sample(
        study=study,
        table=complete,
        groups=groups,
        source=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        n_missing_outcome=len(table) - len(complete),
        n_rows_in_table=len(raw),
        n_groups_in_table=n_groups_in_table,
    )
    _refuse_unusable(sample, path)
    return sample


def fetch_popular2() -> Path:
    """
    Download popular2.sav into the user's cache, unless it is there.

    The environment variable `MIRROR_VARIABLE` names another URL or a local copy.

    Returns
    -------
    Path
        The file, whose SHA-256 is `POPULAR2_SHA256`.

    Raises
    ------
    FetchError
        If the file cannot be had or has another hash.
    """
    # pooch brings requests along, half a second that only a download needs.
    import pooch

    pooch.get_logger().setLevel("WARNING")
    source = os.environ.get(MIRROR_VARIABLE) or POPULAR2_URL
    cache = os.environ.get(CACHE_VARIABLE) or pooch.os_cache("multilevel-report")
    try:
        found = pooch.retrieve(
            source,
            known_hash=f"sha256:{POPULAR2_SHA256}",
            fname="popular2.sav",
            path=cache,
            downloader=None if "://" in source else _copy,
        )
    except ValueError as error:
        msg = (
            f"{source}: not the popular2.sav that the report needs: {' '.join(str(error).split())}"
        )
        raise FetchError(msg) from None
    except OSError as error:
        msg = (
            f"{source}: cannot be fetched ({_reason(error)}); connect to the network, or set "
            f"{MIRROR_VARIABLE} to a copy of popular2.sav"
        )
        raise FetchError(msg) from None
    return Path(found)


def _copy(source: str, target: str, _pooch: object) -> None:
    shutil.copyfile(source, target)


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _read_table(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    try:
        match path.suffix.lower():
            case ".csv":
                return pd.read_csv(path, low_memory=False)
            case ".parquet":
                return pd.read_parquet(path)
            case _:
                return _read_sav(path, columns)
    except FileNotFoundError:
        msg = f"{path}: no such table; check the key table of the study file"
        raise DataError(msg) from None
    except Exception as error:  # each reader has exceptions of its own for a damaged file
        msg = f"{path}: cannot be read as a {path.suffix} table: {' '.join(str(error).split())}"
        raise DataError(msg) from None


def _read_sav(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    import pyreadstat

    if not path.is_file():
        raise FileNotFoundError(path)
    _, metadata = pyreadstat.read_sav(path, metadataonly=True)
    present = [column for column in columns if column in metadata.column_names]
    frame, _ = pyreadstat.read_sav(path, usecols=present)
    return pd.DataFrame(frame, columns=present) if present else pd.DataFrame()


def _refuse_missing_columns(raw: pd.DataFrame, study: Study, path: Path) -> None:
    if raw.empty and len(raw.columns):
        msg = f"{path}: the table has no rows"
        raise DataError(msg)
    for column in study.columns:
        if column not in raw.columns:
            names = [str(name) for name in raw.columns]
            close = difflib.get_close_matches(column, names, n=1)
            advice = f"did you mean {close[0]!r}?" if close else f"columns: {', '.join(names)}"
            msg = f"{path}: no column {column!r}, which {study.path.name} names; {advice}"
            raise DataError(msg)


def _group_names(column: pd.Series[Any], path: Path) -> pd.Series[str]:
    if column.isna().any():
        row = int(np.flatnonzero(column.isna())[0]) + 1
        msg = (
            f"{path}: column {column.name!r} has no value in data row {row}; every row needs a "
            "group"
        )
        raise DataError(msg)
    # Whole numbers are floats in SPSS files; the group is "1" there too, not "1.0".
    if pd.api.types.is_float_dtype(column) and bool((column % 1 == 0).all()):
        column = column.astype("int64")
    return column.astype(str)


def _numbers(column: pd.Series[Any], path: Path) -> pd.Series[float]:
    numbers = pd.to_numeric(column, errors="coerce").astype("float64")
    wrong = (numbers.isna() & column.notna()) | np.isinf(numbers)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        msg = (
            f"{path}: column {column.name!r} holds {str(column.iloc[row])!r} in data row {row + 1}"
            f" ({int(wrong.sum())} such values); it must hold numbers"
        )
        raise DataError(msg)
    return numbers


def _ordered(names: Sequence[str]) -> tuple[str, ...]:
    if all(name.lstrip("-").isdigit() for name in names):
        return tuple(sorted(names, key=int))
    return tuple(sorted(names))


def _chosen(
    selection: GroupSelection, present: tuple[str, ...], study: Study, path: Path
) -> tuple[str, ...]:
    if selection.names is not None:
        absent = [name for name in selection.names if name not in set(present)]
        if absent:
            msg = (
                f"{path}: column {study.group!r} has no group {', '.join(absent)}, which "
                f"{study.path.name} names; it has {len(present)} groups, {present[0]} to "
                f"{present[-1]}"
            )
            raise DataError(msg)
        return tuple(name for name in present if name in set(selection.names))
    if selection.random is not None:
        if selection.random > len(present):
            msg = (
                f"{path}: {study.path.name} asks for {selection.random} random groups; column "
                f"{study.group!r} has {len(present)}"
            )
            raise DataError(msg)
        drawn = set(random.Random(selection.seed).sample(present, selection.random))
        return tuple(name for name in present if name in drawn)
    return present


def _refuse_unusable(sample: Sample, path: Path) -> None:
    study = sample.study
    if sample.n_groups < 2:
        msg = (
            f"{path}: column {study.group!r} has {sample.n_groups} group with a "
            f"{study.outcome!r}; a multilevel model needs at least 2, and more to be of use"
        )
        raise DataError(msg)
    for column in study.columns[1:]:
        if sample.table[column].nunique() < 2:
            msg = (
                f"{path}: column {column!r} is constant in the study's groups; a model cannot "
                "tell it from the intercept: leave it out, or choose other groups"
            )
            raise DataError(msg)
    by_group = sample.table.groupby(study.group)
    for column in study.group_covariates:
        varying = by_group[column].max() > by_group[column].min()
        if varying.any():
            msg = (
                f"{path}: column {column!r} is a level 2 predictor but varies within "
                f"{study.group} {varying.idxmax()}; move it to covariates, or mend the table"
            )
            raise DataError(msg)
