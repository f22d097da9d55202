"""Drawn sums of products have the distribution of those of drawn rows."""

import numpy as np
import pandas as pd
import pytest
from inference.lanes_of import fitted, pupils
from mixed.designs import simulated

from analysis.inference import bootstrap as bootstrap_module
from analysis.inference.bootstrap import bootstrap
from analysis.inference.lane_draws import Drawing, with_outcomes
from analysis.mixed.design import design
from analysis.mixed.grouping import grouping
from analysis.mixed.model import ModelSpec
from analysis.mixed.rowsums import cross_products

DRAWS = 20_000


def stacked(sums):
    """Return the statistics of each lane as a row: those of the groups, then the rest."""
    return np.hstack((sums.outcome.reshape(sums.n_lanes, -1), sums.within[:, -1]))


@pytest.mark.parametrize("q", [1, 2, 3])
def test_moments_are_those_of_the_model(q):
    """Mean and covariance within 5 Monte Carlo errors of what rows would have."""
    products = simulated(2, q, n_groups=4, spread=1.0, largest=4)
    factor = np.tril(np.random.default_rng(q).normal(size=(q, q)))
    covariance = factor @ factor.T
    sums = with_outcomes(products, Drawing(products, covariance, 5)(DRAWS))
    p, n_groups = products.n_fixed, products.n_groups
    found = stacked(sums)
    spread = np.einsum("abg,bc,dcg->gad", products.roots, covariance, products.roots)
    expected = np.zeros((q * n_groups + p, q * n_groups + p))
    dimensions = products.n_observations
    for group in range(n_groups):
        at = np.arange(q) * n_groups + group
        real = np.abs(products.spanned[:, :, group]).max(axis=1) > 1e-9
        dimensions -= real.sum()
        expected[np.ix_(at, at)] = (spread[group] + np.eye(q)) * np.outer(real, real)
    expected[q * n_groups :, q * n_groups :] = products.within[:p, :p]
    normal, square = found[:, :-1], found[:, -1]
    variances = expected.diagonal()
    assert (np.abs(normal.mean(axis=0)) <= 5 * np.sqrt(variances / DRAWS) + 1e-12).all()
    error = np.sqrt((np.outer(variances, variances) + expected**2) / DRAWS)
    assert (np.abs(normal.T @ normal / DRAWS - expected) <= 5 * error + 1e-12).all()
    assert abs(square.mean() - dimensions) <= 5 * np.sqrt(2 * dimensions / DRAWS)
    assert abs(square.var() / (2 * dimensions) - 1) <= 5 * np.sqrt((2 + 12 / dimensions) / DRAWS)
    # The square is at least what X explains of it.
    used = products.within[:p, :p].diagonal() > 1e-9 * products.n_observations
    within, across = products.within[:p, :p][np.ix_(used, used)], normal[:, q * n_groups :][:, used]
    explained = np.einsum("la,ab,lb->l", across, np.linalg.inv(within), across)
    assert (square > explained).all()
    assert abs(explained.mean() - used.sum()) <= 5 * np.sqrt(2 * used.sum() / DRAWS)


