"""The lines of every step of the ladder, for a group or the average one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from analysis.mixed.design import used_rows
from analysis.results.choices import ALL, Mix, mixes
from analysis.results.panels import predicted_line

if TYPE_CHECKING:
    from analysis.mixed.fit import MixedFit
    from analysis.results.pooling import Line
    from analysis.results.results import Results
    from analysis.study.study import Study

Covariates = Mapping[str, float]
"""Values of predictors, by column."""


@dataclass(frozen=True)
class Lines:
    """
    The lines of a study's results.

    Parameters
    ----------
    results : Results
    """

    results: Results

    @property
    def study(self) -> Study:
        """The study."""
        return self.results.study

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """Number of pupils, by group."""
        return self.results.sample.sizes

    @cached_property
    def weighed(self) -> Mapping[str, int]:
        """Number of pupils that model 1 knows, by group: its weights follow from these."""
        table = used_rows(self.fits["m1"].spec, self.results.sample.table)
        known = table.groupby(self.study.group).size()
        return {group: int(known.get(group, 0)) for group in self.groups}

    @cached_property
    def fits(self) -> dict[str, MixedFit]:
        """The models' REML fits, by name."""
        return {name: methods["REML"] for name, methods in self.results.models.items()}

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """The steps of the ladder: complete pooling, no pooling, and the models."""
        return ("complete", "none", *self.fits)

    @cached_property
    def mixes(self) -> dict[str, Mix]:
        """The covariate values that a reader can choose between, by key."""
        return mixes(self.results)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The groups that have a line and so a place in the charts: those with a complete row."""
        return tuple(group for group in self.results.sample.groups if group in self.results.none)

    @cached_property
    def average(self) -> Covariates:
        """Means of the covariates, of level 1 over the pupils and of level 2 over the groups."""
        table, study = self.results.sample.table, self.study
        of_groups = table.groupby(study.group)[list(study.group_covariates)].first()
        return {column: float(table[column].mean()) for column in study.covariates} | {
            column: float(of_groups[column].mean()) for column in study.group_covariates
        }

    @cached_property
    def means(self) -> dict[str, Covariates]:
        """Each group's means of these; without a known value, a group stands at the average."""
        columns = list(self.average)
        by_group = self.results.sample.table.groupby(self.study.group)[columns].mean().to_dict()
        return {
            group: {
                column: average if math.isnan(by_group[column][group]) else by_group[column][group]
                for column, average in self.average.items()
            }
            for group in self.groups
        }

    @cached_property
    def centre(self) -> float:
        """The sample's mean of the predictor with the random slope."""
        return float(self.results.sample.table[self.study.slope].mean())

    @property
    def ratio(self) -> float:
        """Between- over within-group variance, by the model with random intercepts alone."""
        fit = self.fits["m1"]
        return float(fit.random_covariance[0, 0]) / fit.residual_variance

    def name(self, group: str) -> str:
        """Return the name of a group, as a reader sees it."""
        return f"{self.study.label(self.study.group)} {group}"

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
        fit = self.fits[model]
        # A group whose rows all lack a value of the model has no effects in it.
        known = group if group in fit.group_effects else None
        return predicted_line(fit, covariates, known)

    def at(self, step: str, group: str | None, mix: str) -> Line:
        """
        Return the line of a group at a step.

        Parameters
        ----------
        step : str
        group : str or None
            None is the average group; without pooling it has the line of complete pooling.
        mix : str
            Key of the mix of pupils that a model's line is for.

        Returns
        -------
        Line
        """
        if step in self.fits:
            means = self.average if group is None else self.means[group]
            return self.of_model(step, group, {**means, **self.mixes[mix].fixed})
        if step == "complete" or group is None:
            return self.results.complete
        return self.results.none[group]

    def heights(self, group: str | None, x: float) -> dict[str, dict[str, float]]:
        """Return the outcome that each step predicts at a value of the predictor, by mix."""
        return {
            step: {mix: self.at(step, group, mix).at(x) for mix in self.mixes}
            for step in self.steps
        }

    def point(self, line: Line) -> dict[str, Any]:
        """Return a line's height at the mean of the predictor, where the pupils are, and slope."""
        return {"height": line.at(self.centre), "slope": line.slope}

    def points(self, group: str | None) -> dict[str, dict[str, Any]]:
        """Return the mixed models' lines for everyone as points, by model."""
        return {model: self.point(self.at(model, group, ALL)) for model in self.fits}
