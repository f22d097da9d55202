"""The page of thousands of groups, or of large ones, in a browser."""

import json

import pytest

from analysis.page.page import files


@pytest.fixture(scope="module")
def opened(held, tmp_path_factory, window):
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_bytes(held["visualization/complete-visualization.html"])
    return window[0](path)


def test_the_ground_of_a_chart_is_painted(opened):
    opened.locator("#viz-steps").evaluate("(head) => head.scrollIntoView()")
    opened.wait_for_selector('[data-chart="steps"] .viz-dots')
    shades = opened.evaluate(
        """() => {
          const canvas = document.querySelector('[data-chart="steps"] .viz-dots');
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return [...new Set(data.filter((_, i) => i % 4 === 3))];
        }"""
    )
    assert len([shade for shade in shades if shade]) >= 5


def test_a_group_that_is_not_drawn_is_not_found_and_others_are(opened, crowd):
    drawn = crowd.on_page.drawn.groups
    absent = next(group for group in crowd.lines.groups if group not in drawn)
    search = opened.locator("#viz-search")
    search.fill(f"Class {absent}")
    search.press("Enter")
    if not any(f"Class {absent}" in f"Class {group}" for group in drawn):
        status = opened.locator(".viz-status").inner_text()
        assert status == f"There is no “Class {absent}” among the 240 classes that are drawn."
    search.fill(f"Class {drawn[-1]}")
    search.press("Enter")
    assert f"Class {drawn[-1]}: " in opened.locator(".viz-status").inner_text()


def test_a_page_of_large_groups_works(large, tmp_path, window):
    path = tmp_path / "page.html"
    path.write_bytes(files(large)["visualization/complete-visualization.html"])
    page = window[0](path)
    page.locator('[data-move="1"]').click()
    assert "1500 observations" in page.locator(".viz-status").inner_text()
    assert "keeps" in page.locator("#viz-weight").inner_text()
    pool = page.evaluate(
        "() => JSON.stringify(window.completeVisualization.truth.pool.slice(0, 3))"
    )
    assert json.loads(pool) == pytest.approx(list(large.on_page.pool[:3]))
