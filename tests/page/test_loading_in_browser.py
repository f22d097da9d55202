"""Arriving at the page in headless Chromium: nothing moves, and what does not come is replaced."""

import pytest
from page.screen import SETTLED

# Layout shifts so far, each with its size.
SHIFTS = """() => new Promise((done) => {
  let found = [];
  new PerformanceObserver((list) => { found.push(...list.getEntries().map((e) => e.value)); })
    .observe({ type: "layout-shift", buffered: true });
  // What is buffered is told in a task of its own.
  setTimeout(() => done(found), 0);
})"""

# How much higher than what was kept for it each chart is; in a panel, which has no title above, the
# highest label may stand out by half of its own height.
GROWN = """() => [...document.querySelectorAll(".viz-canvas")]
  .filter((box) => box.offsetParent && box.querySelector("svg"))
  .filter((box) => box.dataset.chart !== "panel")
  .map((box) => box.querySelector("svg").getBoundingClientRect().height
    - parseFloat(getComputedStyle(box).minHeight))"""

SIZES = [(1440, 900), (1366, 768), (768, 1024), (360, 740), (740, 360)]

PAGES = ["visualization.html", "complete-visualization.html"]


@pytest.fixture
def arrive(browser, site):
    """Return a function that opens a page of the site anew, and may refuse some requests."""
    contexts = []

    def arrive(name, width=1280, height=900, refused=None, ready=True):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}))
        page = contexts[-1].new_page()
        if refused:
            page.route(refused, lambda route: route.abort())
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto((site / "report" / name).as_uri())
        if ready:
            page.wait_for_selector(".viz-ready")
        return page

    yield arrive
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_moves_while_the_page_loads(arrive, name, width, height):
    page = arrive(name, width, height)
    assert sum(page.evaluate(SHIFTS)) <= 0.05
    assert not [url for url in page.asked if url.endswith(".svg")]


@pytest.mark.parametrize("name", ["results", "every_class"])
@pytest.mark.parametrize("width", [1280, 360])
def test_the_room_that_is_kept_for_a_chart_is_what_it_takes(show, name, width, request):
    page = show(request.getfixturevalue(name))
    page.set_viewport_size({"width": width, "height": 740})
    page.wait_for_function(SETTLED)
    # A chart follows the width of the window some frames later.
    grown = f"({GROWN})()"
    page.wait_for_function(f"{grown}.every((height) => Math.abs(height) < 1)")
    assert len(page.evaluate(GROWN)) >= 6


def assert_still(page):
    """Check that figures, words and table stand in the place of the charts."""
    figures = page.locator("img.viz-static-figure")
    assert figures.count() == 4
    for figure in figures.all():
        figure.scroll_into_view_if_needed()
        page.wait_for_function("(image) => image.naturalWidth > 0", arg=figure.element_handle())
        assert figure.bounding_box()["height"] > 100
    told = page.locator(".viz-note.viz-still")
    assert told.inner_text().startswith("The charts of this page need JavaScript")
    assert told.is_visible()
    assert not page.locator(
        ".viz-canvas:visible, .viz-dock:visible, .viz-legend .viz-key:visible"
    ).count()
    assert page.locator(".viz-step:visible").count() == 5
    assert page.locator(".viz-table tbody tr:visible").count() == 15


@pytest.mark.parametrize(
    "script", ["vega.min.js", "vega-lite.min.js", "data.js", "visualization.js"]
)
def test_a_script_that_is_refused_leaves_figures_and_a_line_that_says_so(arrive, script):
    assert_still(arrive("visualization.html", refused=f"**/{script}", ready=False))


def test_a_script_that_does_not_answer_leaves_figures_until_it_does(browser, site):
    page = browser.new_page()
    page.clock.install()
    held = []

    def hold(route):
        held.append(route)

    page.route("**/vega.min.js", hold)
    page.goto((site / "report" / "visualization.html").as_uri(), wait_until="commit")
    page.wait_for_selector(".viz-waiting #viz-table")
    assert not page.locator(".viz-still:visible").count()
    page.clock.run_for(6000)
    assert_still(page)
    held[0].continue_()
    page.wait_for_selector(".viz-ready")
    assert not page.locator(".viz-still:visible").count()
    assert page.locator('[data-chart="steps"] svg').is_visible()
    page.close()
