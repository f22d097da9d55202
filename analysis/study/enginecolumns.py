"""The columns of a study's table on an engine, as the study has them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pandas as pd

from analysis.errors import DataError, listed
from analysis.study.enginefiles import FIRST
from analysis.study.frames import alike
from analysis.study.table import without_codes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.engines.source import Source
    from analysis.study.study import Study

_OF_TEXTS = (nw.String, nw.Categorical, nw.Enum)
"""Kinds of columns whose values are texts."""

_OF_GROUPS = (*_OF_TEXTS, nw.Date, nw.Decimal, nw.Object)
"""Kinds of columns, beside other numbers, whose values are names of groups: 1.50 is no 1.5."""

_MOST_WHOLE = 2.0**63
"""Whole numbers of most kinds are below."""

BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))
"""All that Python calls a blank; engines have lists of their own."""


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
        is_text = isinstance(kind, _OF_GROUPS if name == study.group else _OF_TEXTS)
        if name == study.group:
            is_number = kind.is_numeric() and not is_text
        else:
            is_number = kind.is_numeric() or kind == nw.Boolean or name in numerals
        if not (is_number or is_text):
            what = "texts or numbers" if name == study.group else "numbers, or names"
            problems.append(f"column {name!r} holds {kind}; it must hold {what}")
            continue
        if not is_number and (
            name == study.outcome or (name == study.slope and not study.formulas)
        ):
            problems.append(f"column {name!r} holds texts; it must hold numbers")
        numeric[name] = is_number
        if is_text:
            column = known_texts(column.cast(nw.String), study, numerals=is_number)
            columns[name] = column.cast(nw.Float64) if is_number else column
        elif name == study.group and kind.is_integer():
            # Whole numbers stay what they are: those without a value fit into no other kind.
            columns[name] = _known_numbers(column, study, whole=True)
        else:
            columns[name] = _known_numbers(column.cast(nw.Float64), study, whole=False)
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
        if isinstance(schema[original], _OF_TEXTS) and name not in {study.group, *names_of(study)}
    }
    if not texts:
        return set()
    chosen = source.frame.select(
        **{name: nw.col(each).cast(nw.String) for name, each in texts.items()}
    )
    found, problems = set(), []
    for name, values in source.collected(chosen.head(FIRST)).items():
        known = without_codes(values, study.reading.missing).dropna()
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


def known_texts(column: nw.Expr, study: Study, *, numerals: bool = False) -> nw.Expr:
    """Return texts without what stands for no value: codes, numbers too, and blanks in names."""
    codes = study.reading.missing
    stripped = column.str.strip_chars(BLANKS)
    words = [code for code in codes if isinstance(code, str)] + ([] if numerals else [""])
    missing = [stripped.is_in(words)] if words else []
    missing += [stripped.str.contains(_written(code)) for code in codes if isinstance(code, float)]
    return _where_not(missing, column)


def _written(code: float) -> str:
    r"""
    Return a pattern of the ways to write a number.

    Examples
    --------
    >>> _written(-99.0), _written(0.5)
    ('^-0*99(?:\\.0*)?$', '^\\+?0*\\.50*$')
    """
    whole, _, part = format(Decimal(repr(abs(code))), "f").partition(".")
    whole, part = whole.lstrip("0"), part.rstrip("0")
    sign = "-" if code < 0 else r"\+?" if code else "[+-]?"
    if part:
        return rf"^{sign}0*{whole}\.{part}0*$"
    return rf"^{sign}0*{whole or 0}(?:\.0*)?$"


def _known_numbers(column: nw.Expr, study: Study, *, whole: bool) -> nw.Expr:
    """Return numbers without those that stand for no value."""
    codes: list[Any] = [code for code in study.reading.missing if isinstance(code, float)]
    if whole:
        codes = [int(code) for code in codes if code % 1 == 0 and abs(code) < _MOST_WHOLE]
    missing = [column.is_in(codes)] if codes else []
    return _where_not(missing if whole else [column.is_nan(), *missing], column)


def _where_not(missing: list[nw.Expr], column: nw.Expr) -> nw.Expr:
    if not missing:
        return column
    return nw.when(~nw.any_horizontal(*missing, ignore_nulls=True)).then(column)
