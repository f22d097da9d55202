"""The refusals of the analysis: each says what was refused, where, why and what to do."""

from __future__ import annotations


class AnalysisError(Exception):
    """
    Base of every refusal; the command line prints its one line and exits with status 2.

    Examples
    --------
    >>> issubclass(StudyError, AnalysisError)
    True
    """


class StudyError(AnalysisError):
    """A study file that cannot be read, or asks for something that does not exist."""


class DataError(AnalysisError):
    """A table that lacks what the study needs, or holds what no model can use."""


class FetchError(AnalysisError):
    """A download that failed or does not have the expected hash."""


class ModelError(AnalysisError):
    """A model that the data cannot identify."""


class ConvergenceError(AnalysisError):
    """A fit whose optimum could not be certified."""


class NotComparableError(AnalysisError):
    """Two fits that no likelihood-ratio test may compare."""


class ArtifactError(AnalysisError):
    """A target that cannot be written."""


class RenderError(AnalysisError):
    """A document or a setting that the built-in renderer does not follow."""
