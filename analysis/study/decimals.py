"""Which mark stands before the decimals of a text file's numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

_WITH_COMMA = re.compile(r"\s*[+-]?\d*,\d+([eE][+-]?\d+)?\s*")
_WITH_POINT = re.compile(r"\s*[+-]?(\d+\.\d*|\.\d+)([eE][+-]?\d+)?\s*")
_THOUSANDS = re.compile(r"\s*[+-]?[1-9]\d{0,2}(,\d{3})+\s*")


def has_decimal_commas(texts: Mapping[str, pd.Series[Any]]) -> bool:
    """
    Tell whether texts are numbers with a comma, and none is one with a point.

    Parameters
    ----------
    texts : Mapping of str to Series
        The columns that hold no numbers with a point alone, by name.

    Returns
    -------
    bool

    Raises
    ------
    ValueError
        If each comma may part thousands as well.
    """
    commas: dict[str, str] = {}
    thousands = True
    for name, column in texts.items():
        found = [text for text in column.unique() if isinstance(text, str)]
        if any(map(_WITH_POINT.fullmatch, found)):
            return False
        with_comma = list(filter(_WITH_COMMA.fullmatch, found))
        if with_comma:
            commas[name] = with_comma[0]
            thousands = thousands and all(map(_THOUSANDS.fullmatch, with_comma))
    if commas and thousands:
        name, text = next(iter(commas.items()))
        msg = (
            f"column {name!r} holds {text!r}, whose comma may be a decimal mark or part thousands; "
            'write decimal = "," under [data], or take such commas out of the table'
        )
        raise ValueError(msg)
    return bool(commas)


def refuse_points(texts: Mapping[str, pd.Series[Any]]) -> None:
    """
    Refuse numbers with a point beside decimal commas, since the point may part thousands.

    Parameters
    ----------
    texts : Mapping of str to Series
        The columns that hold no numbers with a comma alone, by name.

    Raises
    ------
    ValueError
        At the first of them.
    """
    for name, column in texts.items():
        for row, text in enumerate(column, start=1):
            if isinstance(text, str) and _WITH_POINT.fullmatch(text):
                msg = (
                    f"column {name!r} holds {text!r} in data row {row}, with a point, and the "
                    "decimal mark is a comma; write all numbers alike"
                )
                raise ValueError(msg)
