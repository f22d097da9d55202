"""Tables in workbooks of Excel."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.errors import DataError, listed
from analysis.study.sheetsize import refuse_stray_cells

if TYPE_CHECKING:
    from pathlib import Path


def workbook(path: Path, sheet: str | None) -> tuple[list[str], pd.DataFrame]:
    """
    Read a sheet whose first row has the names of the columns.

    Parameters
    ----------
    path : Path
    sheet : str or None
        Name of the sheet; None means the only one with anything in it.

    Returns
    -------
    list of str
        The names of the columns.
    DataFrame, shape (n_rows, n_columns)
        What stands below them, without rows in which nothing stands.

    Raises
    ------
    DataError
        If there is no such sheet, none or several to choose from, or a cell far from all others.
    """
    # Only workbooks need it.
    from python_calamine import CalamineWorkbook

    refuse_stray_cells(path, sheet)
    with CalamineWorkbook.from_path(path) as book:
        names = [sheet] if sheet in book.sheet_names else []
        if sheet is None:
            names = [name for name in book.sheet_names if book.get_sheet_by_name(name).height]
            if not names:
                msg = f"{path}: the workbook is empty"
                raise DataError(msg)
        if len(names) != 1:
            found = f"no sheet {sheet!r}" if sheet is not None else f"{len(names)} sheets"
            known = listed([repr(name) for name in book.sheet_names])
            msg = f"{path}: the workbook has {found}; write under [data] sheet = one of {known}"
            raise DataError(msg)
        header, *rows = book.get_sheet_by_name(names[0]).to_python() or [[]]
    columns = [_value(name) for name in header]
    values = [[math.nan if cell == "" else _value(cell) for cell in row] for row in rows]
    table = pd.DataFrame(values, columns=range(len(columns))).infer_objects()
    return [str(name).strip() for name in columns], table.dropna(how="all")


def _value(cell: Any) -> Any:  # noqa: ANN401
    """Return a whole number as one: a workbook has no other numbers than fractions."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
