"""How a study's table is read, where the file itself does not say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.engines.source import Engine

SEPARATORS = (",", ";", "\t")
"""What may stand between the fields of a text file."""

DECIMALS = (".", ",")
"""What may stand before the decimals of a number."""

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
"""Files of fields with something between them."""

LABELLED_SUFFIXES = (".sav", ".dta")
"""Files of SPSS and Stata, which hold labels of columns and of values."""

ENGINES = ("memory", "duckdb", "polars", "dask")
"""What may hold a study's table."""

EXCEL_SUFFIXES = (".xlsx",)
"""Workbooks of Excel."""

TABLE_SUFFIXES = (*TEXT_SUFFIXES, ".parquet", *LABELLED_SUFFIXES, *EXCEL_SUFFIXES)
"""File formats of a study's table."""

ENGINE_SUFFIXES = (*TEXT_SUFFIXES, ".parquet")
"""Those that an engine reads out of core."""

_ONLY_FOR = {
    "separator": TEXT_SUFFIXES,
    "decimal": TEXT_SUFFIXES,
    "encoding": (*TEXT_SUFFIXES, *LABELLED_SUFFIXES),
    "names": TEXT_SUFFIXES,
    "sheet": EXCEL_SUFFIXES,
}
"""Which files a key of [data] is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    r"""
    How a study's table is read.

    Parameters
    ----------
    separator, decimal, encoding : str or None
        Of a text file; None means to find out.
    sheet : str or None
        Of a workbook; None means its only one.
    missing : tuple of (float or str)
        Codes that stand for no value, in any column.
    names : tuple of str
        Words such as NA that are names in columns of texts, and stand for no missing value there.
    renamed : Mapping of str to str
        The table's names of columns by those that the study gives them.
    engine : {"memory", "duckdb", "polars", "dask"} or None
        What holds the table; None means that its size decides.

    Examples
    --------
    >>> Reading.parse({"decimal": ",", "missing": [-99, "."]}, {}, ".csv").missing
    (-99.0, '.')
    """

    separator: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    missing: tuple[float | str, ...] = ()
    names: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    engine: Engine | None = None

    @classmethod
    def parse(
        cls, data: Mapping[str, Any], columns: Mapping[str, str], suffix: str | None
    ) -> Reading:
        """
        Read these keys of a study file.

        Parameters
        ----------
        data : Mapping
            Its section [data].
        columns : Mapping of str to str
            Its section [columns].
        suffix : str or None
            How the table's name ends, in lower case; None for a data set without a file.

        Returns
        -------
        Reading

        Raises
        ------
        ValueError
            If a key has a value that it cannot have, or is not for such a file.
        """
        for key, suffixes in _ONLY_FOR.items():
            if key in data and suffix is not None and suffix not in suffixes:
                msg = f"{key} is for tables that end in {', '.join(suffixes)}; leave it out"
                raise ValueError(msg)
        return cls(
            separator=_one_of(data, "separator", SEPARATORS),
            decimal=_one_of(data, "decimal", DECIMALS),
            encoding=_encoding(data),
            sheet=_sheet(data),
            missing=_missing(data),
            names=_names(data),
            renamed=dict(columns),
            engine=_engine(data, suffix),
        )

    def original(self, column: str) -> str:
        """Return what the table calls a column of the study."""
        return self.renamed.get(column, column)


def _engine(data: Mapping[str, Any], suffix: str | None) -> Engine | None:
    engine = data.get("engine")
    if engine is None:
        return None
    if engine not in ENGINES:
        known = ", ".join(f'"{each}"' for each in ENGINES)
        msg = f"engine is {engine!r}; write one of {known}"
        raise ValueError(msg)
    if engine != "memory" and suffix not in ENGINE_SUFFIXES:
        msg = (
            f'engine = "{engine}" reads tables that end in {", ".join(ENGINE_SUFFIXES)}; save the '
            'table as one of these, or write engine = "memory"'
        )
        raise ValueError(msg)
    found: Engine = engine
    return found


def _one_of(data: Mapping[str, Any], key: str, known: tuple[str, ...]) -> str | None:
    if key not in data:
        return None
    value = data[key]
    if value not in known:
        choices = " or ".join('"\\t"' if each == "\t" else f'"{each}"' for each in known)
        msg = f"{key} is {value!r}; write {choices}"
        raise ValueError(msg)
    return str(value)


def _encoding(data: Mapping[str, Any]) -> str | None:
    encoding = data.get("encoding")
    if encoding is not None and not _is_of_text(encoding):
        msg = f'encoding is {encoding!r}; write one such as "utf-8", "utf-16" or "cp1252"'
        raise ValueError(msg)
    return encoding


def _is_of_text(encoding: object) -> bool:
    try:
        return isinstance(encoding, str) and "a".encode(encoding).decode(encoding) == "a"
    except (LookupError, ValueError):
        return False


def _sheet(data: Mapping[str, Any]) -> str | None:
    sheet = data.get("sheet")
    if sheet is not None and (not isinstance(sheet, str) or not sheet):
        msg = f"sheet is {sheet!r}; write the name of a sheet in quotes"
        raise ValueError(msg)
    return sheet


def _missing(data: Mapping[str, Any]) -> tuple[float | str, ...]:
    codes = data.get("missing", [])
    if not isinstance(codes, list) or not all(
        isinstance(code, int | float | str) and not isinstance(code, bool) for code in codes
    ):
        msg = f'missing is {codes!r}; write a list of numbers and texts, such as [-99, "."]'
        raise ValueError(msg)
    try:
        return tuple(code.strip() if isinstance(code, str) else float(code) for code in codes)
    except OverflowError:
        msg = "missing has a number that is too large; write a smaller one"
        raise ValueError(msg) from None


def _names(data: Mapping[str, Any]) -> tuple[str, ...]:
    names = data.get("names", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        msg = f'names is {names!r}; write a list of words that are names, such as ["NA"]'
        raise ValueError(msg)
    return tuple(name.strip() for name in names)
