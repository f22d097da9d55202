"""A fit with one parameter held at a value: how low the deviance gets by all others."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from analysis.errors import ConvergenceError
from analysis.inference.constrained import Low, lowest, search, starts
from analysis.inference.surface import Surface, noise
from analysis.mixed.curvature import further_variance
from analysis.mixed.likelihood import ProfiledDeviance
from analysis.mixed.newton import Newton
from analysis.mixed.optimum import optimise

if TYPE_CHECKING:
    from analysis.inference.surface import Kind
    from analysis.mixed.crossproducts import Array, CrossProducts
    from analysis.mixed.fit import MixedFit
    from analysis.mixed.newton import Point

# Decrease in sight where a search near a known point stops.
_TIGHT = 1e-13


class Held(Protocol):
    """One parameter that can be held, in a unit of its own."""

    estimate: float
    """Its value at the fit."""
    point: Array
    """Where the fit is."""
    scale: float
    """How far from the estimate a first look for an end of the interval may be."""

    def near(self, value: float, point: Array) -> Low:
        """Return a low point with the parameter held, by a search from a point."""
        ...

    def anywhere(self, value: float, point: Array) -> Low:
        """Return the lowest point with the parameter held, by searches from there and others."""
        ...


class HeldEffect:
    r"""
    A fixed effect that is held.

    With :math:`\beta_j` held at b, :math:`y - x_jb` on the other columns of X is a model of the
    same sums of products, in which only columns are combined.

    Parameters
    ----------
    fit : MixedFit
    name : str
        Of the fixed effect; its value is in the units of the table.
    """

    def __init__(self, fit: MixedFit, name: str) -> None:
        products = fit.products
        p = products.n_fixed
        self._fit, self._products = fit, products
        self._full = ProfiledDeviance(products, "ML")
        # Of the orthogonal columns' coefficients, that of the table is this combination.
        position = fit.spec.names_of_sums.index(name)
        self._row = np.linalg.inv(products.basis[:p, :p])[position]
        self._shift = float(self._row @ products.basis[:p, p])
        self._unit = float(products.basis[p, p])
        self._rest = np.linalg.svd(self._row[None])[2][1:].T
        self.estimate = fit.fixed_effects[name]
        self.scale = fit.standard_errors[name]
        self.point = fit.factor

    def near(self, value: float, point: Array) -> Low:
        """Return a low point with the parameter held, by a search from a point."""
        deviance = self._deviance(value)
        newton = Newton(deviance)
        end = newton(newton.start(point, newton.q), until=_TIGHT)
        assert end is not None  # nothing is known
        return self._low(value, deviance, end)

    def anywhere(self, value: float, point: Array) -> Low:
        """Return the lowest point with the parameter held, by searches from there and others."""
        deviance, near = self._deviance(value), self.near(value, point)
        try:
            end = optimise(deviance)
        except ConvergenceError:
            # It has a certificate of its own, and so has what is near.
            return near
        return min(near, self._low(value, deviance, end), key=lambda low: low.deviance)

    def _low(self, value: float, deviance: ProfiledDeviance, end: Point) -> Low:
        """Return a low point, with the slope by the value held (Bates et al. 2015, section 3)."""
        full = self._full(end.factor)
        mean = self._shift + self._unit * float(self._row @ full.fixed_effects)
        spread = self._unit**2 * float(self._row @ full.fixed_inverse @ self._row)
        further = further_variance(end.profile, diagonal=deviance.diagonal)
        return Low(
            point=end.factor,
            deviance=end.criterion,
            slope=2 * (value - mean) / spread / end.profile.residual_variance,
            in_sight=end.in_sight + further.gain,
            noise=noise(self._products.n_observations, end.factor),
        )

    def _deviance(self, value: float) -> ProfiledDeviance:
        """Return the deviance of the model without the effect, for what it leaves of y."""
        held = (value - self._shift) / self._unit
        p = self._products.n_fixed
        columns = np.zeros((p + 1, p))
        columns[:p, :-1] = self._rest
        columns[:p, -1] = -held * self._row / float(self._row @ self._row)
        columns[p, -1] = 1.0
        return ProfiledDeviance(
            _combined(self._products, columns), "ML", diagonal=self._fit.spec.diagonal
        )


class HeldCovariance:
    r"""
    A standard deviation, a correlation or the residual variance that is held.

    Parameters
    ----------
    fit : MixedFit
    kind : {"sd", "cor", "sigma"}
        With values in units of the outcome's column, as angle :math:`\varphi` with the correlation
        :math:`\sin\varphi`, or as logarithm of the variance in squared units of that column.
    effects : tuple of int
        Positions of the random effects that it is of.
    """

    def __init__(self, fit: MixedFit, kind: Kind, effects: tuple[int, ...] = ()) -> None:
        products, spec = fit.products, fit.spec
        q, p = products.n_random, products.n_fixed
        back = np.linalg.inv(products.basis_of_random)[list(effects)]
        sizes = np.linalg.norm(back, axis=1)
        self.unit = float(products.basis[p, p])
        if effects:
            # Per unit of a standard deviation here, so many in the units of the table.
            self.unit *= float(sizes[0])
        rows = back / sizes[:, None]
        if spec.diagonal:
            others = np.delete(np.eye(q), list(effects), axis=0)
        else:
            others = np.linalg.svd(rows)[2][len(effects) :] if effects else np.eye(q)
        frame = np.linalg.inv(np.vstack((rows, others)))
        self.surface = Surface(products, frame, kind, diagonal=spec.diagonal)
        variance = fit.residual_variance / float(products.basis[p, p]) ** 2
        relative = fit.factor @ fit.factor.T
        self._starts = [
            self.surface.point(start, math.log(variance))
            for start in starts(fit.n_groups, variance * relative, variance)
        ]
        self.point = self._starts[0]
        self.estimate = float(self.point[self.surface.held])
        self.scale = self._scale()

    def near(self, value: float, point: Array) -> Low:
        """Return a low point with the parameter held, by a search from a point."""
        return search(self.surface, self._at(value, point))

    def anywhere(self, value: float, point: Array) -> Low:
        """Return the lowest point with the parameter held, by searches from there and others."""
        return lowest(self.surface, [self._at(value, start) for start in (point, *self._starts)])

    def _at(self, value: float, point: Array) -> Array:
        moved = point.copy()
        moved[self.surface.held] = value
        return moved

    def _scale(self) -> float:
        """Return a standard error by the curvature at the fit, or a guess where there is none."""
        hessian, held = self.surface(self.point).hessian, self.surface.held
        free = np.arange(len(hessian)) != held
        across = hessian[held, free]
        inverse = np.linalg.pinv(hessian[np.ix_(free, free)], rcond=1e-10, hermitian=True)
        curvature = float(hessian[held, held] - across @ inverse @ across)
        guess = 0.1 * math.exp(self.point[-1] / 2) if self.surface.kind == "sd" else 0.1
        return math.sqrt(2 / curvature) if curvature > 0 else guess


def _combined(products: CrossProducts, columns: Array) -> CrossProducts:
    """Return the sums of products of combinations of the columns of X and y."""
    k, outside = len(columns), len(products.left)
    kept = columns[k - outside :]
    left = np.einsum("ka,klg,lb->abg", kept, products.left, kept, optimize=True)
    basis = np.eye(k - 1)
    basis[-1, -1] = products.basis[-1, -1]
    return replace(
        products,
        basis=basis,
        spanned=np.einsum("akg,kc->acg", products.spanned, columns),
        left=left,
        within=columns.T @ products.within @ columns,
        random_basis=products.basis_of_random,
    )
