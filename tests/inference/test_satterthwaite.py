"""Satterthwaite's degrees of freedom: lmerTest's, the definition's, and the exact ones."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from inference import cases, shapes
from inference.dense import Dense

from analysis.errors import NotIdentifiableError
from analysis.inference import satterthwaite as satterthwaite_module
from analysis.inference.satterthwaite import satterthwaite
from analysis.inference.uncertainty import at_estimates
from analysis.mixed.estimate import fit

# The reference differentiates by differences: its own estimate of the error goes up to 2e-5.
DF = 1e-4
# Where the logarithm of p is large, so much of the df moves it by more.
P_VALUE = 1e-3
# Between the sums and matrices of n rows, at the same estimates, with some digits to spare.
SAME = 1e-6


@pytest.mark.parametrize(("data", "model", "method"), cases.CASES)
def test_the_references(data, model, method):
    of = cases.expected(data, model, method)["satterthwaite"]
    tests = satterthwaite(cases.fitted(data, model, method))
    assert list(tests) == list(of["df_own"])
    for name, test in tests.items():
        assert test.df == pytest.approx(of["df_own"][name], rel=DF)
        assert test.df == pytest.approx(of["df_lmerTest"][name], rel=DF)
        assert test.t == pytest.approx(of["t"][name], rel=1e-6)
        assert test.p == pytest.approx(of["p_own"][name], rel=P_VALUE)
        reach = np.array(of["wald_t_interval"][name]) - test.estimate
        assert np.array(test.interval) - test.estimate == pytest.approx(reach, rel=1e-5)


def test_a_singular_fit_says_so():
    """In lmerTest too: the slope of extraversion is fixed but for the 300 pupils' errors."""
    singular = satterthwaite(cases.fitted("popular_1_15", "m4"))["extrav"]
    assert singular.singular
    assert singular.df > 300
    assert not satterthwaite(cases.fitted("popular_1_15", "m3"))["extrav"].singular


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("shape", shapes.SHAPES)
def test_the_definition_on_every_shape(shape, method):
    table = shapes.table()
    check_definition(fit(shapes.shaped(shape), table, method), table)


@pytest.mark.parametrize("rank", range(3))
@pytest.mark.parametrize("shape", ["two slopes", "diagonal, two slopes"])
def test_the_definition_at_every_lower_rank(shape, rank):
    for seed in range(200):
        spread = [1.0 if i < rank else 0.0 for i in range(3)]
        table = shapes.table(seed, n_groups=9, spread=spread, largest=6)
        found = fit(shapes.shaped(shape), table)
        if found.rank == rank:
            break
    assert found.rank == rank
    check_definition(found, table)


def test_a_covariance_without_the_first_effect():
    """Of rank 2 with an intercept that does not vary: its factor has a first row of zeros."""
    table = without_intercepts()
    found = fit(shapes.shaped("two slopes"), table)
    assert found.rank == 2
    np.testing.assert_allclose(found.random_covariance[0], 0, atol=1e-8)
    check_definition(found, table)


def without_intercepts():
    """Return a table in which groups differ in two slopes alone, by symmetry."""
    rng = np.random.default_rng(3)
    x, z = np.array([[-1, -1, 1, 1, -1, 1], [-1, 1, -1, 1, 1, -1]], dtype=float)
    errors = rng.normal(size=(12, 6))
    basis = np.column_stack((np.ones(6), x, z))
    errors -= errors @ basis @ np.linalg.inv(basis.T @ basis) @ basis.T
    slopes = rng.normal(size=(2, 12))
    y = slopes.T @ np.stack((x, z)) + errors
    groups = np.repeat(np.arange(12), 6)
    w = rng.normal(size=12)[groups]
    return pd.DataFrame(
        {"g": groups, "y": y.ravel(), "x": np.tile(x, 12), "z": np.tile(z, 12), "w": w}
    )


def check_definition(found, table):
    dense = Dense(found, table)
    contrasts = np.eye(len(found.fixed_effects))
    for test, contrast in zip(satterthwaite(found).values(), contrasts, strict=True):
        assert test.df == pytest.approx(dense.satterthwaite(contrast), rel=SAME)
        assert test.df <= found.n_observations - len(contrasts) * (found.method == "REML") + 1e-6


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_directions_are_as_many_as_parameters(rank):
    """Turning the columns of a factor is no direction, even where they are equally long."""
    found = fit(shapes.shaped("two slopes"), shapes.table())
    found = replace(found, factor=np.eye(3) * (np.arange(3) < rank), rank=rank)
    profile, _ = at_estimates(found)
    directions, hessian = satterthwaite_module._directions(found, profile)
    assert len(directions) == 3 * rank - rank * (rank - 1) // 2
    assert np.linalg.matrix_rank(directions.reshape(-1, 9)) == len(directions) == len(hessian)


def test_without_variance_between_groups_it_is_least_squares():
    table = shapes.table(spread=(0, 0, 0))
    centred = table.assign(y=table.y - table.groupby("g").y.transform("mean"))
    found = fit(shapes.shaped("intercepts"), centred)
    assert found.rank == 0
    for test in satterthwaite(found).values():
        assert test.df == pytest.approx(len(table) - 3, rel=1e-12)
        assert test.singular


def test_the_mean_of_balanced_groups():
    """Its variance is a mean square of g - 1 degrees of freedom."""
    table = balanced(n_groups=7, n_rows=5)
    found = fit(shapes.shaped("intercepts", fixed=()), table)
    means = table.groupby("g").y.mean()
    (test,) = satterthwaite(found).values()
    assert test.df == pytest.approx(6, rel=1e-9)
    assert test.t == pytest.approx(means.mean() / (means.std() / np.sqrt(7)), rel=1e-9)


def balanced(n_groups, n_rows, seed=2):
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(n_groups), n_rows)
    y = 1 + 2 * rng.normal(size=n_groups)[groups] + rng.normal(size=len(groups))
    return pd.DataFrame({"g": groups, "y": y})


def test_two_groups_have_one_degree_of_freedom():
    found = fit(shapes.shaped("intercepts", fixed=()), balanced(2, 4))
    assert found.rank == 1
    assert satterthwaite(found)["Intercept"].df == pytest.approx(1, rel=1e-9)


def test_a_flat_criterion_is_refused(monkeypatch):
    found = fit(shapes.shaped("slopes"), shapes.table())

    def flat(fit, profile):
        directions = np.eye(4).reshape(4, 2, 2)
        return directions, np.zeros((4, 4))

    monkeypatch.setattr("analysis.inference.satterthwaite._directions", flat)
    with pytest.raises(NotIdentifiableError, match="let fewer effects vary over 'g'"):
        satterthwaite(found)
