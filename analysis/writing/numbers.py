"""Numbers as the report prints them: one way to round, for tables and figures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MISSING = "–"
"""Printed where there is no number."""

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float | None, decimals: int = 2) -> str:
    """
    Write a number with so many decimals.

    Parameters
    ----------
    value : float or None
    decimals : int

    Returns
    -------
    str
        With a true minus sign; an en dash if there is no number.

    Examples
    --------
    >>> number(-350.92301, 4), number(-0.0001), number(5.0, 0), number(None)
    ('−350.9230', '0.00', '5', '–')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else with_minus(text)


def with_minus(text: str) -> str:
    """
    Return digits as Python writes them with a true minus sign in the place of the hyphen.

    Examples
    --------
    >>> with_minus("-0.5")
    '−0.5'
    """
    return text.replace("-", "−")


def p_value(p: float, decimals: int | None = None) -> str:
    r"""
    Write a p value.

    Parameters
    ----------
    p : float
    decimals : int, optional
        By default it is written with its relation, to three decimals.

    Returns
    -------
    str
        With `decimals`, a power of ten where these say too little.

    Examples
    --------
    >>> p_value(0.0179259), p_value(3e-7)
    ('= 0.018', '< 0.001')
    >>> p_value(0.0179259, 4), p_value(1.524e-26, 4), p_value(0.0, 4)
    ('0.0179', '1.52\xa0×\xa010⁻²⁶', '<\xa010⁻³⁰⁰')
    """
    if decimals is None:
        return "< 0.001" if p < 0.001 else f"= {p:.3f}"
    if p >= 1e-4:
        return number(p, decimals)
    # Beyond this a double has no more digits to give.
    if p <= 1e-300:
        return f"<\xa010{raised(-300)}"
    mantissa, power = scientific(p, 3)
    return f"{mantissa}\xa0×\xa010{raised(power)}"


def percent(share: float) -> str:
    """
    Write a share as whole percent.

    Parameters
    ----------
    share : float
        From 0 to 1.

    Returns
    -------
    str

    Examples
    --------
    >>> percent(0.4909)
    '49%'
    """
    return f"{100 * share:.0f}%"


def exponent(value: float) -> int:
    """
    Return the power of ten of a number's first digit.

    Parameters
    ----------
    value : float
        Not 0.

    Returns
    -------
    int

    Examples
    --------
    >>> exponent(711.8), exponent(-0.05)
    (2, -2)
    """
    return math.floor(math.log10(abs(value)))


def decimals_of_column(values: Iterable[float]) -> int:
    """
    Return the decimals of a column that R prints: seven digits of the largest number, at most six.

    Examples
    --------
    >>> decimals_of_column([8.043012, 4.141001]), decimals_of_column([80.43])
    (6, 5)
    >>> decimals_of_column([0.0])
    6
    """
    largest = max(map(abs, values), default=0.0)
    return max(0, min(6, 6 - exponent(largest))) if largest else 6


def scientific(value: float, digits: int) -> tuple[str, int]:
    """
    Split a number into its digits and its power of ten.

    Parameters
    ----------
    value : float
    digits : int
        Significant digits.

    Returns
    -------
    tuple of str and int

    Examples
    --------
    >>> scientific(5.698e-17, 2)
    ('5.7', -17)
    """
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    return mantissa, int(power)


def significant(value: float, digits: int) -> str:
    r"""
    Write a number with so many significant digits, and a true minus sign.

    Examples
    --------
    >>> significant(-0.129102751, 6), significant(1286.05794298, 6), significant(0.0, 3)
    ('−0.129103', '1286.06', '0.00')
    >>> significant(1.4247e-08, 2), significant(3.14e12, 3)
    ('1.4\xa0×\xa010⁻⁸', '3.14\xa0×\xa010¹²')
    """
    if value and not 1e-4 <= abs(value) < 10**digits:
        mantissa, power = scientific(value, digits)
        return f"{with_minus(mantissa)}\xa0×\xa010{raised(power)}"
    return with_minus(f"{value:#.{digits}g}".removesuffix("."))


def raised(power: int) -> str:
    """
    Return an exponent in raised digits.

    Examples
    --------
    >>> raised(-12)
    '⁻¹²'
    """
    return str(power).translate(_RAISED)
