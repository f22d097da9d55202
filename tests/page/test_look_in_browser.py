"""What readers see in headless Chromium: on a phone, on paper, in the dark, without scripts."""

import csv
import io
import re

import numpy as np
import pypdfium2
import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe

PHONE = {"viewport": {"width": 360, "height": 740}}


def test_the_table_sorts_both_ways(visit):
    page = visit("visualization.html")
    head = page.get_by_role("columnheader", name="Pupils")

    def column():
        return [
            int(text) for text in page.locator(".viz-table tbody td:nth-child(2)").all_inner_texts()
        ]

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


def test_axe_finds_no_violation_in_what_clicks_bring(visit):
    """How the pages are opened, tests/report/test_site_in_browser.py looks at."""
    page = visit("visualization.html")
    page.locator("label", has_text="The average").click()
    page.locator("#viz-reveal").click()
    page.get_by_text("How this is tested").click()
    page.get_by_role("tab").nth(3).click()
    page.locator(".viz-panel").first.click()
    for width, scheme in ((1280, "light"), (1280, "dark"), (360, "light")):
        page.set_viewport_size({"width": width, "height": 740})
        page.emulate_media(color_scheme=scheme)
        # Preloading is axe asking for the style sheet again, which file:// refuses.
        found = Axe().run(page, options={"preload": False}).response["violations"]
        assert not found, (width, scheme)


TOO_WIDE = """(selector) => [...document.querySelectorAll(selector)]
  .filter((item) => item.scrollWidth > item.clientWidth + 1).map((item) => item.id)"""


def test_formulas_fit_a_phone(visit):
    page = visit("index.html", **PHONE)
    assert page.locator(".equation").count() == 6
    assert page.evaluate(TOO_WIDE, ".equation") == []


def test_notes_of_tables_are_legible_on_a_phone(visit):
    page = visit("index.html", **PHONE)
    cut = """() => [...document.querySelectorAll(".report-table .note")].filter((note) => {
      const text = document.createRange();
      text.selectNodeContents(note);
      return text.getBoundingClientRect().right > innerWidth;
    }).length"""
    assert page.locator(".report-table .note").count() > 3
    assert page.evaluate(cut) == 0


def test_cells_beside_a_heading_of_two_rows_line_up(visit):
    page = visit("index.html")
    table = page.locator(".report-table", has_text="Random effects and fit")
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


@pytest.mark.parametrize("name", ["visualization.html", "complete-visualization.html"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_paper_is_half_empty_or_dark(visit, name, scheme):
    page = visit(name, color_scheme=scheme)
    paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    darkness = [255 - sheet.render().to_numpy().min(axis=2).astype(int) for sheet in paper]
    last = [np.flatnonzero(sheet.max(axis=1) > 60).max() / len(sheet) for sheet in darkness]
    assert min(last[:-1]) > 0.5
    assert all(0.005 < (sheet > 60).mean() < 0.2 for sheet in darkness)


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


@pytest.mark.parametrize(("width", "height"), [(320, 256), (640, 512), (740, 360)])
def test_the_bar_takes_at_most_a_fifth_of_a_short_window(visit, width, height):
    """At 400% and 200% of a window of 1280 by 1024 pixels, and on a phone held sideways."""
    page = visit(viewport={"width": width, "height": height})
    bar, status = page.locator(".viz-dock"), page.get_by_role("status")
    page.get_by_label("Girls").check(force=True)
    page.locator("#viz-search").fill("Class 14")
    box = bar.bounding_box()
    assert box["y"] + box["height"] == pytest.approx(height, abs=1)
    # At 400% a bar of scrolling may take its part.
    assert box["height"] <= height / 5 - (10 if height == 256 else 0)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert status.inner_text().startswith("Class 14: 17 pupils")
    ends = """(status) => {
      const bar = status.closest(".viz-dock");
      bar.scrollLeft = bar.scrollWidth;
      return [status.getBoundingClientRect().right, bar.getBoundingClientRect().right];
    }"""
    end, edge = status.evaluate(ends)
    assert end <= edge


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


def test_a_name_that_begins_like_a_formula_is_no_formula_in_the_csv(show, altered):
    name = '=HYPERLINK("x")'
    page = show(altered(lambda table: table.replace({"class": {"7": name, "8": "-8"}})))
    text = page.evaluate("document.getElementById('complete-visualization').visualization.csv()")
    names = {row["class"] for row in csv.DictReader(io.StringIO(text))}
    assert {f"'{name}", "'-8", "9"} <= names
    # Numbers below 0 stay numbers.
    assert re.search(r",-\d", text)
