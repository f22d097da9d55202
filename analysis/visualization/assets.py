"""The files that a page is made of: libraries, style, script and templates."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from analysis.visualization.wording import number, probability

_HERE = Path(__file__).parent

LIBRARIES = ("vega.min.js", "vega-lite.min.js")
"""Vendored libraries, in the order in which a page loads them."""


def render(template: str, **context: object) -> str:
    """
    Render a template.

    Parameters
    ----------
    template : str
        Its path below the folder of the templates.
    **context : object
        What it needs; a missing name is an error.

    Returns
    -------
    str
    """
    return _environment().get_template(template).render(context)


@cache
def assets() -> dict[str, str]:
    """Return what is the same for every study, by the name of the file."""
    vendored = {name: _read(f"vendor/{name}") for name in (*LIBRARIES, "LICENSES.txt")}
    return {name: _read(name) for name in ("visualization.css", "visualization.js")} | vendored


def inline(script: str) -> Markup:
    r"""
    Make a script safe to stand inside a page: its strings must not end the element.

    Parameters
    ----------
    script : str

    Returns
    -------
    Markup

    Examples
    --------
    >>> inline("'</script>'")
    Markup("'<\\/script>'")
    """
    return Markup(script.replace("</script", "<\\/script").replace("<!--", "<\\!--"))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # A template is rendered twice at most, which folding its constants does not pay for.
        optimized=False,
    )
    environment.filters |= {"number": number, "probability": probability}
    return environment


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
