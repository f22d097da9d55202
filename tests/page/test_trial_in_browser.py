"""Pooling put to the test in headless Chromium: predict first, then see, with whatever device."""

import re

import pytest
from page.screen import DRAWN, SETTLED

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}

# What the chart shows, in the units of its axes: dots, open and filled, and the ends of lines.
SHOWN = """() => {
  const root = document.getElementById("complete-visualization");
  const box = root.querySelector('[data-chart="trial"]');
  const { view } = root.visualization.views.get(box);
  const [x, y] = [view.scale("x"), view.scale("y")];
  const place = (mark) => {
    const found = mark.getAttribute("transform").match(/translate\\((.+),(.+)\\)/);
    return found.slice(1).map(Number);
  };
  const dots = (layer) => [...box.querySelectorAll(`.layer_${layer}_marks path`)].map((dot) => {
    const [left, top] = place(dot);
    return [dot.__data__.datum.group, x.invert(left), y.invert(top)];
  });
  const line = (layer) => [...box.querySelectorAll(`.layer_${layer}_marks line`)].map((mark) => {
    const [left, top] = place(mark);
    const [dx, dy] = ["x2", "y2"].map((name) => Number(mark.getAttribute(name)));
    return [[left, top], [left + dx, top + dy]].sort((a, b) => a[0] - b[0])
      .map(([a, b]) => [x.invert(a), y.invert(b)]);
  });
  return {
    elsewhere: dots(0), held: dots(1), known: dots(5),
    complete: line(2), none: line(3), partial: line(4),
  };
}"""


def shown(page):
    page.wait_for_function(SETTLED)
    return page.evaluate(SHOWN)


def assert_shows(page, results, name, known, *, revealed):
    """Compare rows and lines on the screen with those of the results."""
    found, group = shown(page), results.shown_split.groups[name]
    for kind, is_drawn in (("known", lambda k: k < known), ("held", lambda k: k >= known)):
        wanted = [(row.place, row.y) for row, place in group.rows if is_drawn(place)]
        wanted = wanted if revealed or kind == "known" else []
        drawn = found[kind]
        assert {dot[0] for dot in drawn} <= {name}
        for dot, place in zip(sorted(d[1:] for d in drawn), sorted(wanted), strict=True):
            assert dot == pytest.approx(place, abs=DRAWN)
    for method, line in group.trials[known].lines.items():
        if method == "partial" and not revealed:
            assert found[method] == []
            continue
        [ends] = found[method]
        for (x, y), end in zip(ends, group.range, strict=True):
            assert x == pytest.approx(end, abs=DRAWN)
            assert y == pytest.approx(line.at(end), abs=DRAWN)
    return found


def bet(page, name):
    page.get_by_role("radio", name=name, exact=True).check(force=True)


def cells(page):
    rows = page.locator(".viz-found tbody tr")
    return {row.get_attribute("data-method"): row.locator("td") for row in rows.all()}


@pytest.mark.parametrize("name", ["visualization.html", "complete-visualization.html"])
def test_the_reader_bets_first_and_then_sees_the_others(visit, results, name):
    page = visit(name)
    found = assert_shows(page, results, "7", 3, revealed=False)
    assert len(found["elsewhere"]) == 14 * 3
    assert not page.locator(".viz-found").is_visible()
    reveal = page.locator("#viz-reveal")
    reveal.click()
    assert page.get_by_role("alert").inner_text() == "Say first which one you trust."
    assert_shows(page, results, "7", 3, revealed=False)
    bet(page, "Its own line")
    assert not page.get_by_role("alert").is_visible()
    reveal.click()
    found = assert_shows(page, results, "7", 3, revealed=True)
    assert found["elsewhere"] == []
    said = "On the other 18 pupils of class 7, the compromise errs least."
    assert page.locator("#viz-said").inner_text() == said
    errors = results.shown_split.groups["7"].trials[3].errors
    score = results.prediction.fewest
    for method, row in cells(page).items():
        assert row.nth(0).inner_text() == f"{errors[method]:.2f}"
        whole = f"{score.rmse[method]:.3f} ± {score.error[method]:.3f}"
        assert row.nth(1).inner_text() == whole
        for at in (0, 1):
            classes = row.nth(at).get_attribute("class") or ""
            assert ("viz-least" in classes) == (method == "partial")
    assert page.locator(".viz-your-bet:visible").count() == 1
    assert page.locator("tr:has(.viz-your-bet:visible)").get_attribute("data-method") == "none"
    assert page.get_by_role("radio", name="The average").is_disabled()


