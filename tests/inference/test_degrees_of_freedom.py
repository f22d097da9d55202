"""What both tests of fixed effects, Satterthwaite's and Kenward and Roger's, keep to."""

import pytest
from inference import shapes
from mixed.designs import wild

from analysis.errors import AnalysisError
from analysis.inference.kenward_roger import kenward_roger
from analysis.inference.satterthwaite import satterthwaite
from analysis.mixed.estimate import fit

both = pytest.mark.parametrize("tests_of", [satterthwaite, kenward_roger])


@both
@pytest.mark.parametrize("shape", shapes.SHAPES)
def test_units_of_the_outcome_and_names_of_groups_change_nothing(tests_of, shape):
    table = shapes.table()
    before = tests_of(fit(shapes.shaped(shape), table))
    other = table.assign(y=1000 * table.y, g=[f"G{17 * g % 12}" for g in table.g])
    after = tests_of(fit(shapes.shaped(shape), other.sample(frac=1, random_state=1)))
    for name, test in before.items():
        assert after[name].df == pytest.approx(test.df, rel=1e-6)
        assert after[name].t == pytest.approx(test.t, rel=1e-6)
        assert after[name].p == pytest.approx(test.p, rel=1e-4)
        assert after[name].se == pytest.approx(1000 * test.se, rel=1e-6)


@both
@pytest.mark.parametrize("shape", ["slopes", "two slopes"])
def test_a_shift_of_a_predictor_leaves_its_slope_alone(tests_of, shape):
    table = shapes.table()
    before = tests_of(fit(shapes.shaped(shape), table))
    after = tests_of(fit(shapes.shaped(shape), table.assign(x=10 * table.x + 300)))
    for name in set(before) - {"Intercept"}:
        assert after[name].df == pytest.approx(before[name].df, rel=1e-5)


@both
@pytest.mark.parametrize("kind", ["plain", "single rows", "no spread", "shifted", "rounded"])
def test_wild_designs(tests_of, kind):
    """No error is smaller than the fit's, no df larger than the residual's, or it is refused."""
    n_tested = 0
    for seed in range(25):
        spec, table = wild(seed, kind)
        try:
            found = fit(spec, table)
            tests = tests_of(found)
        except AnalysisError:
            continue
        n_tested += 1
        most = found.n_observations - len(found.fixed_effects)
        for name, test in tests.items():
            assert test.se >= found.standard_errors[name] * (1 - 1e-9)
            assert 0 < test.df <= most * (1 + 1e-9)
            assert 0 <= test.p <= 1
    assert n_tested > 10


@both
def test_a_slope_at_two_values_of_level_2(tests_of):
    """Of three covariances two are identified: those of a variance for each value."""
    table = shapes.two_kinds()
    tests = tests_of(fit(shapes.shaped("slopes", **shapes.LEVEL_2), table))
    same = tests_of(fit(shapes.shaped("slopes", **shapes.LEVEL_2, diagonal=True), table))
    for name, test in tests.items():
        assert test.df == pytest.approx(same[name].df, rel=1e-5)
        assert test.se == pytest.approx(same[name].se, rel=1e-5)
