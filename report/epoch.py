"""The second that stands for now, where a build is to be the same whenever it is made."""

from __future__ import annotations

import os

from analysis.errors import RenderError

EPOCH_VARIABLE = "SOURCE_DATE_EPOCH"
"""Environment variable with that second, counted from 1970."""

LAST = 4_354_819_199
"""The last second of 2107, behind which a zip has no dates."""


def epoch() -> int | None:
    """
    Return the second that is asked for, if any is.

    Raises
    ------
    RenderError
        If it is no second from 1970 to 2107.
    """
    second = os.environ.get(EPOCH_VARIABLE)
    if not second:
        return None
    # Of more digits than that, Python makes no number.
    if not second.isdecimal() or len(second) > 99 or int(second) > LAST:
        msg = (
            f"{EPOCH_VARIABLE}={second[:40]}: write whole seconds since 1970, before the year 2108"
        )
        raise RenderError(msg)
    return int(second)
