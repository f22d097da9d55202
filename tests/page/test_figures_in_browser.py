"""The report's figures in headless Chromium: on a phone, in the dark, on paper."""

import io

import pytest
from PIL import Image

FIGURES = """() => [...document.querySelectorAll("main figure picture img")].map((image) => ({
  name: image.currentSrc.split("/figures/")[1] ?? "", width: image.getBoundingClientRect().width,
  natural: image.naturalWidth}))"""


@pytest.mark.parametrize("name", ["index.html", "further.html", "checks.html"])
def test_figures_are_drawn_for_the_width_of_the_screen(visit, name):
    """Type of 9 points and more is at least so large on a phone, and nothing scrolls sideways."""
    page = visit(name)
    page.locator("main figure img").last.scroll_into_view_if_needed()
    # An image that is on its way has no address and no size yet.
    there = "each.name && each.natural"
    page.wait_for_function(f"() => ({FIGURES})().every((each) => {there})")
    wide = page.evaluate(FIGURES)
    page.set_viewport_size({"width": 360, "height": 740})
    there = "each.name.startsWith('narrow/') && each.natural"
    page.wait_for_function(f"() => ({FIGURES})().every((each) => {there})")
    narrow = page.evaluate(FIGURES)
    assert [each["name"] for each in narrow] == [f"narrow/{each['name']}" for each in wide]
    assert len(wide) == {"index.html": 7, "further.html": 1, "checks.html": 2}[name]
    assert all(each["width"] >= each["natural"] for each in (*wide, *narrow))
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_figures_are_dark_with_the_page_whoever_chose_it(visit):
    page = visit("index.html")
    figure = page.locator("main figure img").first

    def corner():
        shown = Image.open(io.BytesIO(figure.screenshot())).convert("RGB")
        return shown.getpixel((2, shown.height - 3))

    assert corner() == (255, 255, 255)
    page.locator("#theme-toggle").click()
    assert corner() == (18, 22, 29)
    page.emulate_media(color_scheme="dark")
    page.locator("#theme-toggle").click()
    assert corner() == (255, 255, 255)
    page.emulate_media(media="print")
    page.locator("#theme-toggle").evaluate("(button) => button.click()")
    assert corner() == (255, 255, 255)
