"""The terms of a formula: which columns they name, and what they may compute."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

FUNCTIONS = ("C", "I", "center", "exp", "group_mean", "log", "scale", "sqrt", "within")
"""What a formula may call."""

_MOST_TERMS = 10_000
"""Products that brackets may multiply out to, before those that are the same are taken together."""

_EXPRESSION = (
    ast.Expression, ast.Call, ast.Name, ast.Load, ast.Constant, ast.BinOp, ast.UnaryOp,
    ast.operator, ast.unaryop, ast.keyword,
)  # fmt: skip


# What leaves a predictor what it is, but for its origin and its unit.
_RESCALED = ("center", "scale", "within")


class Factor(NamedTuple):
    """
    What a term multiplies.

    Parameters
    ----------
    text : str
    columns : tuple of str
        All that it names.
    own : tuple of str
        Those that it names outside of group_mean().
    """

    text: str
    columns: tuple[str, ...]
    own: tuple[str, ...]

    def level(self, level_2: Collection[str]) -> int:
        """Return 2 if it has one value in each group, by the columns that have; else 1."""
        return 2 if set(self.own) <= set(level_2) else 1

    def is_predictor(self, column: str) -> bool:
        """Whether it is a column, be it from another origin or in another unit."""
        text = self.text.replace(" ", "").replace("`", "")
        name = column.replace(" ", "")
        return text in {name, *(f"{function}({name})" for function in _RESCALED)}


Term = tuple[Factor, ...]
"""A predictor, or a product of several."""


def terms_of(text: str, *, fixed: bool) -> tuple[Term, ...]:
    """
    Return the terms of a part of a formula, but the intercept, in order.

    Parameters
    ----------
    text : str
    fixed : bool
        Whether it is the fixed part, which has an intercept.

    Returns
    -------
    tuple of Term

    Raises
    ------
    ValueError
        If they have what no formula may have.
    """
    from formulaic import Formula as Terms
    from formulaic.errors import FormulaicError
    from formulaic.parser import DefaultFormulaParser

    try:
        if _n_products(DefaultFormulaParser().get_ast(text)) > _MOST_TERMS:
            msg = f"{text!r} multiplies out to more than {_MOST_TERMS:,} terms; write a lower power"
            raise ValueError(msg)
        parsed: Any = Terms(text)
        listed = [(str(term), list(term.factors)) for term in parsed]
    except (FormulaicError, SyntaxError, AttributeError) as error:
        # The library's first sentence; below it stands the formula, in colours.
        why = str(error).strip().split("\n")[0].split(". ")[0]
        msg = f"{text!r} cannot be read: {why.rstrip('.')}"
        raise ValueError(msg) from None
    except RecursionError:
        msg = f"{text!r} has too many factors, or brackets in brackets; write fewer"
        raise ValueError(msg) from None
    if fixed and "1" not in [term for term, _ in listed]:
        msg = "it has no intercept; models here have one: leave out 0 and - 1"
        raise ValueError(msg)
    terms = (tuple(filter(None, map(_factor, factors))) for _, factors in listed)
    return tuple(filter(None, terms))


def _n_products(node: Any) -> int:  # noqa: ANN401  # formulaic has no types
    """Return how many products a part of a formula is multiplied out to, or a number too many."""
    total = 0
    # A sum may be long, and leans to the left.
    while getattr(node, "operator", None) and node.operator.symbol in {"+", "-"}:
        *first, last = node.args
        total += _n_products(last) if first else 0
        node = first[0] if first else last
    if not getattr(node, "operator", None):
        return total + 1
    left, *others = node.args
    found = _n_products(left)
    for other in others:
        more = _n_products(other)
        match node.operator.symbol:
            case "**" | "^":
                power = _power(other)
                found = max(more, power, found ** min(power, _MOST_TERMS.bit_length()))
            case ":":
                found *= more
            case _:
                found += more + found * more
    return min(total + found, _MOST_TERMS + 1)


def _power(node: Any) -> int:  # noqa: ANN401
    while getattr(node, "operator", None):
        node = node.args[0]  # of a sum the library takes the first
    digits = str(node)
    return min(int(digits[:6]), _MOST_TERMS + 1) if digits.isdecimal() else 1


def _factor(made: Any) -> Factor | None:  # noqa: ANN401  # formulaic has no types
    """Return a factor of the library's as one of ours; None for a number."""
    kind, text = made.eval_method.value, str(made.expr)
    if kind == "lookup":
        return Factor(text, (text.strip("`"),), (text.strip("`"),))
    if kind == "python":
        found = list(_called(text))
        columns = tuple(dict.fromkeys(name for name, _ in found))
        return Factor(text, columns, tuple(name for name in columns if (name, False) in found))
    return None


def _called(expression: str) -> Iterator[tuple[str, bool]]:
    """
    Yield the columns in a call, and whether each stands in group_mean().

    Functions and grammar beyond what formulas need are refused.
    """
    names: dict[str, str] = {}

    def placeholder(found: re.Match[str]) -> str:
        names[f"column_{len(names)}_"] = found[0].strip("`")
        return list(names)[-1]

    try:
        tree = ast.parse(re.sub(r"`[^`]+`", placeholder, expression), mode="eval")
    except SyntaxError:
        msg = f"{expression!r} cannot be read"
        raise ValueError(msg) from None
    functions, averaged, references = set(), set(), set()
    for node in ast.walk(tree):
        if not isinstance(node, _EXPRESSION):
            msg = (
                f"{expression!r} is more than a formula may compute; use columns, numbers, + - * /"
            )
            raise ValueError(msg)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and not _named(node):
            msg = f"{expression!r} has the power of a number; write the number that it is"
            raise ValueError(msg)
        if isinstance(node, ast.Call):
            if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
                called = ast.unparse(node.func)
                msg = f"{called}() is unknown; a formula may call {', '.join(FUNCTIONS)}"
                raise ValueError(msg)
            functions.add(node.func)
            _refuse_arguments(node)
            references.update(node.args[1:])
            if node.func.id == "group_mean":
                averaged.update(node.args)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and node not in references
            and not isinstance(node.value, int | float)
        ):
            msg = f"{expression!r} computes with {node.value!r}; use columns and numbers"
            raise ValueError(msg)
        if isinstance(node, ast.Name) and node not in functions:
            yield names.get(node.id, node.id), node in averaged


def _named(node: ast.AST) -> bool:
    return any(isinstance(each, ast.Name) for each in ast.walk(node))


def _refuse_arguments(call: ast.Call) -> None:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    most = 2 if name == "C" else 1
    if call.keywords or not 1 <= len(call.args) <= most:
        form = "C(x) or C(x, reference)" if name == "C" else f"{name}(x)"
        msg = f"{ast.unparse(call)} has other arguments than {form}"
        raise ValueError(msg)
    if name in {"C", "group_mean", "within"} and not isinstance(call.args[0], ast.Name):
        msg = f"{ast.unparse(call)}: the first argument of {name}() is the name of a column"
        raise ValueError(msg)
    if len(call.args) == 2 and not isinstance(call.args[1], ast.Constant):
        msg = f"{ast.unparse(call)}: write the reference as a number, or as a text in quotes"
        raise ValueError(msg)
