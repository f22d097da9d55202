"""What a table says of a model: its sums of products, or why it cannot identify the model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.errors import ModelError, NotIdentifiableError, listed
from analysis.mixed.fingerprint import Fingerprint, fingerprint, fingerprint_of_sums
from analysis.mixed.grouping import grouping
from analysis.mixed.restriction import restricted
from analysis.mixed.rowsums import cross_products

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from analysis.mixed.crossproducts import CrossProducts
    from analysis.mixed.enginesums import EngineSums
    from analysis.mixed.model import ModelSpec

# Residual standard deviations that may be rounding: as a share of the outcome's standard deviation,
# since the search needs some digits of it, and of the outcome's size. (Of the outcome `basis` gives
# the standard deviation that it would have if its slopes within groups held over all rows.)
_EXACT, _ROUNDING = 1e-8, 64 * float(np.finfo(float).eps)
# A smaller share in a linear combination is rounding.
_NEGLIGIBLE = 1e-6
# Standard deviations whose squares, and those of their ratios, are far from over- and underflow.
_REPRESENTABLE = (1e-70, 1e70)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """
    What a table says of a model.

    Parameters
    ----------
    spec : ModelSpec
    products : CrossProducts
        The sums that the likelihood needs.
    groups : tuple of str
        Names of the groups with at least one complete row, in the order of the table.
    fingerprint : Fingerprint
        Of the rows with a value in every column of the model.
    """

    spec: ModelSpec
    products: CrossProducts
    groups: tuple[str, ...]
    fingerprint: Fingerprint


def design(spec: ModelSpec, table: pd.DataFrame) -> Design:
    """
    Build a model's sums of products from a table.

    Parameters
    ----------
    spec : ModelSpec
    table : DataFrame
        A row an observation; rows with a missing value in one of the model's columns are dropped.

    Returns
    -------
    Design

    Raises
    ------
    ModelError
        If a column is missing, no numbers, constant or collinear with others, or
        if there are fewer than two groups.
    NotIdentifiableError
        If there are too few rows for the random effects, or if the model fits the outcome exactly.
    """
    rows = _rows(spec, table)
    labels = table[spec.group] if rows is None else table[spec.group].iloc[rows]
    groups = grouping(labels)
    sources = [_values(table[name]) for name in _names(spec)]
    return _design(
        spec,
        lambda n_random: cross_products(sources, groups, n_random=n_random, rows=rows),
        sizes=np.diff(groups.bounds),
        groups=groups.names,
        mark=lambda: fingerprint(
            table.index if rows is None else table.index[rows],
            sources[-1] if rows is None else sources[-1][rows],
            groups,
        ),
    )


def design_of_sums(spec: ModelSpec, sums: EngineSums) -> Design:
    """
    Build a model's sums of products from those by group that an engine adds.

    Parameters
    ----------
    spec : ModelSpec
    sums : EngineSums
        Of all columns of the model, in the rows with a value in each of them.

    Returns
    -------
    Design

    Raises
    ------
    ModelError, NotIdentifiableError
        As `design`.
    DataError
        If the engine cannot read the table to its end.
    """
    return _design(
        spec,
        lambda n_random: sums.cross_products(sums.places(_names(spec)), n_random=n_random),
        sizes=sums.sizes,
        groups=sums.names,
        mark=lambda: fingerprint_of_sums(sums, spec.outcome),
    )


def _names(spec: ModelSpec) -> tuple[str, ...]:
    """Return the columns of a design after the intercept."""
    return (*spec.names_of_columns[1:], spec.outcome)


def _design(
    spec: ModelSpec,
    summed: Callable[[int], CrossProducts],
    *,
    sizes: NDArray[np.int64],
    groups: tuple[str, ...],
    mark: Callable[[], Fingerprint],
) -> Design:
    _refuse_too_few(spec, n_rows=int(sizes.sum()), n_groups=len(groups))
    names = spec.names_of_columns
    n_spanning = 1 + len(spec.slopes)
    products = summed(n_spanning)
    # Without its fixed effect a slope may be a combination of columns that have one.
    may_combine = len(names) if names == spec.names_of_sums else n_spanning
    _refuse_unusable(spec, products, names, independent=may_combine)
    if spec.restricted:
        products = restricted(products, spec)
        names = spec.names_of_sums
        _refuse_unusable(spec, products, names, independent=len(names))
    _refuse_exact(spec, products)
    return Design(spec=spec, products=products, groups=groups, fingerprint=mark())


def used_rows(spec: ModelSpec, table: pd.DataFrame) -> pd.DataFrame:
    """
    Return the rows of a table that a model uses: those with a value in each of its columns.

    Parameters
    ----------
    spec : ModelSpec
    table : DataFrame

    Returns
    -------
    DataFrame
        The table itself if no row lacks a value.

    Raises
    ------
    ModelError
        If a column is missing, or holds no numbers.
    """
    rows = _rows(spec, table)
    return table if rows is None else table.iloc[rows]


def _rows(spec: ModelSpec, table: pd.DataFrame) -> NDArray[np.intp] | None:
    """Return the positions of the rows used, or None for all."""
    complete = np.ones(len(table), dtype=bool)
    for name in (spec.group, *spec.columns):
        if name not in table.columns:
            msg = f"model {spec.name}: the table has no column {name!r}"
            raise ModelError(msg)
        if name != spec.group and not pd.api.types.is_numeric_dtype(table[name]):
            msg = (
                f"model {spec.name}: column {name!r} holds {table[name].dtype} values; code it by "
                "numbers"
            )
            raise ModelError(msg)
        complete &= table[name].notna().to_numpy()
    return None if complete.all() else np.flatnonzero(complete)


def _values(column: pd.Series) -> NDArray[np.generic]:
    """Return the numbers of a column, without a copy if they are NumPy's."""
    if isinstance(column.dtype, np.dtype):
        return column.to_numpy()
    return column.to_numpy(dtype=float, na_value=math.nan)


