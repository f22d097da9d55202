"""What the columns of a table may be in a study of it, as far as its values tell."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.errors import DataError, listed
from analysis.study.reading import TABLE_SUFFIXES, Reading
from analysis.study.selection import GroupSelection
from analysis.study.study import Study
from analysis.study.table import column_names, read_table
from analysis.study.values import numbers_or_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from analysis.study.table import RawTable

_MOST_PREDICTORS = 4
"""Predictors of a level that are proposed; of more, the first so many."""

_MOST_LEVELS = 6
"""Levels of a column of texts that may be a category."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """
    The roles of a table's columns.

    Parameters
    ----------
    group, outcome : str
    slope : str or None
    covariates, group_covariates : tuple of str
        Of level 1, and of level 2.
    left_out : tuple of str
        Columns without a role.
    incomplete : bool
        Whether a value is missing in a column with a role.
    """

    group: str
    outcome: str
    slope: str | None
    covariates: tuple[str, ...]
    group_covariates: tuple[str, ...]
    left_out: tuple[str, ...]
    incomplete: bool

    @property
    def written(self) -> dict[str, str]:
        """The roles as the command line has them; a role without a column is an empty text."""
        return {
            "group": self.group,
            "outcome": self.outcome,
            "slope": self.slope or "",
            "covariates": ", ".join(self.covariates),
            "group_covariates": ", ".join(self.group_covariates),
        }


def read_whole(path: Path) -> RawTable:
    """
    Read all columns of a table file, as numbers or as text.

    Raises
    ------
    DataError
        If it cannot be read, or has fewer than two columns.
    """
    if path.suffix.lower() not in TABLE_SUFFIXES:
        msg = f"{path}: no table; give a file that ends in {', '.join(TABLE_SUFFIXES)}"
        raise DataError(msg)
    names = column_names(path, Reading())
    if len(names) < 2:
        msg = f"{path}: has {len(names)} column; a study needs groups and an outcome"
        raise DataError(msg)
    group, outcome, *others = names
    everything = Study(
        path=path,
        title="",
        table=path,
        dataset=None,
        group=group,
        groups=GroupSelection.parse("all"),
        outcome=outcome,
        slope=None,
        covariates=tuple(others),
        group_covariates=(),
    )
    raw = read_table(path, everything)
    if raw.problems:
        msg = f"{path}: {'; '.join(raw.problems)}"
        raise DataError(msg)
    columns = {name: _values(raw.columns[name]) for name in raw.columns}
    return replace(raw, columns=pd.DataFrame(columns))


def _values(column: pd.Series[Any]) -> pd.Series[Any]:
    try:
        return numbers_or_names(column)
    except ValueError:  # dates, say: of no use as what they are
        return column.astype(str).where(column.notna())


def propose(table: pd.DataFrame, written: Mapping[str, str], where: str) -> Proposal:
    """
    Propose what a study may make of the columns of a table.

    Parameters
    ----------
    table : DataFrame
        Numbers, and texts.
    written : Mapping of str to str
        Columns of those roles that are known, as `Proposal.written` has them.
    where : str
        What messages call the table.

    Returns
    -------
    Proposal
        The group is what a column of repeated names or whole numbers may be under which the most
        others are constant; the outcome the number of most values; the slope that of the strongest
        correlation with it within groups. What counts the rows, of all or of each group, has no
        role.

    Raises
    ------
    DataError
        If a column that is given is none, or a role without which there is no study has no column.
    """
    given = _read(written)
    _check(given, table, where)
    taken = set(_flat(given.values()))
    free = [
        name
        for name in table.columns
        if name not in taken and len(table[name].dropna().unique()) > 1
    ]
    group = given.get("group") or _group(table, free)
    if group is None:
        msg = f"{where}: no column repeats its values as groups do; name one by --group"
        raise DataError(msg)
    free = [name for name in free if name != group and not _counts(table, name, group)]
    within = [name for name in free if _varies(table, name, group)]
    numeric = [name for name in within if pd.api.types.is_numeric_dtype(table[name])]
    outcome = given.get("outcome") or max(
        numeric, key=lambda name: table[name].nunique(), default=None
    )
    if outcome is None:
        msg = f"{where}: no number varies within {group!r}; name the outcome by --outcome"
        raise DataError(msg)
    lines = [name for name in numeric if name != outcome and table[name].nunique() > 2]
    slope = given["slope"] if "slope" in given else _strongest(table, lines, outcome, group)
    level_1 = [name for name in within if name not in {outcome, slope} and _usable(table, name)]
    level_2 = [name for name in free if name not in within and _usable(table, name)]
    roles = {
        "covariates": given.get("covariates", tuple(level_1[:_MOST_PREDICTORS])),
        "group_covariates": given.get("group_covariates", tuple(level_2[:_MOST_PREDICTORS])),
    }
    used = [group, outcome, *([slope] if slope else []), *_flat(roles.values())]
    return Proposal(
        group=group,
        outcome=outcome,
        slope=slope,
        **roles,
        left_out=tuple(name for name in table.columns if name not in used),
        incomplete=bool(table[[name for name in used if name != group]].isna().any(axis=None)),
    )


def _read(written: Mapping[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for role, text in written.items():
        names = tuple(name.strip() for name in text.split(",") if name.strip())
        one = role in {"group", "outcome", "slope"}
        given[role] = (text.strip() or None) if one else names
    return given


def _flat(values: Any) -> list[str]:  # noqa: ANN401
    return [
        name for value in values for name in ([value] if isinstance(value, str) else value or ())
    ]


def _check(given: Mapping[str, Any], table: pd.DataFrame, where: str) -> None:
    names = [str(name) for name in table.columns]
    columns = _flat(given.values())
    for name in columns:
        if name not in names:
            close = difflib.get_close_matches(name, names, n=1)
            advice = f"did you mean {close[0]!r}?" if close else f"columns: {listed(names)}"
            msg = f"{where}: no column {name!r}; {advice}"
            raise DataError(msg)
        if columns.count(name) > 1:
            msg = f"{where}: column {name!r} has two roles; give each column one"
            raise DataError(msg)
    for role in ("outcome", "slope"):
        column = given.get(role)
        if column and not pd.api.types.is_numeric_dtype(table[column]):
            msg = f"{where}: column {column!r} holds texts, and the {role} is a number"
            raise DataError(msg)


def _group(table: pd.DataFrame, names: Sequence[str]) -> str | None:
    """Return the column under which the most others are constant, then the one of most groups."""
    candidates = [name for name in names if _may_group(table[name])]

    def rank(name: str) -> tuple[int, int]:
        steady = [other for other in names if other != name and not _varies(table, other, name)]
        return len(steady), table[name].nunique()

    return max(candidates, key=rank, default=None)


def _may_group(column: pd.Series[Any]) -> bool:
    known = column.dropna()
    whole = not pd.api.types.is_numeric_dtype(known) or bool((known % 1 == 0).all())
    return whole and 2 * known.nunique() <= len(known)


def _varies(table: pd.DataFrame, name: str, group: str) -> bool:
    pairs = table[[group, name]].dropna().drop_duplicates()
    return bool(pairs[group].duplicated().any())


def _counts(table: pd.DataFrame, name: str, group: str) -> bool:
    """Tell whether a column numbers or names the rows, of the table or of each group."""
    column = table[name].dropna()
    if not pd.api.types.is_numeric_dtype(column):
        return column.nunique() == len(column)
    if not bool((column % 1 == 0).all()):
        return False
    if column.nunique() == len(column):
        return True
    # From 1 on in every group; what begins at 0 is a time, more often.
    by_group = table.groupby(group)[name]
    found = by_group.agg(["nunique", "count", "min", "max"])
    counted = found["nunique"].eq(found["count"]) & found["max"].eq(found["count"])
    return bool((counted & found["min"].eq(1)).all())


def _usable(table: pd.DataFrame, name: str) -> bool:
    numeric = pd.api.types.is_numeric_dtype(table[name])
    return numeric or table[name].nunique() <= _MOST_LEVELS


def _strongest(table: pd.DataFrame, names: Sequence[str], outcome: str, group: str) -> str | None:
    deviations = {
        name: table[name] - table.groupby(group)[name].transform("mean")
        for name in (outcome, *names)
    }

    def strength(name: str) -> float:
        both = pd.DataFrame({"x": deviations[name], "y": deviations[outcome]}).dropna()
        spread = np.sqrt((both**2).sum())
        return float(abs((both["x"] * both["y"]).sum()) / max(spread.prod(), 1e-300))

    return max(names, key=strength, default=None)
