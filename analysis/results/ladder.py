"""The models of a study, in order, and the role of each in the report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from analysis.mixed.model import ModelSpec

if TYPE_CHECKING:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """
    A model in a ladder.

    Parameters
    ----------
    spec : ModelSpec
    role : Role or None
        None for a model that the report compares and has no words of its own for.
    """

    spec: ModelSpec
    role: Role | None = None


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
        return next(rung.role for rung in self.rungs if rung.spec.name == name)

    @property
    def compared(self) -> tuple[str, ...]:
        """Names of the models that are set against each other: all but the null model."""
        return tuple(rung.spec.name for rung in self.rungs if rung.role is not Role.NULL)


def ladder(study: Study) -> Ladder:
    """
    Return a study's models.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Ladder
        The null model (null), random intercepts (m1), random slopes (m2) and, if the study has
        level 2 predictors, random slopes with these (m3).
    """
    level_1 = (study.slope, *study.covariates)
    steps = [
        ("null", Role.NULL, (), ()),
        ("m1", Role.INTERCEPTS, level_1, ()),
        ("m2", Role.SLOPES, level_1, (study.slope,)),
    ]
    if study.group_covariates:
        steps.append(("m3", Role.LEVEL_2, level_1 + study.group_covariates, (study.slope,)))
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
