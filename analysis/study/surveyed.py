"""What the survey of a table on an engine says of a study: roles of predictors, and refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.errors import DataError, listed
from analysis.study.roles import slope_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analysis.study.study import Study
    from analysis.study.survey import Survey

MOST_LEVELS = 100
"""Levels of a category that an engine makes columns of."""


def sorted_roles(study: Study, survey: Survey) -> Study:
    """
    Sort the predictors of a study: numbers and names, of level 1 and of level 2.

    Raises
    ------
    DataError
        If the slope that the study names is none.
    """
    steady, categories = set(survey.steady), tuple(survey.levels)
    of_groups = tuple(name for name in categories if name in steady)
    if not study.formulas:
        return replace(
            study,
            covariates=tuple(name for name in study.covariates if name not in categories),
            group_covariates=tuple(n for n in study.group_covariates if n not in categories),
            as_written=(study.covariates, study.group_covariates),
            categories=categories,
            group_categories=of_groups,
        )
    columns = dict.fromkeys(name for each in study.formulas for name in each.columns)
    numbers = [name for name in columns if name not in categories]
    level_1 = [name for name in numbers if name not in steady]
    if study.slope is not None and study.slope not in level_1:
        kind = "holds names" if study.slope in categories else f"is constant in each {study.group}"
        msg = (
            f"{survey.source.where}: column {study.slope!r}, the slope, {kind}; name a level 1 "
            "number"
        )
        raise DataError(msg)
    slope = slope_of(study, level_1, survey.has_more_than_two)
    return replace(
        study,
        slope=slope,
        covariates=tuple(name for name in level_1 if name != slope),
        group_covariates=tuple(name for name in numbers if name in steady),
        categories=categories,
        group_categories=of_groups,
    )


def unusable_on_engine(study: Study, survey: Survey) -> Iterator[str]:
    """Say what no model can use of the rows that a study uses."""
    known, n_groups = survey.known, len(survey.known.sizes)
    if n_groups < 2:
        what = f"a {study.outcome!r}" if study.rows == "available" else "a complete row"
        yield (
            f"column {study.group!r} has {n_groups} group{'' if n_groups else 's'} with {what}; a "
            "multilevel model needs at least 2, and more to be of use"
        )
        return
    constant = []
    for j, name in enumerate(survey.columns):
        has = known.counts[j] > 0
        lows, highs = known.lows[j][has], known.highs[j][has]
        if np.isinf(lows).any() or np.isinf(highs).any():
            yield f"column {name!r} holds infinite values; it must hold numbers"
        if not has.any() or not highs.max() > lows.min():
            constant.append(name)
    constant += [name for name, levels in survey.levels.items() if len(levels) < 2]
    for name in dict.fromkeys(constant):
        yield (
            f"column {name!r} is constant in the study's groups; a model cannot tell it from the "
            "intercept: leave it out, or choose other groups"
        )
    for name, levels in survey.levels.items():
        if len(levels) > MOST_LEVELS:
            yield (
                f"column {name!r} has {len(levels)} levels; a category has at most {MOST_LEVELS} "
                "on an engine: use it as a number, or leave it out"
            )
    flat = study.slope in survey.steady and study.slope not in constant
    if flat and known.n_rows > n_groups:
        yield (
            f"column {study.slope!r} has one value in each {study.words.group}, so no "
            f"{study.words.group} has a slope of it; move it to group_covariates, and write a "
            f"predictor that varies between {study.words.units} for slope"
        )
    if study.formulas:
        return
    for name in study.as_written[1]:
        if name not in survey.steady:
            yield (
                f"column {name!r} is a level 2 predictor but varies within {study.words.group} "
                f"{listed(_varying(survey, name))}; move it to covariates, or mend the table"
            )


def _varying(survey: Survey, name: str) -> list[str]:
    if name not in survey.columns:
        return ["which some have several levels of"]
    j = survey.columns.index(name)
    varies = survey.known.highs[j] > survey.known.lows[j]
    return [group for group, each in zip(survey.names, varies, strict=True) if each]
