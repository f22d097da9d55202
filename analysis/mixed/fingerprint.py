"""Whether two fits used the same rows, without keeping the table."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


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


def fingerprint(
    rows: pd.Index, outcome: NDArray[np.float64], codes: NDArray[np.intp], groups: Sequence[str]
) -> Fingerprint:
    """
    Return the fingerprint of the rows that a design uses.

    Parameters
    ----------
    rows : Index, length n_observations
        Labels of the rows used.
    outcome : ndarray, shape (n_observations,)
    codes : ndarray of int, shape (n_observations,)
        The group of each row.
    groups : sequence of str
        Names of the groups, by code.

    Returns
    -------
    Fingerprint
    """
    names = "\0".join(groups).encode("utf-8", "surrogatepass")
    # Rows of a group mostly lie together, so that few codes say all.
    changes = np.flatnonzero(np.diff(codes, prepend=-1))
    return Fingerprint(
        rows=_of_labels(rows),
        outcome=_digest(outcome),
        groups=_digest(changes, codes[changes], np.frombuffer(names, np.uint8)),
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
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.digest()
