"""A study analysed from Python: its results, with tables and figures to show."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.api.fitting import fitted
from analysis.api.shown import ShownFigure, ShownTable
from analysis.errors import ModelError, NotComparableError, StudyError, listed
from analysis.results.capabilities import no_lines
from analysis.results.results import Results
from analysis.results.results import analyse as results_of
from analysis.study.study import Study
from analysis.study.studyfile import read_study
from analysis.tables import TABLES
from analysis.tables.contents import contents_table
from analysis.tables.table import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from analysis.api.model import FittedModel
    from analysis.mixed.likelihood import Method


@dataclass(frozen=True, kw_only=True, repr=False)
class Analysis(Results):
    """
    The results of a study, with its models, tables and figures by name; `analyse` returns it.

    Beside what is here it has all that the report is made of, such as ``notes``, what a reader must
    know beside the numbers, and ``comparison``, the rows of that table at full precision.
    """

    def _repr_html_(self) -> str:
        return render(contents_table(self, self.table_names, self.figure_names))

    @cached_property
    def table_names(self) -> tuple[str, ...]:
        """Names of the tables that the study has."""
        return tuple(name for name, table in TABLES.items() if table(self) is not None)

    @cached_property
    def figure_names(self) -> tuple[str, ...]:
        """Names of the figures that the study has."""
        if not self.has_lines:
            return ()
        from analysis.figures.figures import names_of_figures

        return names_of_figures(self)

    def model(self, name: str, *, method: Method = "REML") -> FittedModel:
        """
        Return a model of the study, which predicts and can be compared.

        Parameters
        ----------
        name : str
        method : {"REML", "ML"}

        Returns
        -------
        FittedModel

        Raises
        ------
        ModelError
            If the study has no such model.
        """
        if name not in self.models:
            reason = self.not_fitted.get(name, f"there are {listed(list(self.models))}")
            msg = f"{self.study.title} has no model {name!r}: {reason}"
            raise ModelError(msg)
        formula = self.models[name]["REML"].spec.formula
        return fitted(formula, self.sample, method=method, name=name)

    def table(self, name: str) -> ShownTable:
        """
        Return a table of the report.

        Parameters
        ----------
        name : str
            One of `table_names`.

        Returns
        -------
        ShownTable

        Raises
        ------
        StudyError
            If the study has no such table.
        NotComparableError
            If it is the comparison of models that may not be compared.
        """
        if name == "comparison" and not self.comparison:
            raise NotComparableError(self.not_comparable)
        make: Callable[[Results], str | None] = TABLES.get(name, lambda _: None)
        html = make(self)
        if html is None:
            msg = f"{self.study.title} has no table {name!r}; it has {', '.join(self.table_names)}"
            raise StudyError(msg)
        return ShownTable(name=name, html=html)

    def figure(self, name: str) -> ShownFigure:
        """
        Return a figure of the report.

        Parameters
        ----------
        name : str
            One of `figure_names`.

        Returns
        -------
        ShownFigure

        Raises
        ------
        StudyError
            If the study has no such figure.
        """
        if name not in self.figure_names:
            reason = no_lines(self) or f"it has {', '.join(self.figure_names)}"
            msg = f"{self.study.title} has no figure {name!r}; {reason}"
            raise StudyError(msg)
        from analysis.figures.figures import draw

        return ShownFigure(name=name, svg=draw(self, name).decode())


def analyse(
    study: Study | str | PathLike[str],
    frame: Any = None,  # noqa: ANN401
) -> Analysis:
    """
    Analyse a study: read its table, fit its models, compute what its report says.

    Parameters
    ----------
    study : Study or path
        A study, or the TOML file of one.
    frame : DataFrame, optional
        Of pandas or Polars, in place of the table that the study names.

    Returns
    -------
    Analysis
        Without the models that the data cannot identify, if there are others; `notes` says so.

    Raises
    ------
    AnalysisError
        If the study or the data cannot be used, or none of the compared models can be fitted.
    """
    read = study if isinstance(study, Study) else read_study(Path(study))
    results = results_of(read, frame=frame)
    return Analysis(**{field.name: getattr(results, field.name) for field in fields(results)})
