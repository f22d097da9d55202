"""Whether two fits used the same rows, without keeping the table."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.mixed.enginesums import EngineSums
    from analysis.mixed.grouping import Grouping


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """
    Digests of what two fits must share to be compared.

    Parameters
    ----------
    rows : bytes
        Of the labels of the rows used.
    outcome : bytes
        Of the outcome's values there.
    groups : bytes
        Of their groups.
    """

    rows: bytes
    outcome: bytes
    groups: bytes


def fingerprint(rows: pd.Index, outcome: NDArray[np.generic], groups: Grouping) -> Fingerprint:
    """
    Return the fingerprint of the rows that a design uses.

    Parameters
    ----------
    rows : Index, length n_observations
        Labels of the rows used.
    outcome : ndarray, shape (n_observations,)
    groups : Grouping
        Of these rows.

    Returns
    -------
    Fingerprint
    """
    names = "\0".join(groups.names).encode("utf-8", "surrogatepass")
    order = () if groups.order is None else (groups.order,)
    return Fingerprint(
        rows=_of_labels(rows),
        outcome=_digest(outcome.astype(float, copy=False)),
        groups=_digest(groups.bounds, np.frombuffer(names, np.uint8), *order),
    )


def fingerprint_of_sums(sums: EngineSums, outcome: str) -> Fingerprint:
    """
    Return the fingerprint of rows that an engine holds: of how many each group has of them.

    Parameters
    ----------
    sums : EngineSums
    outcome : str
        Its column.
    """
    known = sums.described
    names = "\0".join(sums.names).encode("utf-8", "surrogatepass")
    at = sums.columns.index(outcome)
    return Fingerprint(
        rows=_digest(known.sizes, np.frombuffer(sums.rows.encode(), np.uint8)),
        # Not of the means: how an engine adds decides on their last digit.
        outcome=_digest(known.lows[at], known.highs[at]),
        groups=_digest(known.sizes, np.frombuffer(names, np.uint8)),
    )


def _of_labels(rows: pd.Index) -> bytes:
    """Return the digest of row labels, of integers by their gaps alone: most have none."""
    if not pd.api.types.is_integer_dtype(rows.dtype) or rows.empty:
        return _digest(pd.util.hash_array(rows.to_numpy(), categorize=False))
    if isinstance(rows, pd.RangeIndex) and rows.step == 1:
        return _digest(np.array([rows.start, rows.stop]))
    labels = rows.to_numpy(dtype=np.int64)
    gaps = np.flatnonzero(labels[1:] != labels[:-1] + 1)
    ends = np.concatenate((labels[:1], labels[-1:] + 1))
    return _digest(ends) if not len(gaps) else _digest(ends, labels[gaps], labels[gaps + 1])


def _digest(*arrays: NDArray[np.generic]) -> bytes:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(str(len(array)).encode())
        digest.update(np.ascontiguousarray(array).data.cast("B"))
    return digest.digest()
