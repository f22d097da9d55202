"""The files that a page is made of: libraries, style, script and templates."""

from __future__ import annotations

import textwrap
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from analysis.errors import listed
from analysis.page.notations import (
    coefficient,
    deviation,
    finer,
    standard_error,
)
from analysis.writing.numbers import number, p_value, percent
from analysis.writing.words import an, counted, heading

_HERE = Path(__file__).parent

LIBRARIES = ("vega.min.js", "vega-lite.min.js")
"""Vendored libraries, in the order in which a page loads them."""

_SCRIPT = (
    "page",
    "arithmetic",
    "views",
    "dots",
    "address",
    "tooltips",
    "picking",
    "panels",
    "trial",
    "steps",
    "dials",
    "taking",
    "simulation",
    "table",
    "start",
)
"""Parts of the script, in the order in which they set up the page; they share one closure."""

_STYLE = (
    "ground",
    "text",
    "frames",
    "legends",
    "controls",
    "dials",
    "truth",
    "trial",
    "panels",
    "table",
    "dock",
    "phone",
    "short",
    "forced",
    "print",
    "alone",
    "report",
)
"""Parts of the style sheet: the later ones adapt the earlier ones."""


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
    return {
        "visualization.css": "\n".join(_read(f"style/{name}.css") for name in _STYLE),
        "visualization.js": _script(),
        **{name: _read(f"vendor/{name}") for name in (*LIBRARIES, "LICENSES.txt")},
    }


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


def in_attribute(name: str) -> Markup:
    r"""
    Write a name as the value of an attribute, from which a script reads the very same name.

    Parameters
    ----------
    name : str

    Returns
    -------
    Markup

    Examples
    --------
    >>> in_attribute("a\r\n<b>")
    Markup('a&#13;\n&lt;b&gt;')
    """
    # A parser makes one line feed of a carriage return, but not of the reference to one.
    return Markup(escape(name).replace("\r", Markup("&#13;")))


def _script() -> str:
    parts = [_read(f"script/{name}.js").rstrip() for name in _SCRIPT]
    return render(
        "visualization.js.j2", parts=[Markup(textwrap.indent(part, "  ")) for part in parts]
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE.joinpath("templates")),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # A template is rendered twice at most, which folding its constants does not pay for.
        optimized=False,
    )
    environment.globals |= {
        "coefficient": coefficient,
        "standard_error": standard_error,
        "finer": finer,
    }
    environment.filters |= {
        "deviation": deviation,
        "number": number,
        "p_value": p_value,
        "in_attribute": in_attribute,
        "percent": percent,
        "an": an,
        "counted": counted,
        "heading": heading,
        "listed": listed,
    }
    return environment


def _read(name: str) -> str:
    return _HERE.joinpath(name).read_text(encoding="utf-8")
