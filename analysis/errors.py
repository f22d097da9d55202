"""The refusals of the analysis: each says what was refused, where, why and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_LISTED = 5


def listed(names: Sequence[str]) -> str:
    """
    List names as refusals and notes do: five of them, and the number of the rest.

    Examples
    --------
    >>> listed("abcde"), listed("abcdefg")
    ('a, b, c, d, e', 'a, b, c, d, e and 2 more')
    """
    more = len(names) - _MOST_LISTED
    return ", ".join(names[:_MOST_LISTED]) + (f" and {more:,} more" if more > 0 else "")


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
