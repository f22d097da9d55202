"""F tests of several effects: those of balanced analyses of variance, and the definition's."""

import numpy as np
import pandas as pd
import pytest
from inference import cases, shapes
from inference.dense import Dense
from scipy.stats import f as f_distribution

from analysis.errors import ModelError, NotIdentifiableError
from analysis.inference import kenward_roger as kenward_roger_module
from analysis.inference.f_tests import f_test
from analysis.inference.kenward_roger import kenward_roger
from analysis.inference.satterthwaite import satterthwaite
from analysis.mixed.estimate import fit

WAYS = ("Satterthwaite", "Kenward-Roger")
EXACT = 1e-7


def levels(kind):
    """Return the columns of a category with three levels."""
    return {"b": (kind == 1).astype(float), "c": (kind == 2).astype(float)}


def three_kinds(n_groups, n_rows=4):
    """Return the fit of a category of level 2 with three levels, and its exact F."""
    rng = np.random.default_rng(4)
    kind = np.arange(n_groups) % 3
    means = 0.8 * kind + 2 * rng.normal(size=n_groups)
    groups = np.repeat(np.arange(n_groups), n_rows)
    y = means[groups] + rng.normal(size=len(groups))
    table = pd.DataFrame({"g": groups, "y": y, **levels(kind[groups])})
    observed = table.groupby("g").y.mean().to_numpy()
    by_kind = np.array([observed[kind == k].mean() for k in range(3)])
    between = n_groups / 3 * np.sum((by_kind - observed.mean()) ** 2) / 2
    within = np.sum((observed - by_kind[kind]) ** 2) / (n_groups - 3)
    return fit(shapes.shaped("intercepts", fixed=("b", "c")), table), between / within


@pytest.mark.parametrize("n_groups", [6, 12])
@pytest.mark.parametrize("approximation", WAYS)
def test_groups_of_three_kinds(approximation, n_groups):
    """A category of level 2 is tested against the groups of a kind: F(2, g - 3)."""
    found, f = three_kinds(n_groups)
    assert found.rank == 1
    check(f_test(found, ("b", "c"), approximation), f, 2, n_groups - 3)


@pytest.mark.parametrize("n_groups", [4, 5])
def test_an_f_without_a_mean(n_groups):
    """F with 2 degrees of freedom below, or fewer, has an infinite mean to be scaled to."""
    found, _ = three_kinds(n_groups)
    with pytest.raises(NotIdentifiableError, match=f"{n_groups} groups say too little"):
        f_test(found, ("b", "c"), "Kenward-Roger")


@pytest.mark.parametrize("approximation", WAYS)
def test_blocks_with_each_treatment(approximation):
    """A category within groups is tested against the rest of the rows: F(2, 2(g - 1))."""
    n_groups = 8
    rng = np.random.default_rng(6)
    y = 2 * rng.normal(size=(n_groups, 1)) + rng.normal(size=(n_groups, 3)) + [0, 0.5, 1]
    kind = np.tile(np.arange(3), n_groups)
    table = pd.DataFrame({"g": np.repeat(np.arange(n_groups), 3), "y": y.ravel(), **levels(kind)})
    found = fit(shapes.shaped("intercepts", fixed=("b", "c")), table)
    treatments = y.mean(axis=0) - y.mean()
    rest = y - y.mean(axis=1, keepdims=True) - treatments
    expected = n_groups * np.sum(treatments**2) / 2 / (np.sum(rest**2) / (2 * (n_groups - 1)))
    check(f_test(found, ("b", "c"), approximation), expected, 2, 2 * (n_groups - 1))


def check(test, f, numerator_df, denominator_df):
    assert test.f == pytest.approx(f, rel=EXACT)
    assert test.numerator_df == numerator_df
    assert test.denominator_df == pytest.approx(denominator_df, rel=EXACT)
    assert test.p == pytest.approx(f_distribution.sf(f, numerator_df, denominator_df), rel=1e-5)


def test_an_f_whose_degrees_of_freedom_come_out_below_2():
    """Although its approximate mean is finite, by a hair."""
    found = fit(shapes.shaped("slopes"), shapes.table(30, n_groups=5))
    with pytest.raises(NotIdentifiableError, match="test the effects one by one"):
        f_test(found, ("Intercept", "x", "w"), "Kenward-Roger")


NAMES = {
    "slopes": ("x", "w"),
    "two slopes": ("Intercept", "x", "z"),
    "category": ("b", "c"),
    "diagonal": ("w", "x"),
    "slope without a fixed effect": ("z", "w"),
}


@pytest.mark.parametrize("shape", NAMES)
def test_the_definition_by_kenward_and_roger(shape):
    table = shapes.table()
    found = fit(shapes.shaped(shape), table)
    names = NAMES[shape]
    rows = [[name == other for other in found.spec.fixed_names] for name in names]
    f, df = Dense(found, table).kenward_roger_f(rows)
    test = f_test(found, names, "Kenward-Roger")
    assert (test.f, test.denominator_df) == pytest.approx((f, df), rel=1e-8)
    assert test.p == pytest.approx(f_distribution.sf(f, len(names), df), rel=1e-6)
    assert test.names == names


