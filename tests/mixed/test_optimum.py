"""The optimum: nothing lies lower, its boundary is exact, and what is not certified is refused."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mixed.designs import simulated
from scipy.optimize import minimize

from analysis.errors import ConvergenceError
from analysis.mixed import newton
from analysis.mixed import optimum as optimum_module
from analysis.mixed.grouping import grouping
from analysis.mixed.likelihood import ProfiledDeviance
from analysis.mixed.optimum import optimise
from analysis.mixed.rowsums import cross_products

# What an optimum may lie above any other point: its certificate is 1e-9, and where groups differ by
# 1e8 times the residual variance, rounding moves the criterion by some 1e-8.
ABOVE = 1e-7

seeds = st.integers(0, 2**32 - 1)


def lowest_of_many(deviance, q, starts, seed):
    """Return the lowest criterion that a general optimiser finds from random starts."""
    rng = np.random.default_rng(seed)
    entries = np.tril_indices(q)

    def value_and_gradient(theta):
        factor = np.zeros((q, q))
        factor[entries] = theta
        profile = deviance(factor)
        return profile.criterion, 2 * (profile.slope @ factor)[entries]

    ends = []
    for _ in range(starts):
        start = (rng.normal(size=(q, q)) * 10 ** rng.uniform(-1.5, 1, (q, 1)))[entries]
        options = {"ftol": 1e-15, "gtol": 1e-8}
        ends.append(
            minimize(value_and_gradient, start, jac=True, method="L-BFGS-B", options=options).fun
        )
    return min(ends)


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1, 3), st.sampled_from(["ML", "REML"]))
def test_no_factor_lies_lower(seed, q, method):
    deviance = ProfiledDeviance(simulated(seed, q), method)
    optimum = optimise(deviance)
    rng = np.random.default_rng(seed)
    for _ in range(100):
        near = optimum.factor + np.tril(rng.normal(size=(q, q))) * 10 ** rng.uniform(-5, 0)
        far = np.tril(rng.normal(size=(q, q))) * 10 ** rng.uniform(-3, 3)
        assert optimum.criterion <= deviance.criterion(near) + ABOVE
        assert optimum.criterion <= deviance.criterion(far) + ABOVE


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(1, 3), st.sampled_from(["ML", "REML"]))
def test_no_search_from_elsewhere_ends_lower(seed, q, method):
    deviance = ProfiledDeviance(simulated(seed, q), method)
    assert optimise(deviance).criterion <= lowest_of_many(deviance, q, 6, seed) + ABOVE


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(1, 3), st.sampled_from([0.0, 0.1, 1.0, 30.0]))
def test_the_first_order_condition_holds(seed, q, spread):
    """K Lambda = 0, K positive semidefinite, and the columns beyond the rank exactly 0."""
    deviance = ProfiledDeviance(simulated(seed, q, spread=spread), "REML")
    optimum = optimise(deviance)
    assert optimum.certified
    assert not optimum.factor[:, optimum.rank :].any()
    assert np.linalg.matrix_rank(optimum.factor, tol=1e-12) == optimum.rank
    curvature = np.sqrt(np.abs(optimum.profile.expected_hessian.diagonal()[:: q + 1]))
    unit = np.where(curvature > 0, curvature, 1.0) ** -0.5
    assert np.linalg.eigvalsh(optimum.profile.slope * np.outer(unit, unit))[0] > -1e-4


@pytest.mark.parametrize("q", [1, 2, 3])
@pytest.mark.parametrize("rank", [0, 1])
def test_a_search_leaves_a_covariance_of_too_low_a_rank(q, rank):
    """There the derivative by the factor is 0 whether or not more variance does better."""
    deviance = ProfiledDeviance(simulated(11, q, n_groups=60, spread=1.0), "REML")
    search, start = newton.Newton(deviance), np.zeros((q, q))
    start[0, :rank] = 1.0
    end = search(search.start(start, q), until=1e-9)
    optimum = optimise(deviance)
    assert optimum.rank > rank or q == rank
    assert end.criterion == pytest.approx(optimum.criterion, abs=ABOVE)


def test_many_groups_from_starts_among_some(monkeypatch):
    """The same optimum as from all starts, with fewer looks at all groups."""
    deviance = ProfiledDeviance(simulated(12, 2, n_groups=1500, spread=0.7), "ML")
    looks = []
    monkeypatch.setattr(
        ProfiledDeviance,
        "_profile",
        lambda self, factor, profile=ProfiledDeviance._profile: (
            looks.append(self is deviance) or profile(self, factor)
        ),
    )
    from_some = optimise(deviance)
    assert 0 < sum(looks) <= 10 < len(looks)
    monkeypatch.setattr(optimum_module, "_MANY_GROUPS", 10**9)
    assert from_some.criterion == pytest.approx(optimise(deviance).criterion, abs=ABOVE)


def test_many_groups():
    """With q = 3 here, an interior optimum lies 1.09 above the one of rank 2."""
    for q, lowest in ((1, 28332.6512972759), (2, 23743.9188832980), (3, 24430.1721969524)):
        deviance = ProfiledDeviance(simulated(q, q, n_groups=2500, spread=0.7, largest=5), "REML")
        assert optimise(deviance).criterion == pytest.approx(lowest, abs=ABOVE)


def test_the_number_of_random_effects_does_not_matter():
    """The closed forms for one and two columns agree with the general algebra."""
    from analysis.mixed.groupterms import _Any

    for q in (1, 2):
        products = simulated(q, q)
        closed, general = ProfiledDeviance(products, "REML"), ProfiledDeviance(products, "REML")
        general._groups.blocks = [_Any(products.spanned, products.roots)]
        factor = np.tril(np.random.default_rng(q).normal(size=(q, q)))
        for name in ("criterion", "slope", "expected_hessian", "hessian", "fixed_effects"):
            expected = getattr(general(factor), name)
            assert getattr(closed(factor), name) == pytest.approx(expected, rel=1e-10, abs=1e-10)


def apart(seed, by):
    """Return groups whose outcomes differ by so many residuals, at predictors far from 0."""
    rng = np.random.default_rng(seed)
    codes = np.repeat(np.arange(10), 20)
    x = 1e6 + rng.normal(size=200)
    effects = by * rng.normal(size=10), 0.3 * rng.normal(size=10)
    return codes, x, 1e7 + effects[0][codes] + effects[1][codes] * (x - 1e6) + rng.normal(size=200)


def exact_deviance(codes, rows, factor, basis):
    """Return the ML deviance of (1 + x | group) at a factor, in rational arithmetic."""
    matrix = np.vectorize(Fraction, otypes=[object])
    rows, q = matrix(rows), len(factor)
    # From the coordinates of the orthogonal columns to those of the raw ones.
    factor = solved(matrix(basis[:q, :q]), matrix(factor))
    psi, total, log_determinant = factor @ factor.T, 0, 0.0
    for group in np.unique(codes):
        z = rows[codes == group]
        inner = matrix(np.eye(q, dtype=int)) + psi @ z[:, :q].T @ z[:, :q]
        total = total + z.T @ z - z.T @ z[:, :q] @ solved(inner, psi @ z[:, :q].T @ z)
        log_determinant += math.log(determinant(inner))
    left = total[-1, -1] - total[-1, :-1] @ solved(total[:-1, :-1], total[:-1, -1:])[:, 0]
    n = len(rows)
    return n * (1 + math.log(2 * math.pi * left / n)) + log_determinant


def solved(matrix, right):
    """Solve linear equations in rational arithmetic, without pivoting."""
    both = np.hstack((matrix, right))
    for i in range(len(matrix)):
        both[i] = both[i] / both[i, i]
        for j in range(len(matrix)):
            if j != i:
                both[j] = both[j] - both[j, i] * both[i]
    return both[:, len(matrix) :]


def determinant(matrix):
    """Return the determinant of one or two rows."""
    if len(matrix) == 1:
        return matrix[0, 0]
    return matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]


@pytest.mark.parametrize("by", [1e3, 3e5])
@pytest.mark.parametrize("q", [1, 2])
def test_groups_far_apart_are_fitted_as_exact_arithmetic_has_it(q, by):
    codes, x, y = apart(6, by)
    products = cross_products(np.vstack((x, y)), grouping(codes), n_random=q)
    deviance = ProfiledDeviance(products, "ML")
    optimum = optimise(deviance)
    rows = np.column_stack((np.ones(200), x, y))
    exact = exact_deviance(codes, rows, optimum.factor, products.basis)
    # Digits that an average of 1e7 and a variance of 1e11 between groups leave of the residual's.
    assert optimum.criterion + deviance.shift == pytest.approx(exact, abs=1e-5)


def test_groups_too_far_apart_are_refused_for_that():
    codes, x, y = apart(6, 1e7)
    products = cross_products(np.vstack((x, y)), grouping(codes), n_random=1)
    with pytest.raises(ConvergenceError, match=r"groups lie about \de\+07 residual standard dev"):
        optimise(ProfiledDeviance(products, "REML"))


def test_what_is_not_certified_is_refused(monkeypatch):
    monkeypatch.setattr(newton, "_MOST_STEPS", 1)
    deviance = ProfiledDeviance(simulated(3, 2, spread=1.0), "ML")
    with pytest.raises(
        ConvergenceError, match=r"the ML fit has no certified optimum: at a crit"
    ) as e:
        optimise(deviance)
    message = str(e.value)
    assert "\n" not in message
    reached = float(message.split("criterion of ")[1].split()[0])
    monkeypatch.undo()
    # In the units of the table.
    assert reached > optimise(deviance).criterion + deviance.shift


def test_nothing_but_infinite_criteria_is_refused(monkeypatch):
    deviance = ProfiledDeviance(simulated(3, 2), "ML")
    monkeypatch.setattr(deviance, "_solve", lambda _: (np.inf, None, None))
    with pytest.raises(ConvergenceError, match="no point has a finite criterion"):
        optimise(deviance)
