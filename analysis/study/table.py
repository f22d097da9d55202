"""Read the columns of a table file, or of a data frame, as they are."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.errors import DataError, control_in, listed
from analysis.study.contents import refuse_other_contents
from analysis.study.excel import workbook
from analysis.study.frames import alike, names_of, plain, select, usable
from analysis.study.parts import is_pattern
from analysis.study.reading import EXCEL_SUFFIXES, LABELLED_SUFFIXES, TEXT_SUFFIXES
from analysis.study.textfile import TextFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from analysis.study.condition import Value
    from analysis.study.reading import Reading
    from analysis.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """
    The columns that a study names, as its table holds them.

    Parameters
    ----------
    where : str
        The file's path, or what the frame is called, for messages.
    columns : DataFrame, shape (n_rows, n_columns)
        Those that there are, by the study's names; the index counts the rows from 0.
    problems : tuple of str
        What is wrong with the names.
    labels : Mapping of str to str
        Texts for columns that the file has.
    value_labels : Mapping of str to (Mapping of value to str)
        Names of values that the file has, by column.
    words : Mapping of str to (Series of str)
        Words that are read as a missing group or text, by column, then by row.
    found : str
        What had to be found out to read the file; empty if nothing.
    """

    where: str
    columns: pd.DataFrame
    problems: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[Value, str]] = field(default_factory=dict)
    words: Mapping[str, pd.Series[str]] = field(default_factory=dict)
    found: str = ""


def read_table(path: Path, study: Study) -> RawTable:
    """
    Read a study's columns from a table file.

    Parameters
    ----------
    path : Path
        A file that ends in one of `TABLE_SUFFIXES`.
    study : Study

    Returns
    -------
    RawTable

    Raises
    ------
    DataError
        If the file is missing or damaged, has no rows, or a row has not as many fields as the
        header.
    """
    with _refusing(path):
        return _READERS[path.suffix.lower()](path, study)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Refuse in one line what a reader cannot read."""
    try:
        refuse_other_contents(path)
        yield
    except DataError:
        raise
    except MemoryError:
        msg = f"{path}: takes more memory than there is; use fewer rows, or make the file anew"
        raise DataError(msg) from None
    except FileNotFoundError:
        what = "check the key table of the study file"
        if is_pattern(path):
            what = 'a pattern of files is read by an engine: write engine = "duckdb" under [data]'
        msg = f"{path}: no such table; {what}"
        raise DataError(msg) from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        msg = f"{path}: cannot be read: {why}; check its name and its permissions"
        raise DataError(msg) from None
    except Exception as error:  # each reader has exceptions of its own for a damaged file
        msg = f"{path}: cannot be read as a {path.suffix} table: {' '.join(str(error).split())}"
        raise DataError(msg) from None


def column_names(path: Path, reading: Reading) -> list[str]:
    """
    Return the names of all columns of a table file, in order.

    Raises
    ------
    DataError
        As `read_table`.
    """
    with _refusing(path):
        return _NAMES[path.suffix.lower()](path, reading)


def read_frame(frame: Any, study: Study, name: str) -> RawTable:  # noqa: ANN401
    """
    Take a study's columns from a data frame.

    Parameters
    ----------
    frame : DataFrame
        Of pandas or Polars, or one with a method ``to_pandas``, as those of PyArrow are.
    study : Study
    name : str
        What messages call it.

    Returns
    -------
    RawTable

    Raises
    ------
    DataError
        If it is no data frame, or has no rows.
    """
    frame = usable(frame, name)
    names = names_of(frame)
    present, problems = _present(name, names, study)
    values = select(frame, [names.index(original) for original in present.values()])
    return _table(name, values, study, present, problems)


def _names_in_text(path: Path, reading: Reading) -> list[str]:
    return TextFile(path=path, reading=reading, wanted=(), group="").names


def _names_in_parquet(path: Path, _: Reading) -> list[str]:
    from pyarrow.parquet import read_schema

    return list(read_schema(path).names)


def _names_with_labels(path: Path, reading: Reading) -> list[str]:
    import pyreadstat

    read = {".sav": pyreadstat.read_sav, ".dta": pyreadstat.read_dta}[path.suffix.lower()]
    return list(read(path, metadataonly=True, encoding=reading.encoding)[1].column_names)


def _names_in_excel(path: Path, reading: Reading) -> list[str]:
    return list(workbook(path, reading.sheet)[0])


_NAMES: Mapping[str, Callable[[Path, Reading], list[str]]] = {
    ".parquet": _names_in_parquet,
    **dict.fromkeys(TEXT_SUFFIXES, _names_in_text),
    **dict.fromkeys(LABELLED_SUFFIXES, _names_with_labels),
    **dict.fromkeys(EXCEL_SUFFIXES, _names_in_excel),
}


def _text(path: Path, study: Study) -> RawTable:
    file = TextFile(
        path=path,
        reading=study.reading,
        wanted=tuple(map(study.reading.original, study.columns_read)),
        group=study.reading.original(study.group),
    )
    present, problems = _present(str(path), file.names, study)
    values, found = file.read(list(present.values()))
    table = _table(str(path), values, study, present, problems, found=found)
    words = {
        new: file.words(original, table.columns[new].isna())
        for new, original in present.items()
        if not pd.api.types.is_numeric_dtype(table.columns[new])
    }
    columns = table.columns
    for new, found_words in words.items():
        named = found_words[found_words.str.strip().isin(study.reading.names)]
        if len(named):
            written = columns[new].astype(object)
            written[named.index] = named.str.strip()
            columns = columns.assign(**{new: written})
            words[new] = found_words.drop(named.index)
    return replace(table, columns=columns, words=words)


