"""The steps of the page: complete pooling, no pooling, and the models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.results.ladder import Role
from analysis.writing.words import heading, model_title

if TYPE_CHECKING:
    from analysis.page.level_2 import LevelTwo
    from analysis.results.models import ModelSummary
    from analysis.results.results import MixedFit, Results
    from analysis.results.slopes import LineSummary

_POOLING = {"complete": "Complete pooling", "none": "No pooling"}

_NAMES = {
    Role.NULL: "intercepts alone",
    Role.INTERCEPTS: "random intercepts",
    Role.SLOPES: "random slopes",
    Role.CROSS_LEVEL: "cross-level interaction",
}

_OWN_WORDS = (Role.INTERCEPTS, Role.SLOPES, Role.LEVEL_2)
"""Roles with a template of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    One step.

    Parameters
    ----------
    number : int
        Its place, from 1.
    key : str
        "complete", "none", or the name of a model.
    template : str
        Name of the template with its words.
    name : str
        As it begins a line.
    short : str
        The same in few words.
    """

    number: int
    key: str
    template: str
    name: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """
    A compared model, as the templates call it.

    Parameters
    ----------
    name : str
    title : str
        What a sentence calls it.
    kind : str
        What it adds, within a sentence; empty for a model without a role.
    short, long : str
        The same as it begins a line, in few words and in full; else its title.
    fit : MixedFit
        By REML.
    summary : ModelSummary
    lines : LineSummary
    has_slopes : bool
        Whether the slope of the study's predictor varies.
    held : tuple of str
        Labels of its other predictors, which the line of the average group holds at their means.
    """

    name: str
    title: str
    kind: str
    short: str
    long: str
    fit: MixedFit
    summary: ModelSummary
    lines: LineSummary
    has_slopes: bool
    held: tuple[str, ...]

    @property
    def heading(self) -> str:
        """What it is called as it begins a line."""
        return heading(self.title)


def models(results: Results, level_2: LevelTwo | None) -> dict[str, Model]:
    """Return the compared models with lines by name, in order."""
    study = results.study
    return {
        name: Model(
            name=name,
            title=model_title(name),
            **_words(results.ladder.role(name), level_2, model_title(name)),
            fit=fit,
            summary=results.summary.models[name],
            lines=results.summary.lines[name],
            has_slopes=results.summary.lines[name].slope_deviation is not None,
            held=tuple(
                study.label(column)
                for column in results.ladder.rung(name).columns
                if column not in {study.slope, study.outcome}
            ),
        )
        for name, fit in results.lines.fits.items()
    }


def by_role(results: Results, found: dict[str, Model], role: Role) -> Model | None:
    """Return the model with a role, or None."""
    name = results.ladder.name(role)
    return None if name is None else found.get(name)


def shown_first(found: dict[str, Model]) -> str:
    """Return the name of the model that the charts show at first: the first with random slopes."""
    return next((name for name, model in found.items() if model.has_slopes), next(iter(found)))


def steps(results: Results, found: dict[str, Model]) -> tuple[Step, ...]:
    """Return the steps of the ladder."""
    pooling = tuple(
        Step(number=number, key=key, template=key, name=name, short=name)
        for number, (key, name) in enumerate(_POOLING.items(), start=1)
    )
    return (
        *pooling,
        *(
            _step(results, model, number)
            for number, model in enumerate(found.values(), start=len(pooling) + 1)
        ),
    )


def _step(results: Results, model: Model, number: int) -> Step:
    role = results.ladder.role(model.name)
    template = role.value if role in _OWN_WORDS else "model"
    name = model.long if role is None else f"{model.long} ({model.title})"
    return Step(number=number, key=model.name, template=template, name=name, short=model.short)


def _words(role: Role | None, level_2: LevelTwo | None, title: str) -> dict[str, str]:
    if role is Role.LEVEL_2 and level_2 is not None:
        return {
            "kind": level_2.label,
            "short": level_2.heading,
            "long": f"With {level_2.label}",
        }
    kind = "" if role is None else _NAMES[role]
    return {"kind": kind, "short": heading(kind or title), "long": heading(kind or title)}
