r"""
The optimum of a profiled deviance over the cone of covariance matrices, certified.

The search runs over the entries of the relative covariance factor :math:`\Lambda`, without bounds: the
criterion depends on :math:`\Psi = \Lambda\Lambda'` alone, which is positive semidefinite whatever the
signs in :math:`\Lambda`. A bound at 0 would add points where a search gets stuck, since the derivative
by a diagonal entry of 0 is 0 whether or not a positive variance would do better. For the same reason
the certificate is not the gradient by :math:`\Lambda` but the first-order condition by :math:`\Psi`:
:math:`K\Lambda = 0` and K positive semidefinite, where K is the derivative by :math:`\Psi`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

from analysis.errors import ConvergenceError
from analysis.likelihood import ProfiledDeviance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from analysis.likelihood import Array, CrossProducts, Method, Profile

    # Rows and columns of the factor's free entries.
    Entries = tuple[NDArray[np.signedinteger], NDArray[np.signedinteger]]

CERTIFIED_DECREASE = 1e-9
"""Largest decrease of the criterion that may still be in sight at a certified optimum."""

# Standard deviations of the random effects over the residual's at the starts of the search: lme4's
# own start, and one each for weakly and strongly clustered data.
_STARTS = (1.0, 0.2, 4.0)
# A singular value of the factor below this is tried as exactly 0.
_NEARLY_SINGULAR = 0.05
# Steps that polish; a handful is usual, and more than these means that there is no optimum.
_MOST_STEPS = 50
# Relative size below which an eigenvalue of the Hessian is the flat direction that a rotation of
# the factor's columns leaves, and the step of the differences that make the Hessian.
_FLAT = 1e-9
_DIFFERENCE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum:
    r"""
    The optimum of a profiled deviance.

    Parameters
    ----------
    factor : ndarray, shape (q, q)
        Lower triangular :math:`\Lambda`, standardised units; the columns from `rank` on are 0.
    rank : int
        Rank of the covariance; below q the fit is singular.
    profile : Profile
        The deviance there.
    predicted_decrease : float
        What a second-order step would still take off the criterion.
    """

    factor: Array
    rank: int
    profile: Profile
    predicted_decrease: float

    @property
    def singular(self) -> bool:
        """Whether the covariance lies on the boundary of the cone."""
        return self.rank < len(self.factor)


def optimise(products: CrossProducts, method: Method) -> Optimum:
    """
    Find the optimum of a profiled deviance from several starts, and certify it.

    Parameters
    ----------
    products : CrossProducts
        The design's sums of products.
    method : {"ML", "REML"}
        Which likelihood.

    Returns
    -------
    Optimum

    Raises
    ------
    ConvergenceError
        If the lowest point that the searches reach does not satisfy the first-order condition.
    """
    search = _Search(products, method)
    ends = [search.descend(ratio * np.eye(search.q)) for ratio in _STARTS]
    lowest, factor = min(ends, key=lambda end: end[0])
    tried = []
    for rank in _plausible_ranks(factor):
        optimum = search.polish(_truncated(factor, rank), rank)
        criterion = optimum.profile.criterion
        # The descent is not exact: a lower rank wins only if it costs nothing.
        if (
            optimum.predicted_decrease <= CERTIFIED_DECREASE
            and criterion <= lowest + CERTIFIED_DECREASE
        ):
            return optimum
        tried.append(optimum)
    best = min(tried, key=lambda optimum: optimum.profile.criterion)
    msg = (
        f"the {method} fit has no certified optimum: at a criterion of "
        f"{best.profile.criterion:.6f} (standardised units) a decrease of "
        f"{best.predicted_decrease:.2g} is still in sight; the data may fit exactly, or be too few "
        "for these random effects"
    )
    raise ConvergenceError(msg)


class _Search:
    """Descend a deviance from a start, and polish where a descent ends."""

    def __init__(self, products: CrossProducts, method: Method) -> None:
        self.deviance = ProfiledDeviance(products, method)
        self.q = len(products.random)

    def descend(self, start: Array) -> tuple[float, Array]:
        """Return the criterion and the factor where a quasi-Newton search ends."""
        entries = np.tril_indices(self.q)

        def value_and_gradient(theta: Array) -> tuple[float, Array]:
            profile, gradient = self._evaluate(theta, entries)
            return profile.criterion, gradient

        found = minimize(
            value_and_gradient,
            start[entries],
            jac=True,
            method="L-BFGS-B",
            # Loose on purpose: the polishing steps converge quadratically from here.
            options={"ftol": 1e-10, "gtol": 1e-3, "maxiter": 500},
        )
        return float(found.fun), self._factor(found.x, entries)

    def polish(self, factor: Array, rank: int) -> Optimum:
        """
        Take Newton steps among the factors of one rank, and say what is left to gain.

        The Hessian is the difference of analytic gradients, and is kept once the steps are small.
        """
        rows, columns = np.tril_indices(self.q, m=rank)
        entries = (rows, columns)
        theta = factor[entries]
        profile, gradient = self._evaluate(theta, entries)
        in_sight = 0.0
        eigenvalues, vectors = np.empty(0), np.empty((0, 0))
        for step in range(_MOST_STEPS if rank else 0):
            if step == 0 or in_sight > 1e-4:
                eigenvalues, vectors = self._curvature(theta, gradient, entries)
            along = vectors.T @ gradient
            in_sight = float(0.5 * np.sum(along**2 / eigenvalues))
            if in_sight <= CERTIFIED_DECREASE / 1e4:
                break
            move = -vectors @ (along / eigenvalues)
            for _ in range(40):
                moved, moved_gradient = self._evaluate(theta + move, entries)
                if moved.criterion <= profile.criterion + abs(profile.criterion) * 1e-14:
                    theta, profile, gradient = theta + move, moved, moved_gradient
                    break
                move = move / 2
            else:
                break
        factor = self._factor(theta, entries)
        return Optimum(
            factor=factor,
            rank=rank,
            profile=profile,
            predicted_decrease=in_sight + self._gain_in_rank(factor, rank, profile),
        )

    def _evaluate(self, theta: Array, entries: Entries) -> tuple[Profile, Array]:
        factor = self._factor(theta, entries)
        profile = self.deviance(factor)
        return profile, (2 * profile.slope @ factor)[entries]

    def _factor(self, theta: Array, entries: Entries) -> Array:
        factor = np.zeros((self.q, self.q))
        factor[entries] = theta
        return factor

    def _curvature(self, theta: Array, gradient: Array, entries: Entries) -> tuple[Array, Array]:
        """Return the Hessian's eigenvalues, made positive, and vectors, without flat directions."""
        step = _DIFFERENCE * max(1.0, float(np.abs(theta).max()))
        rows = [
            (self._evaluate(theta + step * unit, entries)[1] - gradient) / step
            for unit in np.eye(len(theta))
        ]
        hessian = np.array(rows)
        eigenvalues, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
        magnitudes = np.abs(eigenvalues)
        curved = magnitudes > _FLAT * magnitudes.max()
        return magnitudes[curved], vectors[:, curved]

    def _gain_in_rank(self, factor: Array, rank: int, profile: Profile) -> float:
        """Predict the decrease from a further direction of variance, second order."""
        if rank == self.q:
            return 0.0
        eigenvalues, vectors = np.linalg.eigh(profile.slope)
        slope, direction = float(eigenvalues[0]), vectors[:, :1]
        if slope >= -_FLAT * float(np.abs(eigenvalues).max()):
            return 0.0
        step = 1e-4
        widened = np.linalg.qr(np.hstack((factor, np.sqrt(step) * direction)).T)[1].T
        there = self.deviance(widened[:, : self.q]).slope
        curvature = (float((direction.T @ there @ direction)[0, 0]) - slope) / step
        return slope**2 / (2 * curvature) if curvature > 0 else abs(slope)


def _plausible_ranks(factor: Array) -> Iterator[int]:
    """Yield the ranks that a factor may have at the optimum, the lowest first."""
    q = len(factor)
    deviations = np.linalg.svd(factor, compute_uv=False)
    largest = max(1.0, float(deviations[0]))
    yield from range(int(np.sum(deviations > _NEARLY_SINGULAR * largest)), q)
    yield q


def _truncated(factor: Array, rank: int) -> Array:
    """Return the lower triangular factor of the nearest covariance of a rank."""
    if rank == len(factor):
        return factor
    u, s, _ = np.linalg.svd(factor)
    truncated = np.zeros_like(factor)
    if rank:
        truncated[:, :rank] = np.linalg.qr((u[:, :rank] * s[:rank]).T)[1].T
    return truncated
