"""Figures side by side and folded callouts, in a browser."""

import render
from small_project import BOTH, FOLDED, SIDE_BY_SIDE, write
from what_is_here import chromium


def made(project, text):
    write(project, BOTH + text)
    return render.render(project).folder / "report" / "index.html"


def test_side_by_side_is_one_below_the_other_on_a_phone(project):
    path = made(project, SIDE_BY_SIDE)
    rows = {}
    with chromium() as browser:
        for width in (1280, 360):
            page = browser.new_page(viewport={"width": width, "height": 800})
            page.goto(path.as_uri())
            boxes = [each.bounding_box() for each in page.locator("#fig-x figure img").all()]
            rows[width] = [round(box["y"]) for box in boxes]
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert all(box["width"] > width / 6 for box in boxes)
    assert rows[1280][0] == rows[1280][1] < rows[1280][2]
    assert rows[360][0] < rows[360][1] < rows[360][2]


def test_a_folded_callout_is_opened_with_the_keyboard_and_on_paper(project):
    path = made(project, FOLDED)
    with chromium() as browser:
        page = browser.new_page()
        page.goto(path.as_uri())
        hidden, seen = page.get_by_text("Hidden at first."), page.get_by_text("Seen at first.")
        assert not hidden.is_visible()
        assert seen.is_visible()
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert hidden.is_visible()
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert not hidden.is_visible()
        page.locator("summary.callout-header").first.focus()
        page.keyboard.press("Enter")
        assert hidden.is_visible()
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        assert not seen.is_visible()
