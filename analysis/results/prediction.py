"""The test of pooling by prediction, on a study's own rows along its slope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.inference.prediction import pooling_scores
from analysis.inference.scores import METHODS, Score
from analysis.results.capabilities import FEWEST_KNOWN, no_prediction

if TYPE_CHECKING:
    from analysis.results.fitted import Fitted

# What those above may name of the room below.
__all__ = ["METHODS", "PredictionTest", "Score", "prediction"]

KNOWN = (FEWEST_KNOWN, 5, 8, 12)
"""How many rows of each group are known."""

SEED = 1
"""Of the random splits."""

# More splits of few rows, fewer of many, whose error is small anyway: a split of a million rows
# takes seconds.
_MOST_SPLITS, _LEAST_SPLITS, _ROWS_PREDICTED = 40, 4, 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionTest:
    """
    How well the three ways to pool predict rows that they have not seen.

    Parameters
    ----------
    scores : tuple of Score
        By the number of known rows of a group, rising; at least one.
    n_splits : int
        Random splits that were drawn.
    seed : int
    """

    scores: tuple[Score, ...]
    n_splits: int
    seed: int

    @property
    def known(self) -> tuple[int, ...]:
        """The numbers of known rows."""
        return tuple(score.known for score in self.scores)

    @property
    def fewest(self) -> Score:
        """The score with the fewest known rows, where pooling matters most."""
        return self.scores[0]

    @property
    def most(self) -> Score:
        """The score with the most known rows."""
        return self.scores[-1]

    @property
    def partial_is_best(self) -> bool:
        """Whether partial pooling errs least with every number of known rows."""
        return all(score.gain(over)[0] > 0 for score in self.scores for over in METHODS[:2])


def prediction(fitted: Fitted) -> PredictionTest | None:
    """
    Predict rows of a study that are held out, by complete, no and partial pooling.

    Parameters
    ----------
    fitted : Fitted

    Returns
    -------
    PredictionTest or None
        Over the rows of complete and of no pooling, with the slope's predictor alone. None where
        `no_prediction` says why, or where no known rows identify the model.
    """
    if no_prediction(fitted):
        return None
    study, rows = fitted.study, fitted.pooled_rows
    codes, _ = pd.factorize(rows[study.group])
    n_splits = max(_LEAST_SPLITS, min(_MOST_SPLITS, _ROWS_PREDICTED // len(rows)))
    scores = pooling_scores(
        rows[study.axis].to_numpy(dtype=float),
        rows[study.outcome].to_numpy(dtype=float),
        codes,
        known=KNOWN,
        n_splits=n_splits,
        seed=SEED,
    )
    return PredictionTest(scores=scores, n_splits=n_splits, seed=SEED) if scores else None
