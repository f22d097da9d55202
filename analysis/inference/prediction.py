r"""
Pooling put to the test: rows that are held out, predicted from the known rows of their groups.

In each random split some rows of every group are known. From these alone the others are predicted
by complete pooling (one line), by no pooling (a line for each group) and by partial pooling (random
intercepts and slopes, by REML). A group with no more rows than are to be known is known whole: it
helps to estimate, and has nothing to predict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.inference.lane_sums import stacked
from analysis.inference.lanes import optima
from analysis.mixed.grouping import Grouping
from analysis.mixed.rowsums import cross_products

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from analysis.mixed.crossproducts import Array, CrossProducts

METHODS = ("complete", "none", "partial")
"""The ways to pool, in the order of the scores."""

# Predictors of known rows that differ by less, as a share of their size, differ by rounding.
_ROUNDING = 64 * float(np.finfo(float).eps)
_START = np.eye(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """
    How well rows are predicted from so many known rows of each group.

    Parameters
    ----------
    known : int
        Known rows of a group.
    n_held_out : int
        Rows that are predicted in each split.
    by_split : ndarray, shape (n_splits, 3)
        Root mean square error over the rows that are held out, in units of the outcome, by split
        and method, in the order of `METHODS`.
    """

    known: int
    n_held_out: int
    by_split: Array

    def __post_init__(self) -> None:
        self.by_split.setflags(write=False)

    @property
    def n_splits(self) -> int:
        """Number of splits in which every method predicts."""
        return len(self.by_split)

    @property
    def rmse(self) -> dict[str, float]:
        """Root mean square error by method, the mean over the splits, in units of the outcome."""
        return dict(zip(METHODS, self.by_split.mean(axis=0).tolist(), strict=True))

    @property
    def error(self) -> dict[str, float]:
        """Its Monte Carlo standard error: that of a mean over independent splits."""
        return dict(zip(METHODS, _error(self.by_split).tolist(), strict=True))

    @property
    def interval(self) -> dict[str, tuple[float, float]]:
        """What 95% of such means over splits lie between, by method: 1.96 errors to either side."""
        reach = 1.96 * _error(self.by_split)
        mean = self.by_split.mean(axis=0)
        ends = zip((mean - reach).tolist(), (mean + reach).tolist(), strict=True)
        return dict(zip(METHODS, ends, strict=True))

    def gain(self, over: str) -> tuple[float, float]:
        """
        Return by how much partial pooling errs less than another method, with its error.

        Parameters
        ----------
        over : str
            "complete" or "none".

        Returns
        -------
        tuple of float
            Units of the outcome. The Monte Carlo error is that of the differences split by split,
            which are less uncertain than either part.
        """
        apart = self.by_split[:, METHODS.index(over)] - self.by_split[:, METHODS.index("partial")]
        return float(apart.mean()), float(_error(apart))

    @property
    def least(self) -> tuple[str, ...]:
        """The method that errs least, and those that err no more by two Monte Carlo errors."""
        order = np.argsort(self.by_split.mean(axis=0), kind="stable")
        apart = self.by_split - self.by_split[:, order[:1]]
        worse = apart.mean(axis=0) > 2 * _error(apart)
        return tuple(METHODS[i] for i in order if not worse[i])

    @property
    def partial_is_clear(self) -> bool:
        """Whether partial pooling errs less than both others, by two Monte Carlo errors."""
        gains = [self.gain(over) for over in METHODS if over != "partial"]
        return all(less > 2 * error for less, error in gains)


def _error(by_split: Array) -> Array:
    error: Array = by_split.std(axis=0, ddof=1) / np.sqrt(len(by_split))
    return error


def pooling_scores(
    x: Array,
    y: Array,
    codes: NDArray[np.int64],
    *,
    known: Sequence[int],
    n_splits: int,
    seed: int,
) -> tuple[Score, ...]:
    """
    Predict held-out rows by all three ways to pool.

    Parameters
    ----------
    x, y : ndarray, shape (n_rows,)
        Predictor and outcome, none missing.
    codes : ndarray of int, shape (n_rows,)
        The group of each row, from 0 to the number of groups less 1, each at least once.
    known : sequence of int
        How many rows of each group are known; the rows of a smaller number are among those of a
        larger one, so that numbers are compared on like splits.
    n_splits : int
        Random splits, at least 2.
    seed : int
        Of NumPy's default generator.

    Returns
    -------
    tuple of Score
        For each number for which a row is held out and which identifies the model: more known rows
        than random effects. A split is left out for all methods where its known rows do not,
        because their predictor is constant or lines fit them exactly.
    """
    by_group = np.argsort(codes, kind="stable")
    rows = _Rows(x[by_group], y[by_group], np.bincount(codes))
    shuffles = list(_shuffles(rows, n_splits, seed))
    used = [k for k in known if _identified(rows.sizes, k)]
    splits = [(k, shuffled) for k in used for shuffled in shuffles]
    # All at once, which is what lanes are for; the rows themselves are split again after that.
    partial = _partial_pooling([_products(_split(rows, *each).known) for each in splits])
    errors: dict[int, list[list[float]]] = {k: [] for k in used}
    for (k, shuffled), shrunken in zip(splits, partial, strict=True):
        if shrunken is not None:
            known_rows, asked = _split(rows, k, shuffled)
            lines = (_complete_pooling(known_rows), _no_pooling(known_rows), shrunken)
            errors[k].append([_rmse(asked, *each) for each in lines])
    return tuple(
        Score(
            known=k,
            n_held_out=int(np.maximum(rows.sizes - k, 0).sum()),
            by_split=np.array(found),
        )
        for k, found in errors.items()
        if len(found) > 1
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """
    One random split, with the lines that its known rows give.

    Parameters
    ----------
    order : ndarray of int, shape (n_rows,)
        Place of each row among those of its group, from 0: where k rows are known, it is those
        with a place below k.
    known : tuple of int
        Known rows of a group, rising.
    lines : ndarray, shape (n_known, 3, n_groups, 2)
        Intercept and slope by number known, method and group.
    """

    order: NDArray[np.int64]
    known: tuple[int, ...]
    lines: Array

    def __post_init__(self) -> None:
        self.order.setflags(write=False)
        self.lines.setflags(write=False)


def first_split(
    x: Array,
    y: Array,
    codes: NDArray[np.int64],
    *,
    known: Sequence[int],
    n_splits: int,
    seed: int,
) -> Split | None:
    """
    Return the first of the splits of `pooling_scores` in which the fewest known rows predict.

    Parameters
    ----------
    x, y, codes, n_splits, seed
        As there.
    known : sequence of int
        Numbers of known rows, rising; the last may be so large that all rows are known.

    Returns
    -------
    Split or None
        With the numbers that identify the model in this split; None if the fewest do in no split.
    """
    by_group = np.argsort(codes, kind="stable")
    rows = _Rows(x[by_group], y[by_group], np.bincount(codes))
    for shuffled in _shuffles(rows, n_splits, seed):
        parts = [_split(rows, k, shuffled).known for k in known]
        partial = _partial_pooling([_products(part) for part in parts])
        if partial[0] is None:
            continue
        fitted = {
            k: np.array([_complete_pooling(part), _no_pooling(part), shrunken])
            for k, part, shrunken in zip(known, parts, partial, strict=True)
            if shrunken is not None
        }
        starts = np.cumsum(rows.sizes) - rows.sizes
        order = np.empty_like(shuffled)
        order[by_group[shuffled]] = np.arange(len(x)) - np.repeat(starts, rows.sizes)
        return Split(
            order=order,
            known=tuple(fitted),
            lines=np.array([lines.swapaxes(1, 2) for lines in fitted.values()]),
        )
    return None


def _shuffles(rows: _Rows, n_splits: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Yield the rows of each split, group after group, those first that are known first."""
    random = np.random.default_rng(seed)
    for _ in range(n_splits):
        yield np.lexsort((random.random(len(rows.x)), rows.codes))


