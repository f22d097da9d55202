"""Write the reference in report/api.qmd, the page on the package, anew: nox -s api."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import analysis
from analysis import errors
from analysis.api import shown

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "report" / "api.qmd"

NAMES = ("fit", "FittedModel", "compare", "Comparison", "analyse", "Analysis", "read_study")
"""In the order of the page; what a `Study` has is the matter of studies.md."""

SHOWN = ("Summary", "ShownTable", "ShownFigure")

MARK = "<!-- What follows is made from the docstrings: nox -s api -->\n"


def page() -> str:
    """Return the page: what is written above the mark, and the docstrings below it."""
    head, mark, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    parts = [f"{head}{mark}"]
    for name in NAMES:
        parts += _about(name, getattr(analysis, name))
    for name in SHOWN:
        parts += _about(name, getattr(shown, name))
    parts += [_heading(1, "AnalysisError"), f"{_prose(_sections(errors.AnalysisError)[''])}\n"]
    parts += [_item(name, "", _sections(getattr(errors, name))[""]) for name in _raised(parts)]
    return "\n".join(parts)


def _about(name: str, thing: object) -> Iterator[str]:
    yield _heading(1, name)
    if not inspect.isclass(thing):
        yield _signature(name, thing)
        yield from _described(thing)
        return
    yield from _described(thing, parameters="Fields")
    members = {key: value for key, value in vars(thing).items() if not key.startswith("_")}
    kinds = (property, cached_property)
    properties = {key: value for key, value in members.items() if isinstance(value, kinds)}
    if properties:
        yield "**Properties**\n"
    for member, value in properties.items():
        yield _item(member, "", _sections(value)[""])
    for member, value in members.items():
        if inspect.isfunction(value):
            yield _heading(2, member, f"{name}-{member}")
            yield _signature(member, value)
            yield from _described(value)


def _heading(level: int, name: str, identifier: str = "") -> str:
    return f"{'#' * level} `{name}` {{#{(identifier or name).lower()} .unnumbered}}\n"


def _signature(name: str, function: object) -> str:
    parameters = [
        each.replace(annotation=inspect.Parameter.empty)
        for each in inspect.signature(function).parameters.values()
        if each.name != "self"
    ]
    return f"```python\n{name}{inspect.Signature(parameters)}\n```\n"


def _described(thing: object, *, parameters: str = "Parameters") -> Iterator[str]:
    sections = _sections(thing)
    yield f"{_prose(sections.pop(''))}\n"
    for title, text in sections.items():
        if title == "Examples":
            yield f"```pycon\n{text}\n```\n"
        elif title == "Returns" and "\n" not in text:
            yield f"**Returns** `{text}`\n"
        else:
            yield f"**{parameters if title == 'Parameters' else title}**\n"
            for item in re.split(r"\n(?=\S)", text):
                head, _, body = item.partition("\n")
                term, _, kind = head.partition(" : ")
                yield _item(term, kind, inspect.cleandoc(body))


def _sections(thing: object) -> dict[str, str]:
    """Return the parts of a docstring by their titles; the first has none."""
    parts = re.split(r"(?m)^(\w+)\n-{3,}\n", inspect.getdoc(thing) or "")
    return {"": parts[0].strip()} | {
        title: text.strip() for title, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def _item(term: str, kind: str, text: str) -> str:
    parts = [f"*{_prose(kind)}*" if kind else "", _prose(text) if text else ""]
    # The blank line makes paragraphs of the definitions, which may hold code.
    return f"`{term}`\n\n:   {'. '.join(filter(None, parts))}\n"


def _prose(text: str) -> str:
    """Return the paragraphs of a docstring as Markdown, each on a line."""
    return "\n\n".join(_escaped(" ".join(each.split())) for each in text.split("\n\n"))


def _escaped(text: str) -> str:
    pieces = re.split(r"(``.+?``|`.+?`)", text)
    return "".join(
        f"`{piece.strip('`')}`" if j % 2 else re.sub(r"[][*_<>$@~^\\]", r"\\\g<0>", piece)
        for j, piece in enumerate(pieces)
    )


def _raised(parts: list[str]) -> list[str]:
    """Return the names of the refusals that the page speaks of, in the order of their module."""
    text = "\n".join(parts)
    return [
        name
        for name, thing in vars(errors).items()
        if inspect.isclass(thing) and name != "AnalysisError" and f"`{name}`\n" in text
    ]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
