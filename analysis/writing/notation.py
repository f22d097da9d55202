"""How a quantity is written whatever its unit: enough decimals, or a power of ten."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.writing.numbers import MISSING, exponent, fixed

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_DECIMALS = 5
"""More decimals than this are zeros to count: a power of ten says how many."""

LARGEST = 1e7
"""From here on a number is written as a product with a power of ten."""

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notation:
    r"""
    Decimals and power of ten, the same for all numbers that are compared with each other.

    Parameters
    ----------
    decimals : int
        Of the number, or of what is multiplied with the power of ten.
    power : int
        Exponent of ten; 0 for none.

    Examples
    --------
    >>> Notation(decimals=3).write(0.5177)
    '0.518'
    >>> Notation(decimals=2, power=-7).write(-5.0612e-7)
    '-5.06\xa0×\xa010⁻⁷'
    """

    decimals: int
    power: int = 0

    @classmethod
    def of(
        cls,
        scale: float | None,
        others: Iterable[float | None] = (),
        *,
        decimals: int,
        digits: int,
    ) -> Notation:
        """
        Choose the decimals that show the digits that matter.

        Parameters
        ----------
        scale : float or None
            A size of which so many digits must be seen, such as a standard error.
        others : iterable of (float or None)
            What is printed besides; only the largest counts, for the power of ten.
        decimals : int
            What is enough for usual units; there are never fewer without a power of ten.
        digits : int
            Significant digits of the scale.

        Returns
        -------
        Notation

        Examples
        --------
        >>> Notation.of(0.055, [0.518], decimals=3, digits=2)
        Notation(decimals=3, power=0)
        >>> Notation.of(0.00026, [0.0008], decimals=3, digits=2)
        Notation(decimals=5, power=0)
        >>> Notation.of(5.5e-8, [5.18e-7], decimals=3, digits=2)
        Notation(decimals=2, power=-7)
        """
        sizes = [abs(size) for size in (scale, *others) if size and math.isfinite(size)]
        if not scale or not math.isfinite(scale):
            scale = max(sizes, default=0.0)
        if not scale:
            return cls(decimals=decimals)
        # Rounding may add a digit in front, as with 0.00996.
        last = exponent(float(f"{scale:.{digits - 1}e}")) - digits + 1
        if -last <= MOST_DECIMALS and max(sizes) < LARGEST:
            return cls(decimals=max(decimals, -last))
        power = exponent(max(sizes))
        return cls(decimals=max(0, power - last), power=power)

    @classmethod
    def spanning(cls, values: Iterable[float]) -> Notation:
        """
        Choose what tells values of a range from each other: three digits of it, if it takes them.

        Parameters
        ----------
        values : iterable of float

        Returns
        -------
        Notation

        Examples
        --------
        >>> Notation.spanning([2, 24]), Notation.spanning([-1.61787, 0.651237])
        (Notation(decimals=0, power=0), Notation(decimals=2, power=0))
        """
        values = list(values)
        notation = cls.of(max(values) - min(values), values, decimals=0, digits=3)
        decimals = notation.decimals
        while decimals and all(
            round(value / 10.0**notation.power, notation.decimals)
            == round(value / 10.0**notation.power, decimals - 1)
            for value in values
        ):
            decimals -= 1
        return cls(decimals=decimals, power=notation.power)

    def write(self, value: float | None) -> str:
        """
        Write a number.

        Parameters
        ----------
        value : float or None

        Returns
        -------
        str
            With a hyphen for a minus, as R prints it; an en dash if there is no number.
        """
        if value is None or not self.power:
            return fixed(value, self.decimals)
        digits = fixed(value / 10.0**self.power, self.decimals)
        return digits if digits == MISSING else f"{digits}\xa0×\xa010{raised(self.power)}"

    def in_prose(self, value: float | None) -> str:
        """Write a number with a true minus sign, for running text."""
        return self.write(value).replace("-", "−")


def two_decimals(scale: float | None, others: Iterable[float] = ()) -> Notation:
    """
    Choose two decimals, and more if the scale shows fewer than two digits then.

    Examples
    --------
    >>> two_decimals(0.158), two_decimals(0.0021)
    (Notation(decimals=2, power=0), Notation(decimals=4, power=0))
    """
    return Notation.of(scale, others, decimals=2, digits=2)


def raised(power: int) -> str:
    """
    Return an exponent in raised digits.

    Examples
    --------
    >>> raised(-12)
    '⁻¹²'
    """
    return str(power).translate(_RAISED)