def _refuse_too_few(spec: ModelSpec, *, n_rows: int, n_groups: int) -> None:
    if n_groups < 2:
        msg = (
            f"model {spec.name}: {n_groups} group{'' if n_groups else 's'} in {spec.group!r}; at "
            "least 2 are needed"
        )
        raise ModelError(msg)
    if n_rows <= len(spec.fixed_names):
        msg = (
            f"model {spec.name} ({spec.formula}): {n_rows} rows for {len(spec.fixed_names)} fixed "
            "effects; use more rows or fewer terms"
        )
        raise NotIdentifiableError(msg)
    n_effects = n_groups * len(spec.random_names)
    if n_rows <= n_effects:
        msg = (
            f"model {spec.name} ({spec.formula}): {n_rows} rows for {n_effects} random effects of "
            f"{n_groups} groups; the residual variance is not identifiable: use larger groups or "
            "fewer random effects"
        )
        raise NotIdentifiableError(msg)


def _refuse_unusable(
    spec: ModelSpec, products: CrossProducts, names: tuple[str, ...], *, independent: int
) -> None:
    """Refuse constant and collinear columns, and those that no floating-point square can hold."""
    basis = products.basis
    for j, name in enumerate((*names[1:], spec.outcome), start=1):
        # Standard deviations, near enough of the outcome too for bounds so far out.
        deviations = np.hypot.reduce(basis[1 : j + 1, : j + 1])
        deviation = float(deviations[j])
        if deviation == 0.0:
            msg = (
                f"model {spec.name}: column {name!r} is constant in the "
                f"{products.n_observations} rows used; leave it out, or use other rows"
            )
            raise ModelError(msg)
        if not _REPRESENTABLE[0] < deviation < _REPRESENTABLE[1]:
            msg = (
                f"model {spec.name}: column {name!r} has infinite values, or a standard deviation "
                f"({deviation:.3g}) outside {_REPRESENTABLE[0]:g} to {_REPRESENTABLE[1]:g}; use "
                "another unit"
            )
            raise ModelError(msg)
        if basis[j, j] == 0.0 and j < independent:
            coefficients = np.linalg.solve(basis[:j, :j], basis[:j, j])
            shares = np.abs(coefficients) * deviations[:j] / deviation
            involved = [repr(names[i]) for i in range(1, j) if shares[i] > _NEGLIGIBLE]
            msg = (
                f"model {spec.name}: column {name!r} is a linear combination of "
                f"{listed(involved)}; leave one of them out"
            )
            raise ModelError(msg)


def _refuse_exact(spec: ModelSpec, products: CrossProducts) -> None:
    """Refuse an outcome that the fixed effects, and effects for each group, fit exactly."""
    n, basis, left = products.n_observations, products.basis, float(products.within[-1, -1])
    residual = math.sqrt(left / n) * float(basis[-1, -1])
    deviation = float(np.hypot.reduce(basis[1:, -1]))
    if residual <= max(_EXACT * deviation, _ROUNDING * (abs(float(basis[0, -1])) + deviation)):
        msg = (
            f"model {spec.name} ({spec.formula}): lines for each group fit column {spec.outcome!r} "
            "exactly, or but for rounding, so there is no residual variance to estimate; use more "
            "rows or fewer terms"
        )
        raise NotIdentifiableError(msg)
