"""Read a study's table, check it and choose its groups."""

from __future__ import annotations

import hashlib
import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.errors import DataError, listed
from analysis.study.popular2 import fetch_popular2
from analysis.study.roles import numbers_that_may_be_names, with_roles
from analysis.study.table import (
    group_names,
    numbers,
    numbers_or_names,
    read_columns,
    words_for_missing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from analysis.study.selection import GroupSelection
    from analysis.study.study import Study


_WHOLE_NUMBER = re.compile(r"-?\d{1,1000}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """
    The pupils of a study: its columns for its groups, checked.

    Parameters
    ----------
    study : Study
        What was asked for.
    table : DataFrame, shape (n_observations, n_columns)
        The study's columns; the group and categories as text, everything else as float64.
    groups : tuple of str
        The groups, in numerical order if they are numbers, else in that of the alphabet.
    groups_without_rows : tuple of str
        Groups that were asked for but lost all their rows.
    source : str
        Name of the table's file.
    sha256 : str
        SHA-256 of that file.
    n_missing_group : int
        Rows of the table that were dropped because they have no group.
    words_for_missing_group : Mapping of str to int
        How many of them hold a word that is read as a missing value, by word.
    n_missing_outcome : int
        Rows of the groups that were dropped because they have no outcome.
    n_incomplete : int
        Further rows that were dropped because the study asks for complete ones.
    n_rows_in_table, n_groups_in_table : int
        Rows and groups of the whole table.
    """

    study: Study
    table: pd.DataFrame
    groups: tuple[str, ...]
    groups_without_rows: tuple[str, ...] = ()
    source: str
    sha256: str
    n_missing_group: int = 0
    words_for_missing_group: Mapping[str, int] = field(default_factory=dict)
    n_missing_outcome: int
    n_incomplete: int = 0
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
        counts = self.table[self.study.group].value_counts().to_dict()
        return {group: counts[group] for group in self.groups}

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of the rows, a line each; empty if nothing."""
        return tuple(f"{self.source}: {note}" for note in _notes(self))


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
    raw = read_columns(path, study.columns, group=study.group, named_by=study.path.name)
    columns: dict[str, pd.Series[Any]] = {study.group: group_names(raw[study.group], path)}
    names = set(study.predictors) if study.formulas else set()
    columns |= {
        column: (numbers_or_names if column in names else numbers)(raw[column], path)
        for column in study.columns[1:]
    }
    del raw
    table = pd.DataFrame(columns)
    named = _where(table, columns[study.group].notna())
    present = _ordered(named[study.group].unique().tolist())
    chosen = _chosen(study.groups, present, study, path)
    of_groups = named
    if len(chosen) < len(present):
        of_groups = _where(named, named[study.group].isin(chosen))
    with_outcome = _where(of_groups, of_groups[study.outcome].notna())
    used = with_outcome
    if study.rows == "complete":
        used = _where(with_outcome, with_outcome.notna().all(axis=1))
    if study.formulas:
        study = with_roles(study, used, path)
    left = set(used[study.group].unique())
    sample = Sample(
        study=study,
        table=used.reset_index(drop=True),
        groups=tuple(group for group in chosen if group in left),
        groups_without_rows=tuple(group for group in chosen if group not in left),
        source=path.name,
        sha256=_sha256(path),
        n_missing_group=len(table) - len(named),
        words_for_missing_group=words_for_missing(path, study.group, table[study.group].isna()),
        n_missing_outcome=len(of_groups) - len(with_outcome),
        n_incomplete=len(with_outcome) - len(used),
        n_rows_in_table=len(table),
        n_groups_in_table=len(present),
    )
    _refuse_unusable(sample, path)
    return sample


def _where(table: pd.DataFrame, kept: pd.Series[bool]) -> pd.DataFrame:
    return table if kept.all() else table[kept]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _notes(sample: Sample) -> Iterator[str]:
    study, n = sample.study, sample.n_observations
    if sample.n_missing_group:
        words = [f"{word!r} in {n}" for word, n in sample.words_for_missing_group.items()]
        reading = f" (read as missing: {listed(words)})" if words else ""
        yield (
            f"{sample.n_missing_group} of {sample.n_rows_in_table} rows have no {study.group!r} "
            f"and are dropped{reading}"
        )
    if sample.n_missing_outcome:
        yield (
            f"{sample.n_missing_outcome} of {n + sample.n_incomplete + sample.n_missing_outcome} "
            f"rows have no {study.outcome!r} and are dropped"
        )
    if sample.n_incomplete:
        yield (
            f'rows = "complete": {n} of {n + sample.n_incomplete} rows have a value in every '
            "column of the study and are used"
        )
    if sample.groups_without_rows:
        yield f"no row is left of {study.group} {listed(sample.groups_without_rows)}"
    for column in study.columns:
        missing = int(sample.table[column].isna().sum())
        if missing:
            yield f"column {column!r} lacks {missing} values; models with it drop those rows"
    yield from numbers_that_may_be_names(study, sample.table)
    single = [group for group, size in sample.sizes.items() if size == 1]
    if single:
        verb = "has no line of its" if len(single) == 1 else "have no lines of their"
        yield f"one row only in {study.group} {listed(single)}, which therefore {verb} own"


def _ordered(names: Sequence[str]) -> tuple[str, ...]:
    if all(_WHOLE_NUMBER.fullmatch(name) for name in names):
        return tuple(sorted(names, key=int))
    return tuple(sorted(names))


def _chosen(
    selection: GroupSelection, present: tuple[str, ...], study: Study, path: Path
) -> tuple[str, ...]:
    if not present:
        msg = f"{path}: column {study.group!r} has no value in any row; name the column of groups"
        raise DataError(msg)
    if selection.names is not None:
        known, named = set(present), set(selection.names)
        absent = [name for name in selection.names if name not in known]
        if absent:
            msg = (
                f"{path}: column {study.group!r} has no group {listed(absent)}, which "
                f"{study.path.name} names; it has {len(present)} groups, {present[0]} to "
                f"{present[-1]}"
            )
            raise DataError(msg)
        return tuple(name for name in present if name in named)
    if selection.random is not None:
        if selection.random > len(present):
            msg = (
                f"{path}: {study.path.name} asks for {selection.random} random groups; column "
                f"{study.group!r} has {len(present)}"
            )
            raise DataError(msg)
        draw = random.Random(selection.seed).random  # the one sequence that Python promises to keep
        drawn = set(sorted(present, key=lambda _: draw())[: selection.random])
        return tuple(name for name in present if name in drawn)
    return present


def _refuse_unusable(sample: Sample, path: Path) -> None:
    study, table = sample.study, sample.table
    if sample.n_groups < 2:
        known = f"a {study.outcome!r}" if study.rows == "available" else "a complete row"
        msg = (
            f"{path}: column {study.group!r} has {sample.n_groups} group"
            f"{'' if sample.n_groups else 's'} with {known}; a multilevel model needs at least 2, "
            "and more to be of use"
        )
        raise DataError(msg)
    for column in (study.outcome, *study.predictors):
        if not table[column].max() > table[column].min():  # false of missing values alone
            msg = (
                f"{path}: column {column!r} is constant in the study's groups; a model cannot "
                "tell it from the intercept: leave it out, or choose other groups"
            )
            raise DataError(msg)
    slope = [] if study.slope is None else [study.slope]
    by_group = table.groupby(study.group)[[*slope, *study.group_covariates]]
    varies = by_group.max() > by_group.min()
    if slope and len(table) > sample.n_groups and not varies[study.slope].any():
        msg = (
            f"{path}: column {study.slope!r} has one value in each {study.group}, so no "
            f"{study.group} has a slope of it; move it to group_covariates, and write a pupils' "
            "predictor for slope"
        )
        raise DataError(msg)
    for column in study.group_covariates:
        if varies[column].any():
            msg = (
                f"{path}: column {column!r} is a level 2 predictor but varies within "
                f"{study.group} {varies[column].idxmax()}; move it to covariates, or mend the table"
            )
            raise DataError(msg)
