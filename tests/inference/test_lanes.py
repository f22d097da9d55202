"""Lanes: each has the certified optimum that the search for a single fit finds."""

import json
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from inference.lanes_of import DATA, check_equal, drawn, fitted, one_by_one
from mixed.designs import simulated, wild

from analysis.errors import AnalysisError, ConvergenceError
from analysis.inference import lane_deviance, lanes
from analysis.inference.lane_certificate import further_gains
from analysis.inference.lane_deviance import LaneDeviances
from analysis.inference.lane_draws import Drawing, with_outcomes
from analysis.inference.lane_matrices import lower_roots
from analysis.inference.lane_newton import search
from analysis.inference.lane_sums import without_each_group
from analysis.inference.lanes import optima
from analysis.mixed.curvature import further_variance
from analysis.mixed.estimate import fit
from analysis.mixed.likelihood import ProfiledDeviance
from analysis.mixed.model import ModelSpec

ORACLE = DATA.parent / "tests" / "oracle"
REFERENCES = json.loads((ORACLE / "references.json").read_text(encoding="utf-8"))["datasets"]

SHAPES = {
    "intercepts": {"slopes": ()},
    "slopes": {},
    "diagonal": {"diagonal": True},
    "slope only": {"random_intercept": False},
    "slope without its fixed effect": {"fixed": ("sex",)},
    "three": {"slopes": ("extrav", "sex")},
    "three diagonal": {"slopes": ("extrav", "sex"), "diagonal": True},
    "ML": {"method": "ML"},
    "four classes": {"classes": 4},
}


@pytest.mark.parametrize("of", SHAPES.values(), ids=SHAPES)
def test_each_lane_has_the_optimum_of_a_single_fit(of):
    model = fitted(**of)
    sums, start = drawn(model, 60)
    found = optima(sums, model.method, start, diagonal=model.spec.diagonal)
    check_equal(found, one_by_one(sums, model))
    assert not found.searched.any()


def test_all_classes():
    model = fitted(classes=100)
    sums, start = drawn(model, 30)
    check_equal(optima(sums, "REML", start), one_by_one(sums, model))


INSIDE = ["unbalanced", "near_collinear", "large_outcome"]
SINGULAR = ["correlation_plus_one", "intercept_variance_zero", "both_variances_zero"]
SINGULAR += ["few_groups", "three_columns_rank_one"]


@pytest.mark.parametrize("case", [*INSIDE, *SINGULAR])
def test_lanes_of_the_cases_with_references(case):
    """Singular fits, groups of one row, few groups, wild scales."""
    data = REFERENCES[case]
    table = pd.read_csv(ORACLE / data["data"])
    columns = data["models"]["m2"]
    spec = ModelSpec(
        name="m2",
        outcome=data["outcome"],
        fixed=tuple(columns["fixed"]),
        slopes=tuple(columns["random"]),
        group=data["group"],
    )
    model = fit(spec, table, "REML")
    sums, start = drawn(model, 40)
    found = optima(sums, "REML", start)
    check_equal(found, one_by_one(sums, model))
    assert (found.rank < sums.n_random).any() or case in INSIDE


@pytest.mark.parametrize("kind", ["no spread", "single rows", "rounded", "collinear"])
def test_lanes_of_random_tables(kind):
    """Where several optima are near each other, the lowest."""
    models = 0
    for seed in range(8):
        spec, table = wild(seed, kind)
        try:
            model = fit(spec, table, "REML" if seed % 2 else "ML")
        except AnalysisError:
            continue
        sums, start = drawn(model, 20, seed)
        check_equal(optima(sums, model.method, start), one_by_one(sums, model))
        models += 1
    assert models >= 4


# Lower optima that lie elsewhere: at a correlation of 1 as the groups were drawn with, its valley
# narrow; at one of -1 beside no variance at all; at a rank of 2 beside one of 1.
@pytest.mark.parametrize(("seed", "q"), [(113, 2), (291, 2), (51, 3)])
def test_lanes_of_odd_designs(seed, q):
    rng = np.random.default_rng(seed + 10**6)
    one = rng.integers(3) == 2
    root = np.tril(rng.normal(size=(q, q))) * 10 ** rng.uniform(-1.5, 1)
    covariance = np.outer(root[:, 0], root[:, 0]) if one else root @ root.T
    products = simulated(seed, q)
    sums = with_outcomes(products, Drawing(products, covariance, seed)(20))
    found = optima(sums, "ML", covariance)
    check_equal(found, one_by_one(sums, replace(fitted(slopes=(), method="ML"), products=products)))


