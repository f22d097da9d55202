"""What no model by formula can be made of, said alike of rows in memory and on an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Collection

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


def no_rows(formula: Formula) -> str:
    """Say that no row has all that a model needs."""
    return f"{of_model(formula)}: no row has a value in each of its columns"


def refuse_levels(formula: Formula, column: str, levels: Collection[object], n_rows: int) -> None:
    """
    Refuse a category with one level, or with too many for its rows.

    Raises
    ------
    DataError
    """
    if len(levels) == 1:
        msg = (
            f"{of_model(formula)}: column {column!r} has one level, {next(iter(levels))}, in the "
            f"{n_rows} rows used; leave it out, or use other rows"
        )
        raise DataError(msg)
    if 2 * len(levels) > n_rows:
        msg = (
            f"{of_model(formula)}: column {column!r} has {len(levels)} levels in {n_rows} rows; a "
            "category needs more rows a level: use it as a number, or leave it out"
        )
        raise DataError(msg)


def related_effects(formula: Formula) -> str:
    """Say that || is between random effects of which several are of one category."""
    return (
        f"{of_model(formula)}: a category has several random effects, which || would treat as "
        "unrelated columns; write |, or columns of 0 and 1"
    )


def refuse_computed_names(formula: Formula) -> None:
    """
    Refuse a term that is called as one of the model's own columns.

    Raises
    ------
    DataError
    """
    for term in (*formula.fixed_terms, *formula.random_terms):
        name = ":".join(factor.text.strip("`") for factor in term)
        is_column = len(term) == 1 and term[0].columns == (name,)
        if name in formula.columns and not is_column:
            raise DataError(made_and_held(formula, name))


def made_and_held(formula: Formula, name: str) -> str:
    """Say that a column which a formula makes is called as one that the study has."""
    return (
        f"{of_model(formula)}: it computes {name}, and a column of the table has this name; call "
        "the column something else, under [columns]"
    )


def refuse_names(formula: Formula, numbers: Collection[str]) -> None:
    """
    Refuse a function of names.

    Parameters
    ----------
    formula : Formula
    numbers : collection of str
        Columns that hold numbers.

    Raises
    ------
    DataError
    """
    for factor in (each for term in (*formula.fixed_terms, *formula.random_terms) for each in term):
        is_column = factor.columns == (factor.text.strip("`"),)
        for column in () if is_column or "C(" in factor.text else factor.columns:
            if column not in numbers:
                msg = f"{of_model(formula)}: {factor.text} needs numbers; {column!r} has names"
                raise DataError(msg)
