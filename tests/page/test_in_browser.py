"""The interactive page, the browser's side: the real page in headless Chromium."""

import csv
import dataclasses
import io
import os
import re

import pandas as pd
import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from what_is_here import CHROMIUM

from analysis.page.page import files
from analysis.results.record import as_dict
from analysis.results.results import analyse
from analysis.study.selection import GroupSelection
from analysis.study.study import read_study

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="there is no Chromium; set CHROMIUM"
)

# Places on the screen have about six digits to the pixel, a popularity point about sixty pixels.
DRAWN = 1e-6

# What the lines of a chart are on the screen, in the units of its axes.
DRAWN_LINES = """
(chart) => {
  const root = document.getElementById("complete-visualization");
  const box = root.querySelector(`[data-chart="${chart}"]`);
  const { view } = root.visualization.views.get(box);
  const [x, y] = [view.scale("x"), view.scale("y")];
  const lines = [...box.querySelectorAll(".layer_2_marks line")];
  return Object.fromEntries(lines.map((line) => {
    const place = line.getAttribute("transform").match(/translate\\((.+),(.+)\\)/);
    const [left, top] = place.slice(1).map(Number);
    const [dx, dy] = ["x2", "y2"].map((name) => Number(line.getAttribute(name)));
    const ends = [[left, top], [left + dx, top + dy]].sort((a, b) => a[0] - b[0]);
    const { group } = line.__data__.datum;
    return [group, ends.map(([a, b]) => [x.invert(a), y.invert(b)])];
  }));
}
"""


SETTLED = """() => {
  const { views } = document.getElementById("complete-visualization").visualization;
  return [...views.values()].every((entry) => !entry.stale);
}"""


# All choices as on arrival. The order of the table and the focus stay as they are.
RESET = """() => {
  const root = document.getElementById("complete-visualization");
  const press = (selector) => root.querySelector(selector).click();
  press('[data-set="mix"][value="all"]');
  press('[data-set="model"][value="m2"]');
  press('[data-ratio="600"]');
  root.visualization.goTo("complete");
  root.visualization.pick(null);
  const years = document.getElementById("viz-years");
  years.value = years.defaultValue;
  years.dispatchEvent(new Event("input"));
  scrollTo({ top: 0, behavior: "instant" });
}"""


@pytest.fixture(scope="module")
def published(results):
    return as_dict(results)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-quic"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def window(browser, site):
    """Open pages as a reader with given wishes, and listen to what they say and ask for."""
    complaints, asked = [], []

    def open_page(name="visualization.html", *, scripts=True, motion="reduce", **wishes):
        wishes = {"viewport": {"width": 1280, "height": 900}, **wishes}
        context = browser.new_context(
            java_script_enabled=scripts, reduced_motion=motion, accept_downloads=True, **wishes
        )
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type != "log" else None)
        page.on("pageerror", lambda error: complaints.append(error.stack))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / "report" / name).as_uri())
        if scripts and name != "index.html":
            page.wait_for_selector(".viz-ready")
        return page

    return open_page, complaints, asked


@pytest.fixture(scope="module")
def standard(window):
    """Open the page once for all tests without wishes, because that takes longest."""
    return window[0]()


@pytest.fixture
def visit(window, request):
    """
    Open a page of the site; at the end, no error and no request to a host.

    Without a name and wishes it is the same page again, with all choices as on arrival.
    """
    open_page, complaints, asked = window
    complaints.clear()
    pages = []

    def visit(*args, **wishes):
        if not args and not wishes:
            page = request.getfixturevalue("standard")
            page.mouse.move(0, 0)
            page.evaluate(RESET)
            page.wait_for_function(SETTLED)
            return page
        pages.append(open_page(*args, **wishes))
        return pages[-1]

    yield visit
    for page in pages:
        page.context.close()
    assert not complaints
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked)


@pytest.fixture
def show(visit, tmp_path):
    """Return a function that opens the page of results in one file."""

    def show(results):
        path = tmp_path / "page.html"
        path.write_bytes(files(results)["visualization/complete-visualization.html"])
        return visit(path)

    return show


def lines(page, chart):
    """Read a chart's lines once every chart shows the last choice; those out of sight come late."""
    page.wait_for_function(SETTLED)
    return page.evaluate(DRAWN_LINES, chart)


