"""Shares of variance: the stored values, those of the rows themselves, and singular fits."""

import numpy as np
import pytest
from inference import cases, shapes

from analysis.inference.fit_indices import intraclass, r_squared
from analysis.mixed.estimate import fit

TOLERANCE = 1e-7


@pytest.mark.parametrize(("data", "model", "method"), cases.CASES)
def test_the_references(data, model, method):
    found, of = cases.fitted(data, model, method), cases.expected(data, model, method)["r2"]
    shares, correlation = r_squared(found), intraclass(found)
    assert shares.marginal == pytest.approx(of["marginal"], abs=TOLERANCE)
    assert shares.conditional == pytest.approx(of["conditional"], abs=TOLERANCE)
    assert shares.fixed_variance == pytest.approx(of["var_fixed"], rel=1e-6)
    assert shares.random_variance == pytest.approx(of["var_random"], rel=1e-6)
    assert shares.residual_variance == pytest.approx(of["var_residual"], rel=1e-6)
    assert correlation.adjusted == pytest.approx(of["icc_adjusted"], abs=TOLERANCE)
    assert correlation.unadjusted == pytest.approx(of["icc_unadjusted"], abs=TOLERANCE)
    if not found.singular:  # performance leaves the random variance out of a singular fit
        theirs = of["performance"]
        assert shares.marginal == pytest.approx(theirs["marginal"], abs=TOLERANCE)
        assert shares.conditional == pytest.approx(theirs["conditional"], abs=TOLERANCE)


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("shape", shapes.SHAPES)
def test_the_rows_say_the_same(shape, method):
    table = shapes.table()
    found = fit(shapes.shaped(shape), table, method)
    ones = np.ones(len(table))
    x = np.column_stack((ones, *(table[name] for name in found.spec.fixed)))
    fitted = x @ list(found.fixed_effects.values())
    columns = [ones] if found.spec.random_intercept else []
    z = np.column_stack((*columns, *(table[name] for name in found.spec.slopes)))
    shares = r_squared(found)
    assert shares.fixed_variance == pytest.approx(np.var(fitted, ddof=1), rel=1e-10)
    spread = np.sum(z @ found.random_covariance * z, axis=1)
    assert shares.random_variance == pytest.approx(np.mean(spread), rel=1e-10)
    assert shares.residual_variance == found.residual_variance


def test_without_predictors_and_without_groups():
    table = shapes.table(spread=(0, 0, 0))
    centred = table.assign(y=table.y - table.groupby("g").y.transform("mean"))
    found = fit(shapes.shaped("intercepts", fixed=()), centred)
    assert found.rank == 0
    shares, correlation = r_squared(found), intraclass(found)
    assert (shares.marginal, shares.conditional) == (0, 0)
    assert (correlation.adjusted, correlation.unadjusted) == (0, 0)


def test_with_intercepts_alone_it_is_the_icc(results):
    found = results.models["m1"]["REML"]
    assert intraclass(found).adjusted == pytest.approx(found.icc, rel=1e-12)


@pytest.mark.parametrize("shape", ["slopes", "two slopes", "slope without a fixed effect"])
def test_scales_and_shifts_leave_the_shares_alone(shape):
    table = shapes.table()
    before = fit(shapes.shaped(shape), table)
    other = table.assign(
        y=50 * table.y - 7, x=10 * table.x + (300 if "without" not in shape else 0)
    )
    after = fit(shapes.shaped(shape), other)
    for share in ("marginal", "conditional"):
        expected = getattr(r_squared(before), share)
        assert getattr(r_squared(after), share) == pytest.approx(expected, abs=1e-8)
    assert intraclass(after).unadjusted == pytest.approx(intraclass(before).unadjusted, abs=1e-8)
    assert 0 < intraclass(after).unadjusted < intraclass(after).adjusted < 1
