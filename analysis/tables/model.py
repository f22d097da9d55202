"""The tables of one model: its fixed effects, and the variances of its random effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.results.coefficients import Coefficient
from analysis.results.components import VarianceComponents
from analysis.tables.table import Table, cells, header, note
from analysis.writing.notation import Notation, component
from analysis.writing.numbers import number, p_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.results.results import MixedFit
    from analysis.tables.table import Cell


def model_tables(fit: MixedFit, notes: Sequence[str]) -> tuple[Table, Table]:
    """
    Show a fit as two tables.

    Parameters
    ----------
    fit : MixedFit
    notes : sequence of str
        What a reader must know beside the numbers.

    Returns
    -------
    tuple of Table
    """
    return _fixed(fit), _random(fit, notes)


def _fixed(fit: MixedFit) -> Table:
    names = ("Estimate", "Std. error", "t", "p")
    return Table(
        name="fixed",
        caption=f"{fit.name}: {fit.spec.formula} ({fit.method})",
        head=((header("Fixed effect"), *(header(name, "num") for name in names)),),
        bodies=(tuple(_effect(fit, name) for name in fit.fixed_effects),),
        foot=(note("p: two-sided, of the normal distribution.", len(names) + 1),),
    )


def _effect(fit: MixedFit, name: str) -> tuple[Cell, ...]:
    effect = Coefficient.of(fit, name)
    notation = Notation.of(effect.error, [effect.estimate], decimals=3, digits=2)
    texts = [notation.write(effect.estimate), notation.write(effect.error)]
    texts += [number(fit.t_ratios[name], 2), p_value(effect.p, 4)]
    return (header(name, scope="row"), *cells(texts, "num"))


def _random(fit: MixedFit, notes: Sequence[str]) -> Table:
    parts, correlations = VarianceComponents.of(fit), _correlations(fit)
    others = fit.random_names[:-1] if correlations else ()
    head = ("Variance", "SD", *(f"Correlation with {name}" for name in others))
    residual = [component(parts.residual_variance), component(parts.residual_deviation)]
    likelihood = f"log-likelihood {number(fit.log_likelihood, 4)}"
    remarks = [
        f"{fit.n_observations} rows in {fit.n_groups} groups; {likelihood}, "
        f"AIC {number(fit.aic, 4)}, BIC {number(fit.bic, 4)}.",
        *(f"{text[:1].upper()}{text[1:]}." for text in notes),
    ]
    return Table(
        name="random",
        caption=f"Random effects of {fit.spec.group}",
        head=((header("Random effect"), *(header(name, "num") for name in head)),),
        bodies=(
            (
                *(
                    (
                        header(name, scope="row"),
                        *cells(
                            [
                                component(parts.variances[name]),
                                component(parts.deviations[name]),
                                *(correlations[i] if correlations else ()),
                            ],
                            "num",
                        ),
                    )
                    for i, name in enumerate(fit.random_names)
                ),
                (
                    header("Residual", scope="row"),
                    *cells([*residual, *("" for _ in others)], "num"),
                ),
            ),
        ),
        foot=tuple(note(remark, len(head) + 1) for remark in remarks),
    )


def _correlations(fit: MixedFit) -> list[list[str]]:
    """Return each random effect's correlations with those above it; nothing if none is free."""
    if fit.spec.diagonal or len(fit.random_names) == 1:
        return []
    rows = enumerate(fit.random_correlation.tolist())
    return [[number(r, 3) if j < i else "" for j, r in enumerate(row[:-1])] for i, row in rows]
