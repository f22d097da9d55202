"""From a group's own line to the model's: both as points in the plane of height and slope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.results.capabilities import no_shrinkage
from analysis.results.ladder import Role
from analysis.results.lines import Point

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.results.effects import Effect, Outline
    from analysis.results.lines import Lines
    from analysis.results.summary import Summary

# What those above may name of the modules below.
__all__ = ["Effect", "Move", "Point", "Shrinkage", "shrinkage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """
    A group's own line, and its line in the model.

    Parameters
    ----------
    own, pooled : Point
        Height at the mean of the predictor, and slope.
    """

    own: Point
    pooled: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrinkage:
    """
    How partial pooling moves the lines of groups.

    Parameters
    ----------
    model : str
        The model with random slopes.
    moves : Mapping of str to Move
        Of the groups with an own line and a slope, by group.
    absent : tuple of str
        The other groups.
    average : Point
        The average line.
    outline : Outline
        What holds 95% of the lines that the model expects.
    effects : Mapping of str to (tuple of Effect)
        What the groups add to the average, by term ("height", "slope"), the lowest first.
    """

    model: str
    moves: Mapping[str, Move]
    absent: tuple[str, ...]
    average: Point
    outline: Outline
    effects: Mapping[str, tuple[Effect, ...]]

    @property
    def furthest(self) -> str:
        """The group whose slope moves most."""
        return max(self.moves, key=lambda group: abs(self._apart(self.moves[group])))

    @property
    def slopes_own(self) -> tuple[float, float]:
        """The lowest and the highest slope of the groups' own lines."""
        slopes = [move.own.slope or 0.0 for move in self.moves.values()]
        return min(slopes), max(slopes)

    @property
    def slopes_pooled(self) -> tuple[float, float]:
        """The same of their lines in the model."""
        slopes = [move.pooled.slope or 0.0 for move in self.moves.values()]
        return min(slopes), max(slopes)

    def n_clear(self, term: str) -> int:
        """Return how many groups' intervals exclude 0."""
        return sum(e.interval.low > 0 or e.interval.high < 0 for e in self.effects[term])

    def _apart(self, move: Move) -> float:
        return (move.own.slope or 0.0) - (move.pooled.slope or 0.0)


def shrinkage(lines: Lines, summary: Summary) -> Shrinkage | None:
    """
    Return how the model with random slopes moves the lines of groups.

    Parameters
    ----------
    lines : Lines
    summary : Summary

    Returns
    -------
    Shrinkage or None
        None where `no_shrinkage` says why.
    """
    fitted = lines.fitted
    if no_shrinkage(fitted):
        return None
    name = fitted.ladder.name(Role.SLOPES)
    assert name is not None  # else capabilities has said so
    known = fitted.models[name]["REML"].group_effects
    moves = {
        group: Move(own=own, pooled=lines.point(lines.at(name, group)))
        for group in lines.groups
        if group in known and (own := lines.point(fitted.none[group])).slope is not None
    }
    return Shrinkage(
        model=name,
        moves=moves,
        absent=tuple(group for group in fitted.sample.groups if group not in moves),
        average=lines.point(lines.at(name, None)),
        outline=next(each for each in summary.outlines if each.model == name),
        effects={
            term: tuple(e for e in summary.effects if (e.model, e.term) == (name, term))
            for term in ("height", "slope")
        },
    )
