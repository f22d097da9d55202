"""What limits a study's conclusions: few groups, small ones, fits at a boundary, rows left out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.mixed.fit import MixedFit
    from analysis.mixed.likelihood import Method
    from analysis.results.lines import Lines

SMALL = 5
"""A group with fewer rows is small: by itself it determines no line."""


class Plenty(StrEnum):
    """Whether there are groups enough to estimate what varies between them (Maas & Hox 2005)."""

    TOO_FEW = "too few"
    FEW = "few"
    SOME = "some"
    ENOUGH = "enough"

    @classmethod
    def of(cls, n_groups: int) -> Plenty:
        """
        Tell whether so many groups are enough.

        Examples
        --------
        >>> [str(Plenty.of(n)) for n in (9, 10, 30, 50)]
        ['too few', 'few', 'some', 'enough']
        """
        bounds = {cls.TOO_FEW: 10, cls.FEW: 30, cls.SOME: 50}
        return next((plenty for plenty, n in bounds.items() if n_groups < n), cls.ENOUGH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Singular:
    """
    A model with a singular fit.

    Parameters
    ----------
    model : str
    methods : tuple of {"REML", "ML"}
        Whose fits are.
    random : tuple of str
        Its random effects.
    zero : tuple of str
        Those whose variance is estimated as 0, by the first of these methods; if there are none,
        some are perfectly correlated.
    """

    model: str
    methods: tuple[Method, ...]
    random: tuple[str, ...]
    zero: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """
    What limits a study's conclusions.

    Parameters
    ----------
    n_groups : int
        That the largest model uses.
    plenty : Plenty
        Whether they are enough.
    small : tuple of str
        Groups with fewer than `SMALL` of its rows.
    singular : tuple of Singular
    n_left_out : int
        Rows of the study's groups that the largest model does not use, for want of a value.
    n_of_groups : int
        All rows of the study's groups.
    """

    n_groups: int
    plenty: Plenty
    small: tuple[str, ...]
    singular: tuple[Singular, ...]
    n_left_out: int
    n_of_groups: int

    @property
    def only_small(self) -> str:
        """The one small group; empty if there are several or none."""
        return self.small[0] if len(self.small) == 1 else ""


def doubts(lines: Lines, largest: MixedFit) -> Doubts:
    """Return what limits the conclusions of a study, by its largest model."""
    sample = lines.fitted.sample
    sizes = {group: n for group, n in lines.model_sizes.items() if n}
    n_of_groups = sample.n_observations + sample.n_missing_outcome + sample.n_incomplete
    return Doubts(
        n_groups=largest.n_groups,
        plenty=Plenty.of(largest.n_groups),
        small=tuple(group for group, n in sizes.items() if n < SMALL),
        singular=tuple(
            Singular(
                model=name,
                methods=methods,
                random=fits[methods[0]].random_names,
                zero=_zero(fits[methods[0]]),
            )
            for name, fits in lines.fitted.models.items()
            if (methods := _singular(fits))
        ),
        n_left_out=n_of_groups - largest.n_observations,
        n_of_groups=n_of_groups,
    )


def _singular(fits: Mapping[Method, MixedFit]) -> tuple[Method, ...]:
    return tuple(method for method, fit in fits.items() if fit.singular)


def _zero(fit: MixedFit) -> tuple[str, ...]:
    variances = fit.random_covariance.diagonal().tolist()
    return tuple(
        name for name, variance in zip(fit.random_names, variances, strict=True) if variance <= 0
    )
