"""What an engine computes of its columns: the terms of formulas, and the filter."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from analysis.errors import DataError
from analysis.study.columns import Columns
from analysis.study.unfit import of_model, refuse_names, related_effects

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.study.engine_typical import OnEngine
    from analysis.study.formula import Formula
    from analysis.study.terms import Factor, Term

_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}

_FUNCTIONS: Mapping[str, Callable[[nw.Expr], nw.Expr]] = {
    "I": lambda inner: inner,
    "exp": nw.Expr.exp,
    "log": nw.Expr.log,
    "sqrt": nw.Expr.sqrt,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """
    What a model's rows say of its columns.

    Parameters
    ----------
    means, deviations : Mapping of str to float
        Of columns of numbers; standard deviations with divisor n - 1.
    levels : Mapping of str to tuple
        Of columns that are categories, in order.
    group_means : Mapping of str to str
        What the columns with the groups' means of a column are called.
    """

    means: Mapping[str, float]
    deviations: Mapping[str, float]
    levels: Mapping[str, tuple[Any, ...]]
    group_means: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Computed(Columns):
    """
    The columns of a model by formula, as an engine computes them.

    Parameters
    ----------
    columns : Mapping of str to Expr
        Those that the table has not, by name.
    group_means : Mapping of str to str
        What the columns with the groups' means of a column are called.
    """

    typical: OnEngine
    columns: Mapping[str, nw.Expr]
    group_means: Mapping[str, str]

    def values(self, rows: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the fixed and the random part of other rows, as `Columns` says."""
        if self.formula.averages:
            groups = rows[self.formula.group]
            means = {
                name: self.typical.means_of(groups, column)
                for column, name in self.group_means.items()
            }
            rows = rows.assign(**means)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            made = nw.from_native(rows, eager_only=True).with_columns(**self.columns).to_native()
        ones = np.ones(len(rows))
        fixed, random = (
            np.column_stack([*first, *(made[name].to_numpy(dtype=float) for name in names)])
            for first, names in (
                ([ones], self.fixed),
                ([ones] if self.random_intercept else [], self.slopes),
            )
        )
        return fixed, random


def computed(formula: Formula, known: Known, typical: OnEngine) -> Computed:
    """
    Return the columns of a model.

    Parameters
    ----------
    formula : Formula
    known : Known
    typical : OnEngine
        What the model's rows have on average.

    Returns
    -------
    Computed

    Raises
    ------
    DataError
        If no engine can compute a term.
    """
    from formulaic import Formula as Terms

    refuse_names(formula, known.means)
    columns: dict[str, nw.Expr] = {}

    def named(term: Term, beside: tuple[Term, ...]) -> list[str]:
        made = [("", nw.lit(1.0))]
        for factor in term:
            others = [each for each in term if each != factor]
            if _is_category(factor, known) and others and tuple(others) not in beside:
                msg = (
                    f"{of_model(formula)}: {':'.join(f.text for f in term)} needs the term "
                    f"{':'.join(f.text for f in others)} beside it on an engine; add it, or write "
                    'engine = "memory" under [data]'
                )
                raise DataError(msg)
            made = [
                (f"{left}:{right}" if left else right, by * value)
                for right, value in _factor(factor, known, formula)
                for left, by in made  # whose levels change first, as in lme4
            ]
        if len(term) > 1 or term[0].text.strip("`") not in known.means:
            columns.update(made)
        return [name for name, _ in made]

    without = "1" not in map(str, Terms(formula.random))
    varying = any(_is_category(factor, known) for term in formula.random_terms for factor in term)
    if varying and formula.diagonal:
        msg = related_effects(formula)
        raise DataError(msg)
    if varying and without:
        msg = (
            f"{of_model(formula)}: a category without the intercept in the random part is not "
            'computed on an engine; write 1 + before it, or engine = "memory" under [data]'
        )
        raise DataError(msg)
    fixed = [name for term in formula.fixed_terms for name in named(term, formula.fixed_terms)]
    slopes = [name for term in formula.random_terms for name in named(term, formula.random_terms)]
    return Computed(
        formula=formula,
        typical=typical,
        columns=columns,
        group_means=known.group_means,
        fixed=tuple(fixed),
        slopes=tuple(slopes),
        random_intercept=not without,
    )


