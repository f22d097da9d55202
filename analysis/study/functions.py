"""What formulas may call beyond the library's own, and the plain names of what it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from formulaic.transforms import C as categories
from formulaic.transforms.contrasts import ContrastsRegistry
from formulaic.utils.stateful_transforms import stateful_transform

from analysis.errors import listed
from analysis.study.columns import GROUP_OF_ALL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from formulaic import ModelMatrix
    from formulaic.materializers.types import FactorValues


def functions(group: str) -> dict[str, Any]:
    """Return what formulas may call beyond formulaic's own, for one column of groups."""

    @stateful_transform  # type: ignore[untyped-decorator]  # formulaic has no types
    def group_mean(
        values: pd.Series[float], _state: dict[str, Any], _context: Mapping[str, Any]
    ) -> pd.Series[float]:
        values = pd.Series(values)
        groups = pd.Series(_context[group], index=values.index).astype(str)
        if "means" not in _state:
            means = values.groupby(groups).mean()
            means[GROUP_OF_ALL] = means.mean()
            _state["means"] = means
        return groups.map(_state["means"]).astype(float)

    @stateful_transform  # type: ignore[untyped-decorator]
    def within(
        values: pd.Series[float], _state: dict[str, Any], _context: Mapping[str, Any]
    ) -> pd.Series[float]:
        values = pd.Series(values)
        means: pd.Series[float] = group_mean(values, _state=_state, _context=_context)
        return values - means

    @stateful_transform  # type: ignore[untyped-decorator]
    def levels(
        values: pd.Series[Any], reference: object = None, *, _state: dict[str, Any]
    ) -> FactorValues:
        # Other rows than the first ones may lack the reference: their levels are the first ones'.
        present = _state.setdefault("levels", sorted(set(values)))
        if reference is None:
            return categories(values)
        if reference not in present:
            written = listed([_level(level) for level in present])
            msg = f"C() has the reference {reference!r}; the levels are {written}"
            raise ValueError(msg)
        return categories(values, ContrastsRegistry.treatment(base=reference))

    return {
        "group_mean": group_mean, "within": within, "C": levels, "sqrt": np.sqrt,
        "log": np.log, "exp": np.exp,
    }  # fmt: skip


def renamed(made: ModelMatrix) -> pd.DataFrame:
    """Return a model matrix with plain names: "sex[girl]" for the library's "C(sex)[T.girl]"."""
    written: dict[str, str] = {}
    for expression, (_, state) in made.model_spec.encoder_state.items():
        name = _category(str(expression))
        for level in state.get("categories", ()):
            for form in (f"{expression}[T.{level}]", f"{expression}[{level}]"):
                written[form] = f"{name}[{_level(level)}]"
    forms = sorted(written, key=len, reverse=True)
    names = [_replaced(str(name), forms, written) for name in made.columns]
    return pd.DataFrame(made.to_numpy(dtype=float), index=made.index, columns=names)


def _replaced(name: str, forms: Sequence[str], written: Mapping[str, str]) -> str:
    for form in forms:
        name = name.replace(form, written[form])
    return name


def _category(expression: str) -> str:
    """Return the column of C(column) or C(column, reference)."""
    if not expression.startswith("C("):
        return expression
    return expression[2:-1].split(",")[0].strip().strip("`")


def _level(level: object) -> str:
    return f"{level:g}" if isinstance(level, float) else str(level)
