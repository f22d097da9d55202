"""What the predictors of a study are, as the table says: of which level, numbers or names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from analysis.study.condition import Value
    from analysis.study.study import Study

_FEW = 4
"""Whole numbers that may be names; scales of answers have five or more."""


def with_roles(study: Study, table: pd.DataFrame, where: str) -> Study:
    """
    Sort the predictors of a study with formulas.

    Parameters
    ----------
    study : Study
    table : DataFrame
        The study's rows; names as text.
    where : str
        What the message calls the table.

    Returns
    -------
    Study
        With the slope that `slope_of` finds.

    Raises
    ------
    DataError
        If the slope that the study names is none.
    """
    columns = list(dict.fromkeys(name for each in study.formulas for name in each.columns))
    levelled = {name for each in study.formulas for name in each.levelled}
    numbers = [
        name
        for name in columns
        if pd.api.types.is_numeric_dtype(table[name]) and name not in levelled
    ]
    by_group = table.groupby(study.group)[numbers]
    varies = by_group.max() > by_group.min() if numbers else pd.DataFrame()
    level_1 = [name for name in numbers if varies[name].any()]
    if study.slope is not None and study.slope not in level_1:
        kind = "holds names" if study.slope not in numbers else f"is constant in each {study.group}"
        msg = f"{where}: column {study.slope!r}, the slope, {kind}; name a level 1 number"
        raise DataError(msg)
    slope = slope_of(study, level_1, lambda name: table[name].nunique() > 2)
    categories = tuple(name for name in columns if name not in numbers)
    return replace(
        study,
        slope=slope,
        covariates=tuple(name for name in level_1 if name != slope),
        group_covariates=tuple(name for name in numbers if name not in level_1),
        categories=categories,
        group_categories=_steady(study, table, categories),
    )


def slope_of(
    study: Study, level_1: Sequence[str], has_more_than_two: Callable[[str], bool]
) -> str | None:
    """
    Return the slope of a study with formulas.

    Parameters
    ----------
    study : Study
    level_1 : sequence of str
        Its level 1 numbers, in the order of the formulas.
    has_more_than_two : callable
        Tells whether one has more than two values.

    Returns
    -------
    str or None
        The one that the study names, or else the first that varies over the groups in a model, or
        else the first with more than two values; None without any.
    """
    varying = (name for each in study.formulas for name in each.varying if name in level_1)
    return study.slope or next(varying, None) or next(filter(has_more_than_two, level_1), None)


def with_categories(
    study: Study, table: pd.DataFrame, value_labels: Mapping[str, Mapping[Value, str]]
) -> Study:
    """
    Tell the names from the numbers among the covariates of a study without formulas.

    Parameters
    ----------
    study : Study
    table : DataFrame
        The study's rows; names as text.
    value_labels : Mapping of str to (Mapping of value to str)
        What the table's file calls values: a reference may be either.
    """
    written = study.as_written if study.categories else (study.covariates, study.group_covariates)
    categories = tuple(
        name
        for names in written
        for name in names
        if name in study.references or not pd.api.types.is_numeric_dtype(table[name])
    )
    references = {
        name: value_labels.get(name, {}).get(level, level) if isinstance(level, str) else level
        for name, level in study.references.items()
    }
    return replace(
        study,
        covariates=tuple(name for name in written[0] if name not in categories),
        group_covariates=tuple(name for name in written[1] if name not in categories),
        as_written=written,
        categories=categories,
        group_categories=_steady(study, table, categories),
        references=references,
    )


def _steady(study: Study, table: pd.DataFrame, categories: Sequence[str]) -> tuple[str, ...]:
    """Return the categories with one value in each group."""
    levels = table.groupby(study.group)[list(categories)].nunique() if categories else None
    return tuple(name for name in categories if levels is not None and levels[name].max() < 2)


def numbers_that_may_be_names(study: Study, table: pd.DataFrame) -> Iterator[str]:
    """Yield a note for each column of few whole numbers that formulas take for numbers."""
    for column in study.predictors if study.formulas else ():
        found = np.unique(table[column].dropna().to_numpy())
        if 3 <= len(found) <= _FEW and (found % 1 == 0).all():
            yield (
                f"column {column!r} is used as a number and has {len(found)} values; write "
                f"C({column}) if they are names"
            )
