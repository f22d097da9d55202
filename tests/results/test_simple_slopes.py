"""The slope at values of the level 2 predictor, by hand and by the delta method."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis.results.capabilities import no_simple_slopes
from analysis.results.ladder import Role
from analysis.results.results import analyse
from analysis.results.simple_slopes import simple_slopes
from analysis.study.studyfile import read_study

Z = 1.959963984540054


def rows():
    """Return 24 groups whose slope falls with their level 2 predictor, through 0."""
    random = np.random.default_rng(6)
    g = np.repeat(np.arange(24), 12)
    w = np.linspace(-4, 6, 24)[g]
    x = random.normal(3, 1, len(g))
    slopes = 0.8 - 0.4 * w + random.normal(0, 0.2, 24)[g]
    y = 2 + slopes * x + random.normal(0, 0.5, 24)[g] + random.normal(0, 1, len(g))
    region = np.where(g % 2, "north", "south")
    return pd.DataFrame({"g": g, "x": x, "w": w, "y": y, "region": region, "u": x + g % 5})


def study(folder, model, table=None):
    (rows() if table is None else table).to_csv(folder / "t.csv", index=False)
    path = folder / "study.toml"
    path.write_text(f"[data]\ntable='t.csv'\ngroup='g'\n{model}", encoding="utf-8")
    return analyse(read_study(path))


SHORT = "[model]\noutcome='y'\nslope='x'\ngroup_covariates=['w']\ncross_level=true"


@pytest.fixture(scope="module")
def falling(tmp_path_factory):
    return study(tmp_path_factory.mktemp("falling"), SHORT)


def by_hand(fit, w):
    """Return the slope at a value, and its standard error by the delta method."""
    names = list(fit.fixed_effects)
    gradient = np.zeros(len(names))
    gradient[names.index("x")], gradient[names.index("x:w")] = 1.0, w
    slope = fit.fixed_effects["x"] + w * fit.fixed_effects["x:w"]
    return slope, math.sqrt(gradient @ fit.covariance @ gradient)


def test_slopes_and_errors_by_hand(falling):
    fit, found = falling.models["m4"]["REML"], simple_slopes(falling.lines)
    assert (found.model, found.column) == ("m4", "w")
    for each in (*found.band, *found.named.values()):
        slope, error = by_hand(fit, each.value)
        assert each.slope.estimate == pytest.approx(slope, abs=1e-10)
        assert each.slope.error == pytest.approx(error, abs=1e-10)
        assert each.interval == pytest.approx((slope - Z * error, slope + Z * error), abs=1e-9)
        assert sum(each.parts.values()) == pytest.approx(slope, abs=1e-10)
        assert each.parts["x"] == pytest.approx(fit.fixed_effects["x"])
        assert each.parts.get("x:w", 0.0) == pytest.approx(each.value * fit.fixed_effects["x:w"])


def test_named_values_are_those_of_groups_each_counted_once(falling):
    found, w = simple_slopes(falling.lines), np.linspace(-4, 6, 24)
    values = {name: each.value for name, each in found.named.items()}
    assert values == pytest.approx(
        {
            "least": -4,
            "below": 1 - w.std(ddof=1),
            "mean": 1,
            "above": 1 + w.std(ddof=1),
            "greatest": 6,
        }
    )
    assert (found.band[0].value, found.band[-1].value) == (-4, 6)
    np.testing.assert_allclose(found.values, w)


def test_the_interval_includes_0_between_its_bounds_alone(falling):
    fit, found = falling.models["m4"]["REML"], simple_slopes(falling.lines)
    low, high = found.bounds
    assert -4 < low < 2 < high < 6
    for bound, sign in ((low, -1), (high, 1)):
        slope, error = by_hand(fit, bound)
        assert slope + sign * Z * error == pytest.approx(0, abs=1e-9)
    assert found.clear == ((-4, low), (high, 6))
    assert not found.clear_everywhere
    for w in np.linspace(-4, 6, 300):
        slope, error = by_hand(fit, w)
        assert (abs(slope) < Z * error) == (low < w < high)


def test_a_bound_outside_of_the_groups_is_none(tmp_path):
    table = rows()
    steep = study(tmp_path, SHORT, table[table["w"] < 0.5])
    found = simple_slopes(steep.lines)
    assert found.bounds == (None, None)
    assert found.clear_everywhere
    crossing = simple_slopes(study(tmp_path, SHORT, table[table["w"] < 2.1]).lines)
    low, high = crossing.bounds
    assert high is None
    assert crossing.clear == ((-4, low),)


def test_where_the_slope_does_not_differ_there_may_be_no_bound(tmp_path):
    table = rows()
    random = np.random.default_rng(1)
    flat = table.assign(y=random.normal(size=len(table)))
    found = simple_slopes(study(tmp_path, SHORT, flat).lines)
    assert found.bounds == (None, None)
    assert found.clear == ()


def test_a_formula_with_another_origin_has_the_same_slopes(falling, tmp_path):
    centred = study(
        tmp_path,
        "[models]\nm2='y ~ x + (1 + x | g)'\nm4='y ~ center(x) * center(w) + (1 + center(x) | g)'",
    )
    one, other = simple_slopes(falling.lines), simple_slopes(centred.lines)
    assert other.bounds == pytest.approx(one.bounds, abs=1e-4)
    for ours, theirs in zip(one.band, other.band, strict=True):
        assert theirs.slope.estimate == pytest.approx(ours.slope.estimate, abs=1e-5)
        assert theirs.slope.error == pytest.approx(ours.slope.error, abs=1e-5)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (SHORT.replace("cross_level=true", ""), "the study has no model with a cross-level"),
        (
            "[models]\nm4='y ~ x * region + w + (1 + x | g)'",
            "its product is with no level 2 number",
        ),
        (
            "[models]\nm4='y ~ x + group_mean(u) + x:group_mean(u) + (1 + x | g)'",
            "its product is with no level 2 number",
        ),
        (
            "[models]\nm4='y ~ x * w + I(w**2) + (1 + x | g)'",
            "its predictions are no straight lines on w",
        ),
    ],
)
def test_what_has_none_says_why(model, reason, tmp_path):
    results = study(tmp_path, model)
    name = results.ladder.name(Role.CROSS_LEVEL)
    rung = None if name is None else results.ladder.rung(name)
    assert no_simple_slopes(results, rung).startswith(reason)
    assert simple_slopes(results.lines) is None