def test_more_known_pupils_move_the_lines_until_none_is_left_to_predict(visit, results):
    page = visit()
    bet(page, "The average")
    page.locator("#viz-reveal").click()
    slider = page.get_by_role("slider", name="Pupils known per class")
    seen = set()
    for at, known in enumerate(results.shown_split.known):
        slider.fill(str(at))
        name = ["3", "5", "8", "12", "all"][at]
        assert slider.get_attribute("aria-valuetext") == name
        assert page.locator("#viz-known-value").inner_text() == name
        assert_shows(page, results, "7", known, revealed=True)
        seen.add(page.locator("#viz-said-of-all").inner_text())
    assert {row.nth(0).inner_text() for row in cells(page).values()} == {"–"}
    assert "The others" not in page.locator(".viz-key:visible").all_inner_texts()
    assert "there is nothing left to test them on" in page.locator("#viz-said-of-all").inner_text()
    assert page.locator("#viz-tested").inner_text() == "Class 7: all 21 pupils known"
    assert page.locator(".viz-least").count() == 0
    slider.fill("0")


def test_another_class_is_a_new_bet(visit, results):
    page = visit()
    bet(page, "A compromise")
    reveal = page.locator("#viz-reveal")
    reveal.click()
    assert reveal.inner_text() == "Bet on another class"
    reveal.click()
    assert_shows(page, results, "8", 3, revealed=False)
    assert page.locator("[name=viz-bet]:checked").count() == 0
    assert page.locator(".viz-panel.viz-picked").get_attribute("data-group") == "8"
    page.get_by_role("button", name="Test the previous class").click()
    page.get_by_role("button", name="Test the previous class").click()
    assert_shows(page, results, "6", 3, revealed=False)


def test_a_class_picked_anywhere_is_tested(visit, results):
    page = visit()
    page.locator("#viz-search").fill("Class 12")
    assert_shows(page, results, "12", 3, revealed=False)
    assert page.locator("#viz-tested").inner_text() == "Class 12: 3 of 17 pupils known"
    page.keyboard.press("Escape")
    assert_shows(page, results, "7", 3, revealed=False)


def test_the_keyboard_alone_bets_and_sees(visit, results):
    page = visit("visualization.html")
    page.get_by_role("button", name="Test the next class").focus()
    frame = page.locator(".viz-chart", has=page.locator('[data-chart="trial"]'))
    page.keyboard.press("Tab")
    assert frame.evaluate("(item) => item === document.activeElement")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert_shows(page, results, "7", 3, revealed=True)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert_shows(page, results, "7", 5, revealed=True)
    frame.focus()
    page.keyboard.press("End")
    assert_shows(page, results, "15", 5, revealed=True)


def test_fingers_bet_and_see(visit, results):
    page = visit("visualization.html", **PHONE)
    page.locator("label", has_text="The average").tap()
    page.locator("#viz-reveal").tap()
    assert_shows(page, results, "7", 3, revealed=True)
    box = page.locator("#viz-known").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] - 8, box["y"] + box["height"] / 2)
    assert_shows(page, results, "7", results.shown_split.known[-1], revealed=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    page.get_by_role("button", name="Test the next class").tap()
    assert_shows(page, results, "8", results.shown_split.known[-1], revealed=True)


@pytest.mark.parametrize("name", ["visualization.html", "complete-visualization.html"])
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (360, 740)])
def test_question_chart_and_button_are_the_first_screen(visit, name, width, height):
    page = visit(name, viewport={"width": width, "height": height})
    chart = page.locator('[data-chart="trial"] svg').bounding_box()
    assert chart["height"] > 190
    shown = ["#viz-trial", '[data-chart="trial"] svg', ".viz-asked", "#viz-reveal"]
    for selector in shown:
        box = page.locator(selector).bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height, selector
        # Nothing lies over it.
        over = """(item) => {
          const { left, top, width, height } = item.getBoundingClientRect();
          return [0.1, 0.5, 0.9].every((share) => {
            const hit = document.elementFromPoint(left + width / 2, top + share * height);
            return item.contains(hit) || hit.contains(item);
          });
        }"""
        assert page.locator(selector).evaluate(over), selector
    primary = [box for box in page.locator(".viz-primary:visible").all() if in_view(box, height)]
    assert len(primary) == 1


