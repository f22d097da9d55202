"""Everything that a study's report shows, computed once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from analysis.errors import (
    ConvergenceError,
    ModelError,
    NotComparableError,
    NotIdentifiableError,
    UnequalRowsError,
)
from analysis.inference.comparison import ComparisonRow, compare
from analysis.mixed.design import design
from analysis.mixed.estimate import estimate
from analysis.results.ladder import Ladder, Role, ladder
from analysis.results.lines import Lines
from analysis.results.pooling import Line, between_groups, complete_pooling, no_pooling
from analysis.results.summary import Summary, summarise
from analysis.study.sample import Sample, load

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analysis.mixed.fit import MixedFit
    from analysis.mixed.likelihood import Method
    from analysis.study.study import Study


@dataclass(frozen=True, kw_only=True)
class Results:
    """
    The results of a study.

    Parameters
    ----------
    sample : Sample
    ladder : Ladder
        The models that could be fitted.
    complete : Line
        Complete pooling.
    between : Line
        The line of the groups' means.
    none : Mapping of str to Line
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
    complete: Line
    between: Line
    none: Mapping[str, Line]
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
        columns = {column for fit in self.compared.values() for column in fit.spec.columns}
        return self.sample.table.dropna(subset=sorted(columns))

    @cached_property
    def pooled_rows(self) -> pd.DataFrame:
        """The rows of complete and of no pooling: those with an outcome and the predictor."""
        return self.sample.table.dropna(subset=[self.study.slope])

    @cached_property
    def lines(self) -> Lines:
        """The lines of every group under every model."""
        return Lines(self)

    @cached_property
    def summary(self) -> Summary:
        """What the report says in words, tables and figures."""
        return summarise(self)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the numbers, a line each."""
        left_out = [f"{name} is left out: {reason}" for name, reason in self.not_fitted.items()]
        singular = [
            f"{name}: the {method} fit is singular: a random effect has variance 0, or two are "
            "perfectly correlated"
            for name, fits in self.models.items()
            for method, fit in fits.items()
            if fit.singular
        ]
        comparison = [self.not_comparable] if self.not_comparable else []
        return (*self.sample.notes, *left_out, *singular, *comparison)


def analyse(study: Study, models: Ladder | None = None) -> Results:
    """
    Load a study's data and fit its models.

    Parameters
    ----------
    study : Study
    models : Ladder, optional
        By default the study's own ladder.

    Returns
    -------
    Results
        Without the models that the data cannot identify, if there are others.

    Raises
    ------
    AnalysisError
        If the data cannot be used, or none of the compared models can be fitted.
    """
    sample = load(study)
    wanted = models or ladder(study)
    fits: dict[str, Mapping[Method, MixedFit]] = {}
    failures: dict[str, ModelError | ConvergenceError] = {}
    for rung in wanted.rungs:
        try:
            built = design(rung.spec, sample.table)
            fits[rung.spec.name] = {
                "REML": estimate(built, "REML"),
                "ML": estimate(built, "ML"),
            }
        except (NotIdentifiableError, ConvergenceError) as error:
            failures[rung.spec.name] = error
    if not fits.keys() & set(wanted.compared):
        raise next(failures[name] for name in wanted.compared)
    fitted = Ladder(rungs=tuple(rung for rung in wanted.rungs if rung.spec.name in fits))
    comparison, not_comparable = None, ""
    try:
        comparison = compare([fits[name]["ML"] for name in fitted.compared])
    except UnequalRowsError as error:
        not_comparable = (
            f'{error}; or write rows = "complete" under [data] in {study.path.name}, and all '
            "models use the same rows"
        )
    except NotComparableError as error:
        not_comparable = str(error)
    return Results(
        sample=sample,
        ladder=fitted,
        complete=complete_pooling(sample),
        between=between_groups(sample),
        none=no_pooling(sample),
        models=fits,
        not_fitted={name: str(error) for name, error in failures.items()},
        comparison=comparison,
        not_comparable=not_comparable,
    )
