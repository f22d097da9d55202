"""How the page writes nouns, numbers and p values."""

from __future__ import annotations

import re

from analysis.formatting import fixed


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


def number(value: float | None, digits: int = 2) -> str:
    """
    Print a number with a true minus sign; a dash where there is none.

    Parameters
    ----------
    value : float or None
    digits : int
        Decimals.

    Returns
    -------
    str

    Examples
    --------
    >>> number(-0.126), number(None), number(5.0, 0)
    ('−0.13', '–', '5')
    """
    return fixed(value, digits).replace("-", "−")


def probability(p: float) -> str:
    """
    Print a p value with its sign of relation.

    Parameters
    ----------
    p : float

    Returns
    -------
    str

    Examples
    --------
    >>> probability(0.0179), probability(1e-9)
    ('= 0.018', '< 0.001')
    """
    return "< 0.001" if p < 0.0005 else f"= {p:.3f}"
