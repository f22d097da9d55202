"""Picking a class in headless Chromium, in charts, panels, table and bar."""

import re

import pytest
from page.screen import SETTLED


def picked(page):
    return page.locator(".viz-panel.viz-picked").get_attribute("data-group")


def assert_picked_everywhere(page, group):
    assert picked(page) == group
    assert page.locator("tr.viz-picked").get_attribute("data-group") == group
    assert page.locator('tr [aria-pressed="true"]').inner_text() == group
    assert page.locator("#viz-search").input_value() == f"Class {group}"
    assert page.get_by_role("status").inner_text().startswith(f"Class {group}: ")
    for chart in ("steps", "dial", "weights", "shrinkage", "effects-height", "level-2"):
        page.wait_for_function(
            """([chart, group]) => {
              const root = document.getElementById("complete-visualization");
              const box = root.querySelector(`[data-chart="${chart}"]`);
              return root.visualization.views.get(box).view.signal("picked") === group;
            }""",
            arg=[chart, group],
        )


def place_on_line_14(page):
    """Return a place on the screen, on the line of class 14 without pooling, far from others."""
    page.get_by_role("tab", name="No pooling").click()
    page.wait_for_function(SETTLED)
    return page.evaluate(
        """async () => {
          const chart = document.querySelector('[data-chart="steps"]');
          chart.scrollIntoView({ block: "start", behavior: "instant" });
          // Scrolling is told in the next frame, and takes tooltips away.
          const frame = () => new Promise((done) => requestAnimationFrame(done));
          await frame();
          await frame();
          const line = [...chart.querySelectorAll(".rest_lines_marks line")]
            .find((item) => item.__data__.datum.group === "14");
          const { left, top, width, height } = line.getBoundingClientRect();
          return [left + 0.1 * width, top + 0.9 * height];
        }"""
    )


def test_a_click_on_a_line_picks_its_class_everywhere(visit):
    page = visit()
    page.mouse.click(*place_on_line_14(page))
    assert_picked_everywhere(page, "14")


def test_pointing_at_a_line_names_it(visit):
    page = visit()
    page.mouse.move(*place_on_line_14(page))
    page.locator(".viz-tip").wait_for()
    assert re.search(r"Class 14\s+Pupils\s+17", page.locator(".viz-tip").inner_text())


@pytest.mark.parametrize("select", [".viz-panel[data-group='6']", "tr[data-group='6'] td >> nth=1"])
def test_a_click_in_panels_and_table_picks_and_lets_go(visit, select):
    page = visit()
    page.locator(select).click()
    assert_picked_everywhere(page, "6")
    page.locator(select).click()
    assert page.locator(".viz-picked").count() == 0


def test_the_keyboard_alone_picks_in_charts(visit):
    page = visit()
    chart = page.locator(".viz-chart", has=page.locator('[data-chart="steps"]'))
    chart.focus()
    page.keyboard.press("ArrowRight")
    assert picked(page) == "1"
    page.keyboard.press("ArrowRight")
    assert picked(page) == "2"
    page.keyboard.press("End")
    assert picked(page) == "15"
    page.keyboard.press("ArrowRight")
    assert_picked_everywhere(page, "1")
    page.keyboard.press("Escape")
    assert page.locator(".viz-picked").count() == 0


def test_the_caterpillar_s_keys_follow_its_order(visit, published, results):
    page = visit()
    page.locator(".viz-chart", has=page.locator('[data-chart="effects-height"]')).focus()
    page.keyboard.press("Home")
    effects = published["models"]["m2"]["REML"]["group_effects"]
    mean = results.sample.table["extrav"].mean()
    heights = {group: e["Intercept"] + mean * e["extrav"] for group, e in effects.items()}
    order = sorted(heights, key=heights.__getitem__)
    assert picked(page) == order[0]
    page.keyboard.press("ArrowUp")
    assert picked(page) == order[1]


def test_every_control_is_reached_by_tab(visit):
    page = visit("visualization.html")
    reached = set()
    for _ in range(200):
        page.keyboard.press("Tab")
        name = page.evaluate(
            """() => {
              const item = document.activeElement;
              return item === document.body ? null : item.id || item.dataset.turn
                || item.dataset.set || item.querySelector("[data-chart]")?.dataset.chart
                || item.closest("[data-group]")?.tagName || item.textContent;
            }"""
        )
        if name is None:
            break
        reached.add(name)
    wanted = {"viz-tab-complete", "steps", "dial", "shrinkage", "viz-ratio", "viz-level-2", "model"}
    assert wanted | {"FIGURE", "TR", "viz-csv", "viz-search", "choice"} <= reached


def test_the_picker_is_the_first_that_tab_reaches_after_the_first_screen(visit):
    page = visit("visualization.html")
    page.get_by_text("How this is tested").focus()
    named = "document.activeElement.id || document.activeElement.getAttribute('aria-label')"
    reached = []
    for _ in range(3):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(named))
    assert reached == ["Previous class", "viz-search", "Next class"]
    bar = page.locator(".viz-dock").bounding_box()
    assert bar["y"] + bar["height"] == pytest.approx(900, abs=15)


def test_the_search_box_finds_a_class_by_its_number(visit):
    page = visit()
    page.locator("#viz-search").fill("13")
    assert_picked_everywhere(page, "13")
    page.locator("#viz-search").fill("no such")
    page.keyboard.press("Enter")
    assert page.get_by_role("status").inner_text() == "There is no “no such”."
