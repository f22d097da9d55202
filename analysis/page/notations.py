"""How the page writes its quantities: the decimals of each, or its power of ten."""

from __future__ import annotations

import dataclasses
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.page.level_2 import predictions
from analysis.writing.notation import Notation, two_decimals

if TYPE_CHECKING:
    from analysis.mixed.fit import MixedFit
    from analysis.page.datasets import Rows
    from analysis.page.level_2 import Experience
    from analysis.results.lines import Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Notations:
    """
    Notations of what is printed in several places, and so in one way.

    Parameters
    ----------
    predictor : Notation
        Of the pupils' predictor.
    intercept, slope : Notation
        Of the lines.
    ratio : Notation
        Of the variances.
    prediction : Notation or None
        Of the outcome that the largest model predicts, if it has a level 2 predictor.
    """

    predictor: Notation
    intercept: Notation
    slope: Notation
    ratio: Notation
    prediction: Notation | None

    @classmethod
    def of(cls, lines: Lines, experience: Experience | None, table: Rows) -> Notations:
        """Choose those of a study, by its lines and what `estimates` returns."""
        x = lines.results.sample.table[lines.study.slope]
        return cls(
            predictor=two_decimals(float(x.std()), [lines.centre]),
            intercept=_of_column(table, "none_intercept"),
            slope=_of_column(table, "none_slope"),
            ratio=two_decimals(lines.ratio),
            prediction=None if experience is None else _of_predictions(lines, experience),
        )


def finer(notation: Notation) -> Notation:
    """Return a notation with one more decimal."""
    return dataclasses.replace(notation, decimals=notation.decimals + 1)


def deviation(value: float, decimals: int = 3) -> str:
    r"""
    Write a standard deviation, or with two decimals a variance.

    Examples
    --------
    >>> deviation(0.5177), deviation(5.177e-9)
    ('0.518', '5.2\xa0×\xa010⁻⁹')
    """
    return Notation.of(value, decimals=decimals, digits=2).in_prose(value)


def coefficient(fit: MixedFit, column: str, times: float = 1, decimals: int = 3) -> str:
    """Write a fixed effect, or a multiple of it, with a digit of its standard error at least."""
    return _of_coefficient(fit, column, times, decimals).in_prose(times * fit.fixed_effects[column])


def standard_error(fit: MixedFit, column: str) -> str:
    """Write the standard error of a fixed effect beside it."""
    return _of_coefficient(fit, column, 1, 3).in_prose(fit.standard_errors[column])


def _of_coefficient(fit: MixedFit, column: str, times: float, decimals: int) -> Notation:
    value, error = times * fit.fixed_effects[column], times * fit.standard_errors[column]
    return Notation.of(error, [value], decimals=decimals, digits=1)


def _of_column(table: Rows, column: str) -> Notation:
    known = [row[column] for row in table if row[column] is not None]
    return two_decimals(statistics.stdev(known) if len(known) > 1 else None, known)


def _of_predictions(lines: Lines, experience: Experience) -> Notation:
    rows = predictions(lines, experience)
    narrowest = min(row["high"] - row["fit"] for row in rows)
    ends = [row[end] for row in rows for end in ("low", "high")]
    return Notation.of(narrowest, ends, decimals=2, digits=1)