def _identified(sizes: NDArray[np.int64], k: int) -> bool:
    """Whether rows are held out, and there are more known rows than random effects."""
    known = np.minimum(sizes, k)
    return bool((sizes > k).any() and len(sizes) > 1 and known.sum() > 2 * len(sizes))


class _Rows(NamedTuple):
    """Rows, group after group, and how many each group has."""

    x: Array
    y: Array
    sizes: NDArray[np.int64]

    @property
    def codes(self) -> NDArray[np.int64]:
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    def taken(self, where: NDArray[np.int64], sizes: NDArray[np.int64]) -> _Rows:
        return _Rows(self.x[where], self.y[where], sizes)


class _Split(NamedTuple):
    """The rows of a split that are known, and those that are to be predicted."""

    known: _Rows
    asked: _Rows


def _split(rows: _Rows, k: int, shuffled: NDArray[np.int64]) -> _Split:
    """Split rows, shuffled within groups."""
    starts = np.cumsum(rows.sizes) - rows.sizes
    is_known = np.arange(len(shuffled)) - np.repeat(starts, rows.sizes) < k
    sizes = np.minimum(rows.sizes, k)
    return _Split(
        known=rows.taken(shuffled[is_known], sizes),
        asked=rows.taken(shuffled[~is_known], rows.sizes - sizes),
    )


