"""Read a study's table, check it and choose its groups."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.errors import DataError, listed
from analysis.study.checks import checked, chosen_groups, if_names, refuse, unusable, where
from analysis.study.filelabels import with_labels
from analysis.study.parts import digest, engine_of, files_of
from analysis.study.popular2 import fetch_popular2
from analysis.study.roles import numbers_that_may_be_names, with_categories, with_roles
from analysis.study.selection import ordered
from analysis.study.table import read_frame, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    import pandas as pd

    from analysis.engines.source import Engine
    from analysis.study.study import Study
    from analysis.study.survey import Survey
    from analysis.study.table import RawTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """
    The rows of a study: its columns for its groups, checked.

    Parameters
    ----------
    study : Study
        What was asked for, with the labels that the table's file has for what the study has none.
    held : DataFrame, shape (n_observations, n_columns), or None
        The study's columns; the group and categories as text, everything else as float64. None
        where an engine holds them.
    survey : Survey or None
        What an engine holds then.
    groups : tuple of str
        The groups, in numerical order if they are numbers, else in that of the alphabet.
    groups_without_rows : tuple of str
        Groups that were asked for but lost all their rows.
    source : str
        Name of the table's file, or what a data frame is called.
    sha256 : str
        SHA-256 of that file; empty for a data frame.
    found : str
        What had to be found out to read it; empty if nothing.
    n_filtered : int
        Rows of the table that the study's filter leaves out.
    n_missing_group : int
        Rows of the table that were dropped because they have no group.
    words_for_missing_group : Mapping of str to int
        How many of them hold a word that is read as a missing value, by word.
    words_for_missing : Mapping of str to (Mapping of str to int)
        The same of categories, in the rows with an outcome, by column.
    n_missing_outcome : int
        Rows of the groups that were dropped because they have no outcome.
    n_incomplete : int
        Further rows that were dropped because the study asks for complete ones.
    n_rows_in_table, n_groups_in_table : int
        Rows and groups of the whole table.
    """

    study: Study
    held: pd.DataFrame | None
    survey: Survey | None = None
    groups: tuple[str, ...]
    groups_without_rows: tuple[str, ...] = ()
    source: str
    sha256: str
    found: str = ""
    n_filtered: int = 0
    n_missing_group: int = 0
    words_for_missing_group: Mapping[str, int] = field(default_factory=dict)
    words_for_missing: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    n_missing_outcome: int
    n_incomplete: int = 0
    n_rows_in_table: int
    n_groups_in_table: int

    @property
    def engine(self) -> Engine:
        """What holds the rows."""
        return "memory" if self.survey is None else self.survey.source.engine

    @property
    def table(self) -> pd.DataFrame:
        """
        The rows.

        Raises
        ------
        DataError
            If an engine holds them.
        """
        if self.held is None:
            assert self.survey is not None
            engine = self.survey.source.engine
            msg = (
                f"{self.source}: this needs the rows in memory, and {engine} holds them; write "
                'engine = "memory" under [data], and fewer groups, such as {random = 200, seed = 1}'
            )
            raise DataError(msg)
        return self.held

    def step(self, what: str) -> AbstractContextManager[None]:
        """Say at a terminal what is done, where an engine holds the rows and it takes long."""
        return nullcontext() if self.survey is None else self.survey.source.steps.step(what)

    @property
    def n_observations(self) -> int:
        """Number of rows."""
        return len(self.table) if self.survey is None else self.survey.known.n_rows

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return len(self.groups)

    @property
    def sizes(self) -> dict[str, int]:
        """Number of rows of each group."""
        if self.survey is not None:
            return dict(zip(self.survey.names, self.survey.known.sizes.tolist(), strict=True))
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
    engine = engine_of(study)
    if engine != "memory":
        return _surveyed(study, engine)
    path = study.table if study.table is not None else fetch_popular2()
    raw = read_table(path, study)
    return _sample(study, raw, source=path.name, sha256=digest([path]))


def sample_of(frame: Any, study: Study, *, name: str = "the data frame") -> Sample:  # noqa: ANN401
    """
    Check a data frame against a study, in place of the table that the study names.

    Parameters
    ----------
    frame : DataFrame
        Of pandas or Polars, or one with a method ``to_pandas``, as those of PyArrow are.
    study : Study
    name : str
        What messages call the frame.

    Returns
    -------
    Sample

    Raises
    ------
    DataError
        As `load`.
    """
    return _sample(study, read_frame(frame, study, name), source=name, sha256="")


def _sample(study: Study, raw: RawTable, *, source: str, sha256: str) -> Sample:
    table, n_groups = checked(study, raw)
    named = where(table, table[study.group].notna())
    present = ordered(named[study.group].unique().tolist())
    chosen = chosen_groups(study, present, raw)
    of_groups = named
    if len(chosen) < len(present):
        of_groups = where(named, named[study.group].isin(chosen))
    with_outcome = where(of_groups, of_groups[study.outcome].notna())
    used = with_outcome
    if study.rows == "complete":
        used = where(with_outcome, with_outcome.notna().all(axis=1))
    if study.formulas:
        study = with_roles(study, used, raw.where)
    else:
        study = with_categories(study, used, raw.value_labels)
    refuse(raw, list(unusable(study, used)))
    left = set(used[study.group].unique())
    no_group = table.index[table[study.group].isna()]
    return Sample(
        study=with_labels(study, used, raw),
        held=used.reset_index(drop=True),
        groups=tuple(group for group in chosen if group in left),
        groups_without_rows=tuple(group for group in chosen if group not in left),
        source=source,
        sha256=sha256,
        found=raw.found,
        n_filtered=len(raw.columns) - len(table),
        n_missing_group=len(no_group),
        words_for_missing_group=_words(raw, study.group, no_group),
        words_for_missing={
            name: _words(raw, name, with_outcome.index) for name in study.categories
        },
        n_missing_outcome=len(of_groups) - len(with_outcome),
        n_incomplete=len(with_outcome) - len(used),
        n_rows_in_table=len(raw.columns),
        n_groups_in_table=n_groups,
    )


def _surveyed(study: Study, engine: Engine) -> Sample:
    """Survey a study's table on an engine."""
    # The library of engines is imported where one is asked for.
    from analysis.study.survey import survey
    from analysis.study.surveyed import sorted_roles, unusable_on_engine

    found, counts = survey(study, engine)
    study = sorted_roles(study, found)
    problems = list(unusable_on_engine(study, found))
    if problems:
        msg = f"{found.source.where}: {'; '.join(problems)}"
        raise DataError(msg)
    files = files_of(study)
    assert study.table is not None
    source = files[0].name if len(files) == 1 else f"{len(files)} files {study.table.name}"
    return Sample(
        study=study,
        held=None,
        survey=found,
        groups=counts.groups,
        groups_without_rows=counts.without_rows,
        source=source,
        sha256=digest(files),
        found=counts.found,
        n_filtered=counts.n_filtered,
        n_missing_group=counts.n_missing_group,
        n_missing_outcome=counts.n_missing_outcome,
        n_incomplete=counts.n_incomplete,
        n_rows_in_table=counts.n_rows,
        n_groups_in_table=counts.n_groups,
    )


