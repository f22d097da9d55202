"""The columns of a study's table on an engine, as the study has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import pandas as pd

from analysis.errors import DataError, listed
from analysis.study.enginefiles import FIRST
from analysis.study.frames import alike

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.engines.source import Source
    from analysis.study.study import Study

_OF_GROUPS = {nw.String, nw.Categorical, nw.Enum, nw.Date, nw.Object}
"""Kinds of columns, beside numbers, whose values are names of groups."""


def names_of(study: Study) -> set[str]:
    """Return the columns that the study says are names."""
    levelled = {name for each in study.formulas for name in each.levelled}
    return {*study.references, *levelled}


def checked_columns(study: Study, source: Source) -> tuple[Source, dict[str, bool]]:
    """
    Return the study's columns, by its names, with missing values where they are.

    Parameters
    ----------
    study : Study
    source : Source
        The table as its files have it.

    Returns
    -------
    source : Source
    numeric : dict of str to bool
        Whether a column holds numbers, by name; else it holds texts.

    Raises
    ------
    DataError
        If a column is missing, or holds what no model can use.
    """
    schema = source.schema
    originals = {name: study.reading.original(name) for name in study.columns_read}
    problems = [
        f"no column {original!r}, which {study.path.name} names{_advice(original, schema)}"
        for original in originals.values()
        if original not in schema
    ]
    present = {name: original for name, original in originals.items() if original in schema}
    numerals = _numerals(study, source, schema, present)
    columns, numeric = {}, {}
    for name, original in present.items():
        kind, column = schema[original], nw.col(original)
        is_number = kind.is_numeric() or kind == nw.Boolean or name in numerals
        allowed = is_number or kind in {nw.String, nw.Categorical, nw.Enum}
        if name == study.group:
            is_number = kind.is_numeric()
            allowed = is_number or kind in _OF_GROUPS
            # Whole numbers stay what they are: those without a value fit into no other kind.
            if not kind.is_integer():
                column = column.cast(nw.Float64 if is_number else nw.String)
        else:
            column = column.cast(nw.Float64 if is_number else nw.String)
        if not allowed:
            what = "texts or numbers" if name == study.group else "numbers, or names"
            problems.append(f"column {name!r} holds {kind}; it must hold {what}")
            continue
        if not is_number and (
            name == study.outcome or (name == study.slope and not study.formulas)
        ):
            problems.append(f"column {name!r} holds texts; it must hold numbers")
        numeric[name] = is_number
        whole = name == study.group and kind.is_integer()
        columns[name] = _with_missing(column, study, text=not is_number, whole=whole)
    if problems:
        names = (
            f"; columns: {listed(list(schema))}" if any("no column" in p for p in problems) else ""
        )
        msg = f"{source.where}: {'; '.join(problems)}{names}"
        raise DataError(msg)
    return source.having(source.frame.select(**columns)), numeric


def _advice(original: str, schema: nw.Schema) -> str:
    close = alike(original, list(schema))
    return f"; did you mean {close!r}?" if close else ""


def _numerals(
    study: Study, source: Source, schema: nw.Schema, present: Mapping[str, str]
) -> set[str]:
    """Return the columns of texts that are numbers, by their first rows."""
    texts = {
        name: original
        for name, original in present.items()
        if schema[original] == nw.String and name != study.group and name not in names_of(study)
    }
    if not texts:
        return set()
    chosen = source.frame.select(**{name: nw.col(each) for name, each in texts.items()})
    found, problems = set(), []
    for name, values in source.collected(chosen.head(FIRST)).items():
        codes = [code for code in study.reading.missing if isinstance(code, str)]
        known = values[values.notna() & ~values.str.strip().isin(["", *codes])]
        n_numbers = int(pd.to_numeric(known, errors="coerce").notna().sum())
        if n_numbers and n_numbers == len(known):
            found.add(str(name))
        elif n_numbers and 2 * n_numbers >= len(known):
            problems.append(
                f"column {name!r} holds texts among numbers; it must hold numbers, or names"
            )
    if problems:
        msg = f"{source.where}: {'; '.join(problems)}"
        raise DataError(msg)
    return found


def _with_missing(column: nw.Expr, study: Study, *, text: bool, whole: bool) -> nw.Expr:
    """Return a column without what stands for no value."""
    codes: list[Any] = [code for code in study.reading.missing if isinstance(code, str) == text]
    if text:
        missing = [column.str.strip_chars().is_in(["", *codes])]
    elif whole:
        codes = [int(code) for code in codes if code % 1 == 0]
        missing = [column.is_in(codes)] if codes else []
    else:
        missing = [column.is_nan(), *([column.is_in(codes)] if codes else [])]
    if not missing:
        return column
    return nw.when(~nw.any_horizontal(*missing, ignore_nulls=True)).then(column)
