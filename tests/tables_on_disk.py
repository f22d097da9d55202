"""Tables in every format, and studies on them."""

import pandas as pd
import pyreadstat
from ratings import STUDY

from analysis.study.studyfile import read_study

SUFFIXES = (".csv", ".tsv", ".parquet", ".sav", ".dta", ".xlsx")


def put(frame, path, **labels):
    """Write a table in the format of its name; SPSS and Stata take labels."""
    match path.suffix:
        case ".csv" | ".txt":
            frame.to_csv(path, index=False)
        case ".tsv":
            frame.to_csv(path, index=False, sep="\t")
        case ".parquet":
            frame.to_parquet(path)
        case ".sav":
            pyreadstat.write_sav(frame, str(path), **labels)
        case ".dta":
            pyreadstat.write_dta(frame, str(path), **labels)
        case ".xlsx":
            put_sheets({"Sheet1": frame}, path)
    return path


def put_sheets(frames, path):
    """Write a workbook."""
    with pd.ExcelWriter(path, engine="xlsxwriter") as book:
        for name, frame in frames.items():
            frame.to_excel(book, sheet_name=name, index=False)
    return path


def study_of(table, *, data="", more="", renamed=None):
    """Write and read a study on a table, with lines below [data] and at its end."""
    text = STUDY.replace('"pupils.csv"', f'"{table.name}"\n{data}') + more
    for old, new in (renamed or {}).items():
        text = text.replace(f'"{old}"', f"'{new}'")
    path = table.with_name("study.toml")
    path.write_text(text, encoding="utf-8")
    return read_study(path)