@pytest.mark.parametrize("of", [{}, {"diagonal": True}, {"random_intercept": False}])
def test_sums_of_drawn_rows_are_distributed_alike(of):
    """Quantiles of some statistics, within 5 Monte Carlo errors of each other."""
    table = pupils(3).groupby("class").head(6)
    table = table.drop(table.index[table["class"] == 2][1:])  # a class of one pupil
    spec = ModelSpec(
        name="m",
        outcome="popular",
        fixed=("extrav", "sex"),
        slopes=("extrav",),
        group="class",
        **of,
    )
    plan = design(spec, table)
    raw = np.array([[1.3, -0.2], [-0.2, 0.1]])
    if spec.diagonal:
        raw = np.diag(raw.diagonal())
    basis = plan.products.random_basis
    if not spec.random_intercept:
        raw = raw[1:, 1:]
    basis = plan.products.basis[:2, :2] if basis is None else basis
    sums = with_outcomes(plan.products, Drawing(plan.products, basis @ raw @ basis.T, 9)(4000))
    rng = np.random.default_rng(4)
    codes = pd.factorize(table["class"])[0]
    z = np.column_stack((np.ones(len(table)), table["extrav"]))[:, -len(raw) :]
    rows = []
    p = plan.products.n_fixed
    for _ in range(1200):
        effects = rng.standard_normal((3, len(raw))) @ np.linalg.cholesky(raw).T
        y = np.sum(z * effects[codes], axis=1) + rng.standard_normal(len(table))
        products = design(spec, table.assign(popular=y)).products
        # In the columns of the predictors alone, and in the outcome's own unit.
        back = np.append(products.basis[:p, p], products.basis[p, p])
        spanned = products.spanned.transpose(2, 0, 1) @ back
        within = products.within @ back
        rows.append([*np.sum(spanned**2, axis=1), float(back @ within), *within[:p][1:]])
    rows = np.array(rows)
    drawn_rows = np.column_stack(
        (
            np.sum(sums.outcome**2, axis=1),
            sums.within[:, -1, -1],
            sums.within[:, -1, 1:-1],
        )
    )
    for theirs, ours in zip(rows.T, drawn_rows.T, strict=True):
        if np.ptp(theirs) < 1e-9:
            assert np.abs(ours).max() < 1e-9
            continue
        for share in (0.1, 0.5, 0.9):
            below = np.mean(ours <= np.quantile(theirs, share))
            error = np.sqrt(share * (1 - share) * (1 / 1200 + 1 / 4000))
            assert abs(below - share) <= 5 * error


def test_lanes_at_once_change_nothing(monkeypatch):
    model = fitted()
    whole = bootstrap(model, 40, seed=3)
    monkeypatch.setattr(bootstrap_module, "lanes_at_once", lambda _: 7)
    parts = bootstrap(model, 40, seed=3)
    for name, values in whole.estimates.items():
        np.testing.assert_allclose(parts.estimates[name], values, rtol=1e-10, atol=1e-10)


def test_more_draws_begin_with_the_same():
    model = fitted(slopes=())
    few, many = bootstrap(model, 10, seed=3), bootstrap(model, 25, seed=3)
    for name, values in few.estimates.items():
        np.testing.assert_allclose(many.estimates[name][:10], values, rtol=1e-12)


def test_another_seed_gives_other_draws():
    model = fitted(slopes=())
    one, other = bootstrap(model, 5, seed=1), bootstrap(model, 5, seed=2)
    assert not np.isclose(one.estimates["sigma"], other.estimates["sigma"]).any()


def test_the_numbers_of_a_seed_stay():
    """What the third draw of seed 1 was with other kernels of OpenBLAS and of NumPy."""
    found = {name: values[2] for name, values in bootstrap(fitted(), 3).estimates.items()}
    assert found == pytest.approx(THIRD, rel=1e-10, abs=1e-10)


THIRD = {
    "Intercept": -0.07385911843263421,
    "extrav": 0.5117953957657438,
    "sex": 1.1032235840525602,
    "texp": 0.12066520193413433,
    "sd(Intercept)": 0.6122058553846061,
    "sd(extrav)": 0.04729643709804192,
    "cor(Intercept,extrav)": -0.40889856679064285,
    "sigma": 0.7157913225736909,
}


def test_a_design_whose_rows_are_all_spanned_leaves_nothing():
    """No degrees of freedom beside the groups and X: the square is what X explains."""
    codes = np.repeat(np.arange(4), [2, 2, 2, 3])
    rng = np.random.default_rng(1)
    columns = rng.normal(size=(6, 9))
    products = cross_products(columns, grouping(codes), n_random=1)
    sums = with_outcomes(products, Drawing(products, np.eye(1), 1)(50))
    within, across = products.within[1:-1, 1:-1], sums.within[:, -1, 1:-1]
    explained = np.einsum("la,ab,lb->l", across, np.linalg.inv(within), across)
    np.testing.assert_allclose(sums.within[:, -1, -1], explained, rtol=1e-9)
