"""The steps in headless Chromium: the lines on the screen, and what a choice changes."""

import dataclasses
import re

import pytest
from page.expected import pooled, unpooled
from page.screen import DRAWN, DRAWN_LINES, SETTLED, assert_drawn, drawing, lines
from page.studies import with_fit


@pytest.mark.parametrize("name", ["visualization.html", "complete-visualization.html"])
def test_steps_draw_the_lines_of_the_results(visit, published, results, name):
    page = visit(name)
    assert_drawn(lines(page, "steps"), pooled(published))
    page.get_by_role("button", name="Next step").click()
    assert_drawn(lines(page, "steps"), unpooled(published))
    page.get_by_label("Boys").check(force=True)
    texp = results.sample.table.groupby("class")["texp"].first()
    for model in ("m1", "m2", "m3"):
        page.get_by_role("button", name="Next step").click()
        fit = published["models"][model]["REML"]
        fixed = fit["fixed_effects"]
        expected = {
            group: (
                fixed["Intercept"] + effects["Intercept"] + fixed.get("texp", 0) * texp[group],
                fixed["extrav"] + effects.get("extrav", 0),
            )
            for group, effects in fit["group_effects"].items()
        }
        assert_drawn(lines(page, "steps"), expected)
    assert page.get_by_role("tab", selected=True).inner_text().endswith("Teacher’s experience")


def test_the_last_step_leads_on_to_the_next_section(visit):
    page = visit()
    further = page.locator('[data-turn="1"]')
    further.focus()
    for _ in range(4):
        page.keyboard.press("Enter")
    assert page.get_by_role("tab", selected=True).inner_text().endswith("Teacher’s experience")
    assert further.evaluate("(item) => item === document.activeElement")
    assert further.inner_text() == "Go on: Pool by hand"
    page.keyboard.press("Enter")
    focused = page.locator("h2:focus")
    assert focused.inner_text() == "Pool by hand"
    assert 0 <= focused.bounding_box()["y"] < 100


def test_the_first_step_keeps_the_focus_where_there_is_no_way_back(visit):
    page = visit()
    page.get_by_role("tab", name="No pooling").click()
    back = page.get_by_role("button", name="Back")
    back.focus()
    for _ in range(2):
        page.keyboard.press("Enter")
    assert page.get_by_role("tab", selected=True).inner_text().endswith("Complete pooling")
    assert back.is_disabled()
    assert back.evaluate("(item) => item === document.activeElement")


@pytest.mark.parametrize("width", [1280, 360])
def test_a_step_is_announced(visit, width):
    page = visit(viewport={"width": width, "height": 740})
    told = page.locator(".viz-now")
    assert told.get_attribute("aria-live") == "polite"
    # What is not displayed is not announced.
    assert told.is_visible()
    for step in ("Step 2 of 5: No pooling", "Step 3 of 5: Random intercepts"):
        page.get_by_role("button", name="Next step").click()
        assert told.inner_text() == step


def test_girls_stand_above_boys_by_the_effect_of_gender(visit, published):
    page = visit()
    page.get_by_role("tab", name="Random slopes").click()
    heights = {}
    for sex in ("Boys", "Girls"):
        page.get_by_label(sex).check(force=True)
        heights[sex] = lines(page, "steps")["7"][0][1]
    effect = published["models"]["m2"]["REML"]["fixed_effects"]["sex"]
    assert heights["Girls"] - heights["Boys"] == pytest.approx(effect, abs=DRAWN)


def test_choices_leave_no_trace(visit):
    page = visit()
    before = drawing(page, "level-2")
    seen = {before}
    for sex in ("Boys", "Girls"):
        page.get_by_label(sex).check(force=True)
        seen.add(drawing(page, "level-2"))
    assert len(seen) == 3
    page.get_by_label("Everyone").check(force=True)
    assert drawing(page, "level-2") == before


def test_boys_and_girls_move_no_line_that_is_compared_with_others(visit):
    page = visit()
    page.get_by_role("tab", name="Random slopes").click()
    compared = ("dial", "shrinkage", "panel", "effects-height")
    before = [drawing(page, chart) for chart in compared]
    page.get_by_label("Girls").check(force=True)
    assert [drawing(page, chart) for chart in compared] == before
    told = "Girls in the steps and under Teacher’s experience; everyone in the other charts."
    assert page.get_by_role("status").inner_text() == told
    page.locator("#viz-search").fill("Class 14")
    known = "Class 14: 17 pupils, 2 years; slope 1.02 by itself. "
    known += "It has no girls: their line is what the model expects. "
    assert page.get_by_role("status").inner_text() == known + told
    page.keyboard.press("Escape")
    page.get_by_label("Everyone").check(force=True)
    assert page.get_by_role("status").inner_text() == "Pick in any chart, or here."


