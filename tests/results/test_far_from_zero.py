"""Predictors far from 0, such as dates: what is said of the place of the data stays the same."""

import pytest
from ratings import STUDY, pupils

from analysis.page.page import files
from analysis.prose.values import values
from analysis.results.named import named
from analysis.results.results import analyse
from analysis.study.studyfile import parse_study

BY_FORMULA = """
title = "Ratings"
[data]
table = "pupils.csv"
[models]
m1 = "popular ~ extrav + C(sex) + (1 | class)"
m2 = "popular ~ extrav + C(sex) + (1 + extrav | class)"
m3 = "popular ~ extrav + C(sex) + texp + (1 + extrav | class)"
"""

# A predictor has 16 digits, of which its distance from 0 takes nine.
DIGITS = 1e-6


def results_at(text, tmp_path, shift):
    frame = pupils()
    frame["extrav"] += shift
    return analyse(parse_study(tmp_path / "ratings.toml", text), frame=frame)


def of_the_data(results):
    """Return what is said of lines where the data are, by name."""
    found = {}
    for name, model in results.summary.models.items():
        if model.at_mean is not None:
            found[name, "sd"] = model.at_mean.deviations["Intercept"]
            found[name, "correlation"] = model.at_mean.correlations["extrav"]
    for name, lines in results.summary.lines.items():
        found[name, "height"] = lines.height_deviation
        found[name, "spread"] = lines.slope_deviation
        found[name, "both"] = lines.correlation
        found[name, "slope"] = lines.slope.estimate
        found[name, "error"] = lines.slope.error
    for effect in results.summary.effects:
        key = effect.model, effect.term, effect.group
        found[*key, "low"], found[*key, "high"] = effect.interval
    for outline in results.summary.outlines:
        heights, slopes = zip(*outline.points, strict=True)
        found[outline.model, "outline"] = max(heights), min(heights), max(slopes), min(slopes)
    for i, each in enumerate(results.summary.level_2.predictions):
        found["level 2", i, "low"], found["level 2", i, "high"] = each.interval
    return found


@pytest.mark.parametrize("text", [STUDY, BY_FORMULA], ids=["roles", "formulas"])
def test_far_from_zero_lines_have_the_same_heights_and_spread(tmp_path, text):
    near, far = (of_the_data(results_at(text, tmp_path, shift)) for shift in (0, 5e8))
    assert near.keys() == far.keys() > {("m2", "sd"), ("m2", "correlation"), ("m3", "outline")}
    for key, value in near.items():
        assert far[key] == (value if value is None else pytest.approx(value, abs=DIGITS)), key


@pytest.mark.parametrize(
    ("text", "shift"), [(STUDY, 5e8), (BY_FORMULA, 1e12)], ids=["roles", "formulas"]
)
def test_far_from_zero_everything_can_be_said(tmp_path, text, shift):
    results = results_at(text, tmp_path, shift)
    assert named(results)
    assert values(results)
    assert files(results, {})


def test_correlations_are_some(tmp_path):
    """A mean of 3e8 had a correlation of 1.17."""
    for shift in (1e4, 1e6, 1e8, 3e8, 1e9, 1e11):
        results = results_at(STUDY, tmp_path, shift)
        for name in ("m2", "m3"):
            assert -1 <= results.summary.models[name].at_mean.correlations["extrav"] <= 1
            assert results.summary.models[name].at_mean.deviations["Intercept"] > 0.5


@pytest.mark.parametrize("shift", [3e8, 3e9])
def test_a_product_across_levels_is_that_of_centred_data(tmp_path, shift):
    """But for its shift the product is the level 2 predictor, times a number of nine digits."""
    text = STUDY.replace("[labels]", "cross_level = true\n[labels]")
    near, far = (results_at(text, tmp_path, each) for each in (-5, shift))
    assert near.models.keys() == far.models.keys() >= {"m4"}
    fits = [results.models["m4"]["REML"] for results in (near, far)]
    assert fits[1].criterion == pytest.approx(fits[0].criterion, abs=1e-5)
    for name in ("extrav:texp", "sex"):
        one, other = ((fit.fixed_effects[name], fit.standard_errors[name]) for fit in fits)
        assert other == pytest.approx(one, rel=1e-5)


@pytest.mark.parametrize("shift", [3e8, 3e9])
def test_far_from_zero_the_same_models_go_one_step_further(tmp_path, shift):
    near, far = (results_at(STUDY, tmp_path, each).further for each in (-5, shift))
    assert near.models.keys() == far.models.keys() == {"fixed_slope", "cross_level", "contextual"}
    assert far.slope_deviations == pytest.approx(near.slope_deviations, rel=1e-5)
    for name, model in near.models.items():
        other = far.models[name]
        assert other.test.chisq == pytest.approx(model.test.chisq, abs=1e-5)
        if model.added:
            assert other.added.estimate == pytest.approx(model.added.estimate, rel=1e-5)
            assert other.added.error == pytest.approx(model.added.error, rel=1e-5)
    for (_, one), (_, other) in zip(near.level_2, far.level_2, strict=True):
        assert other.estimate == pytest.approx(one.estimate, abs=1e-5)
        assert other.error == pytest.approx(one.error, abs=1e-5)
