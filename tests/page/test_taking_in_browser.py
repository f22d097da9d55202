"""Taking rows of the picked group away in headless Chromium: its line, its weight, its words."""

import numpy as np
import pytest
from page.expected import pooled
from page.screen import DRAWN, SETTLED, lines

GROUP = "13"

# Where the dots of the picked class are on the screen, by the number of the row.
DOTS = """() => {
  const box = document.querySelector('[data-chart="dial"]');
  box.scrollIntoView({ block: "center", behavior: "instant" });
  const targets = [...box.querySelectorAll(".targets_marks path")];
  return Object.fromEntries(targets.map((path) => {
    const { left, top, width, height } = path.getBoundingClientRect();
    return [path.__data__.datum.id, [left + width / 2, top + height / 2]];
  }));
}"""


def rows_of(data, group):
    return [row for row in data["datasets"]["observations"] if row["group"] == group]


def expected(data, published, group, left, ratio):
    """Return intercept and slope of the line of those left, pulled to the common one."""
    intercept, slope = pooled(published)[group]
    if not left:
        return intercept, slope
    x, y = ([row[name] for row in left] for name in ("x", "y"))
    if len(set(x)) > 1:
        own_slope, own_intercept = np.polyfit(x, y, 1)
    else:
        own_slope = slope
        own_intercept = np.mean(y) - slope * x[0]
    n = sum(row["known"] for row in left)
    weight = n * ratio / (n * ratio + 1)
    return (
        weight * own_intercept + (1 - weight) * intercept,
        weight * own_slope + (1 - weight) * slope,
    )


def assert_line(page, data, published, left, ratio, group=GROUP):
    intercept, slope = expected(data, published, group, left, ratio)
    for x, y in lines(page, "dial")[group]:
        assert y == pytest.approx(intercept + slope * x, abs=10 * DRAWN)


def slider(page):
    return page.get_by_role("slider", name=f"Pupils left in Class {GROUP}")


def told(page):
    return page.locator("#viz-weight").inner_text()


def test_the_line_is_that_of_those_left_and_slides_to_the_common_one(visit, data, published):
    page = visit()
    page.locator("#viz-search").fill(f"Class {GROUP}")
    others = {group: line for group, line in lines(page, "dial").items() if group != GROUP}
    rows, ratio = rows_of(data, GROUP), data["ratio"]
    assert len(rows) == 20
    for count in (20, 19, 12, 5, 2, 1, 0):
        slider(page).fill(str(count))
        left = [row for row in rows if row["turn"] < count]
        assert_line(page, data, published, left, ratio)
        weight = count * ratio / (count * ratio + 1)
        size = "n = 20" if count == 20 else f"n = {count} of 20"
        if count:
            assert told(page).startswith(f"Class 13, {size}, keeps {100 * weight:.0f}% of its own")
            assert told(page).endswith("common slope.") == (count == 1)
        else:
            assert told(page) == (
                "Class 13, n = 0 of 20, has nothing to keep: its line is the common one."
            )
        assert slider(page).get_attribute("aria-valuetext") == f"{count} of 20 pupils: {told(page)}"
        drawn = lines(page, "dial")
        assert {group: drawn[group] for group in others} == others
        crosses = page.locator('[data-chart="dial"] .taken_marks path')
        assert crosses.count() == 20 - count
        assert page.get_by_text("Taken away").is_visible() == (count < 20)
    page.get_by_role("button", name="Put all back").click()
    assert_line(page, data, published, rows, ratio)


def test_it_follows_the_ratio_as_well(visit, data, published):
    page = visit()
    page.locator("#viz-search").fill(f"Class {GROUP}")
    slider(page).fill("4")
    page.get_by_role("slider", name="Ratio of variances").fill("450")
    left = [row for row in rows_of(data, GROUP) if row["turn"] < 4]
    assert_line(page, data, published, left, data["ratio"] * 10 ** (-150 / 200))
    page.get_by_role("button", name="∞ no pooling").click()
    assert_line(page, data, published, left, 1e15)
    slider(page).fill("0")
    assert_line(page, data, published, [], 1e15)


def test_the_own_line_and_the_point_on_the_curve_move_too(visit, data):
    page = visit()
    page.locator("#viz-search").fill(f"Class {GROUP}")
    slider(page).fill("6")
    page.wait_for_function(SETTLED)
    left = [row for row in rows_of(data, GROUP) if row["turn"] < 6]
    slope, intercept = np.polyfit([row["x"] for row in left], [row["y"] for row in left], 1)
    own, point = page.evaluate(
        """(group) => {
          const line = document.querySelector('[data-chart="dial"] .layer_4_marks line');
          const points = document
            .querySelectorAll('[data-chart="weights"] .rest_weights_marks path');
          const { datum } = [...points].map((item) => item.__data__)
            .find((item) => item.datum.group === group);
          return [line.__data__.datum, datum];
        }""",
        GROUP,
    )
    for x, y in (("x1", "ownStart"), ("x2", "ownEnd")):
        assert own[y] == pytest.approx(intercept + slope * own[x])
    assert point["size"] == 6
    assert point["weight"] == pytest.approx(6 * data["ratio"] / (6 * data["ratio"] + 1))


def test_steep_lines_of_few_leave_the_chart_as_large_as_it_was(visit, data):
    page = visit()
    page.get_by_role("button", name="∞ no pooling").click()
    size = """() => {
      const svg = document.querySelector('[data-chart="dial"] svg');
      return [svg.getAttribute("width"), svg.getAttribute("height")];
    }"""
    page.wait_for_function(SETTLED)
    before, outside = page.evaluate(size), 0
    bottom, top = data["charts"]["dial"]["encoding"]["y"]["scale"]["domain"]
    for group in data["groups"]:
        page.locator("#viz-search").fill(f"Class {group}")
        page.locator("#viz-left").fill("2")
        outside += any(not bottom < y < top for _, y in lines(page, "dial")[group])
        assert page.evaluate(size) == before
    assert outside > 0


