"""The labels that a table's file has, where the study has none of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

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
        if (unit := _names_of_two(table[column], raw.value_labels.get(column, {})))
    }
    return replace(study, labels={**labels, **study.labels}, units={**units, **study.units})


def _names_of_two(column: pd.Series[float], value_labels: Mapping[Value, str]) -> str:
    """Return the unit of a column with two values, if both have names."""
    if not value_labels:
        return ""
    values = sorted(column.dropna().unique())
    if len(values) != 2 or not set(values) <= value_labels.keys():
        return ""
    # What a reader of units takes for the end of a name is none here.
    names = {value: re.sub(r"[,;\s]+", " ", value_labels[value]).strip() for value in values}
    return ", ".join(f"{value:g} = {name}" for value, name in names.items())
