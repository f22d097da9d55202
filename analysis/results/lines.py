"""The lines of every step of the ladder, for a group or the average one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.mixed.model import INTERCEPT
from analysis.results.capabilities import lines_missing
from analysis.results.choices import ALL, Choice, choices
from analysis.results.predicted import (
    Covariates,
    lines_of,
    parts,
    predicted_lines,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.mixed.crossproducts import Array
    from analysis.mixed.fit import MixedFit
    from analysis.results.fitted import Fitted
    from analysis.results.pooling import Line
    from analysis.results.predicted import Case, Part
    from analysis.study.columns import Columns
    from analysis.study.study import Study


_MOST_SIZES = 1000


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
        """REML fits of the compared models that predict straight lines, by name."""
        missing = lines_missing(self.fitted)
        return {name: fit for name, fit in self.fitted.compared.items() if name not in missing}

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
        counts = self.fitted.of_pooling.sizes
        return {group: counts[group] for group in self.groups}

    @cached_property
    def model_sizes(self) -> Mapping[str, int]:
        """Rows of each group that the models use, 0 where they use none."""
        counts = self.fitted.of_models.sizes
        return {group: counts.get(group, 0) for group in self.groups}

    @property
    def n_unmodelled(self) -> int:
        """Rows behind the groups' own lines that the models leave out."""
        return sum(self.sizes.values()) - sum(self.model_sizes.values())

    @cached_property
    def size_grid(self) -> tuple[float, ...]:
        """Sizes of groups, up to two rows more than any has: quarters, or a thousand steps."""
        most = max(self.model_sizes.values()) + 2
        steps = min(4 * most, _MOST_SIZES)
        return tuple(most * step / steps for step in range(steps + 1))

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
        rows, study = self.fitted.of_models, self.study
        return {column: rows.mean(column) for column in study.covariates} | {
            column: float(pd.Series(rows.first_by_group(column)).mean())
            for column in study.group_covariates
        }

    @cached_property
    def means(self) -> dict[str, Covariates]:
        """Each group's means of these; a group without such rows stands at the average."""
        study, rows = self.study, self.fitted.of_models
        values: dict[str, dict[str, Any]] = {
            **{column: rows.means_by_group(column) for column in study.covariates},
            **{column: rows.first_by_group(column) for column in study.group_covariates},
            **{column: rows.first_by_group(column) for column in study.group_categories},
        }
        return {
            group: {column: of_column[group] for column, of_column in values.items()}
            if group in rows.sizes
            else self.average
            for group in self.groups
        }

    def of_level_2(self, group: str) -> Covariates:
        """Return a group's own values of the level 2 predictors, where the models know them."""
        study, own = self.study, self.means[group]
        columns = (*study.group_covariates, *study.group_categories)
        return {column: own[column] for column in columns if column in own}

    @cached_property
    def centre(self) -> float:
        """Mean of the predictor with the random slope, in the models' rows; 0 if there is none."""
        slope = self.study.slope
        return 0.0 if slope is None else self.fitted.of_models.mean(slope)

    def means_of_slopes(self, fit: MixedFit) -> Covariates:
        """Return the means of the predictors whose slopes vary in a model."""
        rows = self.fitted.own_rows(self.fitted.ladder.rung(fit.name))
        return {
            name: self.centre if name == self.study.slope else rows.mean(name)
            for name in fit.spec.slopes
        }

    @cached_property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Least and greatest predictor behind each group's own line; 0 without a predictor."""
        if self.study.slope is None:
            return dict.fromkeys(self.groups, (0.0, 0.0))
        ends = self.fitted.of_pooling.ranges_by_group(self.study.slope)
        return {group: ends[group] for group in self.groups}

    @cached_property
    def range(self) -> tuple[float, float]:
        """Least and greatest predictor behind the line of complete pooling; 0 without one."""
        if self.study.slope is None:
            return 0.0, 0.0
        return self.fitted.of_pooling.range(self.study.slope)

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
        return self.of_cases(model, [(covariates, group)])[0]

    def of_cases(self, model: str, cases: Sequence[Case], *, own: bool = False) -> list[Line]:
        """
        Return the lines of several cases in a model, at once.

        Parameters
        ----------
        model : str
        cases : sequence of Case
        own : bool
            Whether categories are held at their shares of each group's own rows, not of all.

        Returns
        -------
        list of Line
        """
        made, fit = self.fitted.ladder.rung(model).made, self.fits[model]
        if made is None:
            return predicted_lines(fit, self.study.slope, cases)
        return lines_of(fit, cases, self._parts(made, cases, own=own), self.centre)

    def random_terms(self, model: str, groups: Sequence[str | None]) -> dict[str, Array]:
        """
        Return the weights of a model's random effects in a line's height, and in its slope.

        Parameters
        ----------
        model : str
        groups : sequence of str or None
            For whose lines; None for the average group's.

        Returns
        -------
        dict of str to ndarray, shape (n_groups, q)
            "height", and "slope" if that varies over the groups.
        """
        fit, made = self.fits[model], self.fitted.ladder.rung(model).made
        if made is None:
            means = self.means_of_slopes(fit)
            height = [*((1.0,) if fit.spec.random_intercept else ()), *means.values()]
            slope = [float(name == self.study.slope) for name in fit.random_names]
            terms = {"height": np.array(height), "slope": np.array(slope)}
            terms = {name: np.tile(row, (len(groups), 1)) for name, row in terms.items()}
        else:
            cases = [(self._covariates(group), group) for group in groups]
            _, random = self._parts(made, cases, own=True)
            terms = {"height": random.at_centre, "slope": random.per_unit}
        if not terms["slope"].any():
            del terms["slope"]
        return terms

    def fixed_rows(self, fit: MixedFit, cases: Sequence[Covariates]) -> Array:
        """Return the fixed part's rows at the predictor's mean and values of the others."""
        made = self.fitted.ladder.rung(fit.name).made
        if made is None:
            own = {INTERCEPT: 1.0, self.study.slope or "": self.centre}
            return np.array([[{**at, **own}[name] for name in fit.fixed_effects] for at in cases])
        return self._parts(made, [(at, None) for at in cases])[0].at_centre

    def fixed_slope_row(self, made: Columns, at: Covariates | None = None) -> Array:
        """
        Return what a unit of the predictor adds to the fixed part's row of the average group.

        Other predictors are at their means, or at the values that are given.
        """
        added: Array = self._parts(made, [({**self.average, **(at or {})}, None)])[0].per_unit[0]
        return added

    def _covariates(self, group: str | None) -> Covariates:
        return self.average if group is None else self.means.get(group, self.average)

    def _parts(
        self, made: Columns, cases: Sequence[Case], *, own: bool = False
    ) -> tuple[Part, Part]:
        slope, centre, step = self.study.slope, self.centre, self._step
        return parts(made, cases, predictor=slope, centre=centre, step=step, own=own)

    @cached_property
    def _step(self) -> float:
        """A step along the predictor: its range, in the models' rows."""
        if self.study.slope is None:
            return 1.0
        low, high = self.fitted.of_models.range(self.study.slope)
        return high - low or 1.0

    @cached_property
    def _at(self) -> dict[tuple[str, str], dict[str | None, Line]]:
        """Lines by model and choice, then by group."""
        return {}

    def _of_all(self, model: str, choice: str) -> dict[str | None, Line]:
        """Return the lines of every group and the average one under a model."""
        if (model, choice) not in self._at:
            fixed = self.choices[choice].fixed
            groups: list[str | None] = [None, *self.groups]
            cases = [({**self._covariates(group), **fixed}, group) for group in groups]
            found = self.of_cases(model, cases, own=True)
            self._at[model, choice] = dict(zip(groups, found, strict=True))
        return self._at[model, choice]

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
            return self._of_all(step, choice)[group]
        if step == "complete" or group is None:
            return self.fitted.complete
        return self.fitted.none[group]

    def point(self, line: Line) -> Point:
        """Return a line as a point at the mean of the predictor."""
        return Point(height=line.at(self.centre), slope=line.slope)
