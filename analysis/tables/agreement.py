"""The table of a study's estimates beside those of lme4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.results.results import INTERCEPT
from analysis.tables.table import Table, cells, header, note, render
from analysis.writing.numbers import MISSING, significant
from analysis.writing.words import effect_name, heading, model_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analysis.results.agreement import Agreement, Quantity
    from analysis.results.results import Results
    from analysis.tables.table import Cell

_DIGITS = 9

_NOISE = 1e-9
"""Shares of a scale below this are the last bits of numbers, which differ between processors."""


def agreement(results: Results, found: Agreement) -> str:
    """
    Set every estimate of the study's models beside lme4's.

    Parameters
    ----------
    results : Results
    found : Agreement

    Returns
    -------
    str
        Without reference values, a dash stands for each.
    """
    heads = ("Quantity", "lme4", "Here", "Difference")
    release = f"lme4 {found.lme4} in R {found.r}" if found.lme4 else "no values of lme4"
    return render(
        Table(
            name="agreement",
            caption=f"Estimates beside those of lme4 ({release})",
            head=((header(heads[0]), *(header(each, "num") for each in heads[1:])),),
            bodies=tuple(
                tuple(_rows(name, quantities, results)) for name, quantities in found.models.items()
            ),
            foot=(
                note(
                    "By REML, but for the deviance. Difference: here less lme4; 0 where it is in "
                    "the tenth digit or beyond, of a standard error for effects.",
                    len(heads),
                ),
            ),
        )
    )


def _rows(
    name: str, quantities: tuple[Quantity, ...], results: Results
) -> Iterator[tuple[Cell, ...]]:
    formula = results.models[name]["REML"].spec.formula
    yield (header(f"{heading(model_title(name))}: {formula}", scope="rowgroup", colspan=4),)
    for quantity in quantities:
        texts = [_number(quantity.lme4), _number(quantity.here), _difference(quantity)]
        yield (header(_name(quantity, results), scope="row"), *cells(texts, "num"))


def _number(value: float | None) -> str:
    return MISSING if value is None else significant(value, _DIGITS)


def _difference(quantity: Quantity) -> str:
    if quantity.difference is None:
        return MISSING
    return "0" if quantity.distance < _NOISE else significant(quantity.difference, 2)


def _name(quantity: Quantity, results: Results) -> str:
    match quantity.kind:
        case "effect":
            return heading(_effect(quantity.names[0], results))
        case "error":
            return f"Standard error of {_effect(quantity.names[0], results)}"
        case "covariance":
            first, second = (_random(name, results) for name in quantity.names)
            return f"Variance of {first}" if first == second else f"Covariance of {first}, {second}"
        case "residual":
            return "Variance within groups"
        case "criterion":
            return "REML criterion" if quantity.method == "REML" else "Deviance (ML)"


def _effect(name: str, results: Results) -> str:
    if name == INTERCEPT:
        return "constant"
    return effect_name(name, results.study.label, results.study.categories)


def _random(name: str, results: Results) -> str:
    return "intercepts" if name == INTERCEPT else f"slopes of {_effect(name, results)}"
