"""What to be careful about: few or small groups, singular fits, rows left out, causes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.results.doubts import SMALL, Plenty

if TYPE_CHECKING:
    from analysis.prose.phrases import Phrases
    from analysis.results.doubts import Singular
    from analysis.results.results import Results


def facts(results: Results, phrases: Phrases) -> dict[str, Any]:
    """Return what the reading of what is doubtful knows."""
    doubts = results.verdicts.doubts
    resting = [each.term for each in results.verdicts.fixed if each.on_groups]
    return {
        "n_groups": doubts.n_groups,
        "plenty": str(doubts.plenty),
        "optimistic": doubts.plenty is not Plenty.ENOUGH,
        "resting": phrases.terms(resting) if resting else "",
        "has_lines": results.study.slope is not None,
        "small": len(doubts.small),
        "only_small": phrases.begin(phrases.group(doubts.only_small)) if doubts.only_small else "",
        "few_units": SMALL,
        "singular": [_singular(each, phrases) for each in doubts.singular],
        "n_left_out": doubts.n_left_out,
        "n_of_groups": doubts.n_of_groups,
        "model": phrases.model(results.verdicts.largest),
    }


def _singular(each: Singular, phrases: Phrases) -> dict[str, Any]:
    return {
        "model": phrases.model(each.model),
        "fits": "fits" if len(each.methods) > 1 else f"{each.methods[0]} fit",
        "both": len(each.methods) > 1,
        "zero": phrases.random(each.zero) if each.zero else "",
        "several_zero": len(each.zero) > 1,
        "random": phrases.random(each.random),
        "several": len(each.random) > 2,
    }
