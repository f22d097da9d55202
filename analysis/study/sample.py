"""Read a study's table, check it and choose its groups."""

from __future__ import annotations

import hashlib
import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.errors import DataError
from analysis.study.popular2 import fetch_popular2
from analysis.study.table import group_names, numbers, read_columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from analysis.study.selection import GroupSelection
    from analysis.study.study import Study


_WHOLE_NUMBER = re.compile(r"-?\d{1,1000}")
# Groups that a refusal lists by name.
_MOST_LISTED = 5


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
    raw = read_columns(path, study.columns, group=study.group, named_by=study.path.name)
    table = pd.DataFrame({study.group: group_names(raw[study.group], path)})
    for column in study.columns[1:]:
        table[column] = numbers(raw[column], path)
    groups = _ordered(list(table[study.group].unique()))
    n_groups_in_table = len(groups)
    groups = _chosen(study.groups, groups, study, path)
    table = table[table[study.group].isin(groups)]
    complete = table[table[study.outcome].notna()].reset_index(drop=True)
    left = set(complete[study.group])
    groups = tuple(group for group in groups if group in left)
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


def _ordered(names: Sequence[str]) -> tuple[str, ...]:
    if all(_WHOLE_NUMBER.fullmatch(name) for name in names):
        return tuple(sorted(names, key=int))
    return tuple(sorted(names))


def _chosen(
    selection: GroupSelection, present: tuple[str, ...], study: Study, path: Path
) -> tuple[str, ...]:
    if selection.names is not None:
        known, named = set(present), set(selection.names)
        absent = [name for name in selection.names if name not in known]
        if absent:
            more = len(absent) - _MOST_LISTED
            listed = ", ".join(absent[:_MOST_LISTED]) + (f" and {more:,} more" if more > 0 else "")
            msg = (
                f"{path}: column {study.group!r} has no group {listed}, which "
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
    if by_group.size().max() > 1 and by_group[study.slope].nunique().max() < 2:
        msg = (
            f"{path}: column {study.slope!r} has one value in each {study.group}, so no "
            f"{study.group} has a slope of it; move it to group_covariates, and write a pupils' "
            "predictor for slope"
        )
        raise DataError(msg)
    for column in study.group_covariates:
        varying = by_group[column].max() > by_group[column].min()
        if varying.any():
            msg = (
                f"{path}: column {column!r} is a level 2 predictor but varies within "
                f"{study.group} {varying.idxmax()}; move it to covariates, or mend the table"
            )
            raise DataError(msg)