def assert_drawn(drawn, expected):
    """Compare lines on the screen with intercepts and slopes."""
    assert set(drawn) == set(expected)
    for group, ends in drawn.items():
        intercept, slope = expected[group]
        for x, y in ends:
            assert y == pytest.approx(intercept + slope * x, abs=DRAWN)


def pooled(published):
    line = tuple(published["pooling"]["complete"].values())
    return dict.fromkeys(published["pooling"]["none"], line)


def unpooled(published):
    return {group: tuple(line.values()) for group, line in published["pooling"]["none"].items()}


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
    assert page.get_by_role("button", name="Next step").is_disabled()
    assert page.get_by_role("tab", selected=True).inner_text().endswith("Teacher’s experience")


def test_girls_stand_above_boys_by_the_effect_of_gender(visit, published):
    page = visit()
    page.get_by_role("tab", name="Random slopes").click()
    heights = {}
    for sex in ("Boys", "Girls"):
        page.get_by_label(sex).check(force=True)
        heights[sex] = lines(page, "steps")["7"][0][1]
    effect = published["models"]["m2"]["REML"]["fixed_effects"]["sex"]
    assert heights["Girls"] - heights["Boys"] == pytest.approx(effect, abs=DRAWN)


def drawing(page, chart):
    page.wait_for_function(SETTLED)
    return page.locator(f'[data-chart="{chart}"] svg').first.inner_html()


def test_choices_leave_no_trace(visit):
    page = visit()
    before = drawing(page, "experience")
    seen = {before}
    for mix in ("Boys", "Girls"):
        page.get_by_label(mix).check(force=True)
        seen.add(drawing(page, "experience"))
    assert len(seen) == 3
    page.get_by_label("Everyone").check(force=True)
    assert drawing(page, "experience") == before


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
    known = "Class 14: 17 pupils, 2 years; slope 1.02 by itself, 0.82 in model 2. "
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


def test_complete_pooling_is_one_line_and_the_legend_knows_it(visit):
    page = visit()
    line = page.locator('[data-chart="steps"] .layer_3_marks line')
    legend = page.locator('figure:has([data-chart="steps"]) .viz-key:visible')
    keys = ["Boys", "Girls", "Picked class’s own line"]
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


def picked(page):
    return page.locator(".viz-panel.viz-picked").get_attribute("data-group")


def assert_picked_everywhere(page, group):
    assert picked(page) == group
    assert page.locator("tr.viz-picked").get_attribute("data-group") == group
    assert page.locator('tr [aria-pressed="true"]').inner_text() == group
    assert page.locator("#viz-search").input_value() == f"Class {group}"
    assert page.get_by_role("status").inner_text().startswith(f"Class {group}: ")
    for chart in ("steps", "dial", "weights", "shrinkage", "effects-height", "experience"):
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
          const line = [...chart.querySelectorAll(".layer_2_marks line")]
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
    wanted = {"viz-tab-complete", "steps", "dial", "shrinkage", "viz-ratio", "viz-years", "model"}
    assert wanted | {"FIGURE", "TR", "viz-csv", "viz-search", "mix"} <= reached


def test_arrow_keys_walk_through_the_steps(visit, published):
    page = visit()
    page.get_by_role("tab", name="Complete pooling").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", selected=True).inner_text().endswith("No pooling")
    assert page.get_by_role("tabpanel").count() == 1
    assert_drawn(lines(page, "steps"), unpooled(published))


def test_the_search_box_finds_a_class_by_its_number(visit):
    page = visit()
    page.locator("#viz-search").fill("13")
    assert_picked_everywhere(page, "13")
    page.locator("#viz-search").fill("no such")
    page.keyboard.press("Enter")
    assert page.get_by_role("status").inner_text() == "There is no “no such”."


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
        assert page.locator("#viz-years-value").inner_text() == f"{years} years"
        said = page.locator("#viz-prediction").inner_text()
        assert "predicted, 95% confidence interval for the average class: " in said
        assert said.endswith("; extrapolated") == (years == 25)


def test_the_table_sorts_both_ways(visit):
    page = visit("visualization.html")
    head = page.get_by_role("columnheader", name="Pupils")

    def column():
        return [int(text) for text in page.locator("tbody td:nth-child(2)").all_inner_texts()]

    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert column() == sorted(column())
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert column() == sorted(column(), reverse=True)


