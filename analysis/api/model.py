"""A model fitted to a data frame by its formula."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.api.shown import Summary
from analysis.mixed.estimate import estimate
from analysis.study.modelrows import new_rows
from analysis.tables.model import model_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analysis.mixed.crossproducts import Array
    from analysis.mixed.design import Design
    from analysis.mixed.fit import MixedFit
    from analysis.mixed.likelihood import Method
    from analysis.study.matrix import Matrix
    from analysis.study.sample import Sample


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class FittedModel:
    """
    A linear mixed model, fitted; `fit` returns it.

    Its estimates are those of `method`; `compare` takes the ML fit in any case.
    """

    method: Method
    _sample: Sample
    _matrix: Matrix
    _design: Design

    def __repr__(self) -> str:
        return (
            f"<FittedModel {self.name}: {self.formula}; {self.method}, {self.n_observations} rows "
            f"in {self.n_groups} groups>"
        )

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()

    @property
    def name(self) -> str:
        """What summaries, comparisons and refusals call it."""
        return self._design.spec.name

    @property
    def formula(self) -> str:
        """As it was given."""
        return self._design.spec.formula

    @property
    def fixed_effects(self) -> Mapping[str, float]:
        """Estimates by name, units of the outcome per unit of the predictor."""
        return self._fit.fixed_effects

    @property
    def standard_errors(self) -> Mapping[str, float]:
        """Standard errors of the fixed effects by name."""
        return self._fit.standard_errors

    @property
    def random_names(self) -> tuple[str, ...]:
        """Names of the q random effects."""
        return self._fit.random_names

    @property
    def random_covariance(self) -> Array:
        """Covariance of the random effects, shape (q, q), in the order of `random_names`."""
        return self._fit.random_covariance

    @property
    def residual_variance(self) -> float:
        """Variance within groups, squared units of the outcome."""
        return self._fit.residual_variance

    @property
    def group_effects(self) -> Mapping[str, Mapping[str, float]]:
        """
        Predicted random effects by group and name (their conditional means).

        ``pandas.DataFrame.from_dict(model.group_effects, orient="index")`` is a table of them.
        """
        return self._fit.group_effects

    @property
    def log_likelihood(self) -> float:
        """Log-likelihood, restricted if the method is REML."""
        return self._fit.log_likelihood

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return self._fit.aic

    @property
    def bic(self) -> float:
        """Bayesian information criterion, by the number of rows."""
        return self._fit.bic

    @property
    def singular(self) -> bool:
        """Whether a random effect has variance 0, or is a linear combination of others."""
        return self._fit.singular

    @property
    def n_observations(self) -> int:
        """Number of rows that the fit used."""
        return self._fit.n_observations

    @property
    def n_groups(self) -> int:
        """Number of groups in them."""
        return self._fit.n_groups

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the numbers, a line each: dropped rows, a singular fit."""
        return tuple(_notes(self))

    def summary(self) -> Summary:
        """
        Return estimates and notes, as text for a terminal and as HTML for a notebook.

        Returns
        -------
        Summary
            ``print(model.summary())`` prints the text.
        """
        return Summary(tables=model_tables(self._fit, self.notes))

    def frame(self) -> pd.DataFrame:
        """
        Return the fixed effects as a table.

        Returns
        -------
        DataFrame, shape (p, 4)
            Columns "estimate", "standard_error", "t" and "p": the t ratio's two-sided normal p
            value.
        """
        columns = {
            "estimate": self._fit.fixed_effects,
            "standard_error": self._fit.standard_errors,
            "t": self._fit.t_ratios,
            "p": self._fit.p_values,
        }
        return pd.DataFrame(columns, index=list(self._fit.fixed_effects))

    def predict(self, frame: Any, *, groups: bool = True) -> pd.Series[float]:  # noqa: ANN401
        """
        Predict the outcome of the rows of a data frame.

        Means, deviations and levels that the formula asks for are those of the fitted rows.

        Parameters
        ----------
        frame : DataFrame
            Of pandas or Polars, with the predictors' columns; it needs no outcome.
        groups : bool
            Whether to add the effects of each row's group, which needs its column; a group that
            the fit does not know counts as an average one. Otherwise the fixed effects alone.

        Returns
        -------
        Series of float, shape (n_rows,)
            With the index of the frame if it has one; NaN where a row lacks a value.

        Raises
        ------
        DataError
            If a column is missing or holds values of another kind, a category has a level that the
            fit does not know, or a group mean is of such a group.
        """
        rows = new_rows(self._matrix, frame, groups=groups)
        found = rows.fixed @ np.array(list(self.fixed_effects.values()))
        if groups and rows.groups is not None:
            # The last one, at position -1, is that of groups that the fit does not know.
            effects = np.vstack([self._fit.conditional_means, np.zeros(rows.random.shape[1])])
            positions = pd.Index(self._fit.groups).get_indexer(pd.Index(rows.groups))
            found = found + (rows.random * effects[positions]).sum(axis=1)
        values = np.full(len(rows.complete), np.nan)
        values[rows.complete] = found
        index = frame.index if isinstance(frame, pd.DataFrame) else None
        return pd.Series(values, index=index, name=self._matrix.formula.outcome)

    def estimates(self, method: Method) -> MixedFit:
        """
        Return the fit by a method, with all that it knows.

        Parameters
        ----------
        method : {"REML", "ML"}

        Returns
        -------
        MixedFit

        Raises
        ------
        ConvergenceError
            If its optimum cannot be certified.
        """
        if method == self.method:
            return self._fit
        return self._other

    @cached_property
    def _fit(self) -> MixedFit:
        return estimate(self._design, self.method)

    @cached_property
    def _other(self) -> MixedFit:
        return estimate(self._design, "ML" if self.method == "REML" else "REML")


def _notes(model: FittedModel) -> Iterator[str]:
    sample, table = model._sample, model._sample.table
    n_left_out = len(table) - model.n_observations
    dropped = {
        model._matrix.formula.group: sample.n_missing_group,
        model._matrix.formula.outcome: sample.n_missing_outcome,
        "another column of the study": sample.n_incomplete,
        **{name: int(table[name].isna().sum()) for name in model._matrix.formula.columns},
    }
    n_left_out += sample.n_missing_group + sample.n_missing_outcome + sample.n_incomplete
    if n_left_out:
        lacking = ", ".join(f"{name} in {n}" for name, n in dropped.items() if n)
        n_rows = n_left_out + model.n_observations
        yield f"{n_left_out} of {n_rows} rows lack a value and are left out ({lacking})"
    if model.singular:
        yield (
            "the fit is singular: a random effect has variance 0, or is a linear combination of "
            "others"
        )