def in_view(item, height):
    return item.bounding_box()["y"] < height


def test_who_hands_it_in_is_read_at_the_foot(visit):
    page = visit("visualization.html", viewport={"width": 1366, "height": 768})
    byline = page.locator("#title-block-header .byline")
    assert byline.is_visible()
    assert byline.bounding_box()["y"] > page.locator(".viz-credit").bounding_box()["y"]
    title = page.locator("#title-block-header h1").bounding_box()
    assert title["y"] < page.locator("#viz-trial").bounding_box()["y"] < 200


def test_the_chart_is_as_high_as_the_window_allows(visit):
    page = visit("visualization.html", viewport={"width": 1366, "height": 900})
    chart = page.locator('[data-chart="trial"] svg')
    high = chart.bounding_box()["height"]
    page.set_viewport_size({"width": 1366, "height": 640})
    page.wait_for_function(
        "(high) => document.querySelector('[data-chart=trial] svg').clientHeight < high - 90",
        arg=high,
    )
    assert (
        chart.bounding_box()["height"]
        == page.locator('[data-chart="trial"]').bounding_box()["height"]
    )


def test_in_the_dark_the_dots_are_light(visit):
    page = visit("visualization.html", color_scheme="dark")
    dot = page.locator('[data-chart="trial"] .layer_5_marks path').first
    assert dot.evaluate("(item) => getComputedStyle(item).fill") == "rgb(227, 231, 238)"


def test_the_keys_are_of_what_is_drawn(visit):
    page = visit()
    keys = page.locator(".viz-trial figcaption .viz-key:visible")
    known = ["Known pupil", "Known in other classes"]
    assert keys.all_inner_texts() == [*known, "Its own line", "The average"]
    bet(page, "A compromise")
    page.locator("#viz-reveal").click()
    assert keys.all_inner_texts() == [
        *("Known pupil", "The others"),
        *("Its own line", "The compromise", "The average"),
    ]


@pytest.mark.parametrize("name", ["visualization.html", "complete-visualization.html"])
def test_without_scripts_the_outcome_of_the_test_is_told(visit, results, name):
    page = visit(name, scripts=False)
    told = page.locator(".viz-trial li:visible").all_inner_texts()
    assert len(told) == 4
    for text, score in zip(told, results.prediction.scores, strict=True):
        assert text.startswith(f"{score.known} pupils known per class. Over 15 classes")
        assert "the compromise errs least, by more than two Monte Carlo errors." in text
    assert not page.locator("#viz-reveal").is_visible()
    page.get_by_text("How this is tested").click()
    row = page.locator(".viz-how tbody tr").first
    score = results.prediction.fewest
    cells = [f"{score.rmse[m]:.3f} ± {score.error[m]:.3f}" for m in score.rmse]
    assert row.locator("td").all_inner_texts() == cells


def test_a_class_that_is_not_shown_is_said_to_be_missing(show, every_class):
    page = show(every_class)
    split = every_class.shown_split
    assert page.locator("#viz-tested").inner_text().startswith(f"Class {split.first}: 3 of ")
    missing = next(g for g in every_class.sample.groups if g not in split.groups)
    page.locator("#viz-search").fill(f"Class {missing}")
    note = page.locator("#viz-missing")
    said = f"Class {missing} is not among the 24 classes that this test can show."
    assert note.inner_text() == said
    assert page.locator("#viz-tested").inner_text().startswith(f"Class {split.first}: ")
    page.locator("#viz-search").fill(f"Class {next(iter(split.groups))}")
    assert not note.is_visible()


def test_a_hostile_name_is_tested_like_any_other(show, altered):
    name = "__proto__"
    results = altered(lambda table: table.replace({"class": {"7": name}}))
    page = show(results)
    page.locator("#viz-search").fill(f"Class {name}")
    assert_shows(page, results, name, 3, revealed=False)
    assert re.match(r"Class __proto__: 3 of 21 ", page.locator("#viz-tested").inner_text())
