"""The steps of the page: complete pooling, no pooling, and the models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.results.ladder import Role
from analysis.results.results import INTERCEPT
from analysis.writing.words import effect_name, heading, model_title

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.page.level_2 import LevelTwo
    from analysis.results.coefficients import Coefficient
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
    others : Mapping of str to Coefficient
        Its fixed effects but the intercept and the slope, by what a reader calls them.
    of_level_2 : Mapping of str to Coefficient
        Those of level 2 beside the one that the page has a section for.
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
    others: Mapping[str, Coefficient]
    of_level_2: Mapping[str, Coefficient]

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
            **_words(results, name, level_2),
            fit=fit,
            summary=results.summary.models[name],
            lines=results.summary.lines[name],
            has_slopes=results.summary.lines[name].slope_deviation is not None,
            held=tuple(
                study.label(column)
                for column in results.ladder.rung(name).columns
                if column not in {study.slope, study.outcome}
            ),
            others={
                effect_name(effect, study.label, study.categories): found
                for effect, found in results.summary.models[name].fixed.items()
                if effect not in {INTERCEPT, study.slope}
            },
            of_level_2={
                effect_name(effect, study.label, study.categories): found
                for effect, found in results.summary.models[name].fixed.items()
                if effect.split("[")[0] in (*study.group_covariates, *study.group_categories)
                and (level_2 is None or effect != level_2.found.column)
            },
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


def _words(results: Results, name: str, level_2: LevelTwo | None) -> dict[str, str]:
    role, title = results.ladder.role(name), model_title(name)
    if role is Role.LEVEL_2:
        label = _of_level_2(results, name)
        alone = level_2 is not None and label == level_2.label
        begins = level_2.heading if level_2 is not None and alone else heading(label)
        return {"kind": label, "short": begins, "long": f"With {label}"}
    kind = "" if role is None else _NAMES[role]
    return {"kind": kind, "short": heading(kind or title), "long": heading(kind or title)}


def _of_level_2(results: Results, name: str) -> str:
    """Return the labels of what a model knows of the groups."""
    study, columns = results.study, results.ladder.rung(name).columns
    known = (*study.group_covariates, *study.group_categories)
    labels = [study.label(column) for column in columns if column in known]
    return " and ".join(labels) or f"means of {study.words.groups}"
