"""Labels, names and nouns as they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analysis.writing.notation import Notation

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

NO_MODEL = "This study has no such model."
"""What stands in place of the figure of a model that a study does not have."""

_MOST_WITHOUT_LINE = 3
"""Groups without a line that are named; of more their number is told."""


_WITH_AN = re.compile(
    r"(?!eu|ewe|one\b|once\b|u(?:ni(?!n|m)|s[aeiu]|[rt][aeiou]|k))[aeiou]|h(?:our|eir|ono|onest)",
    re.IGNORECASE,
)


def an(noun: str) -> str:
    """
    Return an English noun with the article that its sound asks for.

    Examples
    --------
    >>> an("class"), an("observation"), an("hour"), an("unit"), an("European")
    ('a class', 'an observation', 'an hour', 'a unit', 'a European')
    """
    return f"an {noun}" if _WITH_AN.match(noun) else f"a {noun}"


def counted(n: int, one: str, several: str) -> str:
    """
    Return a number with its noun.

    Examples
    --------
    >>> counted(1, "child", "children"), counted(2, "child", "children")
    ('1 child', '2 children')
    """
    return f"{n} {one if n == 1 else several}"


def spelled(n: int) -> str:
    """
    Write a small number as a word.

    Examples
    --------
    >>> spelled(3), spelled(12), spelled(13)
    ('three', 'twelve', '13')
    """
    return _NUMBERS.get(n, str(n))


_NUMBERS = dict(
    enumerate(("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"))
) | {11: "eleven", 12: "twelve"}


def enumerated(parts: Sequence[str]) -> str:
    """
    Return parts of a sentence with commas and "and" between them.

    Examples
    --------
    >>> enumerated(["a"]), enumerated("ab"), enumerated("abc")
    ('a', 'a and b', 'a, b and c')
    """
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


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


def model_titles(names: Sequence[str]) -> str:
    """
    Return what a sentence calls several models.

    Examples
    --------
    >>> model_titles(["m2", "m3"]), model_titles(["null", "m1"]), model_titles(["m1"])
    ('models 2 and 3', 'the null model and model 1', 'model 1')
    """
    titles = [model_title(name) for name in names]
    others = [title for title in titles if not title.startswith("model ")]
    numbers = [title.removeprefix("model ") for title in titles if title.startswith("model ")]
    if numbers:
        noun = "models" if len(numbers) > 1 else "model"
        others.append(f"{noun} {enumerated(numbers)}")
    return enumerated(others)


def after_number(unit: str) -> str:
    """
    Return a unit as it stands behind a number, or nothing where it only describes a scale.

    Examples
    --------
    >>> after_number("years"), after_number("kg/m2"), after_number("points of the scale")
    ('years', 'kg/m2', 'points of the scale')
    >>> [after_number(unit) for unit in ("rating, 1–10", "10-point scale", "0 = no, 1 = yes")]
    ['', '', '']
    """
    return "" if re.search(r"[=,;:–]|(?<![A-Za-z^])[0-9]", unit) else unit


def one_of(unit: str) -> str:
    """
    Return what one of a unit is called: "unit" where that cannot be told from its name.

    Examples
    --------
    >>> one_of("years"), one_of("points of the scale"), one_of("centuries"), one_of("inches")
    ('year', 'point of the scale', 'century', 'inch')
    >>> one_of("kg"), one_of("%"), one_of("percent"), one_of("children"), one_of("rating, 1–10")
    ('kg', '%', 'percent', 'unit', 'unit')
    """
    return singular(unit) or (unit if _SYMBOL.fullmatch(after_number(unit)) else "unit")


_SYMBOL = re.compile(r"per ?cent|[a-z]{1,2}|(?=.*[^a-z ])\S+")
"""What is the same of one as of many."""

_SEVERAL = re.compile(
    r"(?P<noun>[A-Za-z]{3,}(?<!s)(?<!u)(?<!i))s(?P<of>( (of|per|in|a|an|on|at) .+| Celsius)?)"
)
_NO_PLURALS = ("series", "species", "news", "Celsius", "means", "lens")


def singular(unit: str) -> str:
    """
    Return the singular of a unit that is a regular plural, or nothing if it is none.

    Examples
    --------
    >>> singular("days"), singular("hours per week"), singular("classes"), singular("percent")
    ('day', 'hour per week', 'class', '')
    """
    found = _SEVERAL.fullmatch(after_number(unit))
    if not found or f"{found['noun']}s" in _NO_PLURALS:
        return ""
    noun = re.sub(r"ie$", "y", found["noun"])
    return re.sub(r"(ss|sh|ch|x|zz)e$", r"\1", noun) + found["of"]


def measured(text: str, unit: str, label: str) -> str:
    """
    Return a written value with its unit, or what it is of where it has none.

    Examples
    --------
    >>> measured("24", "years", "experience"), measured("24", "", "experience")
    ('24 years', 'experience 24')
    >>> measured("1", "0 = public, 1 = private", "owner")
    'owner 1'
    """
    unit = after_number(unit)
    return f"{text} {unit}" if unit else f"{label} {text}"


def per_unit(outcome: str, predictor: str, unit: str) -> str:
    """
    Return what a slope is called.

    Examples
    --------
    >>> per_unit("popularity", "extraversion", "10-point scale")
    'Slope: popularity per point of extraversion'
    >>> per_unit("sleep", "screen time", "hours"), per_unit("weight", "age", "")
    ('Slope: sleep per hour of screen time', 'Slope: weight per unit of age')
    """
    one = "point" if re.search(r"-point\b", unit) else one_of(unit)
    return f"Slope: {outcome} per {one} of {predictor}"


def invented_rows(units: str) -> str:
    """
    Say of a panel that rests on rows what that means where they are invented.

    Examples
    --------
    >>> invented_rows("pupils")
    'Synthetic pupils: no evidence'
    """
    return f"Synthetic {units}: no evidence"


def difference_unit(unit: str, points: str) -> str:
    """
    Return what differences of a quantity are counted in, or nothing where that is not known.

    Parameters
    ----------
    unit : str
        Of the quantity.
    points : str
        The noun of its points.

    Examples
    --------
    >>> difference_unit("hours", "hours"), difference_unit("rating, 1–10", "points")
    ('hours', 'points')
    >>> difference_unit("", "units")
    ''
    """
    return after_number(unit) or (points if points != "units" else "")


def value_title(label: str, unit: str, value: float | str) -> str:
    """
    Return the title of what is for one value of a column.

    Examples
    --------
    >>> value_title("Gender", "0 = boy, 1 = girl", 1.0), value_title("Treated", "", 1.0)
    ('Gender: girl', 'Treated: 1')
    >>> value_title("Gender", "", "girl")
    'Gender: girl'
    """
    if isinstance(value, str):
        return f"{label}: {value}"
    return f"{label}: {value_names(unit).get(value, f'{value:g}')}"


def no_figure(name: str | None, reason: str) -> str:
    """
    Say why the figure of a model is missing.

    Examples
    --------
    >>> no_figure(None, ""), no_figure("m1", "its predictions are no straight lines on x")
    ('This study has no such model.', 'No lines of m1: its predictions are no straight lines on x.')
    """
    return NO_MODEL if name is None else f"No lines of {name}: {reason}."


def left_out_figure(name: str, reason: str) -> str:
    """
    Say why a figure beside the numbered ones is missing.

    Examples
    --------
    >>> left_out_figure("simple-slopes", "no engine computes them")
    'No figure of simple slopes: no engine computes them.'
    """
    return f"No figure of {name.replace('-', ' ')}: {reason}."


def effect_name(name: str, label: Callable[[str], str], categories: Collection[str]) -> str:
    """
    Return what a reader calls a fixed effect, by the labels of its columns.

    Examples
    --------
    >>> label = {"diet": "usual diet", "x": "age"}.get
    >>> [effect_name(name, label, ["diet"]) for name in ("x", "diet[meat]", "x:diet[meat]")]
    ['age', 'usual diet: meat', 'age × usual diet: meat']
    """
    # Levels may hold colons and brackets: a name that falls apart otherwise stays whole.
    parts = [re.fullmatch(r"([^\[\]]+)\[([^\[\]]+)\]", part) or part for part in name.split(":")]
    if all(isinstance(part, str) or part[1] in categories for part in parts):
        return " × ".join(
            label(part) if isinstance(part, str) else f"{label(part[1])}: {part[2]}"
            for part in parts
        )
    return name


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
    return [measured(notation.write(value), unit, label) for value in values]
