"""Known truth in headless Chromium: what the page draws and counts is what NumPy does."""

import dataclasses
import re

import numpy as np
import pytest
from page.screen import SETTLED
from page.simulated import Simulation, uniforms
from page.studies import of_ladder, with_fit

from analysis.page.page import files

# The outcomes have size 1; cosines of two libraries may differ in the last bit.
CLOSE = 1e-9

SECTION = "section[aria-labelledby=viz-truth]"
DATASETS = """() => {
  const { datasets } = window.completeVisualization;
  return [datasets["simulated-lines"], datasets["simulated-rows"]];
}"""
# What the distances' rings and discs are on the screen.
DRAWN = """() => {
  const root = document.getElementById("complete-visualization");
  const box = root.querySelector('[data-chart="distances"]');
  const { view } = root.visualization.views.get(box);
  const of = (layer) => [...box.querySelectorAll(`.${layer} path`)].map((path) => {
    const [, x, y] = path.getAttribute("transform").match(/translate\\((.+),(.+)\\)/);
    return view.scale("x").invert(Number(x));
  });
  return [of("layer_1_marks"), of("layer_2_marks")];
}"""

WISHES = {
    "as at the start": (20, 15, 1),
    "few pupils, classes alike": (3, 15, 0.25),
    "few, very different classes": (40, 3, 4),
}


@pytest.fixture
def truth(visit):
    page = visit()
    page.get_by_role("button", name="as at the start").click()
    return page


def settled(page):
    page.wait_for_function(SETTLED)
    # Many draws wait for an idle browser.
    page.wait_for_selector("#viz-simulated-many[aria-busy=false]")
    return page


@pytest.fixture(scope="module")
def model(data):
    return Simulation(data)


@pytest.mark.parametrize("wish", WISHES)
def test_lines_rows_and_counts_are_those_of_numpy(truth, model, wish):
    size, groups, spread = WISHES[wish]
    truth.get_by_role("button", name=wish).click()
    lines, rows = truth.evaluate(DATASETS)
    drawn = model.rows(1, size, groups, spread)
    own, pooled = model.lines(drawn, spread)
    ends = np.array([model.pool.min(), model.pool.max()]) - model.pool.mean()
    for row, (line, _, _), alone, together in zip(lines, drawn, own, pooled, strict=True):
        for kind, expected in (("truth", line), ("own", alone), ("pooled", together)):
            assert row[kind] == pytest.approx(expected[0] + expected[1] * ends, abs=CLOSE)
    assert [row["y"] for row in rows] == pytest.approx(
        np.concatenate([y for _, _, y in drawn]), abs=CLOSE
    )
    x = np.concatenate([x[:, 1] for _, x, _ in drawn]) + model.pool.mean()
    assert [row["x"] for row in rows] == pytest.approx(x, abs=CLOSE)
    far = np.sqrt(model.distances(drawn, spread))
    assert [[row["fromOwn"], row["fromPooled"]] for row in lines] == pytest.approx(far.T, abs=CLOSE)
    nearer = int(np.sum(far[1] < far[0]))
    said = truth.locator("#viz-simulated-count").inner_text()
    assert said == (
        f"In this draw the pooled line is nearer to the truth for {nearer} of {groups} classes, "
        f"the own line for {groups - nearer}."
    )
    truth.wait_for_function(SETTLED)
    assert truth.evaluate(DRAWN) == pytest.approx(far, abs=1e-4)


@pytest.mark.parametrize("wish", WISHES)
def test_many_draws_are_those_of_numpy(truth, model, wish):
    size, groups, spread = WISHES[wish]
    truth.get_by_role("button", name=wish).click()
    settled(truth)
    uniform = uniforms(2026)
    far = np.concatenate(
        [model.distances(model.sums(uniform, size, groups, spread), spread) for _ in range(200)],
        axis=1,
    )
    own, pooled = far.mean(axis=1)
    share, gain = float(np.mean(far[1] < far[0])), 1 - pooled / own
    text = truth.locator("#viz-simulated-many").inner_text()
    assert f"the pooled line is nearer for {100 * share:.0f}% of the classes, and pooling" in text
    if abs(gain) < 0.005:
        assert "leaves the mean squared distance from the truth as it is: here it " in text
    else:
        assert f"takes away {100 * gain:.0f}% of the mean squared distance from the truth" in text
    assert ("here it barely helps." in text) == (0 <= gain < 0.05)
    assert ("here it does not help." in text) == (gain < 0)
    bars = [float(b) for b in truth.locator(".viz-bars b").all_inner_texts()]
    assert bars == pytest.approx([own, pooled], rel=0.05)
    widths = truth.locator("[data-bar]").evaluate_all(
        "(bars) => bars.map((bar) => parseFloat(getComputedStyle(bar, '::after').width))"
    )
    assert widths[1] / widths[0] == pytest.approx(pooled / own, rel=0.02)


def test_means_of_many_draws_are_what_theory_expects(truth, model):
    """Where x varies little between groups, an own line's error has a closed form."""
    settled(truth)
    drawn = model.rows(9, 20, 400, 1)
    x = np.column_stack((np.ones(len(model.pool)), model.pool - model.pool.mean()))
    over_all = x.T @ x / len(x)
    expected = np.mean(
        [np.trace(over_all @ np.linalg.inv(z.T @ z)) * model.residual**2 for _, z, _ in drawn]
    )
    bars = [float(b) for b in truth.locator(".viz-bars b").all_inner_texts()]
    assert bars[0] == pytest.approx(expected, rel=0.1)


