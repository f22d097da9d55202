"""The dials in headless Chromium: the ratio of the variances, and the level 2 predictor."""

import dataclasses

import pytest
from page.expected import pooled, unpooled
from page.screen import assert_drawn, lines
from page.studies import with_fit


def test_slider_s_ends_are_no_and_complete_pooling(visit, published):
    page = visit()
    slider = page.get_by_role("slider", name="Ratio of variances")
    slider.focus()
    page.keyboard.press("End")
    assert slider.get_attribute("aria-valuetext") == "infinite, no pooling"
    assert_drawn(lines(page, "dial"), unpooled(published))
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "0.00, complete pooling"
    assert_drawn(lines(page, "dial"), pooled(published))


def test_slider_s_middle_is_where_the_weights_change(visit, published, results):
    page = visit()
    fit = published["models"]["m1"]["REML"]
    estimate = fit["random_covariance"][0][0] / fit["residual_variance"]
    seen = []
    for place in range(1, 1000, 111):
        page.get_by_role("slider", name="Ratio of variances").fill(str(place))
        ratio = estimate * 10 ** ((place - 600) / 200)
        weight = 20 * ratio / (20 * ratio + 1)
        told = page.locator("#viz-weight").inner_text()
        share = f"{100 * weight:.0f}%" if weight < 0.995 else "over 99%"
        assert told == f"A middle-sized class, n = 20, keeps {share} of its own line."
        shown = page.locator("#viz-ratio-value").inner_text()
        assert float(shown) == pytest.approx(ratio, rel=0.05)
        seen.append(weight)
    assert seen == sorted(seen)
    assert seen[0] < 0.05
    assert seen[-1] > 0.99
    assert 0.1 < seen[len(seen) // 3] < 0.9


def test_slider_at_the_estimate_weighs_by_the_formula(visit, published, results):
    page = visit()
    page.get_by_role("button", name="∞ no pooling").click()
    page.get_by_role("button", name="estimated").click()
    fit = published["models"]["m1"]["REML"]
    ratio = fit["random_covariance"][0][0] / fit["residual_variance"]
    complete, none = pooled(published), unpooled(published)
    weights = {g: n * ratio / (n * ratio + 1) for g, n in results.sample.sizes.items()}
    expected = {
        group: tuple(
            w * own + (1 - w) * common
            for own, common in zip(none[group], complete[group], strict=True)
        )
        for group, w in weights.items()
    }
    assert_drawn(lines(page, "dial"), expected)
    page.locator("#viz-search").fill("Class 12")
    told = page.locator("#viz-weight").inner_text()
    assert told == f"Class 12, n = 17, keeps {100 * weights['12']:.0f}% of its own line."


def test_an_estimate_of_0_stands_at_the_left_end(show, results):
    fit = results.models["m1"]["REML"]
    flat = dataclasses.replace(fit, random_covariance=0 * fit.random_covariance, rank=0)
    page = show(with_fit(results, flat))
    slider = page.get_by_role("slider", name="Ratio of variances")
    assert slider.input_value() == "0"
    assert slider.get_attribute("aria-valuetext") == "0.00, complete pooling, estimated"
    ratio = "document.getElementById('complete-visualization').visualization.state.ratio"
    ratios = []
    for place in (0, 1, 599, 600, 601, 999):
        slider.fill(str(place))
        ratios.append(page.evaluate(ratio))
    assert ratios == sorted(set(ratios))
    assert ratios[3] == 1


def test_experience_s_slider_tells_the_prediction(visit, published, results):
    page = visit()
    page.get_by_label("Girls").check(force=True)
    slider = page.get_by_role("slider", name="Teacher’s experience")
    fixed = published["models"]["m3"]["REML"]["fixed_effects"]
    extrav = results.sample.table["extrav"].mean()
    for key, years in (("Home", 2), ("End", 25)):
        slider.press(key)
        expected = fixed["Intercept"] + fixed["sex"] + fixed["extrav"] * extrav
        expected += fixed["texp"] * years
        assert page.locator("#viz-prediction strong").inner_text() == f"{expected:.2f}"
        assert page.locator("#viz-level-2-value").inner_text() == f"{years} years"
        said = page.locator("#viz-prediction").inner_text()
        assert "predicted, 95% confidence interval for the average class: " in said
        assert said.endswith("; extrapolated") == (years == 25)


def test_the_slider_of_a_short_range_tells_every_value(show, altered):
    results = altered(lambda table: table.assign(texp=(table["texp"] - 12) * 0.07))
    page = show(results)
    slider = page.get_by_role("slider", name="Teacher’s experience")
    fit = results.models["m3"]["REML"].fixed_effects
    told = []
    slider.press("Home")
    for _ in range(int(slider.get_attribute("max")) + 1):
        value = page.locator("#viz-level-2-value").inner_text()
        predicted = page.locator("#viz-prediction strong").inner_text()
        told.append((float(value.removesuffix(" years").replace("−", "-")), float(predicted)))
        slider.press("ArrowRight")
    assert told == sorted(told)
    assert (told[0][0], told[-1][0]) == (-0.7, 0.9)
    expected = told[0][1] + (told[-1][0] - told[0][0]) * fit["texp"]
    assert told[-1][1] == pytest.approx(expected, abs=0.011)
    page.locator("#viz-search").fill("Class 1")
    assert page.get_by_role("status").inner_text().startswith("Class 1: 20 pupils, 0.84 years; ")
