"""A model, by the names of its columns."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analysis.errors import ModelError

INTERCEPT = "Intercept"
"""Name of the intercept among fixed and group effects."""

_RESERVED = {"if", "else", "repeat", "while", "function", "for", "next", "break", "in"} | {
    *("TRUE", "FALSE", "NULL", "Inf", "NaN", "NA"),
}
"""Words of R, in whose notation formulas are."""


def in_formula(name: str) -> str:
    """
    Return a column's name as a formula has it: between back-ticks if it is no plain word.

    Examples
    --------
    >>> in_formula("größe_2"), in_formula("age.years"), in_formula("if")
    ('größe_2', '`age.years`', '`if`')
    """
    plain = re.fullmatch(r"[^\W\d_]\w*", name) and name not in _RESERVED
    return name if plain else f"`{name}`"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """
    A linear mixed model with one grouping factor, by the names of its columns.

    Parameters
    ----------
    name : str
        Name of the model, for example "m1".
    outcome : str
        Column of the outcome.
    fixed : tuple of str
        Predictors with fixed effects; the intercept goes without saying.
    slopes : tuple of str
        Those predictors whose slopes vary over the groups; the intercept always does.
    group : str
        Column of the groups.

    Raises
    ------
    ModelError
        If a slope lacks its fixed effect, or a column has two roles.

    Examples
    --------
    >>> ModelSpec(name="m2", outcome="y", fixed=("x",), slopes=("x",), group="g").formula
    'y ~ x + (1 + x | g)'
    >>> ModelSpec(name="null", outcome="y", fixed=(), slopes=(), group="g").formula
    'y ~ 1 + (1 | g)'
    """

    name: str
    outcome: str
    fixed: tuple[str, ...]
    slopes: tuple[str, ...]
    group: str

    def __post_init__(self) -> None:
        missing = [slope for slope in self.slopes if slope not in self.fixed]
        if missing:
            msg = f"model {self.name}: the random slope {missing[0]!r} needs its fixed effect"
            raise ModelError(msg)
        roles = (self.group, self.outcome, *self.fixed)
        for names in (roles, self.slopes):
            repeated = [name for name in names if names.count(name) > 1]
            if repeated:
                msg = f"model {self.name}: column {repeated[0]!r} appears twice; give it one role"
                raise ModelError(msg)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column with a number in it: the predictors, then the outcome."""
        return (*self.fixed, self.outcome)

    @property
    def fixed_formula(self) -> str:
        """The fixed part."""
        fixed = " + ".join(map(in_formula, self.fixed)) or "1"
        return f"{in_formula(self.outcome)} ~ {fixed}"

    @property
    def formula(self) -> str:
        """The whole model in lme4's notation."""
        varying = " + ".join(("1", *map(in_formula, self.slopes)))
        return f"{self.fixed_formula} + ({varying} | {in_formula(self.group)})"

    @property
    def fixed_names(self) -> tuple[str, ...]:
        """Names of the p fixed effects."""
        return (INTERCEPT, *self.fixed)

    @property
    def names_of_sums(self) -> tuple[str, ...]:
        """The same in the order of `CrossProducts`: those with random effects first."""
        return (*self.random_names, *(name for name in self.fixed if name not in self.slopes))

    @property
    def random_names(self) -> tuple[str, ...]:
        """Names of the q random effects."""
        return (INTERCEPT, *self.slopes)
