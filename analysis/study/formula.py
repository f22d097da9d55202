"""The text of a model in lme4's notation, taken apart: outcome, fixed part, random part, group."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.study.terms import Term, terms_of

if TYPE_CHECKING:
    from collections.abc import Iterator

PURPOSE = "this project fits two levels, one grouping factor"

_NAME = re.compile(r"[^\W\d][\w.]*|`[^`]+`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """
    A model in lme4's notation.

    Parameters
    ----------
    name : str
        Name of the model.
    text : str
        The formula as its author wrote it, blanks aside.
    outcome, group : str
        Columns.
    fixed, random : str
        Terms of the fixed part, and what varies over the groups.
    diagonal : bool
        Whether the random effects are uncorrelated.
    columns : tuple of str
        The predictors' columns, in the order of their first mention.
    varying : tuple of str
        Those of them in the random part.
    fixed_terms, random_terms : tuple of Term
        The terms of both parts, but the intercept.
    """

    name: str
    text: str
    outcome: str
    group: str
    fixed: str
    random: str
    diagonal: bool
    columns: tuple[str, ...]
    varying: tuple[str, ...]
    fixed_terms: tuple[Term, ...]
    random_terms: tuple[Term, ...]

    @property
    def levelled(self) -> tuple[str, ...]:
        """The columns of which it makes categories by C()."""
        text = f"{self.fixed} {self.random}".replace(" ", "").replace("`", "")
        return tuple(
            column
            for column in self.columns
            if re.search(rf"\bC\({re.escape(column.replace(' ', ''))}[,)]", text)
        )

    @property
    def averages(self) -> bool:
        """Whether it asks for the means of groups."""
        text = re.sub(r"`[^`]*`", "", f"{self.fixed} {self.random}")
        return bool(re.search(r"\b(group_mean|within)\(", text))


def read_formula(name: str, text: str) -> Formula:
    """
    Take the formula of a model apart.

    Parameters
    ----------
    name : str
        Name of the model.
    text : str

    Returns
    -------
    Formula

    Raises
    ------
    ValueError
        If it is no formula, or none of a model of this project.
    """
    try:
        return _read(name, " ".join(text.split()))
    except ValueError as error:
        msg = f"model {name} ({' '.join(text.split())}): {error}"
        raise ValueError(msg) from None


def _read(name: str, text: str) -> Formula:
    tildes = [place for place, sign in enumerate(_bare(text)) if sign == "~"]
    sides = (text[: tildes[0]], text[tildes[0] + 1 :]) if len(tildes) == 1 else ("", "")
    if not sides[0].strip():
        msg = "write one outcome, ~, and the predictors: y ~ x + (1 + x | g)"
        raise ValueError(msg)
    outcome = _column(sides[0].strip(), "the outcome")
    fixed: list[str] = []
    bars: list[str] = []
    for term in _terms(sides[1]):
        (bars if _bar(term) >= 0 else fixed).append(term)
    if not bars:
        msg = "no random part; add (1 | g), with the column of the groups for g"
        raise ValueError(msg)
    parts = [_random_part(bar) for bar in bars]
    groups = list(dict.fromkeys(group for _, _, group in parts))
    if len(groups) > 1:
        msg = f"it groups by {' and by '.join(groups)}; {PURPOSE}: keep one of them"
        raise ValueError(msg)
    random, diagonal = _together(parts)
    fixed_part = " + ".join(fixed) or "1"
    fixed_terms, random_terms = terms_of(fixed_part, fixed=True), terms_of(random, fixed=False)
    seen, varying = _columns(fixed_terms), _columns(random_terms)
    for role, column in (("the outcome", outcome), ("the group", groups[0])):
        if column in seen or column in varying:
            msg = f"column {column!r} is {role} and a predictor; give it one role"
            raise ValueError(msg)
    if outcome == groups[0]:
        msg = f"column {outcome!r} is the outcome and the group; give it one role"
        raise ValueError(msg)
    return Formula(
        name=name,
        text=text,
        outcome=outcome,
        group=groups[0],
        fixed=fixed_part,
        random=random,
        diagonal=diagonal,
        columns=tuple(dict.fromkeys((*seen, *varying))),
        varying=varying,
        fixed_terms=fixed_terms,
        random_terms=random_terms,
    )


def _columns(terms: tuple[Term, ...]) -> tuple[str, ...]:
    named = (column for term in terms for factor in term for column in factor.columns)
    return tuple(dict.fromkeys(named))


def _column(text: str, what: str) -> str:
    if not _NAME.fullmatch(text):
        msg = f"{what} is {text!r}; write the name of a column, in back-ticks if it has blanks"
        raise ValueError(msg)
    return text.strip("`")


def _terms(text: str) -> Iterator[str]:
    """Split at the plus signs outside brackets, quotes and back-ticks."""
    depth, quote, term = 0, "", ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'`":
            quote = sign
        else:
            depth += (sign in "([{") - (sign in ")]}")
        if sign == "+" and depth == 0 and not quote:
            yield _filled(term)
            term = ""
        else:
            term += sign
    if depth or quote:
        msg = "a bracket, a quote or a back-tick is not closed" if depth >= 0 else "a ) too many"
        raise ValueError(msg)
    yield _filled(term)


def _filled(term: str) -> str:
    if not term.strip():
        msg = "a term is missing beside a + or the ~; write 1 for no predictor"
        raise ValueError(msg)
    return term.strip()


def _bare(text: str) -> str:
    """Return a text with blanks in the place of all that is quoted."""
    return re.sub(r"`[^`]*`|\"[^\"]*\"|'[^']*'", lambda found: " " * len(found[0]), text)


def _bar(term: str) -> int:
    """Return where a term has the bar of a random part, or -1."""
    return _bare(term).find("|")


def _random_part(term: str) -> tuple[str, bool, str]:
    """Return the terms of a random part, whether they are uncorrelated, and its group."""
    if not (term.startswith("(") and term.endswith(")")):
        msg = f"{term!r} is no random part; write (1 + x | g), with its brackets"
        raise ValueError(msg)
    inner = term[1:-1]
    bar = _bar(inner)
    diagonal = inner[bar : bar + 2] == "||"
    group = inner[bar + 1 + diagonal :].strip()
    if "|" in _bare(group) or not inner[:bar].strip() or not group:
        msg = f"{term!r} is no random part; write what varies, | or ||, and one column of groups"
        raise ValueError(msg)
    if not _NAME.fullmatch(group):
        msg = f"it groups by {group!r}; {PURPOSE}: name one column after the bar"
        raise ValueError(msg)
    return " + ".join(_terms(inner[:bar])), diagonal, group.strip("`")


def _together(parts: list[tuple[str, bool, str]]) -> tuple[str, bool]:
    """Return the random terms of one or several parts: those of several have no covariances."""
    if len(parts) == 1:
        return parts[0][:2]
    several = [random for random, diagonal, _ in parts if not _single(random) and not diagonal]
    if several:
        msg = (
            f"({several[0]} | …) beside another random part; write one part, with | for random "
            "effects that may correlate and || for those that do not"
        )
        raise ValueError(msg)
    terms = [term for random, _, _ in parts for term in _terms(random)]
    kept = [term for term in terms if term not in {"0", "1"}]
    intercepts = sum("0" not in _terms(random) for random, _, _ in parts)
    if intercepts > 1 or len(set(kept)) < len(kept):
        msg = "two random parts share a term; write each once, as (1 | g) + (0 + x | g)"
        raise ValueError(msg)
    return " + ".join(["1" if intercepts else "0", *kept]), True


def _single(random: str) -> bool:
    """Whether a random part has one effect: the intercept, or one slope without it."""
    terms = list(_terms(random))
    return terms == ["1"] or (len(terms) == 2 and "0" in terms)
