"""The panels in headless Chromium: sorted, filtered, and a page of them at a time."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from page.crowd import CLASSES, of_a_crowd
from page.screen import SETTLED
from page.test_look_in_browser import PHONE

from analysis.page.page import files

SHOWN = ".viz-panel:visible"
MOST = 24


def names(page):
    return page.locator(f"{SHOWN} button").all_inner_texts()


def sizes(page):
    return [
        int(text.removeprefix("n = "))
        for text in page.locator(f"{SHOWN} figcaption span").all_inner_texts()
    ]


@pytest.fixture(scope="module")
def crowd(root, tmp_path_factory):
    return of_a_crowd(root, tmp_path_factory.mktemp("crowd"))


@pytest.fixture(scope="module")
def crowded(crowd, tmp_path_factory, window):
    """Open the page of five hundred classes on a phone, once."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_bytes(files(crowd)["visualization/complete-visualization.html"])
    return window[0](path, **PHONE)


@pytest.fixture
def many(crowded):
    crowded.keyboard.press("Escape")
    crowded.locator("#viz-order").select_option("listed")
    crowded.locator("#viz-filter").fill("")
    return crowded


def test_panels_are_sorted_by_size_and_by_how_far_the_model_moves_a_line(visit, published, results):
    page = visit()
    page.locator("#viz-order").select_option("largest")
    assert sizes(page) == sorted(results.sample.sizes.values(), reverse=True)
    page.locator("#viz-order").select_option("smallest")
    assert sizes(page) == sorted(results.sample.sizes.values())
    page.locator("#viz-order").select_option("moved")
    for model in ("m2", "m1"):
        page.locator(f'input[name="model-panels"][value="{model}"]').check(force=True)
        apart = {}
        for group, own in results.none.items():
            line = results.lines.at(model, group)
            x = results.sample.table.loc[results.sample.table["class"] == group, "extrav"]
            between = (own.intercept - line.intercept) + (own.slope - line.slope) * x
            apart[f"Class {group}"] = between.abs().max()
        assert names(page) == sorted(apart, key=apart.get, reverse=True)
    assert published["pooling"]["none"].keys() == results.none.keys()


def test_a_page_of_panels_follows_the_buttons(many):
    assert names(many) == [f"Class {i}" for i in range(1, MOST + 1)]
    assert many.locator(".viz-pager p").inner_text() == f"1–{MOST} of {CLASSES} classes"
    further = many.get_by_role("button", name="Further classes")
    earlier = many.get_by_role("button", name="Earlier classes")
    assert earlier.is_disabled()
    further.click()
    assert names(many)[0] == f"Class {MOST + 1}"
    many.locator("#viz-search").fill(f"Class {CLASSES}")
    assert names(many)[-1] == f"Class {CLASSES}"
    assert many.locator(".viz-panel.viz-picked").get_attribute("data-group") == str(CLASSES)
    assert further.is_disabled()


def test_a_filter_keeps_the_classes_that_are_called_so(many):
    many.locator("#viz-filter").fill("class 49")
    assert names(many) == ["Class 49", *(f"Class {i}" for i in range(490, 500))]
    assert not many.get_by_role("button", name="Further classes").is_visible()
    many.locator("#viz-search").fill("Class 3")
    assert names(many)[0] == "Class 49"
    many.locator("#viz-filter").fill("<b>")
    assert names(many) == []
    assert many.locator(".viz-pager p").inner_text() == "No class is called so."


PANEL = """(group) => {
  const root = document.getElementById("complete-visualization");
  const box = root.querySelector(`[data-panel="${group}"]`);
  const { view } = root.visualization.views.get(box);
  return [view.data("lines").map((row) => row.group), view.data("observations").length,
    box.getAttribute("aria-label")];
}"""


def test_a_frame_shows_one_class_after_another(many, crowd):
    many.locator("#viz-search").fill("Class 260")
    many.locator('[data-panel="260"]').scroll_into_view_if_needed()
    many.wait_for_function(SETTLED)
    groups, dots, label = many.evaluate(PANEL, "260")
    assert (groups, dots) == (["260"], crowd.sample.sizes["260"])
    own = f"{crowd.none['260'].slope:.2f}".replace("-", "−")
    assert label.startswith(f"Class 260: slope of its own {own}, in model 1 ")


