"""Fitted models side by side, and the tests between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.api.model import FittedModel
from analysis.errors import NotComparableError
from analysis.inference.comparison import ComparisonRow
from analysis.inference.comparison import compare as tested
from analysis.tables.comparison import comparison_table
from analysis.tables.table import render
from analysis.tables.text import as_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.tables.table import Table

_COLUMNS = {
    "npar": "npar", "AIC": "aic", "BIC": "bic", "logLik": "log_likelihood", "deviance": "deviance",
    "Chisq": "chisq", "Df": "df", "p": "p", "p_boundary": "p_boundary",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class Comparison:
    """
    Models side by side, by their ML fits; `compare` returns it.

    Parameters
    ----------
    rows : tuple of ComparisonRow
        A row a model, each tested against the one before it where that is a special case of it.
    formulas : Mapping of str to str
        Of the models, by the rows' names.
    """

    rows: tuple[ComparisonRow, ...]
    formulas: Mapping[str, str]

    def __repr__(self) -> str:
        best = min(self.rows, key=lambda row: row.aic)
        return f"<Comparison of {', '.join(self.formulas)}; {best.model} has the lowest AIC>"

    def __str__(self) -> str:
        return as_text(self._table)

    def _repr_html_(self) -> str:
        return render(self._table)

    @property
    def _table(self) -> Table:
        return comparison_table(self.rows, self.formulas)

    def frame(self) -> pd.DataFrame:
        """
        Return the comparison at full precision, a row a model.

        Returns
        -------
        DataFrame, shape (n_models, 9)
            With lme4's names of columns; "p_boundary" is the p value of one more random effect,
            whose variance is 0 under the smaller model (Stram & Lee 1994). Missing where there is
            no test.
        """
        columns = {
            name: [getattr(row, field) for row in self.rows] for name, field in _COLUMNS.items()
        }
        frame = pd.DataFrame(columns, index=pd.Index(list(self.formulas), name="model"))
        return frame.astype(dict.fromkeys(("Chisq", "p", "p_boundary"), float) | {"Df": "Int64"})


def compare(*models: FittedModel) -> Comparison:
    """
    Compare fitted models by information criteria, and by likelihood-ratio tests where these apply.

    The models are compared by their ML fits, whatever their method. Each is tested against the one
    before it, if that is a special case of it by the names of their columns.

    Parameters
    ----------
    *models : FittedModel
        From the smallest to the largest. Models of one name are numbered.

    Returns
    -------
    Comparison

    Raises
    ------
    NotComparableError
        If there is no model, or two differ in outcome, groups or the values of a column.
    UnequalRowsError
        If two use different rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis import fit
    >>> rows = pd.DataFrame({"y": [1.0, 2, 4, 4, 6, 8, 3, 3, 5], "g": list("aaabbbccc")})
    >>> rows["x"] = [0, 1, 2] * 3
    >>> null = fit("y ~ 1 + (1 | g)", rows, name="null")
    >>> compare(null, fit("y ~ x + (1 | g)", rows, name="slope"))
    <Comparison of null, slope; slope has the lowest AIC>
    """
    for model in models:
        if not isinstance(model, FittedModel):
            found = type(model).__name__
            msg = f"cannot compare what is of type {found}; give models that fit() returns"
            raise NotComparableError(msg)
    names = [model.name for model in models]
    labels = [
        name if names.count(name) == 1 else f"{name}{place}"
        for place, name in enumerate(names, start=1)
    ]
    for (first, reduced), (second, full) in pairwise(zip(labels, models, strict=True)):
        column = _differing(reduced, full)
        if column:
            msg = (
                f"cannot compare {first} with {second}: their tables differ in column {column!r}; "
                "fit both to the same table"
            )
            raise NotComparableError(msg)
    fits = [model.estimates("ML") for model in models]
    named = [
        replace(fit, spec=replace(fit.spec, name=label))
        for fit, label in zip(fits, labels, strict=True)
    ]
    rows = tested(named, nested=False)
    formulas = {label: model.formula for label, model in zip(labels, models, strict=True)}
    return Comparison(rows=rows, formulas=formulas)


def _differing(reduced: FittedModel, full: FittedModel) -> str:
    """Return a column of both with other values: its name would not tell what is nested."""
    if reduced._design.fingerprint != full._design.fingerprint:
        return ""  # which has a refusal of its own
    first, second = reduced._matrix.table, full._matrix.table
    for column in first.columns.intersection(second.columns):
        if not np.array_equal(first[column].to_numpy(), second[column].to_numpy()):
            return str(column)
    return ""
