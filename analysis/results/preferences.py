"""Which model each criterion prefers and by how much, and what each test says at which strength."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.inference.comparison import ComparisonRow
    from analysis.results.fitted import Fitted

HARDLY_APART = 2.0
"""Difference of AIC or BIC below which models are hardly told apart (Burnham & Anderson 2002,
page 70; Raftery 1995, table 6)."""


class Strength(StrEnum):
    """What a p value is as evidence against the smaller model."""

    VERY_STRONG = "very strong"
    STRONG = "strong"
    MODERATE = "moderate"
    WEAK = "weak"
    LITTLE = "little or no"

    @classmethod
    def of(cls, p: float) -> Strength:
        """
        Return the strength of a p value.

        Examples
        --------
        >>> [str(Strength.of(p)) for p in (0.0009, 0.001, 0.03, 0.05, 0.1)]
        ['very strong', 'strong', 'moderate', 'weak', 'little or no']
        """
        bounds = {
            cls.VERY_STRONG: 0.001,
            cls.STRONG: 0.01,
            cls.MODERATE: 0.05,
            cls.WEAK: 0.1,
        }
        return next((strength for strength, bound in bounds.items() if p < bound), cls.LITTLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """
    What a criterion says of the compared models.

    Parameters
    ----------
    model : str
        The one with the lowest value.
    value : float
        Its value.
    behind : Mapping of str to float
        By how much the others' values are higher, the nearest first.
    """

    model: str
    value: float
    behind: Mapping[str, float]

    @property
    def rivals(self) -> tuple[str, ...]:
        """Models that are hardly told apart from the preferred one."""
        return tuple(name for name, more in self.behind.items() if more < HARDLY_APART)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    A model and the one before it.

    Parameters
    ----------
    reduced, full : str
    fixed : tuple of str
        Fixed effects that the second adds.
    random : tuple of str
        Random effects that it adds.
    row : ComparisonRow
        Of the second; without a test where the first is no special case.
    """

    reduced: str
    full: str
    fixed: tuple[str, ...]
    random: tuple[str, ...]
    row: ComparisonRow

    @property
    def strength(self) -> Strength | None:
        """Evidence for the second; None without a test."""
        return None if self.row.p is None else Strength.of(self.row.p)

    @property
    def strength_at_boundary(self) -> Strength | None:
        """The same by the p value that allows for a variance on its boundary; None without one."""
        return None if self.row.p_boundary is None else Strength.of(self.row.p_boundary)


def preference(fitted: Fitted, criterion: str) -> Preference | None:
    """Return what a criterion, "aic" or "bic", says; None if the models may not be compared."""
    rows = fitted.comparison
    if not rows:
        return None
    values: dict[str, float] = {row.model: getattr(row, criterion) for row in rows}
    model = min(values, key=values.__getitem__)
    others = sorted((name for name in values if name != model), key=values.__getitem__)
    return Preference(
        model=model,
        value=values[model],
        behind={name: values[name] - values[model] for name in others},
    )


def steps(fitted: Fitted) -> tuple[Step, ...]:
    """Return the compared models, each with the one before it."""
    found = []
    for before, row in pairwise(fitted.comparison or ()):
        reduced, full = (fitted.models[name]["ML"] for name in (before.model, row.model))
        found.append(
            Step(
                reduced=before.model,
                full=row.model,
                fixed=tuple(
                    name for name in full.fixed_effects if name not in reduced.fixed_effects
                ),
                random=tuple(
                    name for name in full.random_names if name not in reduced.random_names
                ),
                row=row,
            )
        )
    return tuple(found)
