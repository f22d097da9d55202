"""The rows of a data frame that one model by formula is fitted to, and those that it predicts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.errors import DataError, listed
from analysis.study.frames import taken, usable
from analysis.study.sample import Sample, sample_of
from analysis.study.selection import GroupSelection
from analysis.study.study import Study
from analysis.study.values import group_names, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from analysis.study.formula import Formula
    from analysis.study.matrix import Matrix

FRAME = "the data frame"
"""What messages call a frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRows:
    """
    Rows that a model predicts.

    Parameters
    ----------
    complete : ndarray of bool, shape (n_rows,)
        Which rows have a value in each column that the prediction needs.
    fixed : ndarray, shape (n_complete, p)
    random : ndarray, shape (n_complete, q)
    groups : Series of str, shape (n_complete,), or None
        None if the prediction needs no groups.
    """

    complete: NDArray[np.bool_]
    fixed: NDArray[np.float64]
    random: NDArray[np.float64]
    groups: pd.Series[str] | None


def sample_for(formula: Formula, frame: Any) -> Sample:  # noqa: ANN401
    """
    Check a data frame against a model, as a study's table is.

    Parameters
    ----------
    formula : Formula
    frame : DataFrame
        As `sample_of` takes it.

    Returns
    -------
    Sample
        Its study is the model's alone.

    Raises
    ------
    DataError
        As `sample_of`.
    """
    study = Study(
        path=Path("the formula"),
        title=formula.name,
        table=None,
        dataset=None,
        group=formula.group,
        groups=GroupSelection(),
        outcome=formula.outcome,
        slope=None,
        covariates=formula.columns,
        group_covariates=(),
        formulas=(formula,),
    )
    return sample_of(frame, study, name=FRAME)


def new_rows(matrix: Matrix, frame: Any, *, groups: bool) -> NewRows:  # noqa: ANN401
    """
    Make the columns of a model of other rows than it was fitted to.

    Parameters
    ----------
    matrix : Matrix
        Of the rows that it was fitted to, whose means, deviations and levels stay.
    frame : DataFrame
        As `sample_of` takes it; it needs no outcome.
    groups : bool
        Whether the prediction needs the groups where the model's columns do not.

    Returns
    -------
    NewRows

    Raises
    ------
    DataError
        If a column is missing or holds values of another kind, a category has a level or a mean is
        of a group that the fit does not know, or a function is not defined.
    """
    formula, frame = matrix.formula, usable(frame, FRAME)
    by_group = groups or formula.averages
    table = taken(frame, [*([formula.group] if by_group else []), *formula.columns], FRAME)
    rows, problems = {}, []
    for column in table:
        names = column == formula.group or not pd.api.types.is_numeric_dtype(matrix.table[column])
        try:
            rows[column] = (group_names if names else numbers)(table[column])
        except ValueError as error:
            problems.append(str(error))
    _refuse(problems)
    values = pd.DataFrame(rows, index=pd.RangeIndex(len(frame)))
    complete = values.notna().all(axis=1)
    values = values[complete]
    _refuse(list(_unknown(matrix, values)))
    shapes = (1 + len(matrix.fixed), matrix.random_intercept + len(matrix.slopes))
    fixed, random = (np.empty((0, width)) for width in shapes)
    if len(values):
        fixed, random = matrix.values(values)
    _refuse(list(_undefined(matrix, fixed, random)))
    return NewRows(
        complete=complete.to_numpy(),
        fixed=fixed,
        random=random,
        groups=values[formula.group] if by_group else None,
    )


def _refuse(problems: list[str]) -> None:
    if problems:
        msg = f"{FRAME}: {'; '.join(problems)}"
        raise DataError(msg)


def _unknown(matrix: Matrix, rows: pd.DataFrame) -> Iterator[str]:
    """Say which levels and groups of some rows the fit has not seen and cannot do without."""
    for column in matrix.typical.categories:
        known = matrix.table[column].unique()
        unknown = [str(level) for level in rows[column].unique() if level not in known]
        if unknown:
            yield (
                f"column {column!r} has {listed(unknown)}, of which the fit has no row; it knows "
                f"{listed(sorted(map(str, known)))}"
            )
    group = matrix.formula.group
    if matrix.formula.averages:
        strangers = sorted(set(rows[group]) - set(matrix.table[group]))
        if strangers:
            yield (
                f"column {group!r} has {listed(strangers)}, of which the fit has no row and so no "
                "group mean; give the means as a column of their own, and name that in the formula"
            )


def _undefined(
    matrix: Matrix, fixed: NDArray[np.float64], random: NDArray[np.float64]
) -> Iterator[str]:
    names = dict(zip(matrix.fixed, fixed.T[1:], strict=True))
    names |= dict(zip(matrix.slopes, random.T[matrix.random_intercept :], strict=True))
    for name, column in names.items():
        n_undefined = int((~np.isfinite(column)).sum())
        if n_undefined:
            yield f"{name} is not finite in {n_undefined} rows, where its function is not defined"
