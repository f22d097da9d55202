"""The tables of the report, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.tables.comparison import comparison
from analysis.tables.effects import effects, simulated
from analysis.tables.further import further
from analysis.tables.intervals import influence, intervals
from analysis.tables.regression import regression, regression_latex
from analysis.tables.variables import variables
from analysis.tables.variances import variances
from analysis.tables.weights import weights

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.results.results import Results

__all__ = ["TABLES", "regression_latex"]


TABLES: dict[str, Callable[[Results], str | None]] = {
    "variables": variables,
    "weights": weights,
    "comparison": comparison,
    "regression": regression,
    "variances": variances,
    "effects": effects,
    "simulated": simulated,
    "intervals": intervals,
    "influence": influence,
    "further": further,
}
"""The report's tables by name; one that a study does not have is None."""
