"""What a file is by its content, whatever its name says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.errors import DataError, regular

if TYPE_CHECKING:
    from pathlib import Path

_CONTENTS = {
    b"PK\x03\x04": ((".xlsx",), "a workbook, or another zip file"),
    b"\xd0\xcf\x11\xe0": ((), "a workbook of Excel before 2007; save it as .xlsx"),
    b"PAR1": ((".parquet",), "a Parquet file"),
    b"$FL2": ((".sav",), "an SPSS file"),
    b"$FL3": ((".sav",), "a compressed SPSS file"),
    b"<stata_dta>": ((".dta",), "a Stata file"),
}
"""What files begin with, how their names end, and what they are."""


def refuse_other_contents(path: Path) -> None:
    """
    Refuse a file that begins as those of another format do.

    Raises
    ------
    DataError
        If its name should end in another way.
    OSError
        If it cannot be opened, or is no file.
    """
    with regular(path).open("rb") as file:
        start = file.read(max(map(len, _CONTENTS)))
    for mark, (suffixes, what) in _CONTENTS.items():
        if start.startswith(mark) and path.suffix.lower() not in suffixes:
            advice = f"; let its name end in {suffixes[0]}" if suffixes else ""
            msg = f"{path}: by its content it is {what}{advice}"
            raise DataError(msg)