@pytest.mark.parametrize("shape", NAMES)
def test_the_definition_by_satterthwaite(shape):
    table = shapes.table()
    found = fit(shapes.shaped(shape), table)
    names, dense = NAMES[shape], Dense(found, table)
    at = [found.spec.fixed_names.index(name) for name in names]
    values, vectors = np.linalg.eigh(dense.phi[np.ix_(at, at)])
    estimates = vectors.T @ [found.fixed_effects[name] for name in names]
    contrasts = np.zeros((len(at), len(dense.phi)))
    contrasts[:, at] = vectors.T
    dfs = np.array([dense.satterthwaite(contrast) for contrast in contrasts])
    assert dfs.min() > 2
    # An F with d degrees of freedom below has the mean d / (d - 2), as t squared has.
    mean = np.mean(dfs / (dfs - 2))
    test = f_test(found, names)
    assert test.f == pytest.approx(np.mean(estimates**2 / values), rel=1e-6)
    assert test.denominator_df == pytest.approx(2 * mean / (mean - 1), rel=1e-6)
    assert test.p == pytest.approx(
        f_distribution.sf(test.f, len(names), test.denominator_df), rel=1e-9
    )


@pytest.mark.parametrize("approximation", WAYS)
@pytest.mark.parametrize("model", ["m2", "m4"])
def test_one_effect_has_the_square_of_t(model, approximation):
    found = cases.fitted("popular_1_15", model)
    tests = (satterthwaite if approximation == "Satterthwaite" else kenward_roger)(found)
    for name, test in tests.items():
        f = f_test(found, [name], approximation)
        assert f.f == pytest.approx(test.t**2, rel=1e-10)
        assert f.denominator_df == pytest.approx(test.df, rel=1e-10)
        assert f.p == pytest.approx(test.p, rel=1e-8)
        assert (f.approximation, f.singular) == (approximation, model == "m4")
        assert test.approximation == approximation


def test_the_scale_of_the_outcome_and_of_all_predictors_leaves_f_alone():
    table = shapes.table()
    spec = shapes.shaped("category")
    scaled = table.assign(y=1e3 * table.y, x=0.01 * table.x)
    for approximation in WAYS:
        before = f_test(fit(spec, table), ("b", "c"), approximation)
        after = f_test(fit(spec, scaled), ("b", "c"), approximation)
        assert after.f == pytest.approx(before.f, rel=1e-6)
        assert after.denominator_df == pytest.approx(before.denominator_df, rel=1e-6)


def test_kenward_and_rogers_f_does_not_depend_on_the_reference_level():
    table = shapes.table()
    other = table.assign(b=1 - table.b - table.c)
    spec = shapes.shaped("category")
    before = f_test(fit(spec, table), ("b", "c"), "Kenward-Roger")
    after = f_test(fit(spec, other), ("b", "c"), "Kenward-Roger")
    assert after.f == pytest.approx(before.f, rel=1e-6)
    assert after.denominator_df == pytest.approx(before.denominator_df, rel=1e-6)


def few_groups():
    """Return three groups, so that effects of level 2 have next to no degrees of freedom."""
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(3), 6)
    w = np.array([0.0, 1.0, 2.0])[groups]
    y = 4 * rng.normal(size=3)[groups] + rng.normal(size=18)
    return pd.DataFrame({"g": groups, "y": y, "w": w, "x": rng.normal(size=18)})


def test_an_f_with_exactly_2_degrees_of_freedom():
    """Where rounding is not in the way of 0 / 0."""
    assert kenward_roger_module._scale_and_df(2, 4.0, 2.0) is None


def test_few_degrees_of_freedom():
    """One effect keeps its own; of several no F of Satterthwaite's has fewer than 2."""
    found = fit(shapes.shaped("intercepts", fixed=("w", "x")), few_groups())
    tests = satterthwaite(found)
    assert tests["w"].df == pytest.approx(1, abs=0.1)
    assert tests["x"].df > 10
    assert f_test(found, ("w",)).denominator_df == pytest.approx(tests["w"].df, rel=1e-12)
    assert f_test(found, ("w", "x")).denominator_df == 2.0
    one = f_test(found, ("w",), "Kenward-Roger")
    assert one.denominator_df == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("approximation", WAYS)
@pytest.mark.parametrize("names", [(), ("x", "x"), ("x", "nothing")])
def test_effects_that_no_f_tests(names, approximation):
    found = fit(shapes.shaped("slopes"), shapes.table())
    with pytest.raises(ModelError, match=r"no F test of .*\(Intercept, x, w\), each once"):
        f_test(found, names, approximation)


def test_maximum_likelihood():
    found = fit(shapes.shaped("category"), shapes.table(), "ML")
    assert f_test(found, ("b", "c")).denominator_df > 2
    with pytest.raises(ModelError, match="fit it by REML"):
        f_test(found, ("b", "c"), "Kenward-Roger")
