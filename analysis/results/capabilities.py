"""What a study and its models cannot be shown by, and why: asked here by whatever shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.results.roles import Role
from analysis.results.room import MOST_HELD, PAGE
from analysis.results.tested import tested_groups

if TYPE_CHECKING:
    from analysis.results.fitted import Fitted
    from analysis.results.ladder import Rung

FEWEST_KNOWN = 3
"""Rows of a group from which others are predicted, at least: two leave a line no residual."""

_NO_SLOPE = "the study has no level 1 number along which lines could run"

_IN_MEMORY = "an engine holds the rows, and they are needed in memory"


def no_lines(fitted: Fitted) -> str:
    """Return why a study has no lines to draw, in figures or on the page; empty if it has."""
    if fitted.study.slope is None:
        return _NO_SLOPE
    if not set(fitted.ladder.compared) - lines_missing(fitted).keys():
        return "no model predicts straight lines"
    return "" if fitted.sums is None else _too_many(fitted)


def _too_many(fitted: Fitted) -> str:
    """Return why the rows of the groups that are drawn stay on an engine, or nothing."""
    sizes = sorted(fitted.of_pooling.sizes.values(), reverse=True)
    drawn = sizes if len(sizes) <= PAGE.most else sizes[: PAGE.some]
    if sum(drawn) <= MOST_HELD:
        return ""
    return (
        "an engine holds the rows, and the groups that would be drawn have "
        f"{sum(drawn):,} of them, more than {MOST_HELD:,}"
    )


def no_level_2(fitted: Fitted) -> str:
    """Return why a model with level 2 predictors has no lines of their values; empty if it has."""
    name = fitted.ladder.name(Role.LEVEL_2)
    if name is None:
        return ""
    rung = fitted.ladder.rung(name)
    column = level_2_number(fitted, name)
    if column is None:
        return "it has no level 2 number"
    if rung.made is not None and not rung.made.straight(column):
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
        made = fitted.ladder.rung(name).made
        if slope is not None and made is not None and not made.straight(slope):
            reasons[name] = f"its predictions are no straight lines on {slope}"
    return reasons


def no_prediction(fitted: Fitted) -> str:
    """Return why prediction cannot test pooling in a study; empty if it can."""
    if fitted.study.slope is None:
        return _NO_SLOPE
    groups, sizes = tested_groups(fitted), fitted.of_pooling.sizes
    if len(groups) < min(2, len(sizes)):
        return (
            f"an engine holds the rows, and two groups by chance have more than {MOST_HELD:,} of "
            "them"
        )
    largest = max(sizes[group] for group in groups)
    if largest <= FEWEST_KNOWN:
        return (
            f"no group has more than {largest} rows, of which {FEWEST_KNOWN} would be known and "
            "the others predicted"
        )
    return ""


def no_checks(fitted: Fitted) -> str:
    """Return why residuals are not checked; empty if they are."""
    return "" if fitted.sums is None else _IN_MEMORY


def no_agreement(fitted: Fitted) -> str:
    """Return why a study's estimates are not set beside kept ones of lme4; empty if they are."""
    return "" if fitted.sums is None else _IN_MEMORY


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
    slope, made = fitted.study.slope, rung.made
    if made is None:
        return None
    for term in made.formula.fixed_terms:
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
    column, made = moderator(fitted, rung), rung.made
    if made is not None and not made.straight(slope):
        return f"its predictions are no straight lines on {slope}"
    if column is None or made is None:
        return "its product is with no level 2 number"
    if not made.straight(column):
        return f"its predictions are no straight lines on {column}"
    return ""


def left_out(fitted: Fitted) -> dict[str, str]:
    """Return why figures are left out that a study in memory has, by the figure's name."""
    if fitted.sums is None:
        return {}
    reasons = {"residuals": no_checks(fitted), "quantiles": no_checks(fitted)}
    if reason := no_prediction(fitted):
        reasons["prediction"] = reason
    return reasons
