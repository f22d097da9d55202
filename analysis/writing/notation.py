"""How a quantity is written whatever its unit: enough decimals, or a power of ten."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.writing.numbers import MISSING, exponent, number, raised

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_DECIMALS = 5
"""More decimals than this are zeros to count: a power of ten says how many."""

LARGEST = 1e7
"""From here on a number is written as a product with a power of ten."""


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
    '−5.06\xa0×\xa010⁻⁷'
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
    def of_estimate(cls, estimate: float, error: float, *, decimals: int) -> Notation:
        """
        Choose what shows a digit of a standard error at least, for an estimate and its interval.

        Examples
        --------
        >>> Notation.of_estimate(0.5177, 0.055, decimals=2)
        Notation(decimals=2, power=0)
        >>> Notation.of_estimate(0.0801, 0.00026, decimals=2)
        Notation(decimals=4, power=0)
        """
        return cls.of(error, [estimate], decimals=decimals, digits=1)

    @classmethod
    def of_difference(
        cls, first: float, second: float, *, decimals: int, digits: int = 2
    ) -> Notation:
        """
        Choose what tells two values from each other, with so many digits of their difference.

        Examples
        --------
        >>> Notation.of_difference(3.0045, 6.6041, decimals=1)
        Notation(decimals=1, power=0)
        """
        return cls.of(second - first, [first, second], decimals=decimals, digits=digits)

    @classmethod
    def of_largest(cls, values: Iterable[float], *, decimals: int, digits: int) -> Notation:
        """
        Choose what shows so many digits of the largest of some values.

        Examples
        --------
        >>> Notation.of_largest([2.17, -0.00051], decimals=4, digits=3)
        Notation(decimals=4, power=0)
        """
        return cls.of(max(map(abs, values)), decimals=decimals, digits=digits)

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
            With a true minus sign; an en dash if there is no number.
        """
        if value is None or not self.power:
            return number(value, self.decimals)
        digits = number(value / 10.0**self.power, self.decimals)
        return digits if digits == MISSING else f"{digits}\xa0×\xa010{raised(self.power)}"

    @property
    def unit(self) -> float:
        """What its last digit counts."""
        return float(f"1e{self.power - self.decimals}")

    def seen(self, value: float) -> float:
        """
        Return what a reader takes a value for.

        Examples
        --------
        >>> Notation(decimals=2).seen(0.356), Notation(decimals=1, power=-7).seen(5.46e-7)
        (0.36, 5.5e-07)
        """
        return float(f"{value / 10.0**self.power:.{self.decimals}f}e{self.power}")


def two_decimals(scale: float | None, others: Iterable[float] = ()) -> Notation:
    """
    Choose two decimals, and more if the scale shows fewer than two digits then.

    Examples
    --------
    >>> two_decimals(0.158), two_decimals(0.0021)
    (Notation(decimals=2, power=0), Notation(decimals=4, power=0))
    """
    return Notation.of(scale, others, decimals=2, digits=2)


def component(value: float | None) -> str:
    r"""
    Write a variance component in a table: four decimals, or what shows three digits.

    Examples
    --------
    >>> component(0.48371), component(0.00001234), component(None)
    ('0.4837', '1.23\xa0×\xa010⁻⁵', '–')
    """
    return Notation.of(value, decimals=4, digits=3).write(value)


def points(value: float, notation: Notation, one: str, several: str) -> str:
    """
    Write a difference as a reader would round it: to half points where these are of use.

    Parameters
    ----------
    value : float
        Units of the outcome.
    notation : Notation
        For differences too small or too large for that.
    one, several : str
        Noun of the unit, such as "point" and "points".

    Returns
    -------
    str

    Examples
    --------
    >>> points(1.036, Notation(decimals=2), "point", "points")
    'one point'
    >>> points(2.4, Notation(decimals=2), "day", "days")
    '2.5 days'
    >>> points(0.084, Notation(decimals=2), "day", "days")
    '0.08 days'
    """
    if abs(value) < 0.75 or notation.power:
        return f"{notation.write(value)} {several}"
    rounded = round(2 * value) / 2 if abs(value) < 10 else round(value)
    if rounded == 1:
        return f"one {one}"
    return f"{number(rounded, 1).removesuffix('.0')} {several}"