def _is_category(factor: Factor, known: Known) -> bool:
    name = factor.text.strip("`")
    return factor.text.startswith("C(") or (name in known.levels and name not in known.means)


def _factor(factor: Factor, known: Known, formula: Formula) -> list[tuple[str, nw.Expr]]:
    """Return the columns of a factor, by name: one, or one a level of a category but the first."""
    if _is_category(factor, known):
        (column,) = factor.columns
        levels, reference = known.levels[column], _reference(factor)
        first = levels[0] if reference is None else reference
        if first not in levels:
            msg = f"{of_model(formula)}: {column!r} has no level {first!r}; it has {levels}"
            raise DataError(msg)
        return [
            (
                f"{column}[{f'{level:g}' if isinstance(level, float) else level}]",
                (nw.col(column) == level).cast(nw.Float64),
            )
            for level in levels
            if level != first
        ]
    name = factor.text.strip("`")
    if name in known.means:
        return [(name, nw.col(name))]
    shown = f"{of_model(formula)}: {factor.text}"
    return [(factor.text, _evaluated(_tree(factor.text), known, shown))]


def _reference(factor: Factor) -> Any:  # noqa: ANN401
    tree = _tree(factor.text) if factor.text.startswith("C(") else None
    if (
        isinstance(tree, ast.Call)
        and len(tree.args) == 2
        and isinstance(tree.args[1], ast.Constant)
    ):
        value = tree.args[1].value
        return float(value) if isinstance(value, int) else value
    return None


def _tree(text: str) -> ast.expr:
    """Parse a call; a quoted name becomes ``_q`` and its bytes in hexadecimal."""
    plain = re.sub(r"`([^`]+)`", lambda found: f"_q{found[1].encode().hex()}", text)
    return ast.parse(plain, mode="eval").body


def _name(node: ast.Name) -> str:
    return bytes.fromhex(node.id[2:]).decode() if node.id.startswith("_q") else node.id


def _evaluated(node: ast.expr, known: Known, text: str) -> Any:  # noqa: ANN401
    """Return what an expression computes: an expression of the engine, or a number."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.Name():
            return nw.col(_name(node))
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -1.0 * _evaluated(inner, known, text)
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _evaluated(inner, known, text)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](
                _evaluated(left, known, text), _evaluated(right, known, text)
            )
        case ast.Call(func=ast.Name(id=function), args=[ast.Name() as argument]) if function in {
            "center",
            "scale",
            "within",
            "group_mean",
        }:
            return _recentred(function, _name(argument), known)
        case ast.Call(func=ast.Name(id=function), args=[inner]) if function in _FUNCTIONS:
            return _FUNCTIONS[function](_evaluated(inner, known, text))
    msg = (
        f"{text} is not computed on an engine: {_why_not(node)}; add it to the table as a column, "
        'or write engine = "memory" under [data]'
    )
    raise DataError(msg)


def _why_not(node: ast.expr) -> str:
    match node:
        case ast.BinOp() | ast.UnaryOp():
            return "one computes with + - * / and ** alone"
        case ast.Call(func=ast.Name(id="C")):
            return "a category in a function is no column there"
    return "the mean of an expression needs a pass of its own"


def _recentred(function: str, column: str, known: Known) -> nw.Expr:
    values = nw.col(column)
    if function == "group_mean":
        return nw.col(known.group_means[column])
    if function == "within":
        return values - nw.col(known.group_means[column])
    centred = values - known.means[column]
    return centred / known.deviations[column] if function == "scale" else centred
