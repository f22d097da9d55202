"""Reading the page off the screen."""

import pytest

# Places on the screen have about six digits to the pixel, a popularity point about sixty pixels.
DRAWN = 1e-6


# What the lines of a chart are on the screen, in the units of its axes.
DRAWN_LINES = """
(chart) => {
  const root = document.getElementById("complete-visualization");
  const box = root.querySelector(`[data-chart="${chart}"]`);
  const { view } = root.visualization.views.get(box);
  const [x, y] = [view.scale("x"), view.scale("y")];
  const lines = [...box.querySelectorAll(".rest_lines_marks line")];
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
  press('[data-set="choice"][value="all"]');
  press('[data-set="model"][value="m2"]');
  press('[data-ratio="600"]');
  root.visualization.goTo("complete");
  root.visualization.pick(null);
  root.querySelector("#viz-known").value = "0";
  root.visualization.restartTrial();
  const order = document.getElementById("viz-order");
  order.value = order.options[0].value;
  order.dispatchEvent(new Event("change"));
  const level2 = document.getElementById("viz-level-2");
  level2.value = level2.defaultValue;
  level2.dispatchEvent(new Event("input"));
  scrollTo({ top: 0, behavior: "instant" });
}"""


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


def drawing(page, chart):
    page.wait_for_function(SETTLED)
    return page.locator(f'[data-chart="{chart}"] svg').first.inner_html()
