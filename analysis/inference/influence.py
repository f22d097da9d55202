"""What a fit owes to each of its groups: the estimates without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.errors import NotIdentifiableError
from analysis.inference.lane_estimates import estimates_of
from analysis.inference.lane_sums import lanes_at_once, without_each_group
from analysis.inference.lanes import optima
from analysis.inference.progress import in_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.inference.lane_sums import LaneSums
    from analysis.mixed.crossproducts import Array
    from analysis.mixed.fit import MixedFit

# Without a group, a direction of X with a smaller share of the others' is none, but rounding of the
# sums of all groups.
_COLLINEAR = 1e-13


def leave_one_out(fit: MixedFit, most: int | None = None) -> Mapping[str, Mapping[str, float]]:
    """
    Refit a model without each of its groups.

    Parameters
    ----------
    fit : MixedFit
    most : int, optional
        Of more groups so many: those without which the fixed effects move most where the variances
        stay as they are.

    Returns
    -------
    Mapping of str to Mapping of str to float
        By group and parameter, as `bootstrap` names them. A group without which the model cannot be
        identified, or has no certified optimum, is missing; a correlation is, beside a standard
        deviation of 0.

    Raises
    ------
    NotIdentifiableError
        With two groups: one is left, and nothing varies.
    ModelError
        If a predictor has the name of another parameter.
    """
    spec, products = fit.spec, fit.products
    if fit.n_groups < 3:
        msg = (
            f"model {fit.name} ({spec.formula}): without one of its {fit.n_groups} groups there is "
            "only one left, over which nothing varies; use at least 3"
        )
        raise NotIdentifiableError(msg)
    p = products.n_fixed
    unit = float(products.basis[p, p])
    origin: Array = np.linalg.inv(products.basis[:p, :p]) @ products.basis[:p, p]
    found: dict[str, dict[str, float]] = {}
    chosen = np.arange(fit.n_groups)
    if most is not None and most < fit.n_groups:
        chosen = np.sort(np.argsort(-one_step(fit), kind="stable")[:most])
    for part in in_parts(len(chosen), lanes_at_once(products), f"{fit.name} without each group"):
        groups = chosen[part]
        groups = groups[_identified(without_each_group(products, groups))]
        if not len(groups):
            continue
        sums = without_each_group(products, groups)
        lanes = optima(sums, fit.method, fit.factor @ fit.factor.T, diagonal=spec.diagonal)
        by_name = estimates_of(spec, products, lanes, unit, origin)
        for lane, group in enumerate(groups.tolist()):
            if lanes.rank[lane] >= 0:
                found[fit.groups[group]] = {
                    name: float(values[lane])
                    for name, values in by_name.items()
                    if not np.isnan(values[lane])
                }
    return found


def one_step(fit: MixedFit) -> Array:
    r"""
    Return how far the fixed effects move without each group, the variances taken as known.

    Parameters
    ----------
    fit : MixedFit

    Returns
    -------
    ndarray, shape (n_groups,)
        Cook's distance but for its unit; infinite without a group that the fixed effects need.

    Notes
    -----
    With :math:`A_j = X_j'V_j^{-1}X_j` and :math:`b_j = X_j'V_j^{-1}y_j`, the estimates without
    group j solve :math:`(A - A_j)\beta = b - b_j`.
    """
    products, p = fit.products, fit.products.n_fixed
    spread = np.einsum("abg,bc->gac", products.roots, fit.factor)
    inverse = np.linalg.inv(np.eye(products.n_random) + spread @ spread.transpose(0, 2, 1))
    sums = np.einsum("akg,gab,blg->gkl", products.spanned, inverse, products.spanned)
    outside = slice(p + 1 - len(products.left), None)
    sums[:, outside, outside] += products.left.transpose(2, 0, 1)
    # The diagonal of what other columns explain is 0.
    used = np.flatnonzero(sums[:, :p, :p].sum(axis=0).diagonal() > 0)
    a, b = sums[:, used][:, :, used], sums[:, used, p]
    whole, rest = a.sum(axis=0), a.sum(axis=0) - a
    singular = np.linalg.eigvalsh(rest)[:, 0] <= _COLLINEAR * np.linalg.eigvalsh(whole)[-1]
    rest[singular] = np.eye(len(used))
    moves = np.linalg.solve(rest, (b.sum(axis=0) - b)[..., None])[..., 0]
    moves -= np.linalg.solve(whole, b.sum(axis=0))
    distances: Array = np.einsum("gi,ij,gj->g", moves, whole, moves)
    distances[singular] = np.inf
    return distances


def cooks_distances(
    fit: MixedFit, without: Mapping[str, Mapping[str, float]]
) -> Mapping[str, float]:
    r"""
    Return how far the fixed effects move without each group.

    Parameters
    ----------
    fit : MixedFit
    without : Mapping of str to Mapping of str to float
        Of `leave_one_out`.

    Returns
    -------
    Mapping of str to float
        Without a unit, for the groups of `without`.

    Notes
    -----
    :math:`(\hat\beta - \hat\beta_{(j)})'\,\widehat{\mathrm{Var}}(\hat\beta)^{-1}
    (\hat\beta - \hat\beta_{(j)})/p`, all estimated anew without group j (Cook 1977; for groups of
    a mixed model Snijders & Berkhof 2008, equation 3.34). R's `cooks.distance` of what lme4's
    `influence` returns has a factor :math:`(J - p)/J` besides.
    """
    names = list(fit.fixed_effects)
    inverse = np.linalg.inv(fit.covariance)
    distances = {}
    for group, values in without.items():
        moved = np.array([fit.fixed_effects[name] - values[name] for name in names])
        distances[group] = float(moved @ inverse @ moved) / len(names)
    return distances


def _identified(sums: LaneSums) -> NDArray[np.bool_]:
    """Return in which lanes there are rows enough, and no predictor is collinear with others."""
    p = sums.n_fixed
    spanned = np.einsum("lapg,labg->lpb", sums.predictors, sums.predictors, optimize=True)
    values = np.linalg.eigvalsh(sums.within[:, :p, :p] + spanned)
    independent = values[:, 0] > _COLLINEAR * values[:, -1]
    n_effects = (len(sums.sizes) - 1) * sums.n_random
    enough: NDArray[np.bool_] = independent & (sums.n_observations > max(n_effects, p))
    return enough
