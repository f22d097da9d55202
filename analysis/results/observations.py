"""The rows behind the groups' own lines, as the points of a chart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.results.choices import ALL, key, panel_column

if TYPE_CHECKING:
    import pandas as pd

    from analysis.results.fitted import Fitted

_GOLDEN = (math.sqrt(5) - 1) / 2

_SPREAD = 0.36
"""Width of the strip over which rows with the same whole number are spread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """
    A row with an outcome and the predictor.

    Parameters
    ----------
    group : str
    x, y : float
        Predictor and outcome.
    place : float
        Where it is drawn along the predictor.
    choice : str
        Key of the covariate values that it has; `ALL` where a study has no choice between them.
    turn : int
        Its place, from 0, in the order in which the rows of its group are taken away.
    known : bool
        Whether the models use it.
    """

    group: str
    x: float
    y: float
    place: float
    choice: str
    turn: int
    known: bool


def observations(
    fitted: Fitted, rows: pd.DataFrame | None = None, most: int | None = None
) -> tuple[Observation, ...]:
    """
    Return the rows of complete and of no pooling.

    Parameters
    ----------
    fitted : Fitted
    rows : DataFrame, optional
        Of these alone.
    most : int, optional
        Of each group no more than so many: those that would be taken away last.

    Returns
    -------
    tuple of Observation
        Whole numbers lie on top of each other; a golden-ratio sequence spreads them evenly and,
        unlike a random one, the same way every time. The order in which they are taken away is of
        the same kind: whatever order the table is in, those that are left spread over it.
    """
    study, column = fitted.study, panel_column(fitted)
    whole = fitted.of_pooling.whole(study.axis)
    spread = _SPREAD if whole else 0.0
    rows = fitted.of_pooling.table() if rows is None else rows
    turns = _turns(rows[study.group])
    if most is not None:
        rows, turns = rows[turns < most], turns[turns < most]
    x = rows[study.axis].to_numpy()
    places = x + spread * ((rows.index.to_numpy() * _GOLDEN) % 1 - 0.5)
    choice = [ALL] * len(rows) if column is None else list(map(key, rows[column].tolist()))
    known = rows[fitted.model_columns].notna().all(axis=1)
    columns = (rows[study.group], x, rows[study.outcome], places, turns, known)
    return tuple(
        Observation(
            group=group, x=value, y=outcome, place=place, choice=of, turn=turn, known=in_models
        )
        for group, value, outcome, place, turn, in_models, of in zip(
            *(column.tolist() for column in columns), choice, strict=True
        )
    )


def _turns(groups: pd.Series[str]) -> pd.Series[int]:
    """Return each row's place in the order in which those of its group are taken away."""
    within = groups.groupby(groups).cumcount()
    return ((within + 1) * _GOLDEN % 1).groupby(groups).rank().astype(int) - 1
