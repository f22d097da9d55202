"""The fixed effects of a model, each as what a sentence can say of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING

from analysis.mixed.model import INTERCEPT
from analysis.results.coefficients import Coefficient
from analysis.results.factors import Factor, factors_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analysis.mixed.fit import MixedFit
    from analysis.results.lines import Lines

# What bends the outcome's course along a column, so that no coefficient of it is an effect alone.
_BENT = re.compile(r"(?!(center|scale|within|group_mean)$).+")


class Kind(StrEnum):
    """What a fixed effect is."""

    UNIT = "unit"
    """The difference that one more unit makes."""
    CONTRAST = "contrast"
    """The difference between two values, or between a level and the reference."""
    PRODUCT = "product"
    """What one predictor adds to the slope of another."""
    COEFFICIENT = "coefficient"
    """No difference that plain words could name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedEffect:
    """
    A fixed effect, the intercept aside.

    Parameters
    ----------
    term : str
        Its name in the model.
    kind : Kind
    factors : tuple of Factor
        What it is multiplied with; of a product the one with the slope first.
    held : tuple of Factor
        What it is a product with elsewhere in the model: the effect is that at 0 of each, or at
        its reference.
    effect : Coefficient
        Of a unit, or from the one value to the other.
    varies : bool
        Whether it varies over the groups.
    on_groups : bool
        Whether what is known of it rests on the number of groups: it varies over them, or is of
        level 2.
    """

    term: str
    kind: Kind
    factors: tuple[Factor, ...]
    held: tuple[Factor, ...]
    effect: Coefficient
    varies: bool
    on_groups: bool

    @property
    def plain(self) -> bool:
        """Whether it is a difference that a sentence can name."""
        return self.kind is not Kind.COEFFICIENT


def fixed_effects(lines: Lines, fit: MixedFit) -> tuple[FixedEffect, ...]:
    """
    Return the fixed effects of a fit, the intercept aside.

    Parameters
    ----------
    lines : Lines
    fit : MixedFit

    Returns
    -------
    tuple of FixedEffect
        In the order of the model.
    """
    parts = {name: factors_of(lines, fit, name) for name in fit.fixed_effects if name != INTERCEPT}
    curved = {term for terms in curves(parts) for term in terms}
    return tuple(_effect(lines, fit, term, parts, curved) for term in parts)


def curves(parts: Mapping[str, tuple[Factor, ...]]) -> list[tuple[str, ...]]:
    """Return the terms that describe one curve together, of each column with such a curve."""
    by_column: dict[str, list[str]] = {}
    bent: set[str] = set()
    for term, factors in parts.items():
        if len(factors) != 1 or factors[0].level is not None:
            continue
        for column in factors[0].columns:
            by_column.setdefault(column, []).append(term)
            if factors[0].function and _BENT.fullmatch(factors[0].function):
                bent.add(column)
    found = [tuple(terms) for column, terms in by_column.items() if column in bent]
    return [terms for terms in found if len(terms) > 1]


def _effect(
    lines: Lines,
    fit: MixedFit,
    term: str,
    parts: Mapping[str, tuple[Factor, ...]],
    curved: set[str],
) -> FixedEffect:
    factors, coefficient = _in_order(lines, fit, parts[term]), Coefficient.of(fit, term)
    held = _held(factors, parts)
    plain = held is not None and term not in curved and all(each.known for each in factors)
    kind = _kind(factors, parts) if plain else Kind.COEFFICIENT
    step = factors[-1].step if kind in {Kind.CONTRAST, Kind.PRODUCT} else 1.0
    varies = any(factor.name in fit.spec.slopes for factor in factors) or term in fit.spec.slopes
    return FixedEffect(
        term=term,
        kind=kind,
        factors=factors,
        held=held or (),
        effect=coefficient if step == 1.0 else coefficient.times(step),
        varies=varies,
        on_groups=varies or all(factor.of_groups for factor in factors),
    )


def _kind(factors: tuple[Factor, ...], parts: Mapping[str, tuple[Factor, ...]]) -> Kind:
    match factors:
        case (one,):
            return Kind.CONTRAST if one.contrast else Kind.UNIT
        case (slope, other) if not slope.contrast and {slope.name, other.name} <= parts.keys():
            return Kind.PRODUCT
        case _:
            return Kind.COEFFICIENT


def _in_order(lines: Lines, fit: MixedFit, factors: tuple[Factor, ...]) -> tuple[Factor, ...]:
    """Put first whose slope a sentence is about: the study's own, one that varies, a number."""

    def place(factor: Factor) -> tuple[bool, bool, bool]:
        own = lines.study.slope in factor.columns
        return (factor.contrast, not own, factor.name not in fit.spec.slopes)

    return tuple(sorted(factors, key=place))


def _held(
    factors: tuple[Factor, ...], parts: Mapping[str, tuple[Factor, ...]]
) -> tuple[Factor, ...] | None:
    """Return what products hold beside some factors; None where no sentence could say at what."""
    own = {factor.name for factor in factors}
    found: dict[str, Factor] = {}
    for others in parts.values():
        names = {other.name for other in others}
        if not own < names:
            continue
        if not _all_parts(others, parts) or not all(other.known for other in others):
            return None
        found |= {
            # Two levels of a category are held at one reference.
            f"{other.function} {other.columns}": other
            for other in others
            if other.name not in own
        }
    return tuple(found.values())


def _all_parts(factors: Iterable[Factor], parts: Mapping[str, tuple[Factor, ...]]) -> bool:
    """Whether a product's factors, and the products of fewer of them, are in the model too."""
    known = [{factor.name for factor in each} for each in parts.values()]
    names = [factor.name for factor in factors]
    return all(set(some) in known for n in range(1, len(names)) for some in combinations(names, n))