def test_the_download_holds_the_estimates_at_full_precision(visit, published):
    page = visit()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8"))))
    assert [row["class"] for row in rows] == list(published["pooling"]["none"])
    for row in rows:
        group = row["class"]
        assert float(row["none_slope"]) == published["pooling"]["none"][group]["slope"]
        effects = published["models"]["m2"]["REML"]["group_effects"][group]
        assert float(row["m2_effect_slope"]) == effects["extrav"]
        assert float(row["m2_effect_intercept"]) == effects["Intercept"]


PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.mark.parametrize(
    ("name", "widths"),
    [("index", (1280, 360)), ("visualization", (1280, 360)), ("complete-visualization", (1280,))],
)
def test_axe_finds_no_violation(visit, name, widths):
    page = visit(f"{name}.html")
    if name != "index":
        page.get_by_role("tab").nth(3).click()
        page.locator(".viz-panel").first.click()
    for width in widths:
        page.set_viewport_size({"width": width, "height": 740})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            # Preloading is axe asking for the style sheet again, which file:// refuses.
            found = Axe().run(page, options={"preload": False}).response["violations"]
            assert not found, (width, scheme)


TOO_WIDE = """(selector) => [...document.querySelectorAll(selector)]
  .filter((item) => item.scrollWidth > item.clientWidth + 1).map((item) => item.id)"""


def test_formulas_fit_a_phone(visit):
    page = visit("index.html", **PHONE)
    assert page.locator(".equation").count() == 5
    assert page.evaluate(TOO_WIDE, ".equation") == []


def test_figures_and_notes_of_tables_are_legible_on_a_phone(visit):
    page = visit("index.html", **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    figures = page.locator(".figure-scroll")
    assert figures.count() == 4
    for i in range(4):
        assert figures.nth(i).locator("img").bounding_box()["width"] >= 500
        assert figures.nth(i).get_attribute("tabindex") == "0"
    cut = """() => [...document.querySelectorAll(".report-table .note")].filter((note) => {
      const text = document.createRange();
      text.selectNodeContents(note);
      return text.getBoundingClientRect().right > innerWidth;
    }).length"""
    assert page.locator(".report-table .note").count() > 3
    assert page.evaluate(cut) == 0


def test_cells_beside_a_heading_of_two_rows_line_up(visit):
    page = visit("index.html")
    table = page.locator(".report-table", has_text="Variances of the random effects")
    starts = """(table) => [...table.querySelectorAll("tbody td.text")].map((cell) =>
      cell.getBoundingClientRect().left + parseFloat(getComputedStyle(cell).paddingLeft))"""
    assert len({round(start, 1) for start in table.evaluate(starts)}) == 1


def test_paper_shows_whole_charts_and_the_whole_table(visit):
    page = visit("visualization.html")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    # The charts keep the width that they had on the screen.
    page.set_viewport_size({"width": 620, "height": 900})
    for selector in (".viz-canvas svg", ".viz-scroll", ".viz-table"):
        edges = page.locator(selector).evaluate_all(
            "(items) => items.map((item) => item.getBoundingClientRect().right)"
        )
        assert edges
        assert max(edges) <= 620
    assert page.evaluate(TOO_WIDE, ".viz-scroll, .viz-canvas") == []
    assert not page.locator(".viz-dock").is_visible()
    assert page.locator(".viz").evaluate("(item) => getComputedStyle(item).printColorAdjust") == (
        "exact"
    )


def test_the_single_file_says_who_hands_it_in(visit, site):
    page = visit("complete-visualization.html")
    settings = yaml.safe_load((site.parent / "_quarto.yml").read_text(encoding="utf-8"))
    author = page.locator('meta[name="author"]').get_attribute("content")
    assert author == settings["author"]
    byline = page.locator(".viz-byline").inner_text()
    assert byline.startswith(f"{author} · {settings['subtitle']} · ")
    assert byline.endswith(str(settings["date"].year))


def test_a_phone_scrolls_in_one_direction_only(visit):
    page = visit(**PHONE)
    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) == 360


@pytest.mark.parametrize(
    ("theme", "system", "dark"),
    [("dark", "light", True), ("light", "dark", False), ("", "dark", True), ("", "light", False)],
)
def test_the_site_s_switch_outweighs_the_system_s_theme(visit, theme, system, dark):
    page = visit(color_scheme=system)
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
    ink = "getComputedStyle(document.querySelector('.viz')).color"
    assert page.evaluate(ink) == ("rgb(227, 231, 238)" if dark else "rgb(29, 36, 51)")


