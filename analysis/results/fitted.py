"""A study's sample, pooled both ways and under every model, and the rows that each uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from analysis.results.rows import MemoryRows

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analysis.inference.comparison import ComparisonRow
    from analysis.mixed.enginesums import EngineSums
    from analysis.mixed.fit import MixedFit
    from analysis.mixed.likelihood import Method
    from analysis.results.ladder import Ladder, Role, Rung
    from analysis.results.pooling import Line, OwnLine, PooledLine
    from analysis.results.rows import Rows
    from analysis.results.sums import StudySums
    from analysis.study.sample import Sample
    from analysis.study.study import Study


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """
    A study's models, fitted.

    Parameters
    ----------
    sample : Sample
    ladder : Ladder
        The models that could be fitted.
    complete : PooledLine
        Complete pooling.
    between : Line
        The line of the groups' means.
    none : Mapping of str to OwnLine
        No pooling, by group.
    models : Mapping of str to (Mapping of str to MixedFit)
        By name, then by method ("REML", "ML").
    not_fitted : Mapping of str to str
        Why the other models of the study could not be fitted, by name.
    comparison : tuple of ComparisonRow or None
        The ML fits of `ladder.compared`; None if they may not be compared.
    not_comparable : str
        Why not; empty if they may.
    sums : StudySums or None
        Of the rows that an engine holds; None where they are in memory.
    """

    sample: Sample
    ladder: Ladder
    complete: PooledLine
    between: Line
    none: Mapping[str, OwnLine]
    models: Mapping[str, Mapping[Method, MixedFit]]
    not_fitted: Mapping[str, str] = field(default_factory=dict)
    comparison: tuple[ComparisonRow, ...] | None
    not_comparable: str = ""
    sums: StudySums | None = field(default=None, compare=False, repr=False)

    @property
    def study(self) -> Study:
        """The study."""
        return self.sample.study

    def fit(self, role: Role, method: Method = "REML") -> MixedFit | None:
        """Return the fit of the model with a role, or None if the study has no such model."""
        name = self.ladder.name(role)
        return None if name is None else self.models[name][method]

    @property
    def compared(self) -> dict[str, MixedFit]:
        """REML fits, by name, of the models that the report sets against each other."""
        return {name: self.models[name]["REML"] for name in self.ladder.compared}

    @property
    def model_columns(self) -> list[str]:
        """The columns that the compared models need, in the order of the alphabet."""
        compared = self.ladder.compared
        return sorted({column for name in compared for column in self.ladder.rung(name).columns})

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The rows of the sample that every compared model uses; they are in memory."""
        return _complete(self.sample.table, self.model_columns)

    @cached_property
    def pooled_rows(self) -> pd.DataFrame:
        """The rows of complete and of no pooling: those with an outcome and the predictor."""
        slope = self.study.slope
        return self.sample.table if slope is None else _complete(self.sample.table, [slope])

    @cached_property
    def of_sample(self) -> Rows:
        """All rows of the study, wherever they are."""
        if self.sums is not None:
            return self._on_engine(self.sums.of(()))
        return MemoryRows(self.sample.table, self.study.group)

    @cached_property
    def of_models(self) -> Rows:
        """The rows that every compared model uses."""
        if self.sums is not None:
            return self._on_engine(self.sums.of(self.model_columns))
        return MemoryRows(self.rows, self.study.group)

    @cached_property
    def of_pooling(self) -> Rows:
        """The rows of complete and of no pooling."""
        if self.sums is not None:
            slope = self.study.slope
            return self._on_engine(self.sums.of(() if slope is None else [slope]))
        return MemoryRows(self.pooled_rows, self.study.group)

    def _on_engine(self, sums: EngineSums) -> Rows:
        # The library of engines is imported where one is asked for.
        from analysis.results.engine_rows import EngineRows

        assert self.sums is not None
        return EngineRows(sums, self.sums)

    def rows_of(self, rung: Rung) -> Rows:
        """Return the rows that every compared model uses, with the columns of one."""
        if self.sums is not None and rung.computed is not None:
            found = self.sums.of_formula(rung.spec, rung.computed, self.model_columns)
            return self._on_engine(found)
        if rung.matrix is not None:
            return MemoryRows(rung.matrix.table.loc[self.rows.index], self.study.group)
        return self.of_models

    def own_rows(self, rung: Rung) -> Rows:
        """Return the rows that a model by formula uses, with its columns; of others all models'."""
        if self.sums is not None and rung.computed is not None:
            return self._on_engine(self.sums.of_formula(rung.spec, rung.computed))
        if rung.matrix is not None:
            return MemoryRows(rung.matrix.table, self.study.group)
        return self.of_models


def _complete(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the rows that have values in all of these columns; the table itself, if all do."""
    known = table[columns].notna().all(axis=1)
    return table if known.all() else table[known]
