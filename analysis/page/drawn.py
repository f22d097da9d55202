"""What the page says of the groups and the rows that it holds, where these are not all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.writing.drawn import as_density, some_drawn

if TYPE_CHECKING:
    from analysis.results.results import Results


def drawn(results: Results) -> str:
    """Say which groups the page shows, and why these; nothing where it shows all."""
    shown = results.on_page.drawn
    return some_drawn(len(shown), shown.n_all, shown.parts, results.study.words.groups)


def among(results: Results) -> str:
    """Say, at the end of a sentence, of which groups it is true; nothing where of all."""
    shown, groups = results.on_page.drawn, results.study.words.groups
    return "" if shown.all else f" among the {len(shown)} {groups} that are drawn"


def ground(results: Results) -> str:
    """Say what is drawn in the place of rows; nothing where they are drawn one by one."""
    if results.on_page.density is None:
        return ""
    return as_density(results.on_page.density.n, results.study.words.units)
