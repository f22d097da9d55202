"""A study: which table, columns, groups, models, labels and units."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from analysis.study.condition import Condition
from analysis.study.formula import Formula
from analysis.study.reading import Reading
from analysis.study.selection import GroupSelection
from analysis.study.words import Words

DATASETS = ("popular2",)
"""Data sets that a study may name instead of a table: they are downloaded."""

Rows = Literal["available", "complete"]
"""Whether each model uses the rows that it can, or all models those that all of them can."""

# What may stand for a noun; a group's column may also be called g, ward_id or IDSCHOOL.
_IS_A_WORD = re.compile(r"[^\W\d_](?=[^A-Z]*$)[^\W\d_]{2,}|[^\x00-\x7f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """
    What a report is about: one table, its columns in the model, its groups and their names.

    Parameters
    ----------
    path : Path
        The study file.
    title : str
        The study's title.
    table : Path or None
        The table's file; None if `dataset` is given.
    dataset : str or None
        A data set to download, one of `DATASETS`; None if `table` is given.
    synthetic : bool
        Whether the table's rows are made from the sums of others: what rests on single rows, such
        as residuals, tells of their making then.
    group : str
        Column of the groups (level 2 units).
    groups : GroupSelection
        Which groups are used.
    rows : {"available", "complete"}
        Whether each model uses the rows with a value in every column of its own, or all models
        those with a value in every column of the study.
    outcome : str
        Column of the outcome.
    slope : str or None
        Column of the level 1 predictor that gets the random slope, and along which lines run.
    covariates : tuple of str
        Further level 1 predictors; once the table is read, the numbers among them.
    group_covariates : tuple of str
        Level 2 predictors, and then the numbers among them; without any there is no third model.
    references : Mapping of str to (float or str)
        The first level of a predictor that is a category, where the study names it.
    cross_level : bool
        Whether the product of slope and first level 2 predictor has a model.
    formulas : tuple of Formula
        The models, in place of those by roles; what the roles are then, the table says.
    categories : tuple of str
        Predictors that are names, not numbers; none before the table is read.
    group_categories : tuple of str
        Those of them that have one value in each group.
    as_written : tuple of (tuple of str)
        All covariates and all group covariates, categories among them, in the order of the study
        file; empty before the table is read, and where formulas stand in their place.
    labels, units : Mapping of str to str
        A text per column; columns outside the study may have one too.
    wording : Mapping
        The words that the study file gives; `words` has them all.
    reading : Reading
        How the table is read.
    filter : Condition or None
        Which of its rows are used; None means all.
    """

    path: Path
    title: str
    table: Path | None
    dataset: str | None
    synthetic: bool = False
    group: str
    groups: GroupSelection
    rows: Rows = "available"
    outcome: str
    slope: str | None
    covariates: tuple[str, ...]
    group_covariates: tuple[str, ...]
    references: Mapping[str, float | str] = field(default_factory=dict)
    cross_level: bool = False
    formulas: tuple[Formula, ...] = ()
    categories: tuple[str, ...] = ()
    group_categories: tuple[str, ...] = ()
    as_written: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    labels: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    wording: Mapping[str, Any] = field(default_factory=dict)
    reading: Reading = field(default_factory=Reading)
    filter: Condition | None = None

    @property
    def words(self) -> Words:
        """The nouns of its sentences."""
        return Words.of(self.wording, group=self.label(self.group))

    @property
    def predictors(self) -> tuple[str, ...]:
        """Every predictor that is a number, the one with the random slope first."""
        return (*self.level_1, *self.group_covariates)

    @property
    def axis(self) -> str:
        """The slope, where it is known that the study has one: where there are lines to show."""
        assert self.slope is not None  # else capabilities has said so
        return self.slope

    @property
    def level_1(self) -> tuple[str, ...]:
        """Those of level 1."""
        return (*(() if self.slope is None else (self.slope,)), *self.covariates)

    @property
    def level_1_categories(self) -> tuple[str, ...]:
        """The categories that vary within groups."""
        return tuple(name for name in self.categories if name not in self.group_categories)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the study uses, the group first."""
        return (self.group, self.outcome, *self.predictors, *self.categories)

    @property
    def columns_read(self) -> tuple[str, ...]:
        """Every column that the table must have: those, and what the filter names beside them."""
        named = () if self.filter is None else self.filter.columns
        return (*self.columns, *(name for name in named if name not in self.columns))

    def label(self, column: str) -> str:
        """Return the text for a column: its label, or its name if it has none."""
        return self._given_label(column) or column

    def heading(self, column: str) -> str:
        """Return the text for a column as it begins a line; a column's name stays as it is."""
        label = self._given_label(column)
        if label is None:
            return column
        return label if label[1:2].isupper() else label[:1].upper() + label[1:]

    def _given_label(self, column: str) -> str | None:
        """Return the noun of the group or the outcome if there is one, or a column's label."""
        role = {self.group: "group", self.outcome: "outcome"}.get(column, "")
        given = self.wording.get(role) or self.labels.get(column)
        if not given and column == self.group and not _IS_A_WORD.fullmatch(column):
            return "group"
        return given

    def unit(self, column: str) -> str:
        """Return the unit of a column, or an empty text if it has none."""
        return self.units.get(column, "")