def _words(raw: RawTable, column: str, rows: pd.Index[int]) -> dict[str, int]:
    """Return the words that are read as missing in some rows, with how many have each."""
    words = raw.words.get(column)
    return {} if words is None else dict(Counter(words[words.index.isin(rows)]))


def _as_missing(study: Study, words: Mapping[str, int]) -> str:
    found = [f"{word!r} in {n}" for word, n in words.items()]
    if not found:
        return ""
    unasked = [word.strip() for word in words if word.strip() not in study.reading.missing]
    advice = f"; {if_names(unasked)}" if unasked else ""
    return f" (read as missing: {listed(found)}{advice})"


def _notes(sample: Sample) -> Iterator[str]:
    study, n = sample.study, sample.n_observations
    if sample.found:
        yield sample.found
    n_kept = sample.n_rows_in_table - sample.n_filtered
    if study.filter is not None:
        yield (
            f"filter = {study.filter.text!r}: {n_kept} of {sample.n_rows_in_table} rows fulfil it"
        )
    if sample.n_missing_group:
        reading = _as_missing(study, sample.words_for_missing_group)
        yield (
            f"{sample.n_missing_group} of {n_kept} rows have no {study.group!r} "
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
        for column, words in sample.words_for_missing.items():
            if words:
                yield f"column {column!r} lacks values{_as_missing(study, words)}"
    if sample.groups_without_rows:
        yield f"no row is left of {study.words.group} {listed(sample.groups_without_rows)}"
    for column in study.columns:
        if sample.survey is not None:
            missing = sample.survey.missing.get(column, 0)
        else:
            missing = int(sample.table[column].isna().sum())
        if missing:
            reading = _as_missing(study, sample.words_for_missing.get(column, {}))
            yield (
                f"column {column!r} lacks {missing} values{reading}; models with it drop those rows"
            )
    if sample.survey is None:
        yield from numbers_that_may_be_names(study, sample.table)
    single = [group for group, size in sample.sizes.items() if size == 1]
    if single:
        verb = "has no line of its" if len(single) == 1 else "have no lines of their"
        yield f"one row only in {study.words.group} {listed(single)}, which therefore {verb} own"
