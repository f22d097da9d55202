"""The lines that the figures draw, under every model, where a group has rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.results.capabilities import no_level_2, no_lines
from analysis.results.choices import panel_column, panel_values
from analysis.results.extremes import Extremes, OfGroup
from analysis.results.ladder import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from analysis.results.choices import Value
    from analysis.results.fitted import Fitted
    from analysis.results.lines import Lines
    from analysis.results.pooling import Line
    from analysis.results.rows import Rows

FIGURES: Mapping[str, Role] = {
    "random-intercepts": Role.INTERCEPTS,
    "random-slopes": Role.SLOPES,
    "level-2": Role.LEVEL_2,
}
"""Role of the model that each figure shows, but the first, which is about pooling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """
    A piece of a line.

    Parameters
    ----------
    x, y : tuple of float
        Predictor and outcome at its left and right end, in the units of the table; both ends are
        the same if the predictor has one value only.
    """

    x: tuple[float, float]
    y: tuple[float, float]

    @classmethod
    def of(cls, line: Line, x: tuple[float, float]) -> Segment:
        """Cut a line off at two values of the predictor."""
        return cls(x=x, y=(line.at(x[0]), line.at(x[1])))

    @property
    def is_point(self) -> bool:
        """Whether both ends are the same."""
        return self.x[0] == self.x[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """
    A line that belongs to no group.

    Parameters
    ----------
    segment : Segment
    value : float or None
        What it holds the level 2 predictor at; None for the mean.
    """

    segment: Segment
    value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """
    What one panel of a figure shows.

    Parameters
    ----------
    column : str or None
        The covariate that the panel holds at one value; None if it is for all rows.
    value : float, str or None
        That value.
    lines : Mapping of str to Segment
        By group.
    slopes : Mapping of str to float
        Of these lines; empty in the panel about pooling.
    slope : float or None
        Of the average line; None in the panel about pooling.
    references : tuple of Reference
        The average line first, then those of the least and the greatest value of the level 2
        predictor, where there is just one.
    absent : tuple of str
        The groups without a line, because they have no rows here; of those that are drawn.
    level_2 : str or None
        That level 2 predictor.
    """

    column: str | None = None
    value: Value | None = None
    lines: Mapping[str, Segment]
    slopes: Mapping[str, float] = field(default_factory=dict)
    slope: float | None = None
    references: tuple[Reference, ...]
    absent: tuple[str, ...]
    level_2: str | None = None

    @property
    def n_groups(self) -> int:
        """Groups that are drawn where they have rows."""
        return len(self.lines) + len(self.absent)

    @property
    def levels(self) -> tuple[Reference, ...]:
        """The lines of the level 2 predictor's least and greatest value, the lower one first."""
        return tuple(sorted(self.references[1:], key=lambda reference: reference.segment.y))

    @property
    def distance(self) -> float:
        """How far apart these are at their left end, units of the outcome; 0 without any."""
        levels = self.levels
        return levels[-1].segment.y[0] - levels[0].segment.y[0] if levels else 0.0


def all_panels(lines: Lines, groups: Sequence[str] | None = None) -> dict[str, tuple[Panel, ...]]:
    """
    Return the panels of every figure that the study has.

    Parameters
    ----------
    lines : Lines
    groups : sequence of str, optional
        Those that are drawn, in the order of the table; by default all of the sample.

    Returns
    -------
    dict of str to (tuple of Panel)
        By figure; a role without a model has no figure, and a study without lines none at all.
    """
    if no_lines(lines.fitted):
        return {}
    groups = lines.fitted.sample.groups if groups is None else groups
    panels: dict[str, tuple[Panel, ...]] = {"pooling": (pooling_panel(lines, groups),)}
    for figure, role in FIGURES.items():
        name = lines.fitted.ladder.name(role)
        if name in lines.fits:
            panels[figure] = model_panels(lines, name, groups)
    return panels


def rows_of(fitted: Fitted, panel: Panel) -> Rows:
    """
    Return the rows that a panel is about.

    Parameters
    ----------
    fitted : Fitted
    panel : Panel

    Returns
    -------
    Rows
        Those that the models use, with the value that the panel holds; of the panel about pooling,
        which is of no model, those that complete and no pooling use.
    """
    if panel.slope is None:
        return fitted.of_pooling
    rows = fitted.of_models
    if panel.column is None or panel.value is None:
        return rows
    return rows.having(panel.column, panel.value)


def points_of(fitted: Fitted, table: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    """Return those of a table with the rows of complete and of no pooling."""
    if panel.slope is None:
        return table
    rows = table.dropna(subset=fitted.model_columns)
    return rows if panel.column is None else rows[rows[panel.column] == panel.value]


def slopes_of(panels: Sequence[Panel]) -> Extremes:
    """Return the least and the greatest slope among the lines of some panels."""
    return Extremes.among(
        [
            OfGroup(group=group, value=slope)
            for panel in panels
            for group, slope in panel.slopes.items()
        ]
    )


def pooling_panel(lines: Lines, groups: Sequence[str]) -> Panel:
    """
    Return complete pooling and no pooling in one panel, over the rows that these use.

    Parameters
    ----------
    lines : Lines
    groups : sequence of str
        Those that are drawn.

    Returns
    -------
    Panel
    """
    own = lines.fitted.none
    drawn = [group for group in groups if group in own]
    return Panel(
        lines={group: Segment.of(own[group], lines.ranges[group]) for group in drawn},
        references=(Reference(segment=Segment.of(lines.fitted.complete, lines.range)),),
        absent=tuple(group for group in groups if group not in own),
    )


def model_panels(
    lines: Lines, model: str, groups: Sequence[str] | None = None
) -> tuple[Panel, ...]:
    """
    Return a model's predicted lines, one panel for each value of a sole binary covariate.

    A group's line runs over the predictor of its own rows with that value, of those that the models
    use. Covariates without a panel are held at their mean over these rows.

    Parameters
    ----------
    lines : Lines
    model : str
        Name of the model; its REML fit is shown.
    groups : sequence of str, optional
        Those that are drawn; by default all of the sample.

    Returns
    -------
    tuple of Panel
    """
    column, rows = panel_column(lines.fitted), lines.fitted.of_models
    groups = lines.fitted.sample.groups if groups is None else groups
    if column is None:
        return (_model_panel(lines, model, groups, rows),)
    return tuple(
        _model_panel(lines, model, groups, rows.having(column, value), column=column, value=value)
        for value in panel_values(lines.fitted, column)
    )


def by_mean(lines: Lines) -> tuple[str, ...]:
    """
    Return the groups in the order of their mean outcome over the whole sample.

    Parameters
    ----------
    lines : Lines

    Returns
    -------
    tuple of str
        The lowest first; groups with the same mean stay in the order of the sample.
    """
    study, sample = lines.study, lines.fitted.sample
    means = lines.fitted.of_sample.means_by_group(study.outcome)
    return tuple(sorted(sample.groups, key=means.__getitem__))


def _model_panel(
    lines: Lines,
    model: str,
    groups: Sequence[str],
    rows: Rows,
    *,
    column: str | None = None,
    value: Value | None = None,
) -> Panel:
    study = lines.study
    held = {} if column is None or value is None else {column: value}
    average = {**lines.average, **held}
    known = lines.fitted.ladder.rung(model).columns
    level_2 = [name for name in study.group_covariates if name in known]
    everywhere = rows.range(study.axis)

    def reference(value: float | None = None) -> Reference:
        at = average if value is None else average | {level_2[0]: value}
        segment = Segment.of(lines.of_model(model, None, at), everywhere)
        return Reference(segment=segment, value=value)

    # Of several level 2 predictors, none can stand for the others.
    single = len(level_2) == 1 and not no_level_2(lines.fitted)
    extremes = _extremes(lines, level_2[0]) if single else ()
    ranges = rows.ranges_by_group(study.axis, groups)
    cases = [({**average, **lines.of_level_2(group)}, group) for group in ranges]
    own = dict(zip(ranges, lines.of_cases(model, cases), strict=True))
    return Panel(
        column=column,
        value=value,
        lines={group: Segment.of(own[group], x) for group, x in ranges.items()},
        slopes={group: line.slope or 0.0 for group, line in own.items()},
        slope=lines.of_model(model, None, average).slope,
        references=(reference(), *map(reference, extremes)),
        absent=tuple(group for group in groups if group not in ranges),
        level_2=level_2[0] if extremes else None,
    )


def _extremes(lines: Lines, column: str) -> tuple[float, ...]:
    return tuple(sorted(set(lines.fitted.of_models.range(column))))
