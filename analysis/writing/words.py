"""Labels, names and nouns as they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analysis.writing.notation import Notation

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_WITHOUT_LINE = 3
"""Groups without a line that are named; of more their number is told."""


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


def heading(text: str) -> str:
    """
    Return a text as it begins a line.

    Examples
    --------
    >>> heading("random slopes"), heading("with teacher’s experience")
    ('Random slopes', 'With teacher’s experience')
    """
    return text[:1].upper() + text[1:]


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


def variable_name(name: str) -> str:
    """
    Return what a document calls a name that holds a dot or a blank, say: `{{< var … >}}`.

    Examples
    --------
    >>> variable_name("größe"), variable_name("age (years)")
    ('größe', 'age_years')
    """
    words = re.findall(r"\w+", name)
    return "_".join(words) or "_"


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


def model_title(name: str) -> str:
    """
    Return what a sentence calls a model.

    Examples
    --------
    >>> model_title("m2"), model_title("null")
    ('model 2', 'the null model')
    """
    if name == "null":
        return "the null model"
    numbered = re.fullmatch(r"m(\d+)", name)
    return f"model {numbered[1] if numbered else name}"


def measured(text: str, unit: str, label: str) -> str:
    """
    Return a written value with its unit, or what it is of where it has none.

    Examples
    --------
    >>> measured("24", "years", "experience"), measured("24", "", "experience")
    ('24 years', 'experience 24')
    """
    return f"{text} {unit}" if unit else f"{label} {text}"


def value_title(label: str, unit: str, value: float) -> str:
    """
    Return the title of what is for one value of a column.

    Examples
    --------
    >>> value_title("Gender", "0 = boy, 1 = girl", 1.0), value_title("Treated", "", 1.0)
    ('Gender: girl', 'Treated: 1')
    """
    return f"{label}: {value_names(unit).get(value, f'{value:g}')}"


def no_line(label: str, absent: Sequence[str], n_groups: int) -> str:
    """
    Say which groups have no line in a panel.

    Examples
    --------
    >>> no_line("class", ["1", "7"], 15), no_line("class", list("12345"), 15)
    ('no line for class 1, 7', 'no line for 5 of 15')
    >>> no_line("class", [], 15)
    ''
    """
    if not absent:
        return ""
    if len(absent) > _MOST_WITHOUT_LINE:
        return f"no line for {len(absent)} of {n_groups}"
    return f"no line for {label} {', '.join(absent)}"


def level_names(values: Sequence[float], unit: str, label: str) -> list[str]:
    """
    Return what is said of lines that hold a predictor at these values.

    Examples
    --------
    >>> level_names([2.0, 24.0], "years", "experience")
    ['2 years', '24 years']
    """
    notation = Notation.spanning(values)
    return [measured(notation.in_prose(value), unit, label) for value in values]
