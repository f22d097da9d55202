"""Mixes of pupils: the covariate values that a reader can choose between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from analysis.results.panels import panel_column
from analysis.writing.notation import Notation
from analysis.writing.words import plural, value_names

if TYPE_CHECKING:
    from analysis.results.results import Results
    from analysis.study.study import Study

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
        key(value): Mix(name, {column: value}, _without(results, column, value))
        for value, name in zip(values, names, strict=True)
    }


def key(value: float) -> str:
    """
    Return the key of the mix that holds a covariate at a value.

    Parameters
    ----------
    value : float

    Returns
    -------
    str
        With all its digits, so that no two values share a key.

    Examples
    --------
    >>> key(1.0), key(1000001.0), key(0.1)
    ('1', '1000001', '0.1')
    """
    return repr(float(value)).removesuffix(".0")


def _without(results: Results, column: str, value: float) -> tuple[str, ...]:
    table = results.sample.table
    present = set(table.loc[table[column] == value, results.study.group])
    return tuple(group for group in results.sample.groups if group not in present)


def _names(study: Study, column: str, values: list[float]) -> list[str]:
    known, notation = value_names(study.unit(column)), Notation.spanning(values)
    return [
        plural(known[value]).capitalize()
        if value in known
        else f"{study.label(column)} = {notation.in_prose(value)}"
        for value in values
    ]
