"""What no model by formula can be made of, said alike of rows in memory and on an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.study.formula import Formula


def of_model(formula: Formula) -> str:
    """Return what begins a refusal of a model."""
    return f"model {formula.name} ({formula.text})"


def not_finite(formula: Formula, name: str, n_rows: int) -> str:
    """Say that a column which a formula makes is not finite in so many rows."""
    return (
        f"{of_model(formula)}: {name} is not finite in {n_rows} rows; its function is not defined "
        "there: use another, or other rows"
    )


def related_effects(formula: Formula) -> str:
    """Say that || is between random effects of which several are of one category."""
    return (
        f"{of_model(formula)}: a category has several random effects, which || would treat as "
        "unrelated columns; write |, or columns of 0 and 1"
    )
