"""Kenward and Roger's tests: pbkrtest's, the definition's, and the exact ones."""

import numpy as np
import pytest
from inference import cases, shapes
from inference.dense import Dense
from mixed.designs import wild

from analysis.errors import AnalysisError, ModelError, NotIdentifiableError
from analysis.inference import kenward_roger as module
from analysis.inference.kenward_roger import kenward_roger
from analysis.inference.satterthwaite import satterthwaite
from analysis.mixed.estimate import fit

CASES = [(data, model) for data, model, method in cases.CASES if method == "REML"]
# The references are at lme4's optimum, which is not exact.
TOLERANCE = 1e-6
# Where the logarithm of p is large, so much of the df moves it by more.
P_VALUE = 1e-5
# Between the sums and matrices of n rows, at the same estimates, with some digits to spare.
SAME = 1e-8


@pytest.mark.parametrize(("data", "model"), CASES)
def test_the_references(data, model):
    of = cases.expected(data, model, "REML")["kenward_roger"]
    tests = kenward_roger(cases.fitted(data, model))
    assert list(tests) == list(of["df_own"])
    for name, test in tests.items():
        for maker in ("own", "pbkrtest"):
            assert test.df == pytest.approx(of[f"df_{maker}"][name], rel=TOLERANCE)
            assert test.se == pytest.approx(of[f"se_{maker}"][name], rel=TOLERANCE)
            assert test.p == pytest.approx(of[f"p_{maker}"][name], rel=P_VALUE)
        assert test.t == test.estimate / test.se


def test_a_singular_fit_has_all_its_parameters():
    """So the slope of extraversion has the df of 15 classes, where Satterthwaite has 300."""
    found = cases.fitted("popular_1_15", "m4")
    test = kenward_roger(found)["extrav"]
    assert test.singular
    assert test.df < 14 < 300 < satterthwaite(found)["extrav"].df


@pytest.mark.parametrize("spread", [(1, 0.6, 0.5), (0, 0, 0)], ids=["interior", "singular"])
@pytest.mark.parametrize("shape", shapes.SHAPES)
def test_the_definition_on_every_shape(shape, spread):
    table = shapes.table(spread=spread)
    check_definition(fit(shapes.shaped(shape), table), table)


def test_many_groups_are_summed_in_blocks(monkeypatch):
    table = shapes.table()
    found = fit(shapes.shaped("slopes"), table)
    monkeypatch.setattr(module, "_BLOCK_GROUPS", 5)
    check_definition(found, table)


def check_definition(found, table):
    dense = Dense(found, table)
    adjusted, p, w = dense.kenward_roger()
    for i, test in enumerate(kenward_roger(found).values()):
        assert test.se == pytest.approx(np.sqrt(adjusted[i, i]), rel=SAME)
        moved = [dense.phi[i] @ part @ dense.phi[i] for part in p]
        assert test.df == pytest.approx(2 * dense.phi[i, i] ** 2 / (moved @ w @ moved), rel=SAME)


@pytest.mark.parametrize("shape", shapes.SHAPES)
def test_units_of_the_outcome_and_names_of_groups_change_nothing(shape):
    table = shapes.table()
    before = kenward_roger(fit(shapes.shaped(shape), table))
    other = table.assign(y=1000 * table.y, g=[f"G{17 * g % 12}" for g in table.g])
    after = kenward_roger(fit(shapes.shaped(shape), other.sample(frac=1, random_state=1)))
    for name, test in before.items():
        assert after[name].df == pytest.approx(test.df, rel=1e-6)
        assert after[name].t == pytest.approx(test.t, rel=1e-6)
        assert after[name].p == pytest.approx(test.p, rel=1e-4)
        assert after[name].se == pytest.approx(1000 * test.se, rel=1e-6)


@pytest.mark.parametrize("shape", ["slopes", "two slopes"])
def test_a_shift_of_a_predictor_leaves_its_slope_alone(shape):
    table = shapes.table()
    before = kenward_roger(fit(shapes.shaped(shape), table))
    after = kenward_roger(fit(shapes.shaped(shape), table.assign(x=10 * table.x + 300)))
    for name in set(before) - {"Intercept"}:
        assert after[name].df == pytest.approx(before[name].df, rel=1e-5)


@pytest.mark.parametrize("kind", ["plain", "single rows", "no spread", "shifted", "rounded"])
def test_wild_designs(kind):
    """No adjusted error is smaller, and no df larger than the residual's, or there is a refusal."""
    n_tested = 0
    for seed in range(25):
        spec, table = wild(seed, kind)
        try:
            found = fit(spec, table)
            tests = kenward_roger(found)
        except AnalysisError:
            continue
        n_tested += 1
        most = found.n_observations - len(found.fixed_effects)
        for name, test in tests.items():
            assert test.se >= found.standard_errors[name] * (1 - 1e-9)
            assert 0 < test.df <= most * (1 + 1e-9)
    assert n_tested > 10


def test_a_slope_at_two_values_of_level_2():
    """Of three covariances two are identified: those of a variance for each value."""
    table = shapes.two_kinds()
    tests = kenward_roger(fit(shapes.shaped("slopes", **shapes.LEVEL_2), table))
    same = kenward_roger(fit(shapes.shaped("slopes", **shapes.LEVEL_2, diagonal=True), table))
    for name, test in tests.items():
        assert test.df == pytest.approx(same[name].df, rel=1e-5)
        assert test.se == pytest.approx(same[name].se, rel=1e-5)


def test_fits_by_maximum_likelihood_are_refused():
    found = fit(shapes.shaped("slopes"), shapes.table(), "ML")
    with pytest.raises(ModelError, match="this one is by ML; fit it by REML"):
        kenward_roger(found)


def test_variances_of_which_the_data_say_nothing_are_refused():
    """Fixed effects of all groups leave nothing by which the variance of intercepts shows."""
    table = shapes.table()
    dummies = {f"g{g}": (table.g == g).astype(float) for g in range(1, 12)}
    spec = shapes.shaped("intercepts", fixed=("x", *dummies))
    found = fit(spec, table.assign(**dummies))
    with pytest.raises(NotIdentifiableError, match="let fewer effects vary over 'g'"):
        kenward_roger(found)
    assert satterthwaite(found)["x"].df == pytest.approx(len(table) - 13)