def test_a_click_takes_a_dot_and_another_puts_it_back(visit, data, published):
    page = visit()
    page.locator("#viz-search").fill(f"Class {GROUP}")
    page.wait_for_function(SETTLED)
    places = page.evaluate(DOTS)
    rows = rows_of(data, GROUP)
    assert {int(number) for number in places} == {row["id"] for row in rows}
    # The highest one, which has no dot of its class within reach.
    chosen = max(rows, key=lambda row: row["y"])
    page.mouse.click(*places[str(chosen["id"])])
    left = [row for row in rows if row is not chosen]
    assert_line(page, data, published, left, data["ratio"])
    assert slider(page).input_value() == "19"
    assert page.locator("#viz-search").input_value() == f"Class {GROUP}"
    page.mouse.click(*page.evaluate(DOTS)[str(chosen["id"])])
    assert_line(page, data, published, rows, data["ratio"])
    assert slider(page).input_value() == "20"


def test_the_slider_keeps_what_was_clicked_away(visit, data, published):
    page = visit()
    page.locator("#viz-search").fill(f"Class {GROUP}")
    page.wait_for_function(SETTLED)
    rows = rows_of(data, GROUP)
    clicked = max(rows, key=lambda row: row["y"])
    page.mouse.click(*page.evaluate(DOTS)[str(clicked["id"])])
    slider(page).press("ArrowLeft")
    others = [row for row in rows if row is not clicked]
    last = max(others, key=lambda row: row["turn"])
    assert_line(page, data, published, [r for r in others if r is not last], data["ratio"])
    slider(page).press("ArrowRight")
    assert_line(page, data, published, others, data["ratio"])


def test_another_pick_and_escape_put_all_back(visit, data, published):
    page = visit()
    assert page.locator("#viz-taking").is_hidden()
    page.get_by_role("button", name="With Class ").click()
    example = page.locator("#viz-search").input_value().removeprefix("Class ")
    assert len(rows_of(data, example)) == 20
    assert page.evaluate("document.activeElement.id") == "viz-left"
    before = lines(page, "dial")
    page.keyboard.press("Home")
    assert page.locator("#viz-left").input_value() == "0"
    page.locator("#viz-search").fill("Class 1")
    assert lines(page, "dial") == before
    page.locator("#viz-left").press("Home")
    page.keyboard.press("Escape")
    assert lines(page, "dial") == before
    assert page.locator("#viz-taking").is_hidden()
    assert told(page).startswith("A middle-sized class, n = 20, keeps ")


def test_lines_slide_to_the_same_place_where_motion_is_welcome(visit, data, published):
    page = visit("visualization.html", motion="no-preference")
    page.locator("#viz-search").fill(f"Class {GROUP}")
    slider(page).fill("3")
    left = [row for row in rows_of(data, GROUP) if row["turn"] < 3]
    n = "document.getElementById('complete-visualization').visualization.state.kept?.n"
    page.wait_for_function(f"{n} === 3")
    assert_line(page, data, published, left, data["ratio"])


def test_a_phone_takes_dots_by_touch(visit, data, published):
    page = visit(
        "visualization.html",
        viewport={"width": 360, "height": 740},
        has_touch=True,
        color_scheme="dark",
    )
    page.locator("#viz-search").fill(f"Class {GROUP}")
    page.wait_for_function(SETTLED)
    rows = rows_of(data, GROUP)
    chosen = max(rows, key=lambda row: row["y"])
    page.touchscreen.tap(*page.evaluate(DOTS)[str(chosen["id"])])
    left = [row for row in rows if row is not chosen]
    assert_line(page, data, published, left, data["ratio"])
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    # What changes is told beside the slider too, which on a phone is a screen from the other one.
    beside = page.locator("#viz-taking [data-weight]")
    assert beside.inner_text() == told(page)


def test_where_values_are_missing_the_weight_counts_what_the_models_know(show, gaps):
    page = show(gaps)
    data = page.evaluate("window.completeVisualization")
    group, unknown = next(
        (row["group"], row)
        for row in data["datasets"]["observations"]
        if not row["known"] and row["turn"] > 3
    )
    rows = rows_of(data, group)
    known = sum(row["known"] for row in rows)
    page.locator("#viz-search").fill(f"Class {group}")
    count = unknown["turn"] + 1
    left_slider = page.locator("#viz-left")
    left_slider.fill(str(count - 1))
    left = [row for row in rows if row["turn"] < count - 1]
    n = sum(row["known"] for row in left)
    assert n < count
    assert told(page).startswith(f"Class {group}, n = {n} of {known}, keeps ")
    assert left_slider.get_attribute("aria-valuetext").startswith(f"{count - 1} of {len(rows)} ")


def test_a_class_whose_extraversion_is_one_value_stays_a_point(show, slopeless):
    page = show(slopeless)
    page.locator("#viz-search").fill("Class 1")
    page.locator("#viz-left").fill("2")
    data = page.evaluate("window.completeVisualization")
    left = [row for row in rows_of(data, "1") if row["turn"] < 2]
    mean = np.mean([row["y"] for row in left])
    common = next(row for row in data["datasets"]["lines"] if row["group"] == "1")
    weight = 2 * data["ratio"] / (2 * data["ratio"] + 1)
    height = weight * mean + (1 - weight) * common["y1"]["complete"]["all"]
    for x, y in lines(page, "dial")["1"]:
        assert (x, y) == pytest.approx((5, height), abs=10 * DRAWN)
