"""Which model to report and why, what simulation says of the tests, and why pooling pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.prose.accounts.further import title
from analysis.results.report_this import Size
from analysis.writing.notation import Notation
from analysis.writing.numbers import number, p_value
from analysis.writing.words import enumerated

if TYPE_CHECKING:
    from analysis.prose.phrases import Phrases
    from analysis.results.prediction import PredictionTest
    from analysis.results.results import Results, SimulatedTest


def facts(results: Results, phrases: Phrases) -> dict[str, Any]:
    """Return what the verdict knows."""
    found = results.recommendation
    preferred = phrases.model(found.preferred)
    return {
        "several": len(results.compared) > 1 and results.comparison is not None,
        "one": len(results.compared) == 1,
        "preferred": preferred,
        "tests": [_tested(test, phrases) for test in results.inference.simulated.values()],
        "strengths": [
            {
                "strength": str(strength),
                "terms": enumerated([phrases.coefficient(term) for term in terms]),
            }
            for strength, terms in found.strengths.items()
        ],
        "model": title(found.model, results, phrases),
        "own": found.model == found.preferred,
        "has_further": bool(results.further and results.further.models),
        "gain": number(found.gain, 1),
        "bic": title(found.best_bic, results, phrases),
        "same": found.best_bic == found.model,
        "prediction": _predicted(results.prediction) if results.prediction else {},
    }


def _tested(test: SimulatedTest, phrases: Phrases) -> dict[str, Any]:
    return {
        "full": phrases.model(test.full),
        "reduced": phrases.model(test.reduced),
        "p": number(test.p, 3),
        "error": number(test.p_error, 3),
        "p_chisq": p_value(test.p_chisq),
        "size": number(test.size, 3),
        "often": str(Size.of(test)),
    }


def _predicted(found: PredictionTest) -> dict[str, Any]:
    score = found.fewest
    rmse = score.rmse
    notation = Notation.of(min(rmse.values()), rmse.values(), decimals=2, digits=2)
    best = min(rmse, key=lambda method: rmse[method])
    return {
        "known": score.known,
        "some": f"{found.n_groups:,} of the {found.n_all:,}" if found.some else "",
        **{method: notation.write(value) for method, value in rmse.items()},
        "best": best,
        "least": score.partial_is_clear,
    }
