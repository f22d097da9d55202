"""What a notebook shows of models and studies, and what a file can keep."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import ArtifactError
from analysis.output.replacement import replace
from analysis.tables.table import Table, render
from analysis.tables.text import as_text

if TYPE_CHECKING:
    from os import PathLike


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Summary:
    """
    Tables that are text in a terminal, and HTML in a notebook.

    Parameters
    ----------
    tables : tuple of Table
    """

    tables: tuple[Table, ...]

    def __str__(self) -> str:
        return "\n".join(map(as_text, self.tables))

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return "".join(map(render, self.tables))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownTable:
    """
    A table of a study.

    Parameters
    ----------
    name : str
    html : str
        A whole ``<table>``.
    """

    name: str
    html: str

    def __repr__(self) -> str:
        return f"<ShownTable {self.name}>"

    def _repr_html_(self) -> str:
        return self.html

    def save(self, path: str | PathLike[str]) -> None:
        """
        Write the table to a file of HTML.

        Parameters
        ----------
        path : path
            Its name ends in .html.

        Raises
        ------
        ArtifactError
            If it ends in another way, or cannot be written.
        """
        _save(path, ".html", self.html.encode())


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownFigure:
    """
    A figure of a study.

    Parameters
    ----------
    name : str
    svg : str
        A whole file; text in it is drawn as paths.
    """

    name: str
    svg: str

    def __repr__(self) -> str:
        return f"<ShownFigure {self.name}>"

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: str | PathLike[str]) -> None:
        """
        Write the figure to a file of SVG.

        Parameters
        ----------
        path : path
            Its name ends in .svg.

        Raises
        ------
        ArtifactError
            If it ends in another way, or cannot be written.
        """
        _save(path, ".svg", self.svg.encode())


def _save(path: str | PathLike[str], suffix: str, content: bytes) -> None:
    target = Path(path)
    if target.suffix.lower() != suffix:
        msg = f"{target}: its name must end in {suffix}, which is what is written"
        raise ArtifactError(msg)
    replace({target: content})
