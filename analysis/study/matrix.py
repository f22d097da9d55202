"""The columns of a model by formula, as formulaic makes them of a table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from formulaic import model_matrix
from formulaic.errors import FormulaicError

from analysis.errors import DataError
from analysis.study.functions import GROUP_OF_ALL, functions, renamed
from analysis.study.shares import Shares, shares_of_all, shares_of_groups
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
    from collections.abc import Mapping, Sequence

    from formulaic import ModelSpec
    from numpy.typing import NDArray

    from analysis.study.formula import Formula

_INTERCEPT = "Intercept"

# Shares of a predictor's range by which a straight line may be missed.
_STRAIGHT = 1e-9


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """
    The columns of a model by formula.

    Parameters
    ----------
    formula : Formula
    table : DataFrame, shape (n_rows, n_columns)
        Group, outcome, the predictors' own columns, and those of the model, in the rows with a
        value of each; rows keep their labels.
    fixed : tuple of str
        Columns with fixed effects, but the intercept.
    slopes : tuple of str
        Columns whose slopes vary.
    random_intercept : bool
    plain : bool
        Whether the model's columns are the table's own.
    """

    formula: Formula
    table: pd.DataFrame
    fixed: tuple[str, ...]
    slopes: tuple[str, ...]
    random_intercept: bool
    plain: bool
    _specs: tuple[ModelSpec, ModelSpec]
    _context: Mapping[str, Any]

    def rows(
        self, cases: Sequence[tuple[Mapping[str, float | str], str | None]], *, own: bool = False
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """
        Return rows of the fixed part, the intercept first, and of the random part.

        Parameters
        ----------
        cases : sequence of (Mapping of str to (float or str), str or None)
            Values of predictors, and the group from whose means deviations within groups are taken;
            None for the average group. Other predictors are held at their mean, categories at all
            their levels, by their shares of the rows.
        own : bool
            Whether these are the shares of the group's own rows, where it has some.

        Returns
        -------
        tuple of ndarray, shapes (n_cases, p) and (n_cases, q)
        """
        references, shares = zip(
            *(self._reference(at, group, group if own else None) for at, group in cases),
            strict=True,
        )
        rows = pd.DataFrame(
            {
                column: np.concatenate([reference[column] for reference in references])
                for column in references[0]
            }
        )
        starts = np.cumsum([0, *map(len, shares)])[:-1]
        weights = np.concatenate(shares)[:, None]
        fixed, random = (
            np.add.reduceat(weights * _values(spec, rows, self._context), starts)
            for spec in self._specs
        )
        return fixed, random

    def values(self, rows: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """
        Return the fixed part, the intercept first, and the random part of other rows.

        Means, deviations and levels are those of the table.

        Parameters
        ----------
        rows : DataFrame, shape (n_rows, n_columns)
            Group and predictors, none missing, their kinds and levels those of the table.

        Returns
        -------
        tuple of ndarray, shapes (n_rows, p) and (n_rows, q)
        """
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            fixed, random = (_values(spec, rows, self._context) for spec in self._specs)
        return fixed, random

    def __reduce__(self) -> tuple[Any, ...]:
        # The library's own objects hold functions, which another process makes anew.
        return matrix, (self.formula, self.table)

    def straight(self, column: str) -> bool:
        """Whether all predictions are straight lines on a predictor, as far as the rows reach."""
        if column not in self.formula.columns:
            return True
        values = self.table[column]
        low, high = float(values.min()), float(values.max())
        cases = [({column: x}, None) for x in (low, (low + high) / 2, high)]
        ends = np.hstack(self.rows(cases))
        bend = np.abs(ends[0] + ends[2] - 2 * ends[1])
        return bool((bend <= _STRAIGHT * (1 + np.abs(ends[2] - ends[0]))).all())

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """The columns that are categories: a mean of them is none."""
        return tuple(
            column
            for column in self.formula.columns
            if column in self.formula.levelled
            or not pd.api.types.is_numeric_dtype(self.table[column])
        )

    @cached_property
    def _means(self) -> dict[str, float]:
        """Means of the other columns."""
        others = [column for column in self.formula.columns if column not in self.categories]
        return {column: float(self.table[column].mean()) for column in others}

    @cached_property
    def _known(self) -> dict[tuple[str, ...], dict[str | None, Shares]]:
        """Shares of levels, by the categories and the group; None for all rows."""
        return {}

    def _levels(self, named: tuple[str, ...], group: str | None) -> Shares:
        """Return the shares in a group, or in all if it has no rows or is None."""
        known = self._known.setdefault(named, {})
        if not known:
            known[None] = shares_of_all(self.table, named)
            of_groups = shares_of_groups(self.table, self.formula.group, named) if named else {}
            for name, shares in of_groups.items():
                known[name] = shares
        return known.get(group, known[None])

    def _reference(
        self, at: Mapping[str, float | str], group: str | None, mix: str | None
    ) -> Shares:
        """Return the rows of a prediction by column, and the share of each."""
        missing = tuple(name for name in self.categories if name not in at)
        levels, shares = self._levels(missing, mix)
        rows = {
            column: levels[column]
            if column in levels
            else np.array([at.get(column, self._means.get(column))] * len(shares))
            for column in self.formula.columns
        }
        rows[self.formula.group] = np.full(
            len(shares), GROUP_OF_ALL if group is None else group, dtype=object
        )
        return rows, shares


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
    return Matrix(
        formula=formula,
        table=pd.concat([rows, new[own]], axis=1) if own else rows,
        fixed=tuple(name for name in in_fixed if name != _INTERCEPT),
        slopes=slopes,
        random_intercept=_INTERCEPT in in_random,
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
