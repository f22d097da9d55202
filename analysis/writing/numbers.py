"""Numbers as the report prints them: one way to round, for tables and figures."""

from __future__ import annotations

import math

MISSING = "–"
"""Printed where there is no number."""


def fixed(value: float | None, decimals: int) -> str:
    """
    Print a number with so many decimals.

    Parameters
    ----------
    value : float or None
    decimals : int

    Returns
    -------
    str
        With a hyphen for a minus, as R prints it; an en dash if there is no number.

    Examples
    --------
    >>> fixed(-350.92301, 4), fixed(-0.0001, 2), fixed(None, 2)
    ('-350.9230', '0.00', '–')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text


def number(value: float | None, digits: int = 2) -> str:
    """
    Print a number for running text, with a true minus sign.

    Parameters
    ----------
    value : float or None
    digits : int
        Decimals.

    Returns
    -------
    str
        An en dash if there is no number.

    Examples
    --------
    >>> number(-0.9330121), number(-0.001), number(5.0, 0)
    ('−0.93', '0.00', '5')
    """
    return fixed(value, digits).replace("-", "−")


def p_value(p: float) -> str:
    """
    Print a p value with its relation, to three decimals.

    Parameters
    ----------
    p : float

    Returns
    -------
    str

    Examples
    --------
    >>> p_value(0.0179259), p_value(3e-7)
    ('= 0.018', '< 0.001')
    """
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


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
