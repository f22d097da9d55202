"""The test of pooling by prediction, on a study's own rows along its slope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.inference.prediction import pooling_scores
from analysis.inference.scores import METHODS, Score
from analysis.results.capabilities import FEWEST_KNOWN, no_prediction
from analysis.results.tested import SEED, RowsTested, rows_tested

if TYPE_CHECKING:
    from analysis.results.fitted import Fitted

# What those above may name of the room below.
__all__ = ["METHODS", "PredictionTest", "Score", "prediction"]

KNOWN = (FEWEST_KNOWN, 5, 8, 12)
"""How many rows of each group are known."""

# More splits of few rows, fewer of many, whose error is small anyway.
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
    n_all : int
        Groups of the study, of which those of the test are drawn at random where they are fewer.
    seed : int
        Of both.
    rows : RowsTested
    """

    scores: tuple[Score, ...]
    n_splits: int
    n_all: int
    seed: int
    rows: RowsTested

    @property
    def n_groups(self) -> int:
        """Groups of the test."""
        return len(self.rows.groups)

    @property
    def some(self) -> bool:
        """Whether these are drawn by chance."""
        return self.n_groups < self.n_all

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
        Over rows of complete and of no pooling, with the slope's predictor alone. None where
        `no_prediction` says why, or where no known rows identify the model.
    """
    if no_prediction(fitted):
        return None
    rows = rows_tested(fitted)
    n_splits = max(_LEAST_SPLITS, min(_MOST_SPLITS, _ROWS_PREDICTED // len(rows.codes)))
    scores = pooling_scores(rows.x, rows.y, rows.codes, known=KNOWN, n_splits=n_splits, seed=SEED)
    if not scores:
        return None
    n_all = len(fitted.of_pooling.sizes)
    return PredictionTest(scores=scores, n_splits=n_splits, n_all=n_all, seed=SEED, rows=rows)
