"""The claims of documents: sentences with the condition that each rests on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import shorten
from typing import TYPE_CHECKING

from analysis.errors import ClaimsError
from analysis.prose.conditions import ConditionError, evaluate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What is no text of the document, or holds brackets that are none of Markdown's.
_NO_TEXT = re.compile(
    r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*$"
    r"|^[ \t>]*(?P<fence>`{3,}|~{3,}).*?(?:^[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|<!--.*?-->"
    r"|(?<!`)(?P<ticks>`+)(?!`)(?:(?!\n\s*\n).)*?(?<!`)(?P=ticks)(?!`)"
    r"|\$\$.*?\$\$|\$(?=\S)[^$\n]*(?<=\S)\$(?!\d)"
    r"|\\[\[\]{}]",
    re.DOTALL | re.MULTILINE,
)
_ATTRIBUTES = re.compile(r"""\{(?:[^{}"']|"[^"]*"|'[^']*')*\}""")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_CLAIM = re.compile(r"(?<![\w-])\.claim(?![\w-])")
_GAP = re.compile(r"(?<![\w-])\.gap(?![\w-])")
_HOLDS = re.compile(r"""(?<![\w-])holds\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'}]+))""")
_SHORTCODE = re.compile(r"\{\{<\s*\S+\s+(.*?)\s*>\}\}")

_LONGEST = 80
"""Characters of a sentence that a refusal quotes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """
    A passage of a document and what it rests on.

    Parameters
    ----------
    place : str
        File and line.
    sentence : str
        In one line, cut if it is long; a variable is its name in braces.
    condition : str
        In one line; empty if the author gave none.
    """

    place: str
    sentence: str
    condition: str


def find_claims(name: str, text: str) -> list[Claim]:
    r"""
    Find the claims of a document.

    Parameters
    ----------
    name : str
        The document's, in refusals.
    text : str

    Returns
    -------
    list of Claim

    Raises
    ------
    ClaimsError
        If something else than words in brackets or a div is marked as one.

    Examples
    --------
    >>> find_claims("a.qmd", 'So\n[it is.]{.claim holds="m1.aic > 0"}')
    [Claim(place='a.qmd:2', sentence='it is.', condition='m1.aic > 0')]
    """
    bare = _NO_TEXT.sub(_blank, text)
    claims, misplaced = [], []
    for found in _ATTRIBUTES.finditer(bare):
        if not _CLAIM.search(_QUOTED.sub("", found[0])):
            continue
        span = _span(bare, found.start()) or _div(bare, found)
        start = span[0] if span else found.start()
        line = 1 + text.count("\n", 0, start)
        place = f"{name}:{line}"
        if span is None:
            misplaced.append(
                f'{place}: .claim marks nothing here; write [a sentence]{{.claim holds="…"}}, or '
                'a div, ::: {.claim holds="…"}'
            )
            continue
        holds = _HOLDS.search(found[0])
        condition = next(filter(None, holds.groups()), "") if holds else ""
        claims.append(
            Claim(
                place=place,
                sentence=_cut(text[slice(*span)]),
                condition=_one_line(condition),
            )
        )
    if misplaced:
        raise ClaimsError(misplaced)
    return claims


def count_gaps(text: str) -> int:
    r"""
    Count the gaps that a document leaves to its author.

    Examples
    --------
    >>> count_gaps("[What for?]{.gap}\n\n::: {.gap}\nWhere from?\n:::\n`{.gap}`")
    2
    """
    marks = _ATTRIBUTES.findall(_NO_TEXT.sub(_blank, text))
    return sum(bool(_GAP.search(_QUOTED.sub("", mark))) for mark in marks)


def check(
    claims: Iterable[Claim], named: Mapping[str, object], *, draft: bool = False
) -> dict[str, bool | str]:
    """
    Check claims against results.

    Parameters
    ----------
    claims : iterable of Claim
    named : Mapping
        What conditions can name, nested.
    draft : bool
        Let claims pass that do not hold.

    Returns
    -------
    dict of str to (bool or str)
        By condition: True, or, of one that does not hold, the values that were found.

    Raises
    ------
    ClaimsError
        With a line for each claim that does not hold, and in a draft too for each whose condition
        is missing or cannot be read.
    """
    verdicts: dict[str, bool | str] = {}
    problems = []
    for claim in claims:
        try:
            verdict = evaluate(claim.condition, named)
        except ConditionError as error:
            problems.append(f"{claim.place}: “{claim.sentence}”: {error}")
            continue
        verdicts[claim.condition] = verdict.holds or verdict.found
        if not verdict.holds and not draft:
            problems.append(
                f"{claim.place}: “{claim.sentence}” does not hold: {claim.condition}; found "
                f"{verdict.found}; rewrite it, or see it marked with --draft"
            )
    if problems:
        raise ClaimsError(problems)
    return dict(sorted(verdicts.items()))


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _span(text: str, attributes: int) -> tuple[int, int] | None:
    """Return where the text in brackets before attributes begins and ends."""
    if text[attributes - 1 : attributes] != "]":
        return None
    depth = 0
    for place in range(attributes - 1, -1, -1):
        depth += {"]": 1, "[": -1}.get(text[place], 0)
        if not depth:
            return place + 1, attributes - 1
    return None


def _div(text: str, attributes: re.Match[str]) -> tuple[int, int] | None:
    """Return where the content of the div with attributes begins and ends."""
    line = text.rfind("\n", 0, attributes.start()) + 1
    if not re.fullmatch(r"[ \t>]*:{3,}[ \t]*", text[line : attributes.start()]):
        return None
    depth = 0
    for fence in re.finditer(r"^[ \t>]*:{3,}(.*)$", text[line:], re.MULTILINE):
        depth += 1 if fence[1].strip(" \t:") else -1
        if not depth:
            return attributes.end(), line + fence.start()
    return attributes.end(), len(text)


def _cut(text: str) -> str:
    return shorten(_SHORTCODE.sub(r"{\1}", text), _LONGEST, placeholder=" …")


def _one_line(text: str) -> str:
    return " ".join(text.split())
