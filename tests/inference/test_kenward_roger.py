"""Kenward and Roger's tests: pbkrtest's, the definition's, and the exact ones."""

import numpy as np
import pytest
from inference import cases, shapes
from inference.dense import Dense

from analysis.errors import ModelError, NotIdentifiableError
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