def test_the_legend_says_at_which_covariates_the_ellipse_holds(visit):
    page = visit()
    legend = page.locator(".viz-key-ellipse:visible")
    held = {
        "Random intercepts": "gender",
        "Teacher’s experience": "gender and teacher’s experience",
    }
    for step, covariates in held.items():
        page.get_by_role("tab", name=step).click()
        text = f"95% of classes, by the model (at average {covariates})"
        assert legend.all_inner_texts() == [text]


def test_complete_pooling_is_one_line_and_the_legend_knows_it(visit):
    page = visit()
    line = page.locator('[data-chart="steps"] .average_marks line')
    legend = page.locator('figure:has([data-chart="steps"]) .viz-key:visible')
    keys, own = ["Boys", "Girls"], ["Picked class’s own line"]
    expected = {
        "Complete pooling": ("1,0", ["Complete pooling", *keys]),
        "No pooling": ("7,6", ["Class’s line", "Complete pooling", *keys]),
        "Random slopes": ("7,6", ["Class’s line", "Average class", *keys]),
    }
    for step, (dash, texts) in expected.items():
        page.get_by_role("tab", name=step).click()
        page.wait_for_function(SETTLED)
        assert line.get_attribute("stroke-dasharray") == dash
        assert legend.all_inner_texts() == texts
    # Its own line is drawn for a picked class, and without pooling lies under the picked one.
    page.locator("#viz-search").fill("Class 14")
    for step, (_, texts) in expected.items():
        page.get_by_role("tab", name=step).click()
        assert legend.all_inner_texts() == texts + (own if step != "No pooling" else [])


def test_a_model_without_variance_between_classes_has_no_key_to_their_ellipse(show, results):
    fit = results.models["m1"]["REML"]
    flat = dataclasses.replace(fit, random_covariance=0 * fit.random_covariance, rank=0)
    page = show(with_fit(results, flat))
    key = page.locator(".viz-key-ellipse:visible")
    for step, shown in {"Random intercepts": 0, "Random slopes": 1}.items():
        page.get_by_role("tab", name=step).click()
        assert key.count() == shown


def test_arrow_keys_walk_through_the_steps(visit, published):
    page = visit()
    page.get_by_role("tab", name="Complete pooling").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", selected=True).inner_text().endswith("No pooling")
    assert page.get_by_role("tabpanel").count() == 1
    assert_drawn(lines(page, "steps"), unpooled(published))


def test_lines_move_and_where_motion_is_unwanted_jump(visit):
    time = "document.getElementById('complete-visualization').visualization.state.time"
    click = f"() => {{ document.querySelector('[data-turn=\"1\"]').click(); return {time}; }}"
    assert visit().evaluate(click) == 1
    page = visit(motion="no-preference")
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    assert page.evaluate(click) == 0
    page.clock.run_for(300)
    early = page.evaluate(time)
    page.clock.run_for(300)
    assert 0 < early < page.evaluate(time) < 1
    page.clock.run_for(400)
    assert page.evaluate(time) == 1


def test_a_step_that_is_interrupted_goes_on_from_where_the_lines_are(visit, published):
    page = visit(motion="no-preference")
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    steps = page.locator("[role=tab]")

    def press(at):
        steps.nth(at).evaluate("(tab) => tab.click()")

    # Twice, because the second way starts between three steps.
    press(1)
    for at in (3, 0):
        page.clock.run_for(400)
        before = lines_as_lists(page)
        press(at)
        assert lines_as_lists(page) == before
        page.clock.run_for(48)
        for group, ends in lines_as_lists(page).items():
            assert ends == pytest.approx(before[group], abs=0.1)
            assert ends != before[group]
    page.clock.run_for(1000)
    assert_drawn(lines(page, "steps"), pooled(published))


def lines_as_lists(page):
    """Read the heights of the steps' lines at both ends."""
    return {
        group: [y for _, y in ends] for group, ends in page.evaluate(DRAWN_LINES, "steps").items()
    }


def test_tiny_units_have_several_ticks_and_no_zeros(show, altered):
    def in_unit(table):
        return table.assign(popular=table["popular"] * 1e-9, extrav=table["extrav"] * 1e-7)

    page = show(altered(in_unit))
    for chart in ("steps", "dial", "shrinkage", "panel", "level-2"):
        texts = page.locator(f'[data-chart="{chart}"]').first.locator("svg .role-axis-label text")
        labels = texts.all_text_contents()
        assert len(set(labels)) >= 5
        assert all(len(label) < 8 for label in labels)
    assert re.fullmatch(
        r"\d\.\d+\xa0×\xa010⁻⁹", page.locator("#viz-prediction strong").inner_text()
    )
    page.locator("#viz-search").fill("Class 1")
    assert re.search(r"slope 0\.00\d+ by itself", page.get_by_role("status").inner_text())


def test_a_dot_is_drawn_for_each_pupil_that_the_step_counts(show, gaps):
    page = show(gaps)
    counted = page.locator("#viz-step-complete").inner_text()
    dots = page.locator('[data-chart="steps"] .rest_dots_marks path')
    assert f"for all {dots.count()} pupils" in counted
    assert dots.count() == 257
