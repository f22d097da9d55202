"""The sums: whatever the order and the number of the rows, and however alike the columns."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.mixed import rowsums as blocks
from analysis.mixed.grouping import grouping
from analysis.mixed.likelihood import ProfiledDeviance
from analysis.mixed.rowsums import cross_products

seeds = st.integers(0, 2**32 - 1)


def simulated(seed, n_groups=40, largest=30):
    rng = np.random.default_rng(seed)
    codes = np.repeat(np.arange(n_groups), rng.integers(1, largest, n_groups))
    x = rng.normal(2, 3, (3, len(codes))) + rng.normal(size=(3, n_groups))[:, codes]
    return codes, np.vstack((x, x.sum(axis=0) + rng.normal(size=len(codes))))


def check_same(products, expected):
    for name in ("basis", "roots", "spanned", "left", "within"):
        assert getattr(products, name) == pytest.approx(
            getattr(expected, name), rel=1e-9, abs=1e-9
        ), name


@pytest.mark.parametrize("label", [str, float, lambda code: pd.Timestamp(code, unit="D")])
def test_groups_are_found_wherever_their_rows_lie(label):
    codes = np.array([4, 4, 2, 2, 2, 7])
    together = grouping(pd.Series(codes).map(label))
    assert together.order is None
    assert together.names == tuple(str(label(code)) for code in (4, 2, 7))
    assert together.bounds.tolist() == [0, 2, 5, 6]
    apart = grouping(pd.Series(codes[[0, 2, 1, 5, 3, 4]]).map(label))
    assert apart.names == together.names
    assert apart.bounds.tolist() == [0, 2, 5, 6]
    assert apart.order.tolist() == [0, 2, 1, 4, 5, 3]


@pytest.mark.parametrize("rows", [1, 7, 100, 10**6])
def test_the_size_of_a_block_does_not_matter(monkeypatch, rows):
    codes, columns = simulated(1)
    expected = cross_products(columns, grouping(codes), n_random=2)
    monkeypatch.setattr(blocks, "_BLOCK_ROWS", rows)
    check_same(cross_products(columns, grouping(codes), n_random=2), expected)


@settings(max_examples=20, deadline=None)
@given(seeds, st.integers(1, 3))
def test_rows_in_any_order_and_those_left_out(seed, n_random):
    codes, columns = simulated(seed)
    expected = cross_products(columns, grouping(codes), n_random=n_random)
    rng = np.random.default_rng(seed)
    # Rows between them that are not used, and the others in another order.
    n = len(codes)
    where = np.sort(rng.choice(3 * n, n, replace=False))
    order = np.concatenate((np.unique(codes, return_index=True)[1], rng.permutation(n)))
    order = order[np.sort(np.unique(order, return_index=True)[1])]
    wide = np.full((4, 3 * n), np.nan)
    wide[:, where] = columns[:, order]
    groups = grouping(codes[order])
    assert groups.order is not None
    check_same(cross_products(wide, groups, n_random=n_random, rows=where), expected)


@pytest.mark.parametrize("share", [1e-1, 1e-3, 1e-5, 1e-7])
@pytest.mark.parametrize("mean", [0.0, 1e3])
def test_columns_that_are_nearly_combinations_are_orthogonal(share, mean):
    codes, columns = simulated(3)
    rng = np.random.default_rng(3)
    columns[1] = columns[0] + share * rng.normal(size=len(codes))
    columns[2] = columns[0] - 2 * columns[1] + share * rng.normal(size=len(codes))
    columns += mean
    products = cross_products(columns, grouping(codes), n_random=2)
    total = products.within + np.einsum("akg,alg->kl", products.spanned, products.spanned)
    # Digits of the columns that the rest of them can have.
    rounding = 1e-15 * (1 + mean) / share
    assert total[:-1, :-1] / len(codes) == pytest.approx(np.eye(4), abs=1e-11 + 10 * rounding)
    assert products.basis.diagonal()[2] == pytest.approx(share, rel=0.2)


@pytest.mark.parametrize("share", [0.0, 1e-10])
def test_a_column_that_others_explain_has_no_place(share):
    codes, columns = simulated(4)
    noise = np.random.default_rng(4).normal(size=len(codes))
    columns[1] = 5 - 3 * columns[0] + share * noise
    products = cross_products(columns, grouping(codes), n_random=1)
    assert products.basis[2, 2] == 0.0
    assert products.basis[0, 2] == pytest.approx(columns[1].mean())
    assert not products.spanned[:, 2].any()
    assert not products.within[2].any()


def test_a_slope_that_is_constant_within_a_group_spans_nothing_more():
    codes, columns = simulated(6)
    # Tenths, whose means are off by rounding errors in some of the groups.
    columns[0] = np.where(codes < 35, (codes % 10 + 0.1) / 3, columns[0])
    products = cross_products(columns, grouping(codes), n_random=2)
    assert not products.roots[1, 1, :35].any()
    assert not products.spanned[1, :, :35].any()
    assert products.roots[1, 1, 35:].all()


def test_some_groups_have_their_own_sums():
    codes, columns = simulated(7)
    products = cross_products(columns, grouping(codes), n_random=2)
    without = products.of_groups(np.delete(np.arange(40), 7))
    rest = codes != 7
    direct = cross_products(columns[:, rest], grouping(codes[rest]), n_random=2)
    assert without.n_observations == direct.n_observations == rest.sum()
    assert without.n_groups == 39
    deviances = []
    for sums in (without, direct):
        deviance = ProfiledDeviance(sums, "ML")
        # The same covariance in the units of the table.
        factor = np.linalg.cholesky(sums.basis[:2, :2] @ sums.basis[:2, :2].T)
        deviances.append(deviance(factor).criterion + deviance.shift)
    assert deviances[0] == pytest.approx(deviances[1], abs=1e-8)


def test_slopes_within_groups_are_taken_out_of_the_outcome():
    """Where groups differ by much more than residuals, slopes over all rows leave little else."""
    rng = np.random.default_rng(5)
    codes = np.repeat(np.arange(8), 25)
    x = rng.normal(size=200)
    e = rng.normal(size=200)
    y = 1e7 * rng.normal(size=8)[codes] + x + e
    products = cross_products((x, y), grouping(codes), n_random=1)
    within = pd.DataFrame({"x": x, "e": e}).groupby(codes).transform(lambda c: c - c.mean())
    slope = within["x"] @ within["e"] / (within["x"] @ within["x"])
    left = np.sum((within["e"] - slope * within["x"]) ** 2)
    assert products.within[-1, -1] * products.basis[-1, -1] ** 2 == pytest.approx(left, rel=1e-7)
    assert (
        abs(products.within[1, -1])
        < 1e-6 * (products.within[1, 1] * products.within[-1, -1]) ** 0.5
    )


@pytest.mark.parametrize("share", [1e-3, 1e-6])
def test_what_lines_of_groups_leave_keeps_its_digits(share):
    """Where each group has a slope of its own, differences of sums of squares would lose them."""
    codes = np.repeat(np.arange(30), 20)
    rng = np.random.default_rng(8)
    x = rng.normal(size=600)
    y = (
        3 * rng.normal(size=30)[codes] * x
        + rng.normal(size=30)[codes]
        + share * rng.normal(size=600)
    )
    products = cross_products((x, y), grouping(codes), n_random=2)
    left = 0.0
    for group in range(30):
        rows = codes == group
        u, v = (each[rows].astype(np.longdouble) for each in (x, y))
        u, v = u - u.mean(), v - v.mean()
        left += float(np.sum((v - (u @ v) / (u @ u) * u) ** 2))
    # A rounding error of the outcome is so large a part of what is left.
    assert products.within[-1, -1] * products.basis[-1, -1] ** 2 == pytest.approx(
        left, rel=1e-14 / share + 1e-12, abs=0
    )
