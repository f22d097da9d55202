"""Whom the page credits: the report that this one re-creates, and the source of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from analysis.results.results import Results

_REPORT = "After the course report <cite>Multilevel Linear Models</cite> by Lindsay Xu (2022)."
_BOOK = (
    "J. J. Hox, M. Moerbeek and R. van de Schoot, <cite>Multilevel Analysis: Techniques and "
    "Applications</cite> (3rd ed., 2018)"
)
_DATA = {
    "popularity.csv": "Data: a synthetic twin, with the same sums in every class, of the "
    f"simulated <code>popular2</code> of {_BOOK}.",
    "popular2": f"Data: the simulated <code>popular2</code> of {_BOOK}.",
}
"""What to say of the data, by the name of the data set or of the table's file."""


def credit(results: Results) -> Markup:
    """
    Name the sources of the page.

    Parameters
    ----------
    results : Results

    Returns
    -------
    Markup
    """
    source = results.study.dataset or results.sample.source
    data = _DATA.get(source, f"Data: {escape(source)}.")
    return Markup(f"{_REPORT} {data}")
