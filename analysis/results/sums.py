"""The sums by group of a study that an engine holds, for the rows of each of its models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.engines import queries
from analysis.errors import DataError
from analysis.mixed.enginesums import EngineSums
from analysis.study.cases import refuse_alike
from analysis.study.engine_typical import OnEngine
from analysis.study.expressions import Computed, Known, computed
from analysis.study.unfit import (
    made_and_held,
    no_rows,
    not_finite,
    refuse_computed_names,
    refuse_levels,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analysis.engines.source import Source
    from analysis.mixed.model import ModelSpec
    from analysis.study.formula import Formula
    from analysis.study.survey import Survey

_MEAN = "\x01mean {}"


class StudySums:
    """
    The sums by group of a survey's columns, each added once.

    Parameters
    ----------
    survey : Survey
    group : str
    """

    def __init__(self, survey: Survey, group: str) -> None:
        self.survey, self.group = survey, group
        self._raw: dict[frozenset[str], EngineSums] = {}
        self._levels_of: dict[tuple[frozenset[str], str], tuple[Any, ...]] = {}
        self._of_models: dict[tuple[str, frozenset[str]], EngineSums] = {}

    def lacking(self, columns: Iterable[str]) -> frozenset[str]:
        """Return those of some columns that have missing values."""
        return frozenset(name for name in columns if self.survey.missing.get(name))

    def of(self, columns: Iterable[str]) -> EngineSums:
        """Return the sums of all columns of numbers that the rows with some of them have."""
        return self._of(self.lacking(columns))

    def _of(self, lacking: frozenset[str]) -> EngineSums:
        if lacking not in self._raw:
            survey = self.survey
            names = [n for n in survey.columns if not survey.missing[n] or n in lacking]
            known = None
            if not lacking:
                known = survey.known.of_columns([survey.columns.index(name) for name in names])
            rows = queries.known(survey.source, sorted(lacking)) if lacking else survey.source
            self._raw[lacking] = EngineSums(
                rows, self.group, names, known, rows=",".join(sorted(lacking))
            )
        return self._raw[lacking]

    def computed(self, formula: Formula) -> Computed:
        """Return the columns of a model by formula."""
        refuse_computed_names(formula)
        numbers = [name for name in formula.columns if name in self.survey.columns]
        found = self.of((formula.outcome, *formula.columns))
        if not found.described.n_rows:
            raise DataError(no_rows(formula))
        places = [found.columns.index(name) for name in numbers]
        means = found.described.overall[places].tolist()
        deviations: list[float] = [1.0] * len(numbers)
        if "scale(" in f"{formula.fixed} {formula.random}":
            deviations = [found.deviation(name) for name in numbers]
        made = computed(
            formula,
            Known(
                means=dict(zip(numbers, means, strict=True)),
                deviations=dict(zip(numbers, deviations, strict=True)),
                levels=self._levels(formula, found),
                group_means={name: _MEAN.format(name) for name in numbers},
            ),
            OnEngine(formula, found),
        )
        held = {*self.survey.columns, *self.survey.levels} - {formula.outcome}
        for name in made.columns:
            if name in held:
                raise DataError(made_and_held(formula, name))
        return made

    def _levels(self, formula: Formula, sums: EngineSums) -> dict[str, tuple[Any, ...]]:
        """Return the levels that the rows of a model have, and refuse a category without use."""
        lacking = self.lacking((formula.outcome, *formula.columns))
        levels = {}
        for name in formula.columns:
            if name in self.survey.columns and name not in formula.levelled:
                continue
            if lacking <= {name}:
                levels[name] = self.survey.levels[name]
            else:
                if (lacking, name) not in self._levels_of:
                    found = queries.distinct(sums.source, [name])[name]
                    self._levels_of[lacking, name] = tuple(sorted(found.tolist()))
                levels[name] = self._levels_of[lacking, name]
            refuse_levels(formula, name, levels[name], sums.described.n_rows)
        return levels

    def of_models(self, models: Mapping[ModelSpec, Computed | None]) -> dict[str, EngineSums]:
        """
        Return the sums of each model's columns, by its name: two passes for all of the same rows.

        Parameters
        ----------
        models : Mapping of ModelSpec to (Computed or None)
            What an engine computes for each; None where the table's own columns are all.
        """
        found: dict[str, EngineSums] = {}
        rows = {
            spec: self.lacking(
                spec.columns if made is None else (*made.formula.columns, spec.outcome)
            )
            for spec, made in models.items()
        }
        for lacking in dict.fromkeys(rows.values()):
            alike = {spec: made for spec, made in models.items() if rows[spec] == lacking}
            by_formula = [made for made in alike.values() if made is not None]
            sums = self._of(lacking)
            if by_formula:
                needed = [name for spec in alike for name in spec.columns]
                sums = self._with_columns(lacking, lacking, by_formula, needed)
            for spec in alike:
                self._of_models[spec.name, lacking] = found[spec.name] = sums
        return found

    def of_formula(
        self, spec: ModelSpec, made: Computed, others: Iterable[str] | None = None
    ) -> EngineSums:
        """
        Return the sums of a model by formula, of its columns and of those that these are made of.

        Parameters
        ----------
        spec : ModelSpec
        made : Computed
            What an engine computes for it.
        others : iterable of str, optional
            Columns that the rows have a value of too; the means of the formula are of all its rows.
        """
        own = self.lacking((*made.formula.columns, spec.outcome))
        lacking = own if others is None else own | self.lacking(others)
        if (spec.name, lacking) not in self._of_models:
            sums = self._with_columns(lacking, own, [made], [*made.formula.columns, *spec.columns])
            self._of_models[spec.name, lacking] = sums
        return self._of_models[spec.name, lacking]

    def _with_columns(
        self,
        lacking: frozenset[str],
        of_means: frozenset[str],
        by_formula: Iterable[Computed],
        needed: Iterable[str],
    ) -> EngineSums:
        """Return the sums of columns that an engine computes, with means of the rows of others."""
        sums, made = self._of(lacking), tuple(by_formula)
        source = sums.source
        if any(each.formula.averages for each in made):
            source = self._with_means(source, self._of(of_means))
        columns = {name: value for each in made for name, value in each.columns.items()}
        refuse_alike(source, (self.group, *self.survey.columns, *self.survey.levels, *columns))
        # What the table's own are of numbers: of a category the columns count that it makes.
        wanted = [n for n in dict.fromkeys(needed) if n in columns or n in self.survey.columns]
        found = EngineSums(source.with_columns(columns), self.group, wanted, rows=sums.rows)
        if lacking == of_means:  # others are some of these rows
            _refuse_undefined(found, made)
        return found

    def _with_means(self, source: Source, sums: EngineSums) -> Source:
        """Return rows with the means of their groups beside their values."""
        known = sums.described
        means = {_MEAN.format(name): known.means[j] for j, name in enumerate(sums.columns)}
        lifted = source.lift(pd.DataFrame({self.group: known.keys, **means}))
        return source.having(source.frame.join(lifted, on=self.group, how="inner"))


def _refuse_undefined(sums: EngineSums, by_formula: Iterable[Computed]) -> None:
    """Refuse a model with a column that is not finite in a row: engines would pass over it."""
    known = sums.described
    finite = np.isfinite([known.means, known.lows, known.highs]).all(axis=0)
    finite &= known.counts == known.sizes
    doubtful = [name for name, each in zip(sums.columns, finite, strict=True) if not each.all()]
    n_rows = queries.not_finite(sums.source, doubtful) if doubtful else {}
    for made in by_formula:
        for name in (*made.fixed, *made.slopes):
            if n_rows.get(name):
                raise DataError(not_finite(made.formula, name, n_rows[name]))
