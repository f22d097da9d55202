"""Labels, names and nouns as they are written."""

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


def in_running_text(label: str) -> str:
    """
    Return a label as it stands within a sentence.

    Parameters
    ----------
    label : str

    Returns
    -------
    str

    Examples
    --------
    >>> in_running_text("Gender"), in_running_text("IQ")
    ('gender', 'IQ')
    """
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def as_markdown(name: str) -> str:
    r"""
    Escape a name, so that it means nothing in Markdown.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
        With a backslash before every ASCII punctuation mark, which Pandoc takes away again.

    Examples
    --------
    >>> print(as_markdown("7b"), as_markdown("$x_1$"))
    7b \$x\_1\$
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", name)


def value_names(unit: str) -> dict[float, str]:
    """
    Read the names of a column's values out of its unit.

    Parameters
    ----------
    unit : str

    Returns
    -------
    dict of float to str

    Examples
    --------
    >>> value_names("0 = boy, 1 = girl"), value_names("years")
    ({0.0: 'boy', 1.0: 'girl'}, {})
    """
    found = re.findall(r"(-?\d+(?:\.\d+)?)\s*=\s*([^,;]+)", unit)
    return {float(value): name.strip() for value, name in found}
