"""Pointing at a class in headless Chromium: what is told of it, and that all charts mark it."""

import re

import pytest
from page.expected import line_of, pooled, unpooled
from page.screen import SETTLED

# Where on the screen a class is in a chart, once its view answers: in the middle of its target.
PLACE = """async ([chart, group]) => {
  const box = document.querySelector(`[data-chart="${chart}"]`);
  box.scrollIntoView({ block: "start", behavior: "instant" });
  // Scrolling is told in the next frame, and takes tooltips away.
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame();
  await frame();
  const targets = [...box.querySelectorAll(".role-mark > *")]
    .filter((item) => item.__data__?.tooltip && item.__data__.datum.group === group);
  const { left, top, width, height } = targets.at(-1).getBoundingClientRect();
  return [left + width / 2, top + height / 2];
}"""


def told(page, chart, group):
    page.mouse.move(0, 0)
    page.mouse.move(*page.evaluate(PLACE, [chart, group]))
    page.locator(".viz-tip").wait_for()
    title, *rest = re.split(r"\s*\n\s*", page.locator(".viz-tip").inner_text().strip())
    return title, dict(zip(rest[::2], rest[1::2], strict=True))


def written(value):
    return f"{value:.2f}".replace("-", "−")


def ends(results, group, line):
    x = results.sample.table.loc[results.sample.table["class"] == group, "extrav"]
    return {
        f"Line {verb} at": written(line[0] + line[1] * end)
        for verb, end in (("begins", x.min()), ("ends", x.max()))
    }


def test_a_line_tells_its_slope_at_every_step(visit, published, results):
    page = visit()
    table = results.sample.table
    for step, name in (("none", "No pooling"), ("m2", "Random slopes")):
        page.get_by_role("tab", name=name).click()
        page.wait_for_function(SETTLED)
        girls = table.loc[table["class"] == "13", "sex"].mean()
        line = line_of(published, table, "13", step, girls)
        title, facts = told(page, "steps", "13")
        assert title == "Class 13"
        n = str(results.sample.sizes["13"])
        assert facts == {"Pupils": n, "Slope": written(line[1]), **ends(results, "13", line)}


def test_a_pooled_line_tells_the_slope_that_it_has_at_the_ratio(visit, published, results):
    page = visit()
    page.get_by_role("button", name="∞ no pooling").click()
    page.wait_for_function(SETTLED)
    assert told(page, "dial", "13")[1]["Slope"] == written(unpooled(published)["13"][1])
    page.locator('[data-ratio="0"]').click()
    page.wait_for_function(SETTLED)
    assert told(page, "dial", "13")[1]["Slope"] == written(pooled(published)["13"][1])


def test_tooltips_write_numbers_as_the_table_does(visit, data):
    page = visit()
    rows = {row["class"]: row for row in data["table"]}
    printed = {
        row[0]: row
        for row in page.locator("tbody tr").evaluate_all(
            "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText))"
        )
    }
    for group in ("14", "4"):
        title, facts = told(page, "shrinkage", group)
        assert title == f"Class {group}"
        assert [facts["Own height"], facts["Own slope"]] == printed[group][4:6]
        assert [facts["Model’s height"], facts["Model’s slope"]] == printed[group][9:11]
        assert facts["Own slope"] == written(rows[group]["none_slope"])


def test_negative_effects_have_a_true_minus_and_all_their_digits(visit, published, results):
    page = visit()
    effects = published["models"]["m2"]["REML"]["group_effects"]
    lowest = min(effects, key=lambda group: effects[group]["extrav"])
    facts = told(page, "effects-slope", lowest)[1]
    assert facts["Effect"] == written(effects[lowest]["extrav"])
    assert facts["Effect"].startswith("−")
    assert all(re.fullmatch(r"−?\d\.\d\d", facts[key]) for key in ("95% from", "95% to"))
    assert int(facts["Pupils"]) == results.sample.sizes[lowest]


def test_a_class_without_a_slope_tells_that_it_has_none(show, slopeless):
    page = show(slopeless)
    page.get_by_role("tab", name="No pooling").click()
    page.wait_for_function(SETTLED)
    facts = told(page, "steps", "1")[1]
    assert facts["Slope"] == "–"
    assert facts["Line begins at"] == facts["Line ends at"]


MARKED = """([group, charts]) => {
  const root = document.getElementById("complete-visualization");
  return charts.every((chart) => {
    const box = root.querySelector(`[data-chart="${chart}"]`);
    const { view } = root.visualization.views.get(box);
    return view.signal("hovered") === group;
  });
}"""

CHARTS = ("steps", "dial", "weights", "shrinkage", "effects-height", "effects-slope", "level-2")

# The strongest line of a class in a chart, in pixels.
STRENGTH = """([chart, group]) => Math.max(...[...document
  .querySelectorAll(`[data-chart="${chart}"] .mark-rule.role-mark line`)]
  .filter((line) => line.__data__.datum.group === group
    && line.getAttribute("stroke-opacity") !== "0")
  .map((line) => Number(line.getAttribute("stroke-width"))))"""


@pytest.mark.parametrize("chart", ["steps", "shrinkage", "effects-height"])
def test_pointing_in_one_chart_marks_the_class_in_all(visit, chart):
    page = visit()
    page.get_by_role("tab", name="No pooling").click()
    page.wait_for_function(SETTLED)
    before = page.evaluate(STRENGTH, ["dial", "13"])
    told(page, chart, "13")
    page.wait_for_function(MARKED, arg=["13", list(CHARTS)])
    assert page.evaluate(STRENGTH, ["dial", "13"]) > before
    assert page.locator(".viz-panel.viz-hovered").get_attribute("data-group") == "13"
    assert page.locator("tr.viz-hovered").get_attribute("data-group") == "13"
    assert page.locator(".viz-picked").count() == 0
    page.mouse.move(0, 0)
    page.wait_for_function(MARKED, arg=[None, list(CHARTS)])
    assert page.locator(".viz-hovered").count() == 0
    assert page.evaluate(STRENGTH, ["dial", "13"]) == before


@pytest.mark.parametrize("select", [".viz-panel[data-group='6']", "tr[data-group='6'] td >> nth=1"])
def test_pointing_at_a_panel_or_a_row_marks_the_class_in_all_charts(visit, select):
    page = visit()
    page.locator(select).hover()
    page.wait_for_function(MARKED, arg=["6", list(CHARTS)])
    page.mouse.move(0, 0)
    page.wait_for_function(MARKED, arg=[None, list(CHARTS)])
