"""Fit a model to a data frame, by its formula."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from analysis.api.model import FittedModel
from analysis.errors import FormulaError, ModelError
from analysis.mixed.design import design
from analysis.mixed.likelihood import Method
from analysis.results.ladder import spec_of
from analysis.study.formula import read_formula
from analysis.study.matrix import matrix
from analysis.study.modelrows import sample_for
from analysis.study.studyfile import refuse_intercept

if TYPE_CHECKING:
    from analysis.study.sample import Sample

DEFAULT_NAME = "M"
"""What a model is called that nobody named; compared ones are M1, M2 and so on."""


def fit(
    formula: str,
    frame: Any,  # noqa: ANN401
    *,
    method: Method = "REML",
    name: str = DEFAULT_NAME,
) -> FittedModel:
    """
    Fit a linear mixed model with one grouping factor to a data frame.

    Rows that lack a value in a column of the model are left out; the summary counts them.

    Parameters
    ----------
    formula : str
        In lme4's notation; docs/studies.md lists what it may hold.
    frame : DataFrame
        Of pandas or Polars, or one with a method ``to_pandas``; a row an observation.
    method : {"REML", "ML"}
    name : str
        What summaries, comparisons and refusals call the model.

    Returns
    -------
    FittedModel

    Raises
    ------
    FormulaError
        If the formula cannot be read, or asks for more than two levels.
    DataError
        If a column is missing, or holds what no model can use.
    ModelError
        If the data cannot identify the model.
    ConvergenceError
        If the optimum cannot be certified.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"y": [1.0, 2, 4, 4, 6, 8, 3, 3, 5], "g": list("aaabbbccc")})
    >>> model = fit("y ~ 1 + (1 | g)", rows)
    >>> round(model.fixed_effects["Intercept"], 6)
    4.0
    >>> model
    <FittedModel M: y ~ 1 + (1 | g); REML, 9 rows in 3 groups>
    """
    if method not in get_args(Method):
        msg = f"model {name}: method is {method!r}; write 'REML' or 'ML'"
        raise ModelError(msg)
    if not isinstance(formula, str):
        found = type(formula).__name__
        msg = f"model {name}: its formula is of type {found}; write a text, 'y ~ x + (1 | g)'"
        raise FormulaError(msg)
    try:
        read = read_formula(name, formula)
        refuse_intercept(read.columns)
    except ValueError as error:
        raise FormulaError(str(error)) from None
    return fitted(read.text, sample_for(read, frame), method=method, name=name)


def fitted(formula: str, sample: Sample, *, method: Method, name: str) -> FittedModel:
    """Fit a model to rows that are checked."""
    made = matrix(read_formula(name, formula), sample.table)
    model = FittedModel(
        method=method,
        _sample=sample,
        _matrix=made,
        _design=design(spec_of(made), made.table),
    )
    model.estimates(method)  # or the refusal would come with the first question
    return model
