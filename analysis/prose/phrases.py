"""How readings call a study's models, columns, groups and values, escaped for Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.results.results import INTERCEPT
from analysis.writing.words import (
    an,
    as_markdown,
    counted,
    enumerated,
    heading,
    model_title,
    model_titles,
    one_of,
    value_names,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analysis.results.factors import Factor
    from analysis.results.results import Results
    from analysis.writing.notation import Notation

_COMPUTED = {
    "log": "the logarithm of {label}",
    "sqrt": "the square root of {label}",
    "exp": "the exponential of {label}",
    "within": "{label} within {a_group}",
    "group_mean": "the {group} mean of {label}",
}
"""What is computed of a column, in words."""

_TERMS = {
    **_COMPUTED,
    "center": "{label} (centred)",
    "scale": "{label} (standardised)",
}
"""What a term is called by itself."""

_CALL = re.compile(r"(\w+)\((.+)\)")

_OWN_UNIT = {"", "center", "within", "group_mean"}
"""What leaves a column's unit as it is."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """
    Parts of sentences on a study.

    Parameters
    ----------
    results : Results
    """

    results: Results

    def escaped(self, text: str) -> str:
        """Return a text that means nothing in Markdown."""
        return as_markdown(text)

    def units(self, n: int) -> str:
        """Return so many rows by their noun."""
        words = self.results.study.words
        return as_markdown(counted(n, words.unit, words.units))

    def label(self, column: str) -> str:
        """Return what a column is called within a sentence."""
        return as_markdown(self.results.study.label(column))

    def heading(self, column: str) -> str:
        """Return what a column is called where it begins a sentence."""
        return as_markdown(self.results.study.heading(column))

    def labels(self, columns: Iterable[str]) -> str:
        """Return several of them."""
        return enumerated([self.label(column) for column in columns])

    def model(self, name: str) -> str:
        """Return what a model is called within a sentence."""
        return as_markdown(model_title(name))

    def models(self, names: Iterable[str]) -> str:
        """Return what several models are called."""
        return as_markdown(model_titles(list(names)))

    def group(self, name: str) -> str:
        """Return a group by its noun and name."""
        return as_markdown(f"{self.results.study.words.group} {name}")

    def begin(self, text: str) -> str:
        """Return a text as it begins a sentence."""
        return heading(text)

    def term(self, name: str) -> str:
        """Return what a term of a model is called: by the labels of columns and of products."""
        columns, call = self.results.study.columns, _CALL.fullmatch(name)
        if name in columns:
            return self.label(name)
        if call and call[1] in _TERMS and call[2].strip("`") in columns:
            return self._computed(_TERMS[call[1]], call[2].strip("`"))
        parts = [self._column_of(part) for part in name.split(":")]
        if all(part in columns for part in parts):
            return f"the product of {self.labels(parts)}" if parts[1:] else self.label(parts[0])
        return as_markdown(name)

    def coefficient(self, name: str) -> str:
        """Return what a term is called by itself: a level of a category by its name too."""
        return as_markdown(name) if "[" in name else self.term(name)

    def terms(self, names: Iterable[str]) -> str:
        """Return several of them; levels of a category are one."""
        return enumerated(list(dict.fromkeys(map(self.term, names))))

    def _column_of(self, part: str) -> str:
        """Return the category of a level, and other parts of a term as they are."""
        found = (each for each in self.results.study.categories if part.startswith(f"{each}["))
        return next(found, part)

    def means(self, names: Sequence[str]) -> str:
        """Return the means of terms in words; nothing without any."""
        noun = "means" if len(names) > 1 else "mean"
        return f"{noun} of {self.terms(names)}" if names else ""

    def random(self, names: Iterable[str]) -> str:
        """Return what varies over the groups: intercept and slopes."""
        names = list(names)
        slopes = [name for name in names if name != INTERCEPT]
        parts = ["the intercept"] if INTERCEPT in names else []
        if slopes:
            several = "slopes" if len(slopes) > 1 else "slope"
            parts.append(f"the {several} of {self.terms(slopes)}")
        return enumerated(parts)

    def what(self, factor: Factor) -> str:
        """Return what a predictor is called, with what is computed of its column."""
        return self._computed(_COMPUTED.get(factor.function, "{label}"), factor.columns[0])

    def _computed(self, pattern: str, column: str) -> str:
        group = self.results.study.words.group
        return pattern.format(
            label=self.label(column), group=as_markdown(group), a_group=as_markdown(an(group))
        )

    def one(self, factor: Factor) -> str:
        """Return what one more of a predictor is: "year of experience"."""
        unit = "standard deviation" if factor.function == "scale" else "unit"
        if factor.function in _OWN_UNIT:
            unit = one_of(self.results.study.unit(factor.columns[0]))
        return f"{as_markdown(unit)} of {self.what(factor)}"

    def contrast(self, factor: Factor) -> str:
        """Return between which values a difference is: "for girls than for boys"."""
        below, above = self._values(factor)
        plurals = self.results.study.words.plurals
        if below in plurals and above in plurals:
            return as_markdown(f"for {plurals[above]} than for {plurals[below]}")
        what = self.label(factor.columns[0])
        return f"where {what} is {as_markdown(above)} than where it is {as_markdown(below)}"

    def held(self, factors: Iterable[Factor]) -> str:
        """Return at which values of others an effect is: "given that experience is 0"."""
        places = [f"{self.what(factor)} is {self._zero(factor)}" for factor in factors]
        return f"given that {enumerated(places)}" if places else ""

    def _zero(self, factor: Factor) -> str:
        if factor.reference is not None:
            return as_markdown(factor.reference)
        if factor.function in {"center", "scale"}:
            return "at its mean"
        names = value_names(self.results.study.unit(factor.columns[0]))
        return as_markdown(names.get(0.0, "0")) if not factor.function else "0"

    def _values(self, factor: Factor) -> tuple[str, str]:
        if factor.level is not None:
            return factor.reference or "", factor.level
        assert factor.values is not None  # else it is no contrast
        names = value_names(self.results.study.unit(factor.columns[0]))
        below, above = (names.get(value, f"{value:g}") for value in factor.values)
        return below, above


def is_zero(value: float, notation: Notation) -> bool:
    """Tell whether a value is written as 0."""
    return notation.seen(value) == 0


def ordered(
    before: tuple[float, Notation], after: tuple[float, Notation], words: tuple[str, str, str]
) -> str:
    """
    Return what a value is beside another one, as far as the less exactly written one tells.

    Parameters
    ----------
    before, after : tuple of float and Notation
        The values, and how each is written.
    words : tuple of three str
        If the second is lower, if nobody can tell, and if it is higher.

    Examples
    --------
    >>> from analysis.writing.notation import Notation
    >>> words, two, three = ("falls", "stays", "rises"), Notation(decimals=2), Notation(decimals=3)
    >>> ordered((0.511, two), (0.514, two), words), ordered((0.511, three), (0.514, three), words)
    ('stays', 'rises')
    >>> ordered((0.3551, two), (0.357, three), words), ordered((0.357, three), (0.0, two), words)
    ('stays', 'falls')
    """
    lower, same, higher = words
    # A 0 is as exact as it is written.
    notations = [notation for value, notation in (before, after) if value]
    if not notations:
        return same
    coarser = max(notations, key=lambda notation: notation.unit)
    seen = coarser.seen(before[0]), coarser.seen(after[0])
    if seen[0] == seen[1]:
        return same
    return higher if seen[0] < seen[1] else lower


def about_zero(low: float, high: float, notation: Notation) -> str:
    """
    Return where a range lies, "above", "below", "includes", or "touches" if an end is written as 0.

    Examples
    --------
    >>> from analysis.writing.notation import Notation
    >>> [about_zero(low, 1.0, Notation(decimals=2)) for low in (0.5, 0.001, -0.001, -0.5)]
    ['above', 'touches', 'touches', 'includes']
    """
    if is_zero(low, notation) or is_zero(high, notation):
        return "touches"
    if low < 0 < high:
        return "includes"
    return "above" if low > 0 else "below"
