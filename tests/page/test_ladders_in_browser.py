"""Pages of other ladders in headless Chromium: every chart is drawn, every step can be walked."""

import pytest
from page.expected import line_of, pooled, unpooled
from page.screen import SETTLED, assert_drawn, lines
from page.studies import LADDERS, of_ladder, of_pairs

from analysis.results.record import as_dict

UNDRAWN = """() => [...document.querySelectorAll(".viz-canvas")]
  .filter((box) => box.offsetParent && !box.querySelector("svg"))
  .map((box) => box.dataset.chart)"""


def walk(page, results):
    """Take every step by the button, and compare the lines of boys with results.json."""
    published, table = as_dict(results), results.sample.table
    further = page.get_by_role("button", name="Next step")
    assert_drawn(lines(page, "steps"), pooled(published))
    page.get_by_label("Boys").check(force=True)
    further.click()
    assert_drawn(lines(page, "steps"), unpooled(published))
    for model in results.compared:
        further.click()
        expected = {group: line_of(published, table, group, model, 0) for group in results.none}
        assert_drawn(lines(page, "steps"), expected)
    assert page.get_by_role("button", name="Go on: ").is_visible()


@pytest.mark.parametrize("name", LADDERS)
def test_charts_are_drawn_and_steps_walked(show, study, name):
    results = of_ladder(study, name)
    page = show(results)
    for model in results.compared:
        page.locator(f'input[name="model-shrinkage"][value="{model}"]').check(force=True)
        page.wait_for_function(SETTLED)
        slopes = page.locator('[data-chart="effects-slope"]')
        assert slopes.is_visible() == ("extrav" in results.compared[model].spec.slopes)
        assert page.locator(".viz-key-ellipse:visible").count() == 1
        page.wait_for_function(f"() => !({UNDRAWN})().length")
    walk(page, results)
    page.locator("#viz-search").fill("Class 7")
    assert page.get_by_role("status").inner_text().startswith("Class 7: 21 pupils")
    assert page.locator(".viz-panel.viz-picked").get_attribute("data-group") == "7"


def test_a_model_that_is_left_out_is_named_beside_the_steps(show, tmp_path):
    results = of_pairs(tmp_path)
    page = show(results)
    assert page.get_by_role("tab").all_inner_texts() == [
        "1\nComplete pooling",
        "2\nNo pooling",
        "3\nRandom intercepts",
    ]
    notes = page.locator(".viz-note:visible", has_text="left out")
    assert notes.all_inner_texts() == [f"m2 is left out: {results.not_fitted['m2']}."]
    assert "60 rows for 60 random effects of 30 groups" in notes.inner_text()
    page.wait_for_function(f"() => !({UNDRAWN})().length")
    page.get_by_role("tab", name="Random intercepts").click()
    fit = as_dict(results)["models"]["m1"]["REML"]
    fixed = fit["fixed_effects"]
    expected = {
        group: (fixed["Intercept"] + effects["Intercept"], fixed["x"])
        for group, effects in fit["group_effects"].items()
    }
    assert_drawn(lines(page, "steps"), expected)
