"""The conditions of claims, evaluated by simpleeval on values that they name."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPERATORS = (
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.USub, ast.Not),
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE),
)
_FUNCTIONS = {"abs": abs, "max": max, "min": min, "round": round}
_NODES = (
    *(ast.BinOp, ast.BoolOp, ast.Call, ast.Compare, ast.Constant, ast.IfExp, ast.Name, ast.UnaryOp),
    *(ast.And, ast.Or, ast.Load, *_OPERATORS),
)


class ConditionError(Exception):
    """A condition that cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    What became of a condition.

    Parameters
    ----------
    holds : bool
        False also where a value that it names does not exist.
    found : str
        The values that it names.
    """

    holds: bool
    found: str


def evaluate(condition: str, named: Mapping[str, Any]) -> Verdict:
    """
    Evaluate a condition: comparisons, and, or, not, if-else, + - * /, abs, max, min and round.

    Parameters
    ----------
    condition : str
    named : Mapping
        Nested; `a.b` and `a["b"]` are the value at b of that at a.

    Raises
    ------
    ConditionError
        If there is none, it is none, or it names what there is not.

    Examples
    --------
    >>> evaluate("0 < m1.fixed.x < 0.5", {"m1": {"fixed": {"x": 0.2}}})
    Verdict(holds=True, found='m1.fixed.x = 0.2')
    """
    if not condition:
        msg = 'it says not what it rests on; write holds="…" beside .claim'
        raise ConditionError(msg)
    try:
        return _evaluated(condition, named)
    except RecursionError:
        _refuse(condition[:40], "it is nested too deeply; write it shorter")


def _evaluated(condition: str, named: Mapping[str, Any]) -> Verdict:
    names = _Names(named)
    tree = names.visit(_parsed(condition))
    if not names.found:
        _refuse(condition, "it names no value, such as data.groups")
    for node in ast.walk(tree):
        if not isinstance(node, _NODES):
            what = f"{type(node).__name__} is no part of a condition"
            _refuse(condition, f"{what}; compare values, with and, or, not")
    found = ", ".join(f"{name} = {_written(value)}" for name, value in names.found.items())
    if None in names.found.values():
        return Verdict(holds=False, found=found)
    return Verdict(holds=_answer(condition, tree, names.found), found=found)


def _parsed(condition: str) -> ast.expr:
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(condition, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else "it cannot be read"
        _refuse(condition, f"{reason}; write a comparison, such as data.groups > 9")


def _answer(condition: str, tree: ast.expr, names: Mapping[str, Any]) -> bool:
    from simpleeval import DEFAULT_OPERATORS, InvalidExpression, SimpleEval

    operators = {kind: DEFAULT_OPERATORS[kind] for kind in _OPERATORS}
    evaluator = SimpleEval(operators=operators, functions=_FUNCTIONS, names=dict(names))
    try:
        answer = evaluator.eval(condition, previously_parsed=tree)
    except (InvalidExpression, ArithmeticError, TypeError, ValueError) as error:
        _refuse(condition, " ".join(str(error).split()))
    if not isinstance(answer, bool):
        _refuse(condition, f"it is {_written(answer)}, not true or false; write a comparison")
    return answer


def _refuse(condition: str, reason: str) -> NoReturn:
    msg = " ".join(f"{condition}: {reason}".split())
    raise ConditionError(msg)


@dataclass(slots=True)
class _Names(ast.NodeTransformer):
    """Put one name in the place of each path to a value, and note the values."""

    named: Mapping[str, Any]
    found: dict[str, Any] = field(default_factory=dict)

    def visit_Attribute(self, node: ast.Attribute) -> ast.Name:
        return self._value(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.Name:
        return self._value(node)

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return self._value(node)

    def visit_Call(self, node: ast.Call) -> ast.Call:
        if not isinstance(node.func, ast.Name) or node.func.id not in _FUNCTIONS:
            name = ast.unparse(node.func)
            msg = f"there is no function {name}, only {', '.join(_FUNCTIONS)}"
            raise ConditionError(msg)
        arguments = [self.visit(argument) for argument in node.args]
        return ast.Call(func=node.func, args=arguments, keywords=node.keywords)

    def _value(self, node: ast.expr) -> ast.Name:
        path = _path(node)
        value: Any = self.named
        for key in path:
            value = value.get(key, _ABSENT) if isinstance(value, Mapping) else _ABSENT
        name = ".".join(path)
        if value is _ABSENT or isinstance(value, Mapping):
            from difflib import get_close_matches

            close = get_close_matches(name, list(_paths(self.named)), n=1)
            close_by = f"; is it {close[0]}?" if close else "; see report/_artifacts/values.json"
            msg = f"there is no value {name}{close_by}"
            raise ConditionError(msg)
        self.found[name] = value
        return ast.Name(id=name, ctx=ast.Load())


_ABSENT = object()


def _path(node: ast.expr) -> tuple[str, ...]:
    match node:
        case ast.Name(id=name):
            return (name,)
        case ast.Attribute(value=value, attr=name):
            return (*_path(value), name)
        case ast.Subscript(value=value, slice=ast.Constant(value=str(name))):
            return (*_path(value), name)
    msg = f"{ast.unparse(node)} names no value; write it as data.groups"
    raise ConditionError(msg)


def _paths(named: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for name, value in named.items():
        if isinstance(value, Mapping):
            yield from _paths(value, f"{above}{name}.")
        else:
            yield f"{above}{name}"


def _written(value: object) -> str:
    match value:
        case None:
            return "nothing (it does not exist here)"
        case bool() | int():
            return str(value)
        case float():
            return f"{value:.6g}"
    return f"“{value}”"
