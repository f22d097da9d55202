"""A study's sample, pooled both ways and under every model, and the rows that each uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analysis.inference.comparison import ComparisonRow
    from analysis.mixed.fit import MixedFit
    from analysis.mixed.likelihood import Method
    from analysis.results.ladder import Ladder, Role
    from analysis.results.pooling import Line, OwnLine, PooledLine
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

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The rows of the sample that every compared model uses."""
        columns = {
            column for name in self.ladder.compared for column in self.ladder.rung(name).columns
        }
        return _complete(self.sample.table, sorted(columns))

    @cached_property
    def pooled_rows(self) -> pd.DataFrame:
        """The rows of complete and of no pooling: those with an outcome and the predictor."""
        slope = self.study.slope
        return self.sample.table if slope is None else _complete(self.sample.table, [slope])


def _complete(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the rows that have values in all of these columns; the table itself, if all do."""
    known = table[columns].notna().all(axis=1)
    return table if known.all() else table[known]
