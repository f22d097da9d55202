"""Everything that a study's report shows, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from analysis.errors import (
    ConvergenceError,
    ModelError,
    NotComparableError,
    NotIdentifiableError,
    UnequalRowsError,
)
from analysis.inference.coefficients import CoefficientTest
from analysis.inference.comparison import ComparisonRow, compare
from analysis.inference.simulation import SimulatedTest
from analysis.mixed.estimate import estimate
from analysis.mixed.fit import MixedFit
from analysis.mixed.model import INTERCEPT
from analysis.results.capabilities import (
    left_out,
    lines_missing,
    no_checks,
    no_level_2,
    no_lines,
    no_prediction,
)
from analysis.results.checks import Checks, checks
from analysis.results.designs import designs, study_sums
from analysis.results.drawn import DrawnGroups, drawn_groups, named_groups
from analysis.results.extremes import Extremes
from analysis.results.fitted import Fitted
from analysis.results.further import Further, further
from analysis.results.inference import Inference
from analysis.results.ladder import Ladder, Role, study_ladder
from analysis.results.likelihood import RatioLikelihood, ratio_likelihood
from analysis.results.lines import Lines
from analysis.results.on_page import OnPage, on_page
from analysis.results.panels import Panel, all_panels
from analysis.results.pooled_both import pooled
from analysis.results.prediction import PredictionTest, prediction
from analysis.results.report_this import Recommendation, recommendation
from analysis.results.room import FIGURES
from analysis.results.shown_split import ShownSplit, shown_split
from analysis.results.shrinkage import Shrinkage, shrinkage
from analysis.results.simple_slopes import SimpleSlopes, simple_slopes
from analysis.results.summary import Summary, summarise
from analysis.results.truth import Truth, known_truth
from analysis.results.verdicts import Verdicts, verdicts
from analysis.study.sample import load, sample_of
from analysis.study.study import Study

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analysis.mixed.likelihood import Method


# What those above may name of the rooms below, beside the results themselves.
__all__ = [
    "INTERCEPT",
    "CoefficientTest",
    "ComparisonRow",
    "MixedFit",
    "Results",
    "SimulatedTest",
    "Study",
    "analyse",
]


@dataclass(frozen=True, kw_only=True, repr=False)
class Results(Fitted):
    """The results of a study: its fits, and all that follows from them."""

    def __repr__(self) -> str:
        title, sample, words = self.study.title, self.sample, self.study.words
        return (
            f"<{type(self).__name__} of {title!r}: {', '.join(self.models)}; "
            f"{sample.n_observations} rows in {sample.n_groups} {words.groups}>"
        )

    @cached_property
    def lines(self) -> Lines:
        """The lines of every group under every model."""
        return Lines(self)

    @cached_property
    def drawn(self) -> DrawnGroups | None:
        """The groups that figures draw; None without lines."""
        if not self.has_lines:
            return None
        named = named_groups(self.summary)
        if self.shrinkage is not None:
            named = (*named, self.shrinkage.furthest)
        return drawn_groups(self.lines, FIGURES, named)

    @cached_property
    def points(self) -> pd.DataFrame:
        """The rows of complete and of no pooling, for figures that draw each of them."""
        return self.of_pooling.table()

    @cached_property
    def on_page(self) -> OnPage:
        """The groups and rows that the interactive page holds."""
        return on_page(self.lines, self.summary, self.shown_split)

    @cached_property
    def panels(self) -> Mapping[str, tuple[Panel, ...]]:
        """The panels of every figure that the study has, by the figure's name."""
        drawn = self.drawn
        return all_panels(self.lines, None if drawn is None or drawn.all else drawn.groups)

    @cached_property
    def summary(self) -> Summary:
        """What the report says in words, tables and figures."""
        return summarise(self.lines)

    @cached_property
    def verdicts(self) -> Verdicts:
        """What its sentences decide: order, direction, strength, and what is doubtful."""
        return verdicts(self.lines, self.summary)

    @cached_property
    def inference(self) -> Inference:
        """What is known of the parameters of its models."""
        return Inference(fitted=self)

    @cached_property
    def influence(self) -> Mapping[str, Extremes]:
        """The extremes of each fixed effect of the preferred model without one of the groups."""
        without = self.inference.models[self.verdicts.preferred].without
        names = next(iter(without.values()), {}).keys() - {INTERCEPT}
        fixed = self.models[self.verdicts.preferred]["REML"].fixed_effects
        return {
            name: Extremes.of({group: values[name] for group, values in without.items()})
            for name in fixed
            if name in names
        }

    @cached_property
    def recommendation(self) -> Recommendation:
        """Which model to report."""
        return recommendation(self, self.verdicts.preferred, self.further, self.inference)

    @cached_property
    def further(self) -> Further | None:
        """The models one step further."""
        return further(self)

    @cached_property
    def prediction(self) -> PredictionTest | None:
        """How well the ways to pool predict rows that are held out."""
        return prediction(self)

    @cached_property
    def shown_split(self) -> ShownSplit | None:
        """One split of this test, group by group."""
        return shown_split(self, self.prediction)

    @cached_property
    def checks(self) -> Checks | None:
        """What the largest model leaves, and predicts of groups, against simulations of it."""
        return checks(self.lines)

    @cached_property
    def simple_slopes(self) -> SimpleSlopes | None:
        """The slope at values of the level 2 predictor that it depends on."""
        return simple_slopes(self.lines, self.further)

    @cached_property
    def left_out(self) -> Mapping[str, str]:
        """Why figures are left out that a study in memory has, by the figure's name."""
        return left_out(self)

    @cached_property
    def shrinkage(self) -> Shrinkage | None:
        """How the model with random slopes moves the lines of groups."""
        return shrinkage(self.lines, self.summary)

    @cached_property
    def ratio_likelihood(self) -> RatioLikelihood | None:
        """What the data say of the ratio of the variances."""
        return ratio_likelihood(self.lines, self.summary.weights)

    @cached_property
    def truth(self) -> Truth | None:
        """What groups with known lines are simulated from."""
        return known_truth(self.lines, self.summary)

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
        return (*self.sample.notes, *left_out, *singular, *comparison, *self._not_shown)

    @property
    def _not_shown(self) -> list[str]:
        reason, notes = no_lines(self), []
        if no_checks(self):
            notes.append(
                "no plots of residuals and no values of lme4 beside the estimates: "
                f"{no_checks(self)}"
            )
            if self.study.slope is not None and no_prediction(self):
                notes.append(f"no test by prediction: {no_prediction(self)}")
        if reason:
            return [*notes, f"no figures and no interactive page: {reason}"]
        missing = lines_missing(self)
        notes += [f"{name} is in no figure: {reason}" for name, reason in missing.items()]
        name, reason = self.ladder.name(Role.LEVEL_2), no_level_2(self)
        if name not in missing and reason:
            notes.append(f"{name} has no lines for values of level 2: {reason}")
        return notes

    @property
    def has_lines(self) -> bool:
        """Whether figures and the page can show the study."""
        return not no_lines(self)


