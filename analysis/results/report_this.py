"""Which model a study should report, of its own and of those one step further."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from analysis.mixed.model import INTERCEPT
from analysis.results.preferences import HARDLY_APART, Strength

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.inference.simulation import SimulatedTest
    from analysis.results.fitted import Fitted
    from analysis.results.further import Further
    from analysis.results.inference import Inference


class Size(StrEnum):
    """How often a test rejects what is true, beside how often it says that it does."""

    OPTIMISTIC = "more often than it says"
    FAIR = "about as often as it says"
    CAUTIOUS = "less often than it says"

    @classmethod
    def of(cls, test: SimulatedTest) -> Size:
        """Judge the test by chi-square at 5%, by two Monte Carlo errors."""
        if test.size - 2 * test.size_error > 0.05:
            return cls.OPTIMISTIC
        return cls.CAUTIOUS if test.size + 2 * test.size_error < 0.05 else cls.FAIR


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """
    The model to report, and what it rests on.

    Parameters
    ----------
    preferred : str
        Of the compared models the one with the lowest AIC.
    model : str
        The one to report: that, or one a step further whose AIC is lower by so much that the two
        can be told apart.
    gain : float
        By how much its AIC is below that of the preferred one.
    best_bic : str
        Of all of them the one with the lowest BIC.
    strengths : Mapping of Strength to tuple of str
        Fixed effects of the preferred model, the intercept aside, by the strength of the evidence
        for them by Kenward and Roger, the strongest first.
    """

    preferred: str
    model: str
    gain: float
    best_bic: str
    strengths: Mapping[Strength, tuple[str, ...]]


def recommendation(
    fitted: Fitted, preferred: str, found: Further | None, inference: Inference
) -> Recommendation:
    """
    Decide which model to report.

    Parameters
    ----------
    fitted : Fitted
    preferred : str
        Of the compared models the one with the lowest AIC.
    found : Further or None
    inference : Inference
    """
    model, gain = preferred, 0.0
    rows = found.rows if found is not None else fitted.comparison or ()
    by_name = {row.model: row for row in rows}
    if found is not None:
        drop = by_name[preferred].aic - by_name[found.best_aic].aic
        if drop >= HARDLY_APART:
            model, gain = found.best_aic, drop
    best_bic = min(rows, key=lambda row: row.bic).model if rows else preferred
    tests = inference.models[preferred].kenward_roger
    strengths: dict[Strength, tuple[str, ...]] = {}
    for strength in Strength:
        terms = [
            name
            for name, test in tests.items()
            if name != INTERCEPT and Strength.of(test.p) is strength
        ]
        if terms:
            strengths[strength] = tuple(terms)
    return Recommendation(
        preferred=preferred, model=model, gain=gain, best_bic=best_bic, strengths=strengths
    )
