"""The lines of every step of the ladder, for a group or the average one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from analysis.mixed.model import INTERCEPT
from analysis.results.choices import ALL, Choice, choices
from analysis.results.pooling import Line

if TYPE_CHECKING:
    from analysis.mixed.fit import MixedFit
    from analysis.results.fitted import Fitted
    from analysis.study.study import Study

Covariates = Mapping[str, float]
"""Values of predictors, by column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """
    A line as a point.

    Parameters
    ----------
    height : float
        Outcome at the mean of the predictor, where the data are.
    slope : float or None
        Outcome per unit of the predictor; None where a group's predictor does not vary.
    """

    height: float
    slope: float | None


@dataclass(frozen=True)
class Lines:
    """
    The lines of a study's fits.

    Parameters
    ----------
    fitted : Fitted
    """

    fitted: Fitted

    @property
    def study(self) -> Study:
        """The study."""
        return self.fitted.study

    @cached_property
    def fits(self) -> dict[str, MixedFit]:
        """REML fits of the compared models, by name."""
        return self.fitted.compared

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """The steps of the ladder: complete pooling, no pooling, and the compared models."""
        return ("complete", "none", *self.fits)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The groups with a line of their own, be it a point."""
        return tuple(group for group in self.fitted.sample.groups if group in self.fitted.none)

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """Rows behind each group's own line: with an outcome and the predictor."""
        counts = self.fitted.pooled_rows.groupby(self.study.group).size()
        return {group: int(counts[group]) for group in self.groups}

    @cached_property
    def model_sizes(self) -> Mapping[str, int]:
        """Rows of each group that the models use, 0 where they use none."""
        counts = self.fitted.rows.groupby(self.study.group).size()
        return {group: int(counts.get(group, 0)) for group in self.groups}

    @property
    def n_unmodelled(self) -> int:
        """Rows behind the groups' own lines that the models leave out."""
        return sum(self.sizes.values()) - sum(self.model_sizes.values())

    @cached_property
    def size_grid(self) -> tuple[float, ...]:
        """Sizes of groups in quarters, up to two rows more than any has, for a curve."""
        most = max(self.model_sizes.values())
        return tuple(quarter / 4 for quarter in range(4 * most + 9))

    @cached_property
    def choices(self) -> dict[str, Choice]:
        """The covariate values that a reader can choose between, by key."""
        return choices(self.fitted)

    @cached_property
    def average(self) -> Covariates:
        """
        Return means of the covariates in the rows that the models use.

        Of level 1 over the rows; of level 2 over the groups, each counted once.
        """
        rows, study = self.fitted.rows, self.study
        of_groups = rows.groupby(study.group)[list(study.group_covariates)].first()
        return {column: float(rows[column].mean()) for column in study.covariates} | {
            column: float(of_groups[column].mean()) for column in study.group_covariates
        }

    @cached_property
    def means(self) -> dict[str, Covariates]:
        """Each group's means of these; a group without such rows stands at the average."""
        study, by_group = self.study, self.fitted.rows.groupby(self.study.group)
        columns = {column: by_group[column].mean() for column in study.covariates}
        columns |= {column: by_group[column].first() for column in study.group_covariates}
        known = set(by_group.groups)
        return {
            group: {column: float(values[group]) for column, values in columns.items()}
            if group in known
            else self.average
            for group in self.groups
        }

    @cached_property
    def centre(self) -> float:
        """Mean of the predictor with the random slope, in the rows that the models use."""
        return float(self.fitted.rows[self.study.slope].mean())

    def means_of_slopes(self, fit: MixedFit) -> Covariates:
        """Return the means of the predictors whose slopes vary in a model."""
        rows = self.fitted.rows
        return {
            name: self.centre if name == self.study.slope else float(rows[name].mean())
            for name in fit.spec.slopes
        }

    @cached_property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Least and greatest predictor behind each group's own line."""
        predictor = self.fitted.pooled_rows.groupby(self.study.group)[self.study.slope]
        low, high = predictor.min(), predictor.max()
        return {group: (float(low[group]), float(high[group])) for group in self.groups}

    @cached_property
    def range(self) -> tuple[float, float]:
        """Least and greatest predictor behind the line of complete pooling."""
        predictor = self.fitted.pooled_rows[self.study.slope]
        return float(predictor.min()), float(predictor.max())

    def of_model(self, model: str, group: str | None, covariates: Covariates) -> Line:
        """
        Return the line of a group in a model.

        Parameters
        ----------
        model : str
        group : str or None
            None is the average group, without effects of its own.
        covariates : Mapping of str to float
            Values to hold the model's other predictors at.

        Returns
        -------
        Line
        """
        return predicted_line(self.fits[model], self.study.slope, covariates, group)

    def at(self, step: str, group: str | None, choice: str = ALL) -> Line:
        """
        Return the line of a group at a step.

        Parameters
        ----------
        step : str
        group : str or None
            None is the average group; without pooling it has the line of complete pooling.
        choice : str
            Key of the covariate values that a model's line is for.

        Returns
        -------
        Line
        """
        if step in self.fits:
            means = self.average if group is None else self.means[group]
            return self.of_model(step, group, {**means, **self.choices[choice].fixed})
        if step == "complete" or group is None:
            return self.fitted.complete
        return self.fitted.none[group]

    def point(self, line: Line) -> Point:
        """Return a line as a point at the mean of the predictor."""
        return Point(height=line.at(self.centre), slope=line.slope)


def predicted_line(fit: MixedFit, slope: str, at: Covariates, group: str | None = None) -> Line:
    """
    Return the line of the outcome on a predictor that a model predicts.

    Parameters
    ----------
    fit : MixedFit
    slope : str
        The predictor.
    at : Mapping of str to float
        Values of all other predictors.
    group : str or None
        With this group's predicted effects, which are 0 in a model that uses none of its rows;
        None leaves them at 0, their mean.

    Returns
    -------
    Line
    """
    effects = {} if group is None else fit.group_effects.get(group, {})
    fixed = fit.fixed_effects
    others = [name for name in fit.spec.fixed if name != slope]
    shift = sum((fixed[name] + effects.get(name, 0.0)) * at[name] for name in others)
    return Line(
        intercept=fixed[INTERCEPT] + effects.get(INTERCEPT, 0.0) + shift,
        slope=fixed.get(slope, 0.0) + effects.get(slope, 0.0),
    )