def test_a_tap_on_a_panel_picks_its_class(visit):
    page = visit("complete-visualization.html", **PHONE, has_touch=True)
    page.locator("#viz-order").select_option("largest")
    panel = page.locator(SHOWN).nth(1)
    panel.tap()
    assert panel.locator("button").get_attribute("aria-pressed") == "true"
    group = panel.get_attribute("data-group")
    assert page.locator("tr.viz-picked").get_attribute("data-group") == group


def test_the_keyboard_turns_and_filters_the_panels(many):
    many.locator("#viz-filter").focus()
    many.keyboard.type("Class 2")
    assert names(many)[:2] == ["Class 2", "Class 20"]
    many.get_by_role("button", name="Further classes").focus()
    many.keyboard.press("Enter")
    assert names(many)[0] == f"Class {200 + MOST - 11}"


def test_axe_finds_no_violation_in_many_panels(many):
    for scheme in ("light", "dark"):
        many.emulate_media(color_scheme=scheme)
        options = {"preload": False, "runOnly": ["wcag2a", "wcag2aa", "best-practice"]}
        parts = {"include": [[".viz-sorting"], [".viz-panels"], [".viz-pager"]]}
        found = Axe().run(many, context=parts, options=options).response["violations"]
        assert not found, scheme
    many.emulate_media(color_scheme="light")


def test_a_phone_s_page_is_no_longer_for_many_classes(many, visit):
    # Twenty-four panels are nine more than the report's, two beside each other.
    height = "document.documentElement.scrollHeight"
    few = visit("complete-visualization.html", **PHONE)
    panel = few.locator(".viz-panel").first.bounding_box()["height"]
    assert many.evaluate(height) < few.evaluate(height) + 5 * (panel + 12) + 1000
    assert many.evaluate("document.documentElement.scrollWidth") == 360


def test_a_frame_of_many_classes_has_few_elements(many):
    dots = many.locator('[data-chart="steps"] canvas.viz-dots')
    assert dots.count() == 1
    assert many.locator('[data-chart="steps"] svg path').count() < 100
    assert many.locator("svg").count() < 40


PAINTED = """() => {
  const canvas = document.querySelector('[data-chart="steps"] .viz-dots');
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const inks = [0, 0, 0, 0];
  for (let i = 0; i < data.length; i += 4) {
    for (let k = 0; k < 4; k += 1) inks[k] += data[i + 3] ? data[i + k] : 0;
  }
  return inks;
}"""


def test_the_picture_of_the_dots_follows_theme_and_choice(many):
    light = many.evaluate(PAINTED)
    assert light[3] > 0
    many.get_by_label("Boys").check(force=True)
    many.wait_for_function(SETTLED)
    fewer = many.evaluate(PAINTED)
    assert fewer[3] < 0.8 * light[3]
    many.get_by_label("Everyone").check(force=True)
    many.wait_for_function(SETTLED)
    assert many.evaluate(PAINTED) == light
    many.emulate_media(color_scheme="dark")
    many.wait_for_function(f"(light) => ({PAINTED})()[0] > light", arg=light[0])
    many.emulate_media(color_scheme="light")
    many.wait_for_function(f"(light) => ({PAINTED})()[0] === light", arg=light[0])


def test_one_of_many_is_on_top(many):
    many.locator("#viz-search").fill("Class 123")
    many.wait_for_function(SETTLED)
    drawn = many.evaluate("""() => {
      const layers = [...document.querySelectorAll('[data-chart="steps"] .mark-rule.role-mark')];
      return layers.map((layer) => [layer.getAttribute("class"), layer.childElementCount,
        Number(layer.firstElementChild?.getAttribute("stroke-width")),
        getComputedStyle(layer).opacity]);
    }""")
    every = next(i for i, layer in enumerate(drawn) if "rest_lines" in layer[0])
    assert drawn[every][1:] == [CLASSES, pytest.approx(0.56), "0.5"]
    above = [layer for layer in drawn[every + 1 :] if layer[1] == 1 and layer[2] == 4.5]
    assert len(above) == 1