@pytest.mark.parametrize("name", ["visualization.html", "complete-visualization.html"])
def test_without_scripts_figures_words_and_table_remain(visit, name):
    page = visit(name, scripts=False)
    figures = page.locator("img.viz-static-figure")
    assert figures.count() == 4
    assert all(figures.nth(i).is_visible() for i in range(4))
    assert all(figures.nth(i).get_attribute("alt") for i in range(4))
    assert page.locator(".viz-step").count() == 5
    assert all(page.locator(".viz-step").nth(i).is_visible() for i in range(5))
    assert page.locator(".viz-table tbody tr").count() == 15
    assert not page.locator(".viz-dock").is_visible()
    assert not page.locator("#viz-csv").is_visible()


@pytest.fixture
def altered(tmp_path, root):
    """Return a function that analyses the report's classes after a change of their table."""

    def altered(change):
        study = read_study(root / "data" / "popularity.toml")
        table = pd.read_csv(root / "data" / "popularity.csv", dtype={"class": str})
        change(table[table["class"].isin(study.groups.names)]).to_parquet(tmp_path / "p.parquet")
        groups = GroupSelection.parse("all")
        return analyse(dataclasses.replace(study, table=tmp_path / "p.parquet", groups=groups))

    return altered


def test_an_estimate_of_0_stands_at_the_left_end(show, results):
    fit = results.models["m1"]["REML"]
    flat = dataclasses.replace(fit, random_covariance=0 * fit.random_covariance, rank=0)
    models = {**results.models, "m1": {**results.models["m1"], "REML": flat}}
    page = show(dataclasses.replace(results, models=models))
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


def test_a_class_whose_name_has_a_line_break_is_picked(show, altered):
    name = "7\r\nb"
    page = show(altered(lambda table: table.replace({"class": {"7": name}})))
    page.locator("tbody tr", has=page.get_by_text(re.compile(r"^7\s+b$"))).click()
    state = "document.getElementById('complete-visualization').visualization.state.picked"
    assert page.evaluate(state) == name
    assert page.locator(".viz-panel.viz-picked").count() == 1
    page.locator("#viz-search").fill("Class 7b")
    assert page.evaluate(state) == name


def test_the_slider_of_a_short_range_tells_every_value(show, altered):
    results = altered(lambda table: table.assign(texp=(table["texp"] - 12) * 0.07))
    page = show(results)
    slider = page.get_by_role("slider", name="Teacher’s experience")
    fit = results.models["m3"]["REML"].fixed_effects
    told = []
    slider.press("Home")
    for _ in range(int(slider.get_attribute("max")) + 1):
        value = page.locator("#viz-years-value").inner_text()
        predicted = page.locator("#viz-prediction strong").inner_text()
        told.append((float(value.removesuffix(" years").replace("−", "-")), float(predicted)))
        slider.press("ArrowRight")
    assert told == sorted(told)
    assert (told[0][0], told[-1][0]) == (-0.7, 0.9)
    expected = told[0][1] + (told[-1][0] - told[0][0]) * fit["texp"]
    assert told[-1][1] == pytest.approx(expected, abs=0.011)
    page.locator("#viz-search").fill("Class 1")
    assert page.get_by_role("status").inner_text().startswith("Class 1: 20 pupils, 0.84 years; ")


def test_tiny_units_have_several_ticks_and_no_zeros(show, altered):
    def in_unit(table):
        return table.assign(popular=table["popular"] * 1e-9, extrav=table["extrav"] * 1e-7)

    page = show(altered(in_unit))
    for chart in ("steps", "dial", "shrinkage", "panel", "experience"):
        texts = page.locator(f'[data-chart="{chart}"]').first.locator("svg .role-axis-label text")
        labels = texts.all_text_contents()
        assert len(set(labels)) >= 5
        assert all(len(label) < 8 for label in labels)
    assert re.fullmatch(
        r"\d\.\d+\xa0×\xa010⁻⁹", page.locator("#viz-prediction strong").inner_text()
    )
    page.locator("#viz-search").fill("Class 1")
    assert "slope 0.00" in page.get_by_role("status").inner_text()
    assert "slope 0.00 " not in page.get_by_role("status").inner_text()
