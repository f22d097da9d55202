"""The refusals of the analysis: each says what was refused, where, why and what to do."""

from __future__ import annotations

import errno
import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MOST_LISTED = 5
_LONGEST_LISTED = 80

LONGEST = 500
"""Characters of a name or a label; a figure has no place for half of them."""

# What no file of XML may hold, and what ends a line or moves a terminal's cursor.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def listed(names: Sequence[str]) -> str:
    """
    List names as refusals and notes do: five of them, and the number of the rest.

    Examples
    --------
    >>> listed("abcde"), listed("abcdefg")
    ('a, b, c, d, e', 'a, b, c, d, e and 2 more')
    """
    more = len(names) - _MOST_LISTED
    first = [cut(name, _LONGEST_LISTED) for name in names[:_MOST_LISTED]]
    return ", ".join(first) + (f" and {more:,} more" if more > 0 else "")


def cut(text: str, most: int) -> str:
    """
    Leave out the middle of a text that is too long.

    Examples
    --------
    >>> cut("a name of a column", 9), cut("a name", 9)
    ('a nam…umn', 'a name')
    """
    if len(text) <= most:
        return text
    tail = most * 2 // 5
    return f"{text[: most - tail - 1]}…{text[-tail:]}"


def control_in(text: str) -> str:
    r"""
    Return the code of the first control character of a text, line ends included, if there is one.

    Examples
    --------
    >>> control_in("a\tb"), control_in("班")
    ('U+0009', '')
    """
    found = _CONTROL.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def regular(path: Path) -> Path:
    """
    Return the path of a file that ends, for a reader that would wait for a pipe to end.

    Raises
    ------
    OSError
        If a folder, a pipe or a device is there; what is missing is the reader's to refuse.
    """
    if path.is_file() or not path.exists():
        return path
    what = "it is a folder" if path.is_dir() else "it is a pipe or a device"
    raise OSError(errno.EINVAL, what, os.fspath(path))


class AnalysisError(Exception):
    """
    Base of every refusal; the command line prints its one line and exits with status 2.

    Examples
    --------
    >>> issubclass(StudyError, AnalysisError)
    True
    """

    @property
    def lines(self) -> tuple[str, ...]:
        """What the command line prints."""
        return (" ".join(str(self).split()),)


class StudyError(AnalysisError):
    """A study file that cannot be read, or asks for something that does not exist."""


class DataError(AnalysisError):
    """A table that lacks what the study needs, or holds what no model can use."""


class FetchError(AnalysisError):
    """A download that failed or does not have the expected hash."""


class ModelError(AnalysisError):
    """A model that cannot be fitted to its columns."""


class FormulaError(ModelError):
    """A formula that cannot be read, or asks for more than this project fits."""


class NotIdentifiableError(ModelError):
    """A model with more to estimate than the rows can say; smaller models may do."""


class ConvergenceError(AnalysisError):
    """A fit whose optimum could not be certified."""


class NotComparableError(AnalysisError):
    """Two fits that no likelihood-ratio test may compare."""


class UnequalRowsError(NotComparableError):
    """Two fits to different rows of a table."""


class ClaimsError(AnalysisError):
    """
    Claims of documents that do not hold, or cannot be read.

    Parameters
    ----------
    lines : sequence of str
        One for each.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self._lines = tuple(lines)

    @property
    def lines(self) -> tuple[str, ...]:
        """One for each claim."""
        return self._lines


class ArtifactError(AnalysisError):
    """A target that cannot be written."""


class RenderError(AnalysisError):
    """A document or a setting that the built-in renderer does not follow."""
