"""Who hands the report in, for which course and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from epoch import epoch

from analysis.errors import RenderError

_SPLIT = ("given", "family")


def signature(keys: dict[str, Any], place: Callable[[str], str]) -> dict[str, Any]:
    """
    Return the author, the subtitle and the date, if they can be printed.

    Parameters
    ----------
    keys : dict
        Settings of the project, or the front matter of a document laid over them. An author is a
        text, or a mapping with `name` and perhaps `affiliation`; several are a list. A date may be
        `today`.
    place : callable
        Returns the file and the line of a key, for a refusal.

    Returns
    -------
    dict of str to object
        `author` (str, all names), `affiliation` (str, each once, possibly empty), `subtitle` (str,
        possibly empty) and `date` (date).

    Raises
    ------
    RenderError
        For an author or subtitle that is no text, and a date that is none.

    Examples
    --------
    >>> keys = {"author": ["A. One", {"name": "B. Two", "affiliation": "Uni"}], "subtitle": None}
    >>> signed = signature({**keys, "date": date(2022, 5, 1)}, "_quarto.yml:{}".format)
    >>> signed["author"], signed["affiliation"], signed["subtitle"], signed["date"]
    ('A. One, B. Two', 'Uni', '', datetime.date(2022, 5, 1))
    """
    author, subtitle, day = (keys.get(key) for key in ("author", "subtitle", "date"))
    authors = author if isinstance(author, list) else [author]
    names = [_name(each) for each in authors]
    if not names or not all(names):
        msg = place("author") + (
            ': author: write a name as text, such as "A. One", or a list of names, each a text or '
            "a mapping with name and affiliation"
        )
        raise RenderError(msg)
    if isinstance(subtitle, (list, dict, bool)):
        advice = 'write it as one text, such as "A course", or leave it empty'
        msg = f"{place('subtitle')}: subtitle: {advice}"
        raise RenderError(msg)
    day = _today() if day == "today" else day
    if not isinstance(day, date):
        found = "date" if day is None else f"date {day}"
        msg = f"{place('date')}: {found}: write it as 2022-05-01, without quotes, or as today"
        raise RenderError(msg)
    places = dict.fromkeys(place for each in authors for place in _affiliations(each))
    return {
        "author": ", ".join(names),
        "affiliation": ", ".join(places),
        "subtitle": "" if subtitle is None else str(subtitle),
        "date": day,
    }


def _name(author: object) -> str:
    """Return an author's name, or an empty text if there is none."""
    if isinstance(author, dict):
        author = author.get("name")
        if isinstance(author, dict):
            parts = [author.get(part) for part in _SPLIT]
            author = author.get("literal") or " ".join(str(part) for part in parts if part)
    return author.strip() if isinstance(author, str) else ""


def _affiliations(author: object) -> Iterator[str]:
    if isinstance(author, dict):
        found = author.get("affiliation", author.get("affiliations"))
        for place in found if isinstance(found, list) else [found]:
            if name := _name(place):
                yield name


def _today() -> date:
    """Return the day of the build: that of SOURCE_DATE_EPOCH, if it is set."""
    second = epoch()
    return date.today() if second is None else datetime.fromtimestamp(second, UTC).date()


def long_date(value: date) -> str:
    """
    Write a date as Quarto's `date-format: long` does in British English.

    Examples
    --------
    >>> long_date(date(2022, 5, 1))
    '1 May 2022'
    """
    return f"{value.day} {value:%B %Y}"