def test_deviances_at_one_factor():
    """All lanes at once have what each has by itself, on designs of their own as on one."""
    products = simulated(5, 2, n_groups=9, spread=1.0)
    shared = with_outcomes(products, Drawing(products, np.eye(2), 3)(6))
    factor = np.array([[1.3, 0.0], [-0.4, 0.2]])
    for sums in (shared, without_each_group(products, np.arange(6))):
        for method in ("ML", "REML"):
            found = LaneDeviances(sums, method).criteria(factor)
            for lane in range(6):
                single = ProfiledDeviance(sums.single(lane), method).criterion(factor)
                assert found[lane] == pytest.approx(single, abs=1e-9)


def test_deviances_in_blocks(monkeypatch):
    model = fitted()
    sums, _ = drawn(model, 12)
    factor, every = np.repeat(model.factor[None], 12, axis=0), np.arange(12)
    whole = LaneDeviances(sums, "REML")(factor, every)
    monkeypatch.setattr(lane_deviance, "_BLOCK_ELEMENTS", 800)
    blocks = LaneDeviances(sums, "REML")(factor, every)
    for field in fields(whole):
        np.testing.assert_allclose(
            getattr(blocks, field.name), getattr(whole, field.name), rtol=1e-13, atol=1e-13
        )


def test_two_groups():
    products = simulated(4, 1, n_groups=2, spread=1.0)
    sums = with_outcomes(products, Drawing(products, np.eye(1), 1)(40))
    found = optima(sums, "REML", np.eye(1))
    model = replace(fitted(slopes=()), products=products)
    check_equal(found, one_by_one(sums, model))
    assert set(found.rank.tolist()) == {0, 1}


def test_lanes_without_a_group():
    model = fitted()
    sums = without_each_group(model.products, np.arange(15))
    found = optima(sums, "REML", model.factor @ model.factor.T)
    check_equal(found, one_by_one(sums, model))
    for group in (0, 7, 14):
        rest = model.products.of_groups(np.delete(np.arange(15), group))
        alone = ProfiledDeviance(rest, "REML")(found.factor[group])
        assert found.criterion[group] == pytest.approx(alone.criterion, abs=1e-9)


@pytest.mark.parametrize("q", [1, 2, 3])
@pytest.mark.parametrize("method", ["ML", "REML"])
def test_the_derivatives_are_those_of_a_single_deviance(q, method):
    products = simulated(5, q, n_groups=9, spread=1.0)
    sums = with_outcomes(products, Drawing(products, np.eye(q), 3)(4))
    rng = np.random.default_rng(q)
    factor = np.tril(rng.normal(size=(4, q, q)))
    factor[3] = 0.0
    profiles = LaneDeviances(sums, method)(factor, np.arange(4))
    for diagonal in (False, True):
        gains = further_gains(profiles, diagonal=diagonal)
        for lane in range(4):
            single = ProfiledDeviance(sums.single(lane), method)(factor[lane])
            for field in fields(profiles):
                expected = getattr(single, field.name)
                found = getattr(profiles, field.name)[lane]
                np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
            gain = further_variance(single, diagonal=diagonal).gain
            assert gains[lane] == pytest.approx(gain, rel=1e-7, abs=1e-12)


def test_a_lane_without_a_certificate_is_searched_for_singly(monkeypatch):
    model = fitted()
    sums, start = drawn(model, 12)
    whole = optima(sums, "REML", start)

    def search_of_one_step(*arguments, **options):
        return search(*arguments, **options | {"most_steps": 1})

    monkeypatch.setattr(lanes, "search", search_of_one_step)
    found = optima(sums, "REML", start)
    assert found.searched.all()
    np.testing.assert_allclose(found.criterion, whole.criterion, rtol=0, atol=1e-9)
    assert found.rank.tolist() == whole.rank.tolist()


def test_a_lane_without_an_optimum_has_no_estimates(monkeypatch):
    def refuse(_):
        msg = "no optimum"
        raise ConvergenceError(msg)

    model = fitted()
    sums, start = drawn(model, 5)
    # The outcome of one lane is explained whole by its groups, so that nothing is left.
    sums.outcome[2], sums.within[2, :, -1], sums.within[2, -1] = 0.0, 0.0, 0.0
    monkeypatch.setattr(lanes, "optimise", refuse)
    found = optima(sums, "REML", start)
    assert found.rank[2] == -1
    assert np.isnan(found.criterion[2])
    assert np.isnan(found.fixed_effects[2]).all()
    assert np.isfinite(np.delete(found.criterion, 2)).all()


def test_roots_of_what_is_not_positive_definite_are_not_finite():
    matrices = np.array([[[4.0, 0.0], [2.0, 5.0]], [[1.0, 0.0], [2.0, 1.0]]])
    with np.errstate(invalid="ignore"):
        roots = lower_roots(matrices)
    assert roots[0].tolist() == [[2.0, 0.0], [1.0, 2.0]]
    assert not np.isfinite(roots[1]).all()
