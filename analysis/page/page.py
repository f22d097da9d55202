"""The files of the interactive page: numbers, charts and prose put together."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from analysis.page.assets import LIBRARIES, assets, inline, render
from analysis.page.estimates import estimates
from analysis.page.facts import facts
from analysis.page.level_2 import LevelTwo
from analysis.page.notations import Notations
from analysis.page.script_data import as_script, script_data

if TYPE_CHECKING:
    from analysis.results.results import Results

_FOLDER = "visualization"
"""Where the files lie below the artifacts."""

_SCRIPTS = (*LIBRARIES, "data.js", "visualization.js")
"""In the order in which a page loads them."""


def files(results: Results, figures: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """
    Make the files of the interactive page.

    Parameters
    ----------
    results : Results
    figures : Mapping of str to bytes, optional
        The report's figures as SVG, by name. The self-contained page holds them for readers
        without scripts; the other page links to them.

    Returns
    -------
    dict of str to bytes
        Content by path, relative to the folder of the artifacts.
    """
    level_2, notations, table = LevelTwo.of(results), Notations.of(results), estimates(results)
    data = script_data(results, level_2, notations, table)
    plots = {name: spec["height"] for name, spec in data["charts"].items()}
    known = {**facts(results, level_2, notations, table), "plots": plots}
    texts = {**assets(), "data.js": as_script(data)}
    names = tuple(results.panels)
    linked = {name: f"_artifacts/figures/{name}.svg" for name in names}
    held = {name: _data_url(svg) for name, svg in (figures or {}).items() if name in names}
    page = render(
        "page.html.j2",
        body=_body(known, linked, single=False),
        folder=f"_artifacts/{_FOLDER}",
        scripts=_SCRIPTS,
    )
    single = render(
        "single.html.j2",
        title=f"{results.study.title}: the complete visualization",
        study_title=results.study.title,
        report=results.study.words.report,
        body=_body(known, held, single=True),
        style=Markup(texts["visualization.css"]),
        scripts=[inline(texts[name]) for name in _SCRIPTS],
        licences=inline(texts["LICENSES.txt"]),
    )
    texts |= {"page.html": page, "complete-visualization.html": single}
    return {f"{_FOLDER}/{name}": text.encode() for name, text in texts.items()}


def _body(known: Mapping[str, Any], figures: Mapping[str, str], *, single: bool) -> Markup:
    """Render what both pages have in common, with the addresses of the figures."""
    return Markup(render("body.html.j2", **known, figures=figures, single=single))


def _data_url(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
