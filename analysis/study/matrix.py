"""The columns of a model by formula, as formulaic makes them of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from formulaic import model_matrix
from formulaic.errors import FormulaicError

from analysis.errors import DataError
from analysis.study.columns import Columns
from analysis.study.functions import functions, renamed
from analysis.study.typical import InMemory
from analysis.study.unfit import (
    no_rows,
    not_finite,
    of_model,
    refuse_computed_names,
    refuse_levels,
    refuse_names,
    related_effects,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from formulaic import ModelSpec
    from numpy.typing import NDArray

    from analysis.study.formula import Formula

_INTERCEPT = "Intercept"


@dataclass(frozen=True, kw_only=True)
class Matrix(Columns):
    """
    The columns of a model by formula, of a table in memory.

    Parameters
    ----------
    table : DataFrame, shape (n_rows, n_columns)
        Group, outcome, the predictors' own columns, and those of the model, in the rows with a
        value of each; rows keep their labels.
    plain : bool
        Whether the model's columns are the table's own.
    """

    table: pd.DataFrame
    plain: bool
    _specs: tuple[ModelSpec, ModelSpec]
    _context: Mapping[str, Any]

    def values(self, rows: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the fixed and the random part of other rows, as `Columns` says."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            fixed, random = (_values(spec, rows, self._context) for spec in self._specs)
        return fixed, random

    def __reduce__(self) -> tuple[Any, ...]:
        # The library's own objects hold functions, which another process makes anew.
        return matrix, (self.formula, self.table)


def matrix(formula: Formula, table: pd.DataFrame) -> Matrix:
    """
    Make the columns of a model.

    Parameters
    ----------
    formula : Formula
    table : DataFrame, shape (n_rows, n_columns)
        Rows with a missing value in a column of the formula are left out; the means, deviations
        and levels that a formula asks for are of the others.

    Returns
    -------
    Matrix

    Raises
    ------
    DataError
        If no row is left, a category has one level or lacks its reference, a value is infinite, or
        a category is among uncorrelated random effects.
    """
    columns = [formula.group, formula.outcome, *formula.columns]
    rows = table[columns].dropna()
    refuse_computed_names(formula)
    _refuse_rows(formula, rows)
    context = functions(formula.group)
    made = []
    for part in (formula.fixed, formula.random):
        try:
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                made.append(model_matrix(part, rows, context=context, na_action="ignore"))
        except (FormulaicError, ValueError, TypeError) as error:
            why = " ".join(str(error).split())
            msg = f"{of_model(formula)}: {part!r} cannot be computed: {why}"
            raise DataError(msg) from None
    fixed, random = (renamed(each) for each in made)
    in_fixed, in_random = (list(map(str, each)) for each in (fixed, random))
    new = pd.concat([fixed, random[[name for name in in_random if name not in in_fixed]]], axis=1)
    for name in new:
        if not np.isfinite(new[name].to_numpy()).all():
            n_rows = int((~np.isfinite(new[name].to_numpy())).sum())
            raise DataError(not_finite(formula, str(name), n_rows))
    slopes = tuple(name for name in in_random if name != _INTERCEPT)
    own = [name for name in new if name not in rows and name != _INTERCEPT]
    if formula.diagonal and any("[" in name for name in slopes):
        msg = related_effects(formula)
        raise DataError(msg)
    whole = pd.concat([rows, new[own]], axis=1) if own else rows
    return Matrix(
        formula=formula,
        table=whole,
        fixed=tuple(name for name in in_fixed if name != _INTERCEPT),
        slopes=slopes,
        random_intercept=_INTERCEPT in in_random,
        typical=InMemory(formula, whole),
        plain=not own,
        _specs=(made[0].model_spec, made[1].model_spec),
        _context=context,
    )


def _values(spec: ModelSpec, rows: pd.DataFrame, context: Mapping[str, Any]) -> NDArray[np.float64]:
    made: NDArray[np.float64] = spec.get_model_matrix(rows, context=context).to_numpy(dtype=float)
    return made


def _refuse_rows(formula: Formula, rows: pd.DataFrame) -> None:
    if rows.empty:
        raise DataError(no_rows(formula))
    levelled = formula.levelled
    for column in formula.columns:
        if column in levelled or not pd.api.types.is_numeric_dtype(rows[column]):
            refuse_levels(formula, column, rows[column].unique().tolist(), len(rows))
    is_number = pd.api.types.is_numeric_dtype
    refuse_names(formula, [column for column in formula.columns if is_number(rows[column])])
