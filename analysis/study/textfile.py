"""Tables in text files: any separator, decimal mark and encoding, found out where not given."""

from __future__ import annotations

import codecs
import csv
import re
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.errors import DataError, listed
from analysis.study.decimals import has_decimal_commas, refuse_points
from analysis.study.reading import SEPARATORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from analysis.study.reading import Reading

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # begins as that of UTF-16
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""What files in these encodings may begin with."""

_HEAD = 1024
"""Bytes that tell UTF-16 from others."""

_CERTAIN = {"utf-8", "utf-8-sig", "utf-16", "utf-32"}
"""Encodings of which a file says so itself, or that are the rule."""


@dataclass(frozen=True, kw_only=True)
class TextFile:
    """
    A table in a text file.

    Parameters
    ----------
    path : Path
    reading : Reading
    wanted : tuple of str
        The columns that are looked for, as the file calls them: they tell the separator.
    group : str
        The one of them with the groups. The file does not say whether they are texts or numbers;
        they are read as texts, or 1.1 and 1.10 would be one group.
    """

    path: Path
    reading: Reading
    wanted: tuple[str, ...]
    group: str

    @cached_property
    def encoding(self) -> str:
        """The encoding: by the mark that the file begins with, else UTF-8, else cp1252."""
        return self.reading.encoding or _encoding(self.path)

    @cached_property
    def separator(self) -> str:
        """The separator under which the header has the most of the columns, then of fields."""
        if self.reading.separator is not None:
            return self.reading.separator

        def fit(separator: str) -> tuple[int, int]:
            names = _header(self.path, self.encoding, separator)
            return len({name.strip() for name in names} & set(self.wanted)), len(names)

        return max(SEPARATORS, key=fit)

    @cached_property
    def header(self) -> list[str]:
        """The names as they are written."""
        header = _header(self.path, self.encoding, self.separator)
        if not header:
            msg = f"{self.path}: cannot be read as a {self.path.suffix} table: it is empty"
            raise DataError(msg)
        return header

    @property
    def names(self) -> list[str]:
        """The names of all columns."""
        return [name.strip() for name in self.header]

    def read(self, columns: Sequence[str]) -> tuple[pd.DataFrame, str]:
        """
        Return some columns, and what was found out of the file beside commas, points and UTF-8.

        Raises
        ------
        DataError
            If a row has more or fewer fields than the header, or if it cannot be told what a comma
            or a point in a number stands for.
        """
        decimal = self.reading.decimal or "."
        table = self._parsed(decimal)[list(columns)]
        try:
            if self.reading.decimal is None and has_decimal_commas(self._texts(table)):
                decimal = ","
                table = self._parsed(decimal)[list(columns)]
            if decimal == ",":
                refuse_points(self._texts(table))
        except ValueError as error:
            msg = f"{self.path}: {error}"
            raise DataError(msg) from None
        if self.group in table.columns:
            table = table.assign(**{self.group: _as_written(table[self.group], decimal)})
        return table, self.found(decimal)

    def words(self, column: str, rows: pd.Series[bool]) -> pd.Series[str]:
        """Return the words, such as NA, that a column has in some rows."""
        if not rows.any():
            return pd.Series([], dtype=str)
        written = pd.read_csv(
            self.path,
            sep=self.separator,
            encoding=self.encoding,
            usecols=[self.names.index(column)],
            index_col=False,
            dtype=str,
            keep_default_na=False,
        ).iloc[:, 0]
        written.index = rows.index
        return written[rows & (written.str.strip() != "")]

    def _parsed(self, decimal: str) -> pd.DataFrame:
        # Where rows are longer than the header, pandas takes their first columns for an index, and
        # every name moves to a neighbour's values. Without an index it drops the surplus with a
        # warning, but for a single field that is empty in every row: a separator at the end.
        names = self.names
        text = {self.header[names.index(self.group)]: str} if self.group in names else {}
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            try:
                table = pd.read_csv(
                    self.path,
                    sep=self.separator,
                    decimal=decimal,
                    encoding=self.encoding,
                    na_values=[str(code) for code in self.reading.missing],
                    low_memory=False,
                    index_col=False,
                    dtype=text,
                )
            except (pd.errors.ParserError, pd.errors.ParserWarning):
                self.refuse_ragged()
                raise
        # A row that ends too soon lacks its last field.
        if len(table) and table.iloc[:, -1].isna().any():
            self.refuse_ragged()
        # pandas names a name's second column, and one without a name, by itself.
        table.columns = pd.Index(names)
        return table

    def refuse_ragged(self) -> bool:
        """
        Refuse rows of more or fewer fields than the header; tell whether there are blank lines.

        Raises
        ------
        DataError
        """
        width, ragged, blank, number = len(self.header), [], False, 0
        with self._below_header() as rows:
            if {width}.issuperset(map(len, rows)):
                return False
        with self._below_header() as rows:
            for row in rows:
                if len(row) < 2 and not "".join(row).strip():
                    blank = True
                    continue
                number += 1
                surplus = len(row) - width
                if surplus < 0 or surplus > 1 or (surplus and row[-1]):
                    ragged.append(f"data row {number} has {len(row)}")
        if ragged:
            msg = (
                f"{self.path}: the header has {width} field{'s' * (width != 1)}, but "
                f"{listed(ragged)}; give each row a field for each name in the header"
            )
            raise DataError(msg)
        return blank

    @contextmanager
    def _below_header(self) -> Iterator[Iterator[list[str]]]:
        with self.path.open(encoding=self.encoding, newline="") as file:
            rows = csv.reader(file, delimiter=self.separator)
            next(filter(None, rows))
            yield rows

    def _texts(self, table: pd.DataFrame) -> dict[str, pd.Series[Any]]:
        """Return the columns, but for the groups, that hold other things than numbers."""
        return {
            str(name): column
            for name, column in table.items()
            if name != self.group and not pd.api.types.is_numeric_dtype(column)
        }

    def found(self, decimal: str) -> str:
        """Return what was found out of the file beside commas, points and UTF-8."""
        said = []
        if self.reading.separator is None and self.separator != ",":
            said.append(f"separator = {_in_toml(self.separator)}")
        if self.reading.decimal is None and decimal != ".":
            said.append(f"decimal = {_in_toml(decimal)}")
        if self.reading.encoding is None and self.encoding not in _CERTAIN:
            said.append(f"encoding = {_in_toml(self.encoding)}")
        if not said:
            return ""
        return f"read with {', '.join(said)}; where that is wrong, write what is right under [data]"


def _in_toml(text: str) -> str:
    return '"\\t"' if text == "\t" else f'"{text}"'


def _encoding(path: Path) -> str:
    data = path.read_bytes()
    for mark, encoding in _MARKS.items():
        if data.startswith(mark) and (encoding != "utf-32" or len(data) % 4 == 0):
            return encoding
    head = data[:_HEAD]
    if b"\0" in head:
        # Of Latin letters and digits, UTF-16 has one byte of two empty.
        candidates = ["utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"]
    else:
        candidates = ["utf-8", "cp1252"]
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text[:_HEAD]:
            return encoding
    msg = (
        f"{path}: cannot be read as a {path.suffix} table: it is neither UTF-8, UTF-16 nor "
        "cp1252; write its encoding under [data], or save it anew as UTF-8"
    )
    raise DataError(msg)


def _header(path: Path, encoding: str, separator: str) -> list[str]:
    with path.open(encoding=encoding, newline="") as file:
        return next((row for row in csv.reader(file, delimiter=separator) if row), [])


def _as_written(groups: pd.Series[Any], decimal: str) -> pd.Series[Any]:
    """Return texts as they are; whole numbers lose blanks, and a fraction of zeros."""
    names = [name for name in groups.unique() if isinstance(name, str) and name.strip()]
    zeros = rf"{re.escape(decimal)}0+"
    if all(re.fullmatch(rf"\s*-?\d+({zeros})?\s*", name) for name in names):
        return groups.map({name: re.sub(rf"{zeros}$", "", name.strip()) for name in names})
    return groups
