"""Who hands the report in, for which course and when."""

from __future__ import annotations

from datetime import date
from typing import Any

from analysis.errors import RenderError


def signature(keys: dict[str, Any], name: str) -> dict[str, Any]:
    """
    Return the author, the subtitle and the date, if they can be printed.

    Parameters
    ----------
    keys : dict
        Settings of the project, or the front matter of a document laid over them.
    name : str
        The file's name in a refusal.

    Returns
    -------
    dict of str to object
        `author` (str), `subtitle` (str, possibly empty) and `date` (date).

    Raises
    ------
    RenderError
        For an author or subtitle that is no text, and a date that is none.

    Examples
    --------
    >>> signature({"author": "A. One", "subtitle": None, "date": date(2022, 5, 1)}, "_quarto.yml")
    {'author': 'A. One', 'subtitle': '', 'date': datetime.date(2022, 5, 1)}
    """
    author, subtitle, day = (keys.get(key) for key in ("author", "subtitle", "date"))
    if not isinstance(author, str) or not author.strip():
        msg = f'{name}: author: write all names as one text, such as "A. One, B. Two"'
        raise RenderError(msg)
    if isinstance(subtitle, (list, dict, bool)):
        msg = f'{name}: subtitle: write it as one text, such as "A course", or leave it empty'
        raise RenderError(msg)
    if not isinstance(day, date):
        found = "date" if day is None else f"date {day}"
        msg = f"{name}: {found}: write it as 2022-05-01, without quotes"
        raise RenderError(msg)
    return {"author": author, "subtitle": "" if subtitle is None else str(subtitle), "date": day}


def long_date(value: date) -> str:
    """
    Write a date as Quarto's `date-format: long` does in British English.

    Examples
    --------
    >>> long_date(date(2022, 5, 1))
    '1 May 2022'
    """
    return f"{value.day} {value:%B %Y}"
