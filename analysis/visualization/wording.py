"""How the page writes nouns."""

from __future__ import annotations

import re


def plural(noun: str) -> str:
    """
    Return the plural of a regular English noun.

    Parameters
    ----------
    noun : str

    Returns
    -------
    str

    Examples
    --------
    >>> plural("class"), plural("school"), plural("country")
    ('classes', 'schools', 'countries')
    """
    if re.search(r"(s|x|z|ch|sh)$", noun):
        return noun + "es"
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + "s"
