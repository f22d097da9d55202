"""What a study and its models cannot be shown by, and why: asked here by whatever shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.results.roles import Role

if TYPE_CHECKING:
    from analysis.results.fitted import Fitted
    from analysis.results.ladder import Rung

FEWEST_KNOWN = 3
"""Rows of a group from which others are predicted, at least: two leave a line no residual."""

_NO_SLOPE = "the study has no level 1 number along which lines could run"


def no_lines(fitted: Fitted) -> str:
    """Return why a study has no lines to draw, in figures or on the page; empty if it has."""
    if fitted.study.slope is None:
        return _NO_SLOPE
    if not set(fitted.ladder.compared) - lines_missing(fitted).keys():
        return "no model predicts straight lines"
    return ""


def no_level_2(fitted: Fitted) -> str:
    """Return why a model with level 2 predictors has no lines of their values; empty if it has."""
    name = fitted.ladder.name(Role.LEVEL_2)
    if name is None:
        return ""
    rung = fitted.ladder.rung(name)
    column = level_2_number(fitted, name)
    if column is None:
        return "it has no level 2 number"
    if rung.matrix is not None and not rung.matrix.straight(column):
        return f"its predictions are no straight lines on {column}"
    return ""


def level_2_number(fitted: Fitted, model: str) -> str | None:
    """Return the first level 2 predictor of a model that is a number, or None."""
    columns = fitted.ladder.rung(model).columns
    return next((name for name in fitted.study.group_covariates if name in columns), None)


def lines_missing(fitted: Fitted) -> dict[str, str]:
    """Return why models have no lines, by name."""
    slope, reasons = fitted.study.slope, {}
    for name in fitted.ladder.compared:
        matrix = fitted.ladder.rung(name).matrix
        if slope is not None and matrix is not None and not matrix.straight(slope):
            reasons[name] = f"its predictions are no straight lines on {slope}"
    return reasons


def no_prediction(fitted: Fitted) -> str:
    """Return why prediction cannot test pooling in a study; empty if it can."""
    study = fitted.study
    if study.slope is None:
        return _NO_SLOPE
    largest = int(fitted.pooled_rows.groupby(study.group).size().max())
    if largest <= FEWEST_KNOWN:
        return (
            f"no group has more than {largest} rows, of which {FEWEST_KNOWN} would be known and "
            "the others predicted"
        )
    return ""


def no_shrinkage(fitted: Fitted) -> str:
    """Return why a study has no lines to follow from their own place to a model's, or nothing."""
    name = fitted.ladder.name(Role.SLOPES)
    if fitted.study.slope is None:
        return _NO_SLOPE
    if name is None:
        return "the study has no model with random slopes"
    if name in lines_missing(fitted):
        return lines_missing(fitted)[name]
    known = set(fitted.models[name]["REML"].groups)
    if not any(line.slope is not None for group, line in fitted.none.items() if group in known):
        return "no group has a line of its own"
    return ""


def moderator(fitted: Fitted, rung: Rung) -> str | None:
    """Return the level 2 number in a cross-level model's product with the slope, or None."""
    slope, matrix = fitted.study.slope, rung.matrix
    if matrix is None:
        return None
    for term in matrix.formula.fixed_terms:
        columns = {column for factor in term for column in factor.columns}
        own = {column for factor in term for column in factor.own}
        others = own - {slope}
        if slope in own and others:
            # A mean of the groups is no column of its own.
            found = [column for column in fitted.study.group_covariates if others == {column}]
            return found[0] if found and columns == own else None
    return None


def no_simple_slopes(fitted: Fitted, rung: Rung | None) -> str:
    """Return why a study has no slope at values of a level 2 predictor; empty if it has."""
    slope = fitted.study.slope
    if rung is None or slope is None:
        return "the study has no model with a cross-level product"
    column, matrix = moderator(fitted, rung), rung.matrix
    if matrix is not None and not matrix.straight(slope):
        return f"its predictions are no straight lines on {slope}"
    if column is None or matrix is None:
        return "its product is with no level 2 number"
    if not matrix.straight(column):
        return f"its predictions are no straight lines on {column}"
    return ""
