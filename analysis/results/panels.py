"""The lines that the figures draw: every group's, under every model, where the group has rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.mixed.design import used_rows
from analysis.mixed.model import INTERCEPT
from analysis.results.pooling import Line
from analysis.writing.notation import Notation
from analysis.writing.words import in_running_text, value_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analysis.mixed.fit import MixedFit
    from analysis.results.results import Results
    from analysis.study.study import Study

MODELS = {"random-intercepts": "m1", "random-slopes": "m2", "experience": "m3"}
"""Model of each figure but the first, which is about pooling."""

_MOST_LISTED = 3


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
    level : str
        What it holds the level 2 predictor at, with the unit; empty if at the mean.
    value : str
        The same without the unit.
    """

    segment: Segment
    level: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """
    What one panel of a figure shows.

    Parameters
    ----------
    title : str
        For whom the lines hold; empty if for all.
    lines : Mapping of str to Segment
        By group.
    references : tuple of Reference
        The average line first.
    """

    title: str
    lines: Mapping[str, Segment]
    references: tuple[Reference, ...]


def pooling_panel(results: Results) -> Panel:
    """
    Return complete pooling and no pooling in one panel.

    Parameters
    ----------
    results : Results

    Returns
    -------
    Panel
    """
    table, study = results.sample.table, results.study
    ranges = _ranges(table, study)
    return Panel(
        title="",
        lines={group: Segment.of(line, ranges[group]) for group, line in results.none.items()},
        references=(Reference(segment=Segment.of(results.complete, _range(table[study.slope]))),),
    )


def model_panels(results: Results, model: str) -> tuple[Panel, ...]:
    """
    Return a model's predicted lines, one panel for each value of a sole binary covariate.

    A group's line runs over the predictor of its own pupils with that value. Covariates without a
    panel are held at their mean over the pupils.

    Parameters
    ----------
    results : Results
    model : str
        Name of the model; its REML fit is shown.

    Returns
    -------
    tuple of Panel
    """
    fit, study = results.models[model]["REML"], results.study
    table, column = used_rows(fit.spec, results.sample.table), panel_column(results)
    if column is None:
        return (_model_panel(fit, study, table, table, title="", held={}),)
    return tuple(
        _model_panel(
            fit,
            study,
            table,
            table[table[column] == value],
            title=_value_title(study, column, value),
            held={column: value},
        )
        for value in sorted(results.sample.table[column].dropna().unique())
    )


def panel_column(results: Results) -> str | None:
    """
    Return the covariate whose values have panels of their own.

    Parameters
    ----------
    results : Results

    Returns
    -------
    str or None
        The only level 1 covariate with two values; None if there is none, or several.
    """
    table = results.sample.table
    binary = [name for name in results.study.covariates if table[name].nunique() == 2]
    return binary[0] if len(binary) == 1 else None


def all_panels(results: Results) -> dict[str, tuple[Panel, ...]]:
    """
    Return the panels of every figure that the study has.

    Parameters
    ----------
    results : Results

    Returns
    -------
    dict of str to (tuple of Panel)
        By figure; there is no "experience" without a third model.
    """
    panels: dict[str, tuple[Panel, ...]] = {"pooling": (pooling_panel(results),)}
    for figure, model in MODELS.items():
        if model in results.models:
            panels[figure] = model_panels(results, model)
    return panels


def without_line(results: Results, panel: Panel) -> str:
    """
    Say which groups have no line in a panel, because none of its pupils are in them.

    Parameters
    ----------
    results : Results
    panel : Panel

    Returns
    -------
    str
        Up to three by name, more by their number; empty if every group has a line.
    """
    groups = results.sample.groups
    absent = [group for group in groups if group not in panel.lines]
    if not absent:
        return ""
    if len(absent) > _MOST_LISTED:
        return f"no line for {len(absent)} of {len(groups)}"
    return f"no line for {in_running_text(results.study.label(results.study.group))} " + ", ".join(
        absent
    )


def by_mean(results: Results) -> tuple[str, ...]:
    """
    Return the groups in the order of their mean outcome.

    Parameters
    ----------
    results : Results

    Returns
    -------
    tuple of str
        The lowest first; groups with the same mean stay in the order of the sample.
    """
    study, sample = results.study, results.sample
    means = sample.table.groupby(study.group)[study.outcome].mean()
    return tuple(sorted(sample.groups, key=lambda group: float(means[group])))


def predicted_line(fit: MixedFit, at: Mapping[str, float], group: str | None = None) -> Line:
    """
    Return the line of the outcome on the first predictor that a model predicts.

    Parameters
    ----------
    fit : MixedFit
    at : Mapping of str to float
        Values of all other predictors.
    group : str or None
        With this group's predicted effects; None leaves them at 0, their mean.

    Returns
    -------
    Line
    """
    slope, *others = fit.spec.fixed
    effects = fit.group_effects[group] if group is not None else {}
    fixed = fit.fixed_effects
    shift = sum(fixed[name] * at[name] for name in others)
    return Line(
        intercept=fixed[INTERCEPT] + effects.get(INTERCEPT, 0.0) + shift,
        slope=fixed[slope] + effects.get(slope, 0.0),
    )


def _model_panel(
    fit: MixedFit,
    study: Study,
    table: pd.DataFrame,
    rows: pd.DataFrame,
    *,
    title: str,
    held: Mapping[str, float],
) -> Panel:
    level_2 = [name for name in study.group_covariates if name in fit.spec.fixed]
    by_group = table.groupby(study.group)[level_2].first()
    means = {name: float(table[name].mean()) for name in study.covariates} | dict(held)
    average = means | {name: float(by_group[name].mean()) for name in level_2}

    def at(group: str) -> dict[str, float]:
        return means | {name: float(by_group[name][group]) for name in level_2}

    everywhere = _range(rows[study.slope])
    references = [
        Reference(segment=Segment.of(predicted_line(fit, average), everywhere)),
    ]
    # Of several level 2 predictors, none can stand for the others.
    for name in level_2 if len(level_2) == 1 else ():
        extremes = sorted({float(by_group[name].min()), float(by_group[name].max())})
        notation = Notation.spanning(extremes)
        for value in extremes:
            line = predicted_line(fit, average | {name: value})
            unit, text = study.unit(name), notation.in_prose(value)
            level = f"{text} {unit}" if unit else f"{study.label(name)} {text}"
            segment = Segment.of(line, everywhere)
            references.append(Reference(segment=segment, level=level, value=text))
    return Panel(
        title=title,
        lines={
            group: Segment.of(predicted_line(fit, at(group), group), x)
            for group, x in _ranges(rows, study).items()
        },
        references=tuple(references),
    )


def _ranges(table: pd.DataFrame, study: Study) -> dict[str, tuple[float, float]]:
    """By group, in the table's order; a group without a value of the predictor has none."""
    predictor = table.dropna(subset=[study.slope]).groupby(study.group, sort=False)[study.slope]
    low, high = predictor.min(), predictor.max()
    return dict(zip(low.index.tolist(), zip(low.tolist(), high.tolist(), strict=True), strict=True))


def _range(column: pd.Series[float]) -> tuple[float, float]:
    return float(column.min()), float(column.max())


def _value_title(study: Study, column: str, value: float) -> str:
    names = value_names(study.unit(column))
    return f"{study.label(column)}: {names.get(value, f'{value:g}')}"
