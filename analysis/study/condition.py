"""Which rows of a table a study uses, by a condition on their values."""

from __future__ import annotations

import ast
import operator
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

Value = float | str

_FORM = (
    'write comparisons such as age >= 18, ward == "A" or grade in [1, 2], joined by and, or '
    "and parentheses"
)

_ORDERS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_EQUALITIES: Mapping[type[ast.cmpop], bool] = {
    ast.Eq: True,
    ast.In: True,
    ast.NotEq: False,
    ast.NotIn: False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """
    A condition on the rows of a table.

    It compares columns with values and joins the comparisons; there is nothing else in it that
    could be evaluated, so a study file holds no code.

    Parameters
    ----------
    text : str
        As the study has it.
    columns : tuple of str
        Those that it names, in order.
    tree : ast.expr
        The text, parsed; a column is a name ``_0``, ``_1``, ... by its place in `columns`.

    Examples
    --------
    >>> condition = Condition.parse('age >= 18 and `ward type` in ["A", "B"]')
    >>> import pandas as pd
    >>> condition.columns
    ('age', 'ward type')
    >>> condition.holds(pd.DataFrame({"age": [17, 18], "ward type": ["A", "A"]}), {}).tolist()
    [False, True]
    """

    text: str
    columns: tuple[str, ...]
    tree: ast.expr

    @classmethod
    def parse(cls, text: object) -> Condition:
        """
        Read a condition.

        Parameters
        ----------
        text : object
            A name with blanks or dots stands between back-ticks.

        Returns
        -------
        Condition

        Raises
        ------
        ValueError
            If it is no text, or anything but comparisons of columns with values.
        """
        if not isinstance(text, str):
            msg = f"filter is {text!r}; {_FORM}"
            raise ValueError(msg)
        columns: list[str] = []
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of Python, on "\\d" and the like
                tree = ast.parse(_with_places(text, columns).strip(), mode="eval").body
            _check(tree)
        except (ValueError, SyntaxError, OverflowError, RecursionError, MemoryError):
            msg = f"filter is {text!r}; {_FORM}"
            raise ValueError(msg) from None
        return cls(text=text, columns=tuple(columns), tree=tree)

    def holds(
        self, table: pd.DataFrame, value_labels: Mapping[str, Mapping[Value, str]]
    ) -> pd.Series[bool]:
        """
        Tell which rows fulfil the condition.

        Parameters
        ----------
        table : DataFrame, shape (n_rows, n_columns)
        value_labels : Mapping of str to (Mapping of value to str)
            Names of values, by column: a text is compared with these.

        Returns
        -------
        Series of bool, shape (n_rows,)
            A comparison with a missing value never holds.

        Raises
        ------
        ValueError
            If numbers are compared with texts.
        """
        return self._holds(self.tree, table, value_labels)

    def expression(self, numeric: Mapping[str, bool]) -> nw.Expr:
        """
        Return the condition as an engine computes it; a comparison with a missing value is false.

        Parameters
        ----------
        numeric : Mapping of str to bool
            Whether a column holds numbers, by name; else it holds texts.

        Raises
        ------
        ValueError
            If numbers are compared with texts.
        """
        return self._expression(self.tree, numeric)

    def _expression(self, node: ast.expr, numeric: Mapping[str, bool]) -> nw.Expr:
        import narwhals as nw

        found: nw.Expr
        if isinstance(node, ast.BoolOp):
            joined = operator.and_ if isinstance(node.op, ast.And) else operator.or_
            parts = (p for p in ast.iter_child_nodes(node) if isinstance(p, ast.expr))
            found = reduce(joined, (self._expression(part, numeric) for part in parts))
            return found
        assert isinstance(node, ast.Compare)
        assert isinstance(node.left, ast.Name)
        name = self.columns[int(node.left.id[1:])]
        values = _values(node.comparators[0])
        texts = isinstance(values[0], str)
        if numeric[name] and texts:
            _refuse_comparison(name, numeric=True)
        # Groups of a text file are texts, be they numbers.
        column = nw.col(name) if texts else nw.col(name).cast(nw.Float64)
        (comparison,) = map(type, node.ops)
        if comparison in _ORDERS:
            found = _ORDERS[comparison](column, values[0])
        else:
            found = column.is_in(values) if _EQUALITIES[comparison] else ~column.is_in(values)
        return found & ~column.is_null()

    def _holds(
        self, node: ast.expr, table: pd.DataFrame, labels: Mapping[str, Mapping[Value, str]]
    ) -> pd.Series[bool]:
        if isinstance(node, ast.BoolOp):
            joined = operator.and_ if isinstance(node.op, ast.And) else operator.or_
            parts = ast.iter_child_nodes(node)
            return reduce(
                joined,
                (self._holds(part, table, labels) for part in parts if isinstance(part, ast.expr)),
            )
        assert isinstance(node, ast.Compare)
        assert isinstance(node.left, ast.Name)
        column = self.columns[int(node.left.id[1:])]
        values = _values(node.comparators[0])
        found = _comparable(table[column], values, labels.get(column, {}))
        (comparison,) = map(type, node.ops)
        if comparison in _ORDERS:
            holds: pd.Series[bool] = _ORDERS[comparison](found, values[0])
            return holds
        return (found.isin(values) == _EQUALITIES[comparison]) & found.notna()


_TOKEN = re.compile(r"`(?P<quoted>[^`]+)`|(?P<bare>(?<![\w.])[^\W\d]\w*)|\"[^\"]*\"|'[^']*'")
_WORDS = {"and", "or", "in", "not"}


def _with_places(text: str, columns: list[str]) -> str:
    """Put ``_0``, ``_1``, ... in the place of columns, which it collects."""

    def place(found: re.Match[str]) -> str:
        name = found["quoted"] or found["bare"]
        if name is None or found["bare"] in _WORDS:
            return found[0]
        if name not in columns:
            columns.append(name)
        return f"_{columns.index(name)}"

    return _TOKEN.sub(place, text)


def _check(node: ast.expr) -> None:
    match node:
        case ast.BoolOp(values=parts):
            for part in parts:
                _check(part)
        case ast.Compare(left=ast.Name(), ops=[ast.In() | ast.NotIn()], comparators=[right]):
            if not isinstance(right, ast.List | ast.Tuple) or not right.elts:
                raise ValueError
            _values(right)
        case ast.Compare(left=ast.Name(), ops=[comparison], comparators=[right]):
            if isinstance(right, ast.List | ast.Tuple) or isinstance(
                comparison, ast.Is | ast.IsNot
            ):
                raise ValueError
            if isinstance(_value(right), str) and type(comparison) in _ORDERS:
                raise ValueError
        case _:
            raise ValueError


def _values(node: ast.expr) -> list[Value]:
    """Return a value, or the values of a list, all numbers or all texts."""
    parts = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    values = [_value(part) for part in parts]
    if len({isinstance(value, str) for value in values}) != 1:
        raise ValueError
    return values


def _value(node: ast.expr) -> Value:
    match node:
        case ast.Constant(value=str() as value):
            return value
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return float(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -float(value)
        case _:
            raise ValueError


def _comparable(
    column: pd.Series[Any], values: list[Value], labels: Mapping[Value, str]
) -> pd.Series[Any]:
    """Return a column as texts or numbers, whichever the values are."""
    # Reading a study takes no pandas.
    from pandas import to_numeric
    from pandas.api.types import is_numeric_dtype

    if not isinstance(values[0], str):
        numbers = to_numeric(column.astype(object), errors="coerce")
        wrong = numbers.isna() & column.notna()
        if wrong.any():
            held = f"{str(column[wrong].iloc[0])!r} in data row {column.index[wrong][0] + 1}"
            msg = (
                f"filter compares column {column.name!r} with a number, and it holds {held}; "
                "write a text in quotes"
            )
            raise ValueError(msg)
        return numbers
    if labels:
        return column.map(labels)
    if is_numeric_dtype(column):
        _refuse_comparison(str(column.name), numeric=True)
    return column.astype(str).where(column.notna())


def _refuse_comparison(name: str, *, numeric: bool) -> None:
    if numeric:
        msg = (
            f"filter compares column {name!r} with a text, and it holds numbers; write the number "
            "without quotes"
        )
    else:
        msg = (
            f"filter compares column {name!r} with a number, and it holds texts; write a text in "
            "quotes"
        )
    raise ValueError(msg)
