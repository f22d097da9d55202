"""Profile-likelihood intervals: the reference's ends, and what an interval says by definition."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from inference.balanced import TIMES, rebuilt
from inference.dense_deviance import Dense

from analysis.errors import ModelError
from analysis.inference.profile import profile
from analysis.mixed.estimate import fit
from analysis.mixed.model import ModelSpec

ROOT = Path(__file__).resolve().parents[2]
ORACLE = json.loads((ROOT / "tests/oracle/inference.json").read_text(encoding="utf-8"))["datasets"]
PROFILED = [
    (data, model)
    for data, study in ORACLE.items()
    for model, fits in study["models"].items()
    if "profile" in fits["ML"]
]
# The residual variance of m3 without random intercepts.
VARIANCE_WITHOUT = 0.4885
QUANTILE = 3.841458820694124

# Of the interval's width; the reference is no nearer to a root (its interval of orthodont's age in
# m3 is off the middle by 3e-7, where symmetry puts the estimate).
END = 1e-6
# The reference has a local optimum only: see `test_next_to_a_variance_of_0`.
LOCAL = {("popular_1_15", "m3", "cor(Intercept,extrav)")}


def popular():
    table = pd.read_csv(ROOT / "data" / "popularity.csv").query("`class` <= 15")
    return table.assign(**{"extrav:texp": table["extrav"] * table["texp"]})


def spec(fixed=("extrav", "sex", "texp"), slopes=("extrav",), **changes):
    columns = {"name": "m", "outcome": "popular", "group": "class"} | changes
    return ModelSpec(fixed=tuple(fixed), slopes=tuple(slopes), **columns)


@pytest.fixture(scope="module")
def tables():
    return {"popular_1_15": popular()} | {name: rebuilt(name, ORACLE[name]) for name in TIMES}


@pytest.fixture(scope="module")
def intervals(tables):
    """Return the profiles of all models that the reference has profiled."""
    return {
        (data, model): profile(fit(of_oracle(data, model), tables[data], "ML"))
        for data, model in PROFILED
    }


def of_oracle(data, model):
    """Return a model of the reference by our names."""
    reference = ORACLE[data]["models"][model]["ML"]
    fixed = [name for name in reference["fixef"] if name != "Intercept"]
    q = len(reference["random_covariance"])
    if data == "popular_1_15":
        return spec(fixed, ("extrav",) * (q - 1), name=model)
    slopes = (TIMES[data][0],) * (q - 1)
    return spec(fixed, slopes, name=model, outcome="y", group="Subject")


def our_name(name, slopes):
    """Return our name of a parameter of the reference."""
    kind, _, of = name.replace("(Intercept)", "Intercept").partition("_")
    slope = slopes[0] if slopes else ""
    return {"sd": f"sd({of})", "cor": f"cor(Intercept,{slope})", "beta": of}.get(kind, "sigma")


@pytest.mark.parametrize(("data", "model"), PROFILED)
def test_the_deviance_is_the_reference_s(data, model, tables):
    """What the tables are rebuilt for: the same likelihood."""
    ours = fit(of_oracle(data, model), tables[data], "ML")
    reference = ORACLE[data]["models"][model]["ML"]
    assert ours.criterion == pytest.approx(reference["criterion_own"], abs=1e-8)
    for name, value in reference["fixef"].items():
        assert ours.fixed_effects[name] == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize(("data", "model"), PROFILED)
def test_ends_are_the_reference_s(data, model, intervals):
    own = ORACLE[data]["models"][model]["ML"]["profile"]["own"]["intervals"]
    ours = intervals[data, model]
    slopes = of_oracle(data, model).slopes
    assert {our_name(name, slopes) for name in own} == ours.keys()
    for name, (low, high) in own.items():
        found = ours[our_name(name, slopes)]
        if (data, model, our_name(name, slopes)) in LOCAL:
            continue
        least, most = (-1.0, 1.0) if name == "cor" else (0.0, None)
        width = (most if high is None else high) - (least if low is None else low)
        for end, reference in ((found.low, low), (found.high, high)):
            assert (end is None) == (reference is None), name
            assert end is None or abs(end - reference) < END * width, name
        assert found.low_boundary == (least if low is None else None)
        assert found.high_boundary == (most if high is None else None)
        assert not found.missing


def test_next_to_a_variance_of_0(tables, intervals):
    """
    If a variance may be 0, the correlation may be anything.

    Of m3 the reference's interval of the correlation begins at -0.9806, though it has 0 among the
    intercept's standard deviations, as here; below -0.9806, small ones have a deviance that belongs
    to the interval. Of orthodont's models, where that is so too, the reference has no ends.
    """
    found = intervals["popular_1_15", "m3"]
    assert found["sd(Intercept)"].low is None
    correlation = found["cor(Intercept,extrav)"]
    assert (correlation.low, correlation.high) == (None, None)
    assert (correlation.low_boundary, correlation.high_boundary) == (-1.0, 1.0)
    assert not correlation.missing
    dense = Dense(tables["popular_1_15"], spec())
    threshold = fit(spec(), tables["popular_1_15"], "ML").criterion + QUANTILE
    for r in (-0.999, -0.99, -0.981):
        small = np.diag([1e-6, 0.11])
        covariance = small @ np.array([[1, r], [r, 1]]) @ small
        assert dense.deviance(covariance, VARIANCE_WITHOUT) < threshold - 0.25


@pytest.mark.parametrize("data", TIMES)
def test_deviance_at_ends_by_whole_matrices(data, tables, intervals):
    """At an end, the deviance by all other parameters is above its minimum by the quantile."""
    model = of_oracle(data, "m2")
    dense, ours = Dense(tables[data], model), fit(model, tables[data], "ML")
    for name, interval in intervals[data, "m2"].items():
        for end in (interval.low, interval.high):
            if end is not None:
                rise = dense.low(name, end) - ours.criterion
                assert rise == pytest.approx(QUANTILE, abs=1e-5), name


@pytest.mark.parametrize("level", [0.5, 0.99])
def test_level(level):
    table = popular()
    interval = profile(fit(spec(slopes=()), table, "ML"), level)["sd(Intercept)"]
    dense = Dense(table, spec(slopes=()))
    rise = dense.low("sd(Intercept)", interval.high) - fit(spec(slopes=()), table, "ML").criterion
    assert math.erfc(math.sqrt(rise / 2)) == pytest.approx(1 - level, rel=1e-5)


def test_wide_levels_hold_narrow_ones(intervals):
    narrow, wide = (profile(fit(spec(), popular(), "ML"), level) for level in (0.8, 0.99))
    for name, middle in intervals["popular_1_15", "m3"].items():
        for inner, outer in ((narrow[name], middle), (middle, wide[name])):
            assert outer.low is None or inner.low > outer.low, name
            assert outer.high is None or inner.high < outer.high, name


def test_reml_is_refused():
    with pytest.raises(ModelError, match=r"^model m \(popular .*REML.*; profile the ML fit$"):
        profile(fit(spec(), popular(), "REML"))


@pytest.mark.parametrize("level", [0.0, 1.0, 95, -0.5, math.nan])
def test_levels_are_shares(level):
    ours = fit(spec(slopes=()), popular(), "ML")
    with pytest.raises(ModelError, match="give one between 0 and 1"):
        profile(ours, level)


def same(one, other, scale=1.0, shift=0.0, rel=1e-7):
    """Assert that an interval is another one, scaled and shifted."""
    for end, expected in ((one.low, other.low), (one.high, other.high)):
        if expected is None:
            assert end is None
        else:
            assert end == pytest.approx(expected * scale + shift, rel=rel)
    assert (one.low_boundary, one.high_boundary) == (other.low_boundary, other.high_boundary)


@pytest.mark.parametrize("factor", [-1.0, 1e-3, 250.0])
def test_scaling_the_outcome(factor, tables):
    table, model = tables["sleepstudy"], of_oracle("sleepstudy", "m2")
    before = profile(fit(model, table, "ML"))
    after = profile(fit(model, table.assign(y=table["y"] * factor), "ML"))
    for name, interval in before.items():
        if name.startswith("cor"):
            same(after[name], interval)
        elif factor > 0 or name.startswith(("sd", "sigma")):
            same(after[name], interval, abs(factor))
        else:
            assert after[name].low == pytest.approx(-interval.high, rel=1e-8)
            assert after[name].high == pytest.approx(-interval.low, rel=1e-8)


def test_shifting_the_outcome(intervals):
    table = popular()
    after = profile(fit(spec(), table.assign(popular=table["popular"] - 100), "ML"))
    for name, interval in intervals["popular_1_15", "m3"].items():
        same(after[name], interval, shift=-100.0 if name == "Intercept" else 0.0)


def test_centring_the_slope_s_predictor(intervals):
    table = popular()
    centred = table.assign(extrav=table["extrav"] - table["extrav"].mean())
    after = profile(fit(spec(), centred, "ML"))
    before = intervals["popular_1_15", "m3"]
    for name in ("extrav", "sex", "texp", "sd(extrav)", "sigma"):
        same(after[name], before[name])
    assert after["sd(Intercept)"].low > 0  # where there are data, classes do differ
    assert after["cor(Intercept,extrav)"] != before["cor(Intercept,extrav)"]


def test_reversing_a_predictor_turns_the_correlation(tables):
    table, model = tables["sleepstudy"], of_oracle("sleepstudy", "m2")
    before = profile(fit(model, table, "ML"))
    after = profile(fit(model, table.assign(Days=-3 * table["Days"]), "ML"))
    cor = "cor(Intercept,Days)"
    assert after[cor].low == pytest.approx(-before[cor].high, abs=1e-8)
    assert after[cor].high == pytest.approx(-before[cor].low, abs=1e-8)
    same(after["sd(Days)"], before["sd(Days)"], 1 / 3)


def test_relabelling_and_reordering_change_nothing(tables):
    table, model = tables["sleepstudy"], of_oracle("sleepstudy", "m2")
    before = profile(fit(model, table, "ML"))
    shuffled = table.sample(frac=1.0, random_state=1)
    shuffled["Subject"] = shuffled["Subject"].map(lambda name: f"person {name[::-1]}")
    after = profile(fit(model, shuffled, "ML"))
    for name, interval in before.items():
        same(after[name], interval)
