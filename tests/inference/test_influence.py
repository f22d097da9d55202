"""Fits without each group: lme4's, Cook's distances, and groups that no fit can do without."""

import json

import numpy as np
import pandas as pd
import pytest
from inference.lanes_of import DATA, fitted, pupils

from analysis.errors import NotIdentifiableError
from analysis.inference.influence import cooks_distances, leave_one_out, one_step
from analysis.mixed.estimate import fit
from analysis.mixed.model import ModelSpec

ORACLE = json.loads((DATA.parent / "tests/oracle/inference.json").read_text(encoding="utf-8"))
MODELS = ORACLE["datasets"]["popular_1_15"]["models"]
# Of a standard error, and of a distance.
TOLERANCE = 1e-4


@pytest.mark.parametrize("name", ["m1", "m2", "m3", "m4"])
def test_lme4_without_each_class(name):
    expected = MODELS[name]["REML"]
    columns = tuple(expected["fixef"])[1:]
    slopes = () if name == "m1" else ("extrav",)
    spec = ModelSpec(name=name, outcome="popular", fixed=columns, slopes=slopes, group="class")
    table = pupils()
    table = table.assign(**{"extrav:texp": table["extrav"] * table["texp"]})
    model = fit(spec, table)
    without = leave_one_out(model)
    assert without.keys() == expected["without_group"]["fixef"].keys()
    for group, values in expected["without_group"]["fixef"].items():
        for effect, value in zip(expected["fixef"], values, strict=True):
            error = model.standard_errors[effect]
            assert abs(without[group][effect] - value) <= TOLERANCE * error
    distances = cooks_distances(model, without)
    assert distances == pytest.approx(expected["without_group"]["cook"], abs=TOLERANCE)


@pytest.mark.parametrize("of", [{"diagonal": True}, {"fixed": ("sex",)}, {"method": "ML"}])
def test_without_each_group_as_fits_to_the_rest(of):
    model = fitted(**of)
    without = leave_one_out(model)
    for group in ("2", "15"):
        rest = fit(model.spec, pupils().query(f"`class` != {group}"), model.method)
        deviations = np.sqrt(rest.random_covariance.diagonal())
        expected = rest.fixed_effects | {"sigma": np.sqrt(rest.residual_variance)}
        expected |= {f"sd({n})": d for n, d in zip(rest.random_names, deviations, strict=True)}
        if not model.spec.diagonal:
            expected["cor(Intercept,extrav)"] = rest.random_correlation[0, 1]
        assert without[group] == pytest.approx(expected, rel=1e-6)


def test_a_group_that_alone_has_a_predictor_is_missing():
    table = pupils().assign(only=lambda table: (table["class"] == 4) * table["extrav"])
    spec = ModelSpec(
        name="m", outcome="popular", fixed=("extrav", "only"), slopes=(), group="class"
    )
    model = fit(spec, table)
    without = leave_one_out(model)
    assert set(model.groups) - set(without) == {"4"}
    assert cooks_distances(model, without).keys() == without.keys()


def test_a_group_with_most_of_the_rows_is_missing():
    """Without it there are as many random effects as rows."""
    rng = np.random.default_rng(1)
    codes = np.array([0] * 30 + [1, 1, 2, 2, 3, 3])
    x = rng.normal(size=36)
    table = pd.DataFrame(
        {"g": codes, "x": x, "y": x * rng.normal(size=4)[codes] + rng.normal(size=36)}
    )
    spec = ModelSpec(name="m", outcome="y", fixed=("x",), slopes=("x",), group="g")
    assert set(leave_one_out(fit(spec, table))) == {"1", "2", "3"}


def test_two_groups_are_refused():
    model = fitted(fixed=("extrav",), slopes=(), classes=2)
    with pytest.raises(NotIdentifiableError, match=r"one of its 2 groups .* use at least 3"):
        leave_one_out(model)


def without_by_hand(model, table, group):
    """Return the fixed effects without a group by dense matrices, the variances as they are."""
    rest = table[table["class"] != group]
    names = [name for name in model.fixed_effects if name != "Intercept"]
    x = np.column_stack((np.ones(len(rest)), rest[names]))
    z = np.column_stack((np.ones(len(rest)), rest[list(model.spec.slopes)]))
    same = rest["class"].to_numpy()[:, None] == rest["class"].to_numpy()
    v = same * (z @ model.random_covariance @ z.T)
    v += model.residual_variance * np.eye(len(rest))
    half = np.linalg.solve(v, x)
    return np.linalg.solve(half.T @ x, half.T @ rest["popular"].to_numpy())


def test_one_step_is_generalised_least_squares_without_the_group():
    model, table = fitted(), pupils()
    found = dict(zip(model.groups, one_step(model), strict=True))
    whole = np.array(list(model.fixed_effects.values()))
    ratios = []
    for group in sorted(found, key=found.get)[::5]:
        moved = without_by_hand(model, table, int(group)) - whole
        ratios.append(moved @ np.linalg.inv(model.covariance) @ moved / found[group])
    # Cook's distance but for its unit.
    assert ratios == pytest.approx([ratios[0]] * len(ratios), rel=1e-8)


def test_of_many_groups_those_that_move_most_are_left_out():
    model = fitted()
    every = leave_one_out(model)
    some = leave_one_out(model, 4)
    steps = dict(zip(model.groups, one_step(model), strict=True))
    assert set(some) == set(sorted(steps, key=steps.get, reverse=True)[:4])
    for group, values in some.items():
        assert values == pytest.approx(every[group], rel=1e-6)
    distances = cooks_distances(model, every)
    assert max(distances, key=distances.get) in some
    assert leave_one_out(model, 15) == every


def test_a_group_that_the_effects_need_moves_them_beyond_all(pair_of_kinds):
    steps = one_step(pair_of_kinds)
    assert np.isinf(steps[0])
    assert np.isfinite(steps[1:]).all()


@pytest.fixture
def pair_of_kinds():
    """Return a model with a level 2 predictor that differs in the first class alone."""
    table = pupils().assign(kind=lambda t: (t["class"] == 1).astype(float))
    spec = ModelSpec(
        name="m", outcome="popular", fixed=("extrav", "kind"), slopes=("extrav",), group="class"
    )
    return fit(spec, table)