def _rmse(asked: _Rows, intercepts: Array, slopes: Array) -> float:
    codes = asked.codes
    return float(np.sqrt(np.mean((asked.y - intercepts[codes] - slopes[codes] * asked.x) ** 2)))


def _complete_pooling(known: _Rows) -> tuple[Array, Array]:
    """Return the intercept and the slope of one line, by least squares, for every group."""
    mean_x, mean_y = known.x.mean(), known.y.mean()
    apart = known.x - mean_x
    slope = float(apart @ (known.y - mean_y) / (apart @ apart))
    n_groups = len(known.sizes)
    return np.full(n_groups, mean_y - slope * mean_x), np.full(n_groups, slope)


def _no_pooling(known: _Rows) -> tuple[Array, Array]:
    """Return those of a line for each group; a group with one predictor value has its mean."""
    codes, n = known.codes, known.sizes
    mean_x, mean_y = (np.bincount(codes, weights=values) / n for values in (known.x, known.y))
    apart = known.x - mean_x[codes]
    squares = np.bincount(codes, weights=apart**2)
    products = np.bincount(codes, weights=apart * (known.y - mean_y[codes]))
    varies = squares > n * (_ROUNDING * np.abs(known.x).max()) ** 2
    slopes = np.divide(products, squares, out=np.zeros(len(n)), where=varies)
    return mean_y - slopes * mean_x, slopes


def _partial_pooling(
    products: Sequence[CrossProducts | None],
) -> list[tuple[Array, Array] | None]:
    """Return those of random intercepts and slopes, by split; None where no model is identified."""
    lines: list[tuple[Array, Array] | None] = [None] * len(products)
    places = [i for i, sums in enumerate(products) if sums is not None]
    identified = [sums for sums in products if sums is not None]
    if not identified:
        return lines
    found = optima(stacked(identified), "REML", _START)
    for lane, (place, sums) in enumerate(zip(places, identified, strict=True)):
        if found.rank[lane] >= 0:
            lines[place] = _lines(sums, found.factor[lane], found.fixed_effects[lane])
    return lines


def _products(known: _Rows) -> CrossProducts | None:
    """Return the sums of known rows; None if their predictor is constant, or lines fit them."""
    if np.ptp(known.x) <= _ROUNDING * np.abs(known.x).max():
        return None
    groups = Grouping(order=None, bounds=np.append(0, np.cumsum(known.sizes)), names=())
    products = cross_products([known.x, known.y], groups, n_random=2)
    return products if (products.basis.diagonal() > 0).all() else None


def _lines(products: CrossProducts, factor: Array, fixed_effects: Array) -> tuple[Array, Array]:
    """Return the intercepts and slopes of the groups' lines, in the units of the rows."""
    basis = products.basis
    line = fixed_effects + _group_effects(products, factor, fixed_effects)
    # From the orthogonal columns, in which the outcome is what the predictor leaves of it.
    slopes = (basis[1, 2] + basis[2, 2] * line[:, 1]) / basis[1, 1]
    return basis[0, 2] + basis[2, 2] * line[:, 0] - slopes * basis[0, 1], slopes


def _group_effects(products: CrossProducts, factor: Array, fixed_effects: Array) -> Array:
    r"""
    Predict the random effects, (n_groups, 2), in the columns of the sums.

    With :math:`P_j = R_j\Lambda`, :math:`\Lambda(I + P_j'P_j)^{-1}P_j'C_j(-\beta, 1)` (Bates et al.
    2015, section 5.1).
    """
    residual = np.einsum("qkg,k->gq", products.spanned, [*-fixed_effects, 1.0])
    spread = np.einsum("abg,bc->gac", products.roots, factor)
    across = np.einsum("gac,ga->gc", spread, residual)
    inner = np.eye(2) + np.einsum("gab,gac->gbc", spread, spread)
    effects: Array = np.linalg.solve(inner, across[:, :, None])[:, :, 0] @ factor.T
    return effects