def analyse(
    study: Study,
    models: Ladder | None = None,
    frame: Any = None,  # noqa: ANN401
) -> Results:
    """
    Load a study's data and fit its models.

    Parameters
    ----------
    study : Study
    models : Ladder, optional
        By default the study's own ladder.
    frame : DataFrame, optional
        In place of the table that the study names, as `sample_of` takes it.

    Returns
    -------
    Results
        Without the models that the data cannot identify, if there are others.

    Raises
    ------
    AnalysisError
        If the data cannot be used, or none of the compared models can be fitted.
    """
    sample = load(study) if frame is None else sample_of(frame, study)
    study, sums = sample.study, study_sums(sample)
    wanted = models or study_ladder(sample, sums)
    designed = designs(sample, wanted, sums)
    fits: dict[str, Mapping[Method, MixedFit]] = {}
    failures: dict[str, ModelError | ConvergenceError] = {}
    for rung in wanted.rungs:
        try:
            built = designed(rung)
            with sample.step(f"{rung.spec.name} is fitted"):
                fits[rung.spec.name] = {
                    "REML": estimate(built, "REML"),
                    "ML": estimate(built, "ML"),
                }
        except (NotIdentifiableError, ConvergenceError) as error:
            failures[rung.spec.name] = error
    if failures and not fits.keys() & set(wanted.compared):
        raise next(failures[name] for name in (*wanted.compared, *failures) if name in failures)
    fitted = Ladder(rungs=tuple(rung for rung in wanted.rungs if rung.spec.name in fits))
    comparison, not_comparable = None, ""
    try:
        # Formulas need not lead from one to the next.
        nested = not study.formulas
        comparison = compare([fits[name]["ML"] for name in fitted.compared], nested=nested)
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
        **pooled(sample, sums),
        models=fits,
        not_fitted={name: str(error) for name, error in failures.items()},
        comparison=comparison,
        not_comparable=not_comparable,
        sums=sums,
    )
