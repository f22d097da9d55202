"""What a study needs of its table, and the refusal that names all that is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from analysis.errors import DataError, listed
from analysis.study.selection import choose
from analysis.study.values import group_names, numbers, numbers_or_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analysis.study.study import Study
    from analysis.study.table import RawTable

Rows = TypeVar("Rows", pd.DataFrame, "pd.Series[Any]")


def checked(study: Study, raw: RawTable) -> tuple[pd.DataFrame, int]:
    """Return the rows that fulfil the filter, checked, and the number of groups of all rows."""
    problems = list(raw.problems)
    if study.filter is not None:
        refuse(raw, problems)  # nobody knows in which rows the other columns matter
    kept = _fulfilling(study, raw)
    n_groups, columns = 0, {}
    # A slope of the short form is a number; of formulas, the first number may be.
    numbers_alone = set() if study.formulas else {study.slope}
    names_too = {*study.predictors, *study.categories} - numbers_alone
    for column in study.columns:
        if column not in raw.columns:
            continue
        try:
            if column == study.group:
                names = group_names(raw.columns[column], raw.value_labels.get(column))
                n_groups = names.nunique()
                columns[column] = where(names, kept)
            else:
                values = where(raw.columns[column], kept)
                columns[column] = (
                    numbers_or_names(values, raw.value_labels.get(column))
                    if column in names_too
                    else numbers(values)
                )
        except ValueError as error:
            advice = "; or name it in covariates, where texts are categories"
            problems.append(f"{error}{advice if _are_names(study, column, raw) else ''}")
    refuse(raw, problems)
    return pd.DataFrame(columns), n_groups


def _are_names(study: Study, column: str, raw: RawTable) -> bool:
    """Whether a column is the slope of the short form and holds texts alone."""
    if column != study.slope or study.formulas or raw.columns[column].dtype.kind in "mM":
        return False
    return bool(pd.to_numeric(raw.columns[column], errors="coerce").isna().all())


def _fulfilling(study: Study, raw: RawTable) -> pd.Series[bool]:
    kept = pd.Series(True, index=raw.columns.index)
    if study.filter is None:
        return kept
    try:
        kept = study.filter.holds(raw.columns, raw.value_labels)
    except ValueError as error:
        refuse(raw, [str(error)])
    if not kept.any():
        refuse(raw, [f"no row fulfils filter = {study.filter.text!r}; write another"])
    return kept


def chosen_groups(study: Study, present: tuple[str, ...], raw: RawTable) -> tuple[str, ...]:
    """Return the groups that a study uses, of those that there are."""
    within = " in the rows that fulfil the filter" if study.filter is not None else ""
    if not present:
        nothing = f"column {study.group!r} has no value in any row"
        refuse(raw, [f"{nothing}{within}; name the column of groups"])
    try:
        return choose(study.groups, present)
    except ValueError as error:
        has = f"column {study.group!r} has {len(present)} groups, {present[0]} to {present[-1]}"
        words = {*raw.words.get(study.group, pd.Series(dtype=str)).str.strip()}
        read = sorted(words.intersection(study.groups.names or ()))
        advice = f"; {listed(read)} is read as missing: {if_names(read)}" if read else ""
        refuse(raw, [f"{study.path.name} asks for {error}; {has}{within}{advice}"])
        raise


def if_names(words: Sequence[str]) -> str:
    """
    Say how a study has words that are read as missing for names.

    Examples
    --------
    >>> if_names(["NA"])
    'if such a word is a name, write names = ["NA"] under [data]'
    """
    quoted = ", ".join(f'"{word}"' for word in words)
    return f"if such a word is a name, write names = [{quoted}] under [data]"


def refuse(raw: RawTable, problems: Sequence[str]) -> None:
    """
    Refuse a table for all that is wrong with it.

    Raises
    ------
    DataError
        If anything is.
    """
    if problems:
        msg = f"{raw.where}: {'; '.join(problems)}"
        raise DataError(msg)


def where(table: Rows, kept: pd.Series[bool]) -> Rows:
    """Return some of the rows, without a copy if they are all."""
    return table if kept.all() else table[kept]


def unusable(study: Study, table: pd.DataFrame) -> Iterator[str]:
    """Say what no model can use of the rows that a study uses."""
    n_groups = table[study.group].nunique()
    if n_groups < 2:
        known = f"a {study.outcome!r}" if study.rows == "available" else "a complete row"
        yield (
            f"column {study.group!r} has {n_groups} group"
            f"{'' if n_groups else 's'} with {known}; a multilevel model needs at least 2, "
            "and more to be of use"
        )
        return
    # The comparison is false of missing values alone.
    used = (study.outcome, *study.predictors)
    constant = [c for c in used if not table[c].max() > table[c].min()]
    if not study.formulas:
        constant += [name for name in study.categories if table[name].nunique() < 2]
    for column in constant:
        yield (
            f"column {column!r} is constant in the study's groups; a model cannot "
            "tell it from the intercept: leave it out, or choose other groups"
        )
    slope = [] if study.slope is None else [study.slope]
    by_group = table.groupby(study.group)[[*slope, *study.group_covariates]]
    varies = by_group.max() > by_group.min()
    flat = [name for name in slope if name not in constant and not varies[name].any()]
    if flat and len(table) > n_groups:
        yield (
            f"column {study.slope!r} has one value in each {study.words.group}, so no "
            f"{study.words.group} has a slope of it; move it to group_covariates, and write a "
            f"predictor that varies between {study.words.units} for slope"
        )
    for column in set(study.as_written[1]) & set(study.categories):
        levels = table.groupby(study.group)[column].nunique()
        varies[column] = levels > 1
    for column in study.group_covariates if study.formulas else study.as_written[1]:
        groups = [str(group) for group in varies.index[varies[column]]]
        if groups:
            yield (
                f"column {column!r} is a level 2 predictor but varies within "
                f"{study.words.group} {listed(groups)}; move it to covariates, or mend the table"
            )