def test_drawing_again_draws_others_and_keeps_the_many(truth, model):
    settled(truth)
    many = truth.locator("#viz-simulated-many").inner_text()
    truth.get_by_role("button", name="Draw again").click()
    settled(truth)
    lines, _ = truth.evaluate(DATASETS)
    drawn = model.rows(2, 20, 15, 1)
    assert [row["fromOwn"] for row in lines] == pytest.approx(
        np.sqrt(model.distances(drawn, 1)[0]), abs=CLOSE
    )
    assert truth.evaluate(DRAWN)[0] == pytest.approx(
        np.sqrt(model.distances(drawn, 1)[0]), abs=1e-4
    )
    assert truth.locator("#viz-simulated-many").inner_text() == many


def test_sliders_and_switch_work_by_keyboard(truth, model):
    truth.get_by_role("slider", name="Pupils per class").focus()
    truth.keyboard.press("Home")
    truth.get_by_role("slider", name="Classes", exact=True).focus()
    truth.keyboard.press("End")
    truth.get_by_label("As estimated").focus()
    truth.keyboard.press("ArrowRight")
    lines, rows = truth.evaluate(DATASETS)
    assert (len(lines), len(rows)) == (20, 40)
    far = np.sqrt(model.distances(model.rows(1, 2, 20, 4), 4))
    assert [row["fromPooled"] for row in lines] == pytest.approx(far[1], abs=1e-7)
    assert truth.get_by_label("Fourfold").is_checked()


def test_a_simulated_class_is_shown_by_buttons_and_by_a_click(truth):
    name = truth.locator("#viz-simulated-name")
    start = name.inner_text()
    assert re.fullmatch(r"Simulated class \d+ of 15", start)
    truth.get_by_role("button", name="Next simulated class").press("Enter")
    assert name.inner_text() != start
    box = truth.locator('[data-chart="distances"]')
    box.scroll_into_view_if_needed()
    truth.wait_for_function(SETTLED)
    place = truth.evaluate(
        """() => {
          const box = document.querySelector('[data-chart="distances"]');
          box.scrollIntoView({ block: "center", behavior: "instant" });
          const ring = box.querySelectorAll(".layer_1_marks path")[4];
          const { left, top, width, height } = ring.getBoundingClientRect();
          return [left + width / 2, top + height / 2];
        }"""
    )
    truth.mouse.click(*place)
    assert name.inner_text() == "Simulated class 5 of 15"
    assert truth.locator(".viz-picked").count() == 0
    told = truth.locator("#viz-simulated-one").inner_text()
    fifth = truth.evaluate(DATASETS)[0][4]
    far = [fifth["fromPooled"], fifth["fromOwn"]]
    better = "pooled" if far[0] < far[1] else "own"
    assert told.startswith(f"In the one that is shown the {better} line is the nearer: ")
    numbers = [float(number) for number in re.findall(r"\d+\.\d+", told)]
    assert numbers == pytest.approx(far, rel=0.05)


def test_a_phone_draws_by_touch(visit, model):
    page = visit(
        "visualization.html",
        viewport={"width": 360, "height": 740},
        has_touch=True,
        color_scheme="dark",
    )
    page.get_by_role("button", name="Draw again").tap()
    lines, _ = page.evaluate(DATASETS)
    far = np.sqrt(model.distances(model.rows(2, 20, 15, 1), 1))
    assert [row["fromOwn"] for row in lines] == pytest.approx(far[0], abs=CLOSE)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    edges = page.locator(f"{SECTION} :is(button, input, svg, p)").evaluate_all(
        "(items) => items.map((item) => item.getBoundingClientRect().right)"
    )
    assert max(edges) <= 360


def test_groups_that_do_not_differ_have_one_true_line(show, results):
    fit = results.models["m2"]["REML"]
    none = {"factor": 0 * fit.factor, "random_covariance": 0 * fit.random_covariance, "rank": 0}
    flat = dataclasses.replace(fit, **none)
    page = show(with_fit(results, flat))
    said = page.locator(f"{SECTION} .viz-note").inner_text()
    assert said == (
        "Model 2 finds no differences between the lines of classes: all true lines are the same "
        "one."
    )
    assert page.get_by_role("button", name="few, very different classes").count() == 0
    assert page.get_by_label("Fourfold").count() == 0
    lines, _ = page.evaluate(DATASETS)
    heights = np.array([row["truth"] for row in lines])
    assert np.ptp(heights, axis=0) == pytest.approx([0, 0])
    assert np.ptp([row["pooled"] for row in lines], axis=0) == pytest.approx([0, 0], abs=CLOSE)


def test_parallel_lines_are_simulated_without_random_slopes(show, study):
    page = show(of_ladder(study, "no slopes"))
    lines, _ = page.evaluate(DATASETS)
    for kind in ("truth", "pooled"):
        rises = [row[kind][1] - row[kind][0] for row in lines]
        assert np.ptp(rises) == pytest.approx(0, abs=CLOSE)
    assert "let model 1 make new classes" in page.locator(f"{SECTION} .viz-lead").inner_text()


def test_without_either_role_the_section_is_left_out(results):
    rungs = tuple(
        dataclasses.replace(rung, role=None) if rung.spec.name in {"m1", "m2"} else rung
        for rung in results.ladder.rungs
    )
    plain = dataclasses.replace(results, ladder=dataclasses.replace(results.ladder, rungs=rungs))
    body = files(plain)["visualization/page.html"].decode()
    assert "viz-truth" not in body
    assert "viz-ratio" not in body
