"""Limits of axes that hold values, with room at both ends."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def padded(values: Iterable[float], share: float) -> tuple[float, float]:
    """
    Return limits around values.

    Parameters
    ----------
    values : iterable of float
        Those that are not NaN count.
    share : float
        Room at either end, as a share of their range; of a single value the room is 1.

    Returns
    -------
    tuple of float

    Examples
    --------
    >>> padded([0.0, 10.0], 0.1), padded([3.0], 0.1)
    ((-1.0, 11.0), (2.0, 4.0))
    """
    known = [value for value in values if not math.isnan(value)]
    low, high = min(known), max(known)
    pad = share * (high - low) or 1.0
    return low - pad, high + pad
