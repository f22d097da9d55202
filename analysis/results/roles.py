"""What a model is for in a report, told by what it is made of."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from analysis.study.formula import Formula
    from analysis.study.study import Study
    from analysis.study.terms import Term


class Role(StrEnum):
    """What a model is for in a report; at most one model has each."""

    NULL = "null"
    """Intercepts alone: how much of the variance lies between groups."""
    INTERCEPTS = "intercepts"
    """Random intercepts, with predictors of level 1."""
    SLOPES = "slopes"
    """A random slope as well."""
    LEVEL_2 = "level-2"
    """Predictors of level 2 as well."""
    CROSS_LEVEL = "cross-level"
    """The product of the slope's predictor and one of level 2 as well."""


def role_of(formula: Formula, study: Study) -> Role | None:
    """
    Return what a model by formula is for, if its random effects are free.

    Parameters
    ----------
    formula : Formula
    study : Study
        Sorted by its table.

    Returns
    -------
    Role or None
        None for another model than those of the short form, but for which predictors it has.
    """
    level_2 = {*study.group_covariates, *study.group_categories}
    terms, slope = formula.fixed_terms, study.slope
    if not terms:
        return None if formula.random_terms else Role.NULL
    own = [slope is None or _is(term, slope) for term in terms]
    sloping = [slope is not None and _is(term, slope) for term in formula.random_terms]
    upper = [term for term in terms if all(factor.level(level_2) == 2 for factor in term)]
    mixed = [term for term in terms if term not in upper and _mixes(term, level_2)]
    crossed = [term for term in mixed if any(slope in factor.own for factor in term)]
    if not any(own):
        return None
    if not upper and not mixed:
        return {(): Role.INTERCEPTS, (True,): Role.SLOPES}.get(tuple(sloping))
    if sloping != [True] * (slope is not None) or not upper or len(crossed) > 1:
        return None
    return Role.CROSS_LEVEL if crossed else Role.LEVEL_2


def _is(term: Term, column: str) -> bool:
    return len(term) == 1 and term[0].is_predictor(column)


def _mixes(term: Term, level_2: Collection[str]) -> bool:
    """Whether a term has something of level 2 beside something of level 1."""
    return any(factor.level(level_2) == 2 or set(factor.own) & set(level_2) for factor in term)
