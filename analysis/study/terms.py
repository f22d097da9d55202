"""The terms of a formula: which columns they name, and what they may compute."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTIONS = ("C", "I", "center", "exp", "group_mean", "log", "scale", "sqrt", "within")
"""What a formula may call."""

_EXPRESSION = (
    ast.Expression, ast.Call, ast.Name, ast.Load, ast.Constant, ast.BinOp, ast.UnaryOp,
    ast.operator, ast.unaryop, ast.keyword,
)  # fmt: skip


def variables(terms: str, *, fixed: bool) -> list[str]:
    """
    Return the columns of some terms, in order.

    Parameters
    ----------
    terms : str
    fixed : bool
        Whether they are the fixed part, which has an intercept.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        If they have what no formula may have.
    """
    from formulaic import Formula as Terms
    from formulaic.errors import FormulaicError

    try:
        parsed: Any = Terms(terms)
        listed = [(str(term), list(term.factors)) for term in parsed]
    except (FormulaicError, SyntaxError, AttributeError) as error:
        # The library's first sentence; below it stands the formula, in colours.
        why = str(error).strip().split("\n")[0].split(". ")[0]
        msg = f"{terms!r} cannot be read: {why.rstrip('.')}"
        raise ValueError(msg) from None
    if fixed and "1" not in [term for term, _ in listed]:
        msg = "it has no intercept; models here have one: leave out 0 and - 1"
        raise ValueError(msg)
    found: list[str] = []
    for _, factors in listed:
        for factor in factors:
            kind = factor.eval_method.value
            if kind == "lookup":
                found.append(factor.expr.strip("`"))
            elif kind == "python":
                found += _called(factor.expr)
    return found


def _called(expression: str) -> Iterator[str]:
    """Yield the columns in a call; refuse functions and grammar beyond what formulas need."""
    names: dict[str, str] = {}

    def placeholder(found: re.Match[str]) -> str:
        names[f"column_{len(names)}_"] = found[0].strip("`")
        return list(names)[-1]

    try:
        tree = ast.parse(re.sub(r"`[^`]+`", placeholder, expression), mode="eval")
    except SyntaxError:
        msg = f"{expression!r} cannot be read"
        raise ValueError(msg) from None
    functions = set()
    for node in ast.walk(tree):
        if not isinstance(node, _EXPRESSION):
            msg = (
                f"{expression!r} is more than a formula may compute; use columns, numbers, + - * /"
            )
            raise ValueError(msg)
        if isinstance(node, ast.Call):
            if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
                called = ast.unparse(node.func)
                msg = f"{called}() is unknown; a formula may call {', '.join(FUNCTIONS)}"
                raise ValueError(msg)
            functions.add(node.func)
            _refuse_arguments(node)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node not in functions:
            yield names.get(node.id, node.id)


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
