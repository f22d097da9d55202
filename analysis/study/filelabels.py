"""The labels that a table's file has, where the study has none of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.study.condition import Value
    from analysis.study.study import Study
    from analysis.study.table import RawTable


def with_labels(study: Study, table: pd.DataFrame, raw: RawTable) -> Study:
    """
    Return the study with labels that the table's file has, where it has none of its own.

    The group's label is a noun of the sentences, which what a file says of its column is not.
    """
    labels = {
        column: " ".join(label.split())
        for column, label in raw.labels.items()
        if column != study.group and label.strip()
    }
    units = {
        column: unit
        for column in study.predictors
        if (unit := _names_of(table[column], raw.value_labels.get(column, {}), count=2))
    }
    # Those of texts stand in their place already.
    units |= {
        column: unit
        for column in study.categories
        if (unit := _names_of(table[column], raw.value_labels.get(column, {})))
    }
    return replace(study, labels={**labels, **study.labels}, units={**units, **study.units})


def _names_of(
    column: pd.Series[Any], value_labels: Mapping[Value, str], count: int | None = None
) -> str:
    """Return the unit of a column of few numbers, if each has a name."""
    if not value_labels or not pd.api.types.is_numeric_dtype(column):
        return ""
    values = sorted(column.dropna().unique())
    fits = len(values) == count if count else len(values) > 1
    if not fits or not set(values) <= value_labels.keys():
        return ""
    # What a reader of units takes for the end of a name is none here.
    names = {value: re.sub(r"[,;\s]+", " ", value_labels[value]).strip() for value in values}
    return ", ".join(f"{value:g} = {name}" for value, name in names.items())
