"""What sentences say of results, decided once: order, direction, strength, and what is doubtful."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, variance
from typing import TYPE_CHECKING

from analysis.results.changes import Change, changes, on_other_rows
from analysis.results.doubts import Doubts, doubts
from analysis.results.predictors import FixedEffect, curves, fixed_effects
from analysis.results.preferences import Preference, Step, preference, steps
from analysis.results.spread import Spread, spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.results.lines import Lines
    from analysis.results.pooling import OwnLine
    from analysis.results.summary import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSlopes:
    """
    The slopes of the groups' own lines.

    Parameters
    ----------
    positive, negative, zero : int
        How many are.
    by_chance : float or None
        What share of their variance chance alone accounts for, at most 1: the mean of their squared
        standard errors over it, of the groups whose standard error is known; None with fewer than
        two, or without variance.
    """

    positive: int
    negative: int
    zero: int
    by_chance: float | None

    @property
    def n(self) -> int:
        """How many there are."""
        return self.positive + self.negative + self.zero


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """
    What sentences say of a study's results.

    Parameters
    ----------
    largest : str
        The compared model with the most parameters, the last of several.
    own_slopes : OwnSlopes
    fixed : tuple of FixedEffect
        Of the largest model.
    curves : tuple of tuple of str
        Terms of it that describe one curve together.
    spread : Spread
        Of the groups in it.
    changes : tuple of Change
    on_other_rows : tuple of tuple of two str
        Models that extend the one before them, each after that, and use other rows.
    preferences : Mapping of str to Preference
        By "aic" and "bic"; empty if the models may not be compared.
    steps : tuple of Step
    doubts : Doubts
    """

    largest: str
    own_slopes: OwnSlopes
    fixed: tuple[FixedEffect, ...]
    curves: tuple[tuple[str, ...], ...]
    spread: Spread
    changes: tuple[Change, ...]
    on_other_rows: tuple[tuple[str, str], ...]
    preferences: Mapping[str, Preference]
    steps: tuple[Step, ...]
    doubts: Doubts

    @property
    def preferred(self) -> str:
        """The compared model with the lowest AIC; the largest where they may not be compared."""
        found = self.preferences.get("aic")
        return self.largest if found is None else found.model

    @property
    def all_tested(self) -> bool:
        """Whether there are several models, and each is tested against the one before it."""
        return bool(self.steps) and all(step.strength is not None for step in self.steps)


def verdicts(lines: Lines, summary: Summary) -> Verdicts:
    """
    Decide what sentences say of a study.

    Parameters
    ----------
    lines : Lines
    summary : Summary
        Of these.

    Returns
    -------
    Verdicts
    """
    fits = lines.fitted.compared
    largest = max(reversed(fits), key=lambda name: fits[name].n_parameters)
    fit, fixed = fits[largest], fixed_effects(lines, fits[largest])
    found = {name: preference(lines.fitted, name) for name in ("aic", "bic")}
    return Verdicts(
        largest=largest,
        own_slopes=_own_slopes(lines.fitted.none),
        fixed=fixed,
        curves=tuple(curves({each.term: each.factors for each in fixed})),
        spread=spread(lines, fit, summary.models[largest], summary.effects, fixed),
        changes=changes(lines, summary.models),
        on_other_rows=on_other_rows(lines),
        preferences={name: each for name, each in found.items() if each is not None},
        steps=steps(lines.fitted),
        doubts=doubts(lines, fit),
    )


def _own_slopes(own: Mapping[str, OwnLine]) -> OwnSlopes:
    slopes = [line.slope for line in own.values() if line.slope is not None]
    known = [
        (line.slope, line.slope_standard_error)
        for line in own.values()
        if line.slope is not None and line.slope_standard_error is not None
    ]
    spread = variance([slope for slope, _ in known]) if len(known) > 1 else 0.0
    return OwnSlopes(
        positive=sum(slope > 0 for slope in slopes),
        negative=sum(slope < 0 for slope in slopes),
        zero=slopes.count(0.0),
        by_chance=min(1.0, fmean(error**2 for _, error in known) / spread) if spread > 0 else None,
    )
