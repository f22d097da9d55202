"""The deviance: against dense matrices, and its derivatives against differences."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.mixed.grouping import grouping
from analysis.mixed.likelihood import ProfiledDeviance
from analysis.mixed.rowsums import cross_products

# The dense deviance inverts matrices of up to 60 rows: a few hundred roundings.
DENSE = 1e-8
# Central differences at this step leave about step squared, and rounding over the step.
STEP, DIFFERENCE = 1e-5, 1e-6

seeds = st.integers(0, 2**32 - 1)
methods = st.sampled_from(["ML", "REML"])
random_effects = st.integers(1, 3)


class Data:
    """Random raw columns, and their cross-products."""

    def __init__(self, seed, q, n_groups=6):
        rng = np.random.default_rng(seed)
        sizes = rng.integers(1, 12, n_groups)
        sizes[0] = 1
        self.codes = rng.permutation(np.repeat(np.arange(n_groups), sizes))
        n = len(self.codes)
        slopes = rng.normal(5, 2, (q - 1, n)) + rng.normal(size=(q - 1, n_groups))[:, self.codes]
        others = np.vstack((rng.random(n) < 0.5, rng.integers(0, 9, n_groups)[self.codes]))
        others[0, :2] = 0, 1
        others[1, self.codes == 0] = 10
        self.x = np.vstack((np.ones(n), slopes, others))
        self.y = rng.normal(size=n) + 2 * slopes.sum(axis=0) + rng.normal(size=n_groups)[self.codes]
        self.q, self.n_groups = q, n_groups
        self.products = cross_products(
            np.vstack((self.x[1:], self.y)), grouping(self.codes), n_random=q
        )
        # Groups are counted in the order of their first rows.
        self.codes = pd.factorize(self.codes)[0]
        self.factor = np.tril(rng.normal(size=(q, q)))
        self.direction = rng.normal(size=(q, q))
        self.direction += self.direction.T

    def orthogonal(self):
        """Return the columns that the deviance works with."""
        raw = np.vstack((self.x, self.y))
        return np.linalg.solve(self.products.basis.T, raw)

    def dense(self, psi, method):
        """Return the deviance from the whole matrix V."""
        *x, y = self.orthogonal()
        x = np.array(x).T
        z = x[:, : self.q]
        same = self.codes[:, None] == self.codes
        v = np.eye(len(y)) + same * (z @ psi @ z.T)
        vx, vy = np.linalg.solve(v, x), np.linalg.solve(v, y)
        beta = np.linalg.solve(x.T @ vx, vx.T @ y)
        p = x.shape[1]
        df = len(y) - p * (method == "REML")
        variance = (y - x @ beta) @ (vy - vx @ beta) / df
        criterion = np.linalg.slogdet(v)[1] + df * (1 + math.log(2 * math.pi * variance))
        if method == "REML":
            criterion += np.linalg.slogdet(x.T @ vx)[1]
        return criterion, beta, variance, np.linalg.inv(x.T @ vx)


@settings(max_examples=40, deadline=None)
@given(seeds, random_effects, methods, st.booleans())
def test_the_deviance_is_the_dense_one(seed, q, method, singular):
    data = Data(seed, q)
    if singular:
        data.factor[:, -1] = 0.0
    deviance = ProfiledDeviance(data.products, method)
    profile = deviance(data.factor)
    criterion, beta, variance, inverse = data.dense(data.factor @ data.factor.T, method)
    assert profile.criterion == pytest.approx(criterion, abs=DENSE)
    assert profile.criterion == deviance.criterion(data.factor)
    assert profile.fixed_effects == pytest.approx(beta, abs=DENSE)
    assert profile.residual_variance == pytest.approx(variance, rel=DENSE)
    assert profile.fixed_inverse == pytest.approx(inverse, abs=DENSE)


@settings(max_examples=40, deadline=None)
@given(seeds, random_effects, methods)
def test_the_slope_is_the_difference(seed, q, method):
    data = Data(seed, q)
    data.factor += np.eye(q)
    psi = data.factor @ data.factor.T
    step = STEP * np.linalg.eigvalsh(psi)[0] * data.direction / np.abs(data.direction).max()
    slope = ProfiledDeviance(data.products, method)(data.factor).slope
    ahead, behind = (data.dense(psi + sign * step, method)[0] for sign in (1, -1))
    size = np.sum(np.abs(slope * step))
    assert 2 * np.sum(slope * step) == pytest.approx(
        ahead - behind, abs=DENSE / 10 + DIFFERENCE * size
    )


@settings(max_examples=40, deadline=None)
@given(seeds, random_effects, methods)
def test_the_gradient_by_the_factor_is_the_difference(seed, q, method):
    """The search goes by 2 K Lambda, singular factors included."""
    data = Data(seed, q)
    data.factor[:, -1] *= seed % 2
    deviance = ProfiledDeviance(data.products, method)
    gradient = 2 * deviance(data.factor).slope @ data.factor
    for i, j in zip(*np.tril_indices(q), strict=True):
        step = np.zeros((q, q))
        step[i, j] = STEP
        ahead, behind = (
            deviance.criterion(data.factor + step),
            deviance.criterion(data.factor - step),
        )
        assert gradient[i, j] == pytest.approx((ahead - behind) / (2 * STEP), abs=1e-5, rel=1e-5)


@settings(max_examples=40, deadline=None)
@given(seeds, random_effects, methods, st.booleans())
def test_the_hessian_is_the_difference_of_the_slopes(seed, q, method, singular):
    data = Data(seed, q)
    if singular:
        data.factor[:, -1] = 0.0
    deviance = ProfiledDeviance(data.products, method)
    profile = deviance(data.factor)
    # A move of the factor, so that the covariance stays one.
    move, other = np.tril(data.direction), data.direction.reshape(-1)
    moved = data.factor @ move.T + move @ data.factor.T
    ahead, behind = (deviance(data.factor + sign * STEP * move).slope for sign in (1, -1))
    change = other @ (ahead - behind).reshape(-1) / (2 * STEP)
    size = np.abs(profile.hessian).max()
    for hessian in (profile.hessian, profile.hessian.T):
        assert other @ hessian @ moved.reshape(-1) == pytest.approx(
            change, rel=1e-5, abs=1e-6 * size
        )


@settings(max_examples=20, deadline=None)
@given(seeds, random_effects)
def test_the_curvature_is_expected(seed, q):
    """tr(V^-1 dV V^-1 dV) less its share for the residual variance, from dense matrices."""
    data = Data(seed, q)
    z = data.orthogonal()[:q].T
    same = data.codes[:, None] == data.codes
    psi = data.factor @ data.factor.T
    inverse = np.linalg.inv(np.eye(len(z)) + same * (z @ psi @ z.T))
    moved = inverse @ (same * (z @ data.direction @ z.T))
    expected = np.sum(moved * moved.T) - np.trace(moved) ** 2 / len(z)
    vec = data.direction.reshape(-1)
    curvature = ProfiledDeviance(data.products, "ML")(data.factor).expected_hessian
    assert vec @ curvature @ vec == pytest.approx(expected, rel=1e-7, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(seeds, random_effects)
def test_the_products_hold_every_sum_of_every_group(seed, q):
    """After going back through the basis; without a group they are what is left of the total."""
    data = Data(seed, q)
    products, basis = data.products, data.products.basis
    raw = np.vstack((data.x, data.y)).T
    assert not np.tril(basis, -1).any()
    total = products.within.copy()
    assert products.left.sum(axis=2) == pytest.approx(total[q:, q:], rel=1e-12, abs=1e-12)
    assert not total[:q].any()
    for group in range(data.n_groups):
        rows = raw[data.codes == group]
        spanned, root = products.spanned[:, :, group], products.roots[:, :, group]
        assert not np.tril(root, -1).any()
        own = spanned.T @ spanned
        assert own[:q] == pytest.approx(root.T @ spanned, rel=1e-12, abs=1e-12)
        own[q:, q:] += products.left[:, :, group]
        assert basis.T @ own @ basis == pytest.approx(rows.T @ rows, rel=1e-9, abs=1e-7)
        total += spanned.T @ spanned
    assert basis.T @ total @ basis == pytest.approx(raw.T @ raw, rel=1e-9, abs=1e-7)


def test_the_criterion_without_a_value_is_infinite():
    """A step too far overflows; the search must see that it went up, without a warning."""
    for q in (1, 2, 3):
        deviance = ProfiledDeviance(Data(0, q).products, "REML")
        for factor in (1e200 * np.eye(q), np.full((q, q), np.nan)):
            assert deviance(factor).criterion == math.inf
            assert deviance.criterion(factor) == math.inf
