"""The models of a study, in order, and the role of each in the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.mixed.model import ModelSpec, in_formula
from analysis.results.roles import Role, role_of

if TYPE_CHECKING:
    import pandas as pd

    from analysis.results.sums import StudySums
    from analysis.study.columns import Columns
    from analysis.study.expressions import Computed
    from analysis.study.formula import Formula
    from analysis.study.matrix import Matrix
    from analysis.study.sample import Sample
    from analysis.study.study import Study

# What those above may name of the module below, beside the ladder itself.
__all__ = ["Ladder", "Role", "Rung", "ladder", "study_ladder"]


_Step = tuple[str, Role, tuple[str, ...], tuple[str, ...]]


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
        What a formula makes of a table in memory; None where its columns are all that the model
        needs.
    computed : Computed or None
        The same where an engine holds the table. Who needs no rows asks for `made`.
    """

    spec: ModelSpec
    role: Role | None = None
    matrix: Matrix | None = None
    computed: Computed | None = None

    @property
    def made(self) -> Columns | None:
        """What a formula makes of the table, wherever that is."""
        return self.matrix or self.computed

    @property
    def columns(self) -> tuple[str, ...]:
        """The table's columns that the model needs, but the group."""
        if self.made is None:
            return self.spec.columns
        return (*self.made.formula.columns, self.spec.outcome)


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
    Return the models of a study without formulas, whose predictors are numbers.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Ladder
        The null model (null) and, as far as the study has predictors for them, random intercepts
        (m1), random slopes (m2), and the same with the level 2 predictors (m3).
    """
    return Ladder(
        rungs=tuple(
            Rung(
                spec=ModelSpec(
                    name=name, outcome=study.outcome, fixed=fixed, slopes=slopes, group=study.group
                ),
                role=role,
            )
            for name, role, fixed, slopes in _steps(study)
        )
    )


def _steps(study: Study) -> list[_Step]:
    """Return the models of the short form: name, role, predictors, and what varies of them."""
    slopes = () if study.slope is None else (study.slope,)
    covariates, level_2 = _listed(study)
    level_1 = slopes + covariates
    steps: list[_Step] = [("null", Role.NULL, (), ())]
    if level_1:
        steps.append(("m1", Role.INTERCEPTS, level_1, ()))
    if slopes:
        steps.append(("m2", Role.SLOPES, level_1, slopes))
    if level_2:
        steps.append(("m3", Role.LEVEL_2, level_1 + level_2, slopes))
    return steps


def _listed(study: Study) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the covariates and the group covariates, categories among them, in order."""
    return study.as_written if study.categories else (study.covariates, study.group_covariates)


def study_ladder(sample: Sample, sums: StudySums | None = None) -> Ladder:
    """
    Return the models of a study as its table has them, those by formula among them.

    Parameters
    ----------
    sample : Sample
    sums : StudySums, optional
        Where an engine holds the table.

    Returns
    -------
    Ladder
        A model by formula has the role that `role_of` tells, unless one before it has that; with
        `cross_level` the product of slope and first level 2 predictor follows on the others (m4).

    Raises
    ------
    DataError
        If a formula cannot be computed.
    """
    study = sample.study

    def made(formula: Formula, role: Role | None) -> Rung:
        return made_rung(formula, sample, sums, role)

    if study.formulas:
        rungs: list[Rung] = []
        for formula in study.formulas:
            role = role_of(formula, study)
            taken = role in {rung.role for rung in rungs}
            rungs.append(made(formula, None if taken else role))
        return Ladder(rungs=tuple(rungs))
    if not study.categories and not study.cross_level:
        return ladder(study)
    from analysis.study.formula import read_formula

    steps = _steps(study)
    found = ladder(study).rungs if not study.categories else ()
    texts = [
        (name, role, _formula(study, fixed, slopes))
        for name, role, fixed, slopes in steps[len(found) :]
    ]
    if study.cross_level:
        *_, fixed, slopes = steps[-1]
        product = f"{in_formula(study.axis)}:{_term(study, _listed(study)[1][0])}"
        texts.append(("m4", Role.CROSS_LEVEL, _formula(study, fixed, slopes, product)))
    others = (made(read_formula(name, text), role) for name, role, text in texts)
    return Ladder(rungs=(*found, *others))


def _formula(study: Study, fixed: tuple[str, ...], slopes: tuple[str, ...], *products: str) -> str:
    """Return a model of the short form as its author would write it."""
    terms = [*(_term(study, column) for column in fixed), *products] or ["1"]
    random = " + ".join(("1", *map(in_formula, slopes)))
    group = in_formula(study.group)
    return f"{in_formula(study.outcome)} ~ {' + '.join(terms)} + ({random} | {group})"


def _term(study: Study, column: str) -> str:
    reference = study.references.get(column)
    if reference is None:
        return in_formula(column)
    level = repr(reference) if isinstance(reference, str) else f"{reference:g}"
    return f"C({in_formula(column)}, {level})"


def spec_of(made: Columns) -> ModelSpec:
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


def made_rung(
    formula: Formula, sample: Sample, sums: StudySums | None, role: Role | None = None
) -> Rung:
    """
    Return a model by formula with a role, wherever the rows are.

    Raises
    ------
    DataError
        If the formula cannot be computed.
    """
    if sums is not None:
        return _rung_on_engine(formula, sums.computed(formula), role)
    return rung_of(formula, sample.table, role)


def _rung_on_engine(formula: Formula, made: Computed, role: Role | None) -> Rung:
    spec = spec_of(made)
    if spec.restricted:
        role = None
    return Rung(spec=spec, role=role, computed=made if made.columns else None)


def rung_of(formula: Formula, table: pd.DataFrame, role: Role | None = None) -> Rung:
    """
    Return a model by formula with a role.

    Raises
    ------
    DataError
        If the formula cannot be computed.
    """
    # The library of formulas takes a third of a second to import, which others need not wait for.
    from analysis.study.matrix import matrix

    made = matrix(formula, table)
    spec = spec_of(made)
    if spec.restricted:
        role = None
    return Rung(spec=spec, role=role, matrix=None if made.plain else made)
