"""Mixes of pupils: the covariate values that a reader can choose between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from analysis.formatting import value_names
from analysis.lines import panel_column
from analysis.visualization.wording import plural

if TYPE_CHECKING:
    from analysis.results import Results
    from analysis.study import Study

ALL = "all"
"""Key of the mix that holds the covariates at their means: a group's own, or the sample's."""


class Mix(NamedTuple):
    """
    A choice of pupils.

    Parameters
    ----------
    name : str
        As a reader sees it, for example "Girls".
    fixed : Mapping of str to float
        Values of covariates, by column; the others are held at their means.
    absent : tuple of str
        Groups without such a pupil.
    """

    name: str
    fixed: Mapping[str, float]
    absent: tuple[str, ...] = ()


def mixes(results: Results) -> dict[str, Mix]:
    """
    Return the mixes of a study.

    Parameters
    ----------
    results : Results

    Returns
    -------
    dict of str to Mix
        By key. The first, `ALL`, fixes nothing. Two more follow where the figures have two panels;
        the covariate's unit, such as "0 = boy, 1 = girl", names them.
    """
    choices = {ALL: Mix("Everyone", {})}
    column = panel_column(results)
    if column is None:
        return choices
    values = sorted(results.sample.table[column].dropna().unique().tolist())
    names = _names(results.study, column, values)
    return choices | {
        f"{value:g}": Mix(name, {column: value}, _without(results, column, value))
        for value, name in zip(values, names, strict=True)
    }


def _without(results: Results, column: str, value: float) -> tuple[str, ...]:
    table = results.sample.table
    present = set(table.loc[table[column] == value, results.study.group])
    return tuple(group for group in results.sample.groups if group not in present)


def _names(study: Study, column: str, values: list[float]) -> list[str]:
    known = value_names(study.unit(column))
    return [
        plural(known[value]).capitalize()
        if value in known
        else f"{study.label(column)} = {value:g}"
        for value in values
    ]