def _parquet(path: Path, study: Study) -> RawTable:
    try:
        from pyarrow.parquet import read_schema
    except ModuleNotFoundError:
        msg = f"{path}: Parquet is read by pyarrow, which is missing here: pip install pyarrow"
        raise DataError(msg) from None

    present, problems = _present(str(path), read_schema(path).names, study)
    columns = list(present.values())
    values = pd.read_parquet(path, columns=columns)
    # What was an index when pandas wrote the file is one again.
    values = values if set(columns) <= set(values.columns) else values.reset_index()
    return _table(str(path), values[columns].reset_index(drop=True), study, present, problems)


def _labelled(path: Path, study: Study) -> RawTable:
    import pyreadstat

    read = {".sav": pyreadstat.read_sav, ".dta": pyreadstat.read_dta}[path.suffix.lower()]
    encoding = study.reading.encoding
    _, metadata = read(path, metadataonly=True, encoding=encoding)
    if metadata.number_rows is not None and metadata.number_rows > path.stat().st_size:
        # A row takes a byte at least; memory for what a damaged file promises may be all there is.
        msg = (
            f"{path}: is damaged: it cannot hold the {metadata.number_rows:,} rows that it promises"
        )
        raise DataError(msg)
    present, problems = _present(str(path), metadata.column_names, study)
    columns = list(present.values())
    values = pd.DataFrame(read(path, usecols=columns, encoding=encoding)[0])
    texts = dict(zip(metadata.column_names, metadata.column_labels, strict=True))
    value_labels = metadata.variable_value_labels
    return _table(
        str(path),
        values[columns],
        study,
        present,
        problems,
        labels={new: texts[old] for new, old in present.items() if texts[old]},
        value_labels={
            new: value_labels[old] for new, old in present.items() if value_labels.get(old)
        },
    )


def _excel(path: Path, study: Study) -> RawTable:
    names, rows = workbook(path, study.reading.sheet)
    present, problems = _present(str(path), names, study)
    values = rows.iloc[:, [names.index(original) for original in present.values()]]
    return _table(str(path), values, study, present, problems)


_READERS: Mapping[str, Callable[[Path, Study], RawTable]] = {
    ".parquet": _parquet,
    **dict.fromkeys(TEXT_SUFFIXES, _text),
    **dict.fromkeys(LABELLED_SUFFIXES, _labelled),
    **dict.fromkeys(EXCEL_SUFFIXES, _excel),
}


def _present(
    where: str, names: Sequence[str], study: Study
) -> tuple[dict[str, str], tuple[str, ...]]:
    """
    Return the study's columns that there are, with the table's names, and what is wrong.

    Raises
    ------
    DataError
        If there is none.
    """
    present, problems, unlike = {}, [], False
    for column in study.columns_read:
        original = study.reading.original(column)
        count = names.count(original)
        if count == 1:
            present[column] = original
        elif count:
            problems.append(f"{count} columns are named {original!r}; rename all but one")
        else:
            offered = [*study.reading.renamed, *names] if original == column else names
            close = alike(original, offered)
            advice = f"; did you mean {close!r}?" if close else ""
            problems.append(f"no column {original!r}, which {study.path.name} names{advice}")
            unlike = unlike or not close
    if unlike:
        problems.append(f"columns: {listed(names)}")
    if not present:
        msg = f"{where}: {'; '.join(problems)}"
        raise DataError(msg)
    return present, tuple(problems)


def _table(
    where: str,
    values: pd.DataFrame,
    study: Study,
    present: Mapping[str, str],
    problems: tuple[str, ...],
    **more: Any,  # noqa: ANN401
) -> RawTable:
    if values.empty:
        msg = f"{where}: the table has no rows"
        raise DataError(msg)
    problems += _strange_labels(more.get("labels", {}), more.get("value_labels", {}))
    columns = {
        new: without_codes(plain(values.iloc[:, j]), study.reading.missing)
        for j, new in enumerate(present)
    }
    return RawTable(where=where, columns=pd.DataFrame(columns), problems=problems, **more)


def _strange_labels(
    labels: Mapping[str, str], value_labels: Mapping[str, Mapping[Value, str]]
) -> tuple[str, ...]:
    """Say which texts of a file have control characters; blanks of any kind are blanks."""
    texts = {f"the label of column {column!r}": text for column, text in labels.items()} | {
        f"the name of value {value!r} of column {column!r}": text
        for column, names in value_labels.items()
        for value, text in names.items()
    }
    return tuple(
        f"{what} has the control character {found}; take it out in the program that wrote the file"
        for what, text in texts.items()
        if (found := control_in(" ".join(text.split())))
    )


def without_codes(column: pd.Series[Any], codes: Sequence[float | str]) -> pd.Series[Any]:
    """Return a column without the codes that stand for no value."""
    if not codes or column.dtype.kind in "mM":
        return column
    numbers = [code for code in codes if isinstance(code, float)]
    words = [code for code in codes if isinstance(code, str)]
    coded = pd.to_numeric(column.astype(object), errors="coerce").isin(numbers)
    if words and not pd.api.types.is_numeric_dtype(column):
        coded |= column.astype(str).str.strip().isin(words) & column.notna()
    return column.mask(coded) if coded.any() else column
