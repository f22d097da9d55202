"""The models of a study, in order, and the role of each in the report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from analysis.mixed.model import ModelSpec, in_formula

if TYPE_CHECKING:
    import pandas as pd

    from analysis.study.formula import Formula
    from analysis.study.matrix import Matrix
    from analysis.study.sample import Sample
    from analysis.study.study import Study


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """
    A model in a ladder.

    Parameters
    ----------
    spec : ModelSpec
    role : Role or None
        None for a model that the report compares and has no words of its own for.
    matrix : Matrix or None
        What a formula makes of the table; None where its columns are all that the model needs.
    """

    spec: ModelSpec
    role: Role | None = None
    matrix: Matrix | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The table's columns that the model needs, but the group."""
        if self.matrix is None:
            return self.spec.columns
        return (*self.matrix.formula.columns, self.spec.outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """
    The models of a study.

    Parameters
    ----------
    rungs : tuple of Rung
        From the smallest model to the largest, each a special case of the next.

    Raises
    ------
    ValueError
        If two models share a name or a role.
    """

    rungs: tuple[Rung, ...]

    def __post_init__(self) -> None:
        names = [rung.spec.name for rung in self.rungs]
        roles = [str(rung.role) for rung in self.rungs if rung.role is not None]
        for what, given in (("name", names), ("role", roles)):
            repeated = [item for item in given if given.count(item) > 1]
            if repeated:
                msg = f"two models of a ladder have the {what} {repeated[0]!r}"
                raise ValueError(msg)

    def name(self, role: Role) -> str | None:
        """Return the name of the model with a role, or None if no model has it."""
        return next((rung.spec.name for rung in self.rungs if rung.role == role), None)

    def role(self, name: str) -> Role | None:
        """Return the role of a model."""
        return self.rung(name).role

    def rung(self, name: str) -> Rung:
        """Return a model with its role."""
        return next(rung for rung in self.rungs if rung.spec.name == name)

    @property
    def compared(self) -> tuple[str, ...]:
        """Names of the models set against each other: all but the null model, if it has company."""
        names = tuple(rung.spec.name for rung in self.rungs if rung.role is not Role.NULL)
        return names or tuple(rung.spec.name for rung in self.rungs)


def ladder(study: Study) -> Ladder:
    """
    Return a study's models.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Ladder
        The null model (null) and, as far as the study has predictors for them, random intercepts
        (m1), random slopes (m2), and the same with the level 2 predictors (m3).
    """
    level_1, slopes = study.level_1, () if study.slope is None else (study.slope,)
    steps: list[tuple[str, Role, tuple[str, ...], tuple[str, ...]]] = [("null", Role.NULL, (), ())]
    if level_1:
        steps.append(("m1", Role.INTERCEPTS, level_1, ()))
    if slopes:
        steps.append(("m2", Role.SLOPES, level_1, slopes))
    if study.group_covariates:
        steps.append(("m3", Role.LEVEL_2, level_1 + study.group_covariates, slopes))
    return Ladder(
        rungs=tuple(
            Rung(
                spec=ModelSpec(
                    name=name, outcome=study.outcome, fixed=fixed, slopes=slopes, group=study.group
                ),
                role=role,
            )
            for name, role, fixed, slopes in steps
        )
    )


def study_ladder(sample: Sample) -> Ladder:
    """
    Return the models of a study as its table has them, those by formula among them.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    Ladder
        A model by formula has the role of the short form's model that it equals; with `cross_level`
        the product of slope and first level 2 predictor follows on the others (m4).

    Raises
    ------
    DataError
        If a formula cannot be computed.
    """
    study = sample.study
    if study.formulas:
        rungs: list[Rung] = []
        for formula in study.formulas:
            rungs.append(_rung(formula, sample.table, study, rungs))
        return Ladder(rungs=tuple(rungs))
    short = ladder(study)
    if not study.cross_level:
        return short
    from analysis.study.formula import read_formula

    largest = short.rungs[-1].spec
    slope = in_formula(study.slope or "")
    product = f"{slope}:{in_formula(study.group_covariates[0])}"
    random = f"(1 + {slope} | {in_formula(study.group)})"
    text = f"{largest.fixed_formula} + {product} + {random}"
    rung = _rung(read_formula("m4", text), sample.table, study, list(short.rungs))
    return Ladder(rungs=(*short.rungs, rung))


def spec_of(made: Matrix) -> ModelSpec:
    """Return a model by formula, by the names of the columns that it makes."""
    formula = made.formula
    return ModelSpec(
        name=formula.name,
        outcome=formula.outcome,
        fixed=made.fixed,
        slopes=made.slopes,
        group=formula.group,
        random_intercept=made.random_intercept,
        diagonal=formula.diagonal,
        notation=formula.text,
    )


def _rung(formula: Formula, table: pd.DataFrame, study: Study, before: list[Rung]) -> Rung:
    # The library of formulas takes a third of a second to import, which others need not wait for.
    from analysis.study.matrix import matrix

    made = matrix(formula, table)
    spec = spec_of(made)
    role = _role(spec, study)
    taken = {rung.role for rung in before}
    return Rung(
        spec=spec,
        role=None if role in taken else role,
        matrix=None if made.plain else made,
    )


def _role(spec: ModelSpec, study: Study) -> Role | None:
    """Return the role of the short form's model that a model equals, but for some predictors."""
    if spec.restricted:
        return None
    fixed, level_2 = set(spec.fixed), study.group_covariates[:1]
    first = {study.slope} - {None}
    sloping = set(spec.slopes) == first
    if not fixed and not spec.slopes:
        return Role.NULL
    if fixed and fixed <= set(study.level_1) and first <= fixed:
        if not spec.slopes:
            return Role.INTERCEPTS
        return Role.SLOPES if sloping else None
    if not (level_2 and sloping and first | set(level_2) <= fixed):
        return None
    products = {f"{study.slope}:{level_2[0]}", f"{level_2[0]}:{study.slope}"}
    more = fixed - set(study.predictors)
    if not more:
        return Role.LEVEL_2
    return Role.CROSS_LEVEL if len(more) == 1 and more <= products else None
