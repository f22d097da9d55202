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
        Predictors whose slopes vary over the groups; they need no fixed effect.
    group : str
        Column of the groups.
    random_intercept : bool
        Whether the intercept varies over the groups too.
    diagonal : bool
        Whether all covariances of the random effects are 0 (`||` in lme4's notation).
    notation : str
        The formula as its author wrote it; empty where the names of the columns are the formula.

    Raises
    ------
    ModelError
        If a column has two roles, or nothing varies over the groups.

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
    random_intercept: bool = True
    diagonal: bool = False
    notation: str = ""

    def __post_init__(self) -> None:
        if not self.random_names:
            msg = f"model {self.name}: nothing varies over {self.group!r}; give a random effect"
            raise ModelError(msg)
        roles = (self.group, self.outcome)
        for names in ((*roles, *self.fixed), (*roles, *self.slopes)):
            repeated = [name for name in names if names.count(name) > 1]
            if repeated:
                msg = f"model {self.name}: column {repeated[0]!r} appears twice; give it one role"
                raise ModelError(msg)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column with a number in it: the predictors, then the outcome."""
        return (*self.fixed, *self._slopes_alone, self.outcome)

    @property
    def fixed_formula(self) -> str:
        """The fixed part."""
        fixed = " + ".join(map(in_formula, self.fixed)) or "1"
        return f"{in_formula(self.outcome)} ~ {fixed}"

    @property
    def formula(self) -> str:
        """The whole model in lme4's notation."""
        if self.notation:
            return self.notation
        bar = "||" if self.diagonal else "|"
        terms = ("1" if self.random_intercept else "0", *map(in_formula, self.slopes))
        return f"{self.fixed_formula} + ({' + '.join(terms)} {bar} {in_formula(self.group)})"

    @property
    def fixed_names(self) -> tuple[str, ...]:
        """Names of the p fixed effects."""
        return (INTERCEPT, *self.fixed)

    @property
    def names_of_columns(self) -> tuple[str, ...]:
        """The intercept and all predictors: those with random slopes first, then the others."""
        others = (name for name in self.fixed if name not in self.slopes)
        return (INTERCEPT, *self.slopes, *others)

    @property
    def names_of_sums(self) -> tuple[str, ...]:
        """Names of the p fixed effects in the order of `CrossProducts`."""
        return tuple(name for name in self.names_of_columns if name not in self._slopes_alone)

    @property
    def random_names(self) -> tuple[str, ...]:
        """Names of the q random effects."""
        return (*((INTERCEPT,) if self.random_intercept else ()), *self.slopes)

    @property
    def restricted(self) -> bool:
        """Whether an effect of the intercept or of a slope, or a covariance, is fixed at 0."""
        return bool(self.diagonal or not self.random_intercept or self._slopes_alone)

    @property
    def n_covariances(self) -> int:
        """Number of variances and covariances of the random effects that are estimated."""
        q = len(self.random_names)
        return q if self.diagonal else q * (q + 1) // 2

    @property
    def _slopes_alone(self) -> tuple[str, ...]:
        """Predictors with random slopes and no fixed effect."""
        return tuple(name for name in self.slopes if name not in self.fixed)
