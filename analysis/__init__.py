"""
Fit, compare and report multilevel linear models with one grouping factor.

From Python: `fit`, `compare`, `analyse` and `read_study`; what they return, and `AnalysisError`,
which they raise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.api.comparison import Comparison, compare
    from analysis.api.fitting import fit
    from analysis.api.model import FittedModel
    from analysis.api.study import Analysis, analyse
    from analysis.errors import AnalysisError
    from analysis.study.study import Study
    from analysis.study.studyfile import read_study

__version__ = "1.0.0"

__all__ = [
    "Analysis",
    "AnalysisError",
    "Comparison",
    "FittedModel",
    "Study",
    "__version__",
    "analyse",
    "compare",
    "fit",
    "read_study",
]

_MODULES = {
    "Analysis": "api.study",
    "AnalysisError": "errors",
    "Comparison": "api.comparison",
    "FittedModel": "api.model",
    "Study": "study.study",
    "analyse": "api.study",
    "compare": "api.comparison",
    "fit": "api.fitting",
    "read_study": "study.studyfile",
}


# Not for type checkers, to which every name would be one of the package then.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import what is asked for: an up-to-date build is over before pandas would be here."""
        if name not in _MODULES:
            msg = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(msg)
        from importlib import import_module

        found = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
