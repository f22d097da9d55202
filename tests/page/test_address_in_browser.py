"""The address in headless Chromium: what it holds of a reader's choices, and how it is followed."""

import pytest

HASH = "decodeURIComponent(location.hash)"
WRITTEN = "(hash) => decodeURIComponent(location.hash) === hash"
STATE = """() => {
  const { state } = document.getElementById("complete-visualization").visualization;
  const { picked, model, choice, target, ratio, level2 } = state;
  return { picked, model, choice, target, ratio, level2 };
}"""
ARRIVAL = {"picked": None, "model": "m2", "choice": "all", "target": "complete"}


def known(page):
    return {name: page.evaluate(STATE)[name] for name in ARRIVAL}


@pytest.mark.parametrize("name", ["visualization.html", "complete-visualization.html"])
def test_a_view_is_linked_to_by_its_address(visit, name):
    page = visit(name)
    entries = page.evaluate("history.length")
    page.get_by_role("tab", name="Random intercepts").click()
    page.locator('input[name="model-panels"][value="m3"]').check(force=True)
    page.get_by_label("Girls").check(force=True)
    page.locator("#viz-search").fill("Class 7")
    for place in range(90, 101):
        page.get_by_role("slider", name="Ratio of variances").fill(str(place))
    page.get_by_role("slider", name="Teacher’s experience").fill("3")
    page.locator("#viz-order").select_option("moved")
    expected = "#group=7&choice=1&order=moved&step=m1&model=m3&ratio=100&level2=3"
    page.wait_for_function(WRITTEN, arg=expected)
    assert page.evaluate("history.length") == entries
    seen = page.evaluate(STATE)
    page.reload()
    page.wait_for_selector(".viz-ready")
    assert page.evaluate(STATE) == seen
    assert seen["level2"] == 5
    assert page.locator("#viz-ratio").input_value() == "100"
    assert page.get_by_role("tab", selected=True).inner_text().endswith("Random intercepts")
    assert page.locator('input[name="model-shrinkage"][value="m3"]').is_checked()
    assert page.get_by_label("Girls").is_checked()
    assert page.locator(".viz-panel.viz-picked").get_attribute("data-group") == "7"
    assert page.evaluate(HASH) == expected


BAD = (
    "#step=none5&group=99&choice=2&model=constructor&ratio=1001&level2=-1&order=toString",
    "#step=&group=&choice=%22]&ratio=1e2&level2=99999999&seed=1",
    "#%E0%A4%A&group=%FF",
)


@pytest.mark.parametrize("bad", BAD)
def test_what_an_address_cannot_mean_is_ignored(visit, bad):
    page = visit("visualization.html")
    before = page.evaluate(STATE)
    page.evaluate("(hash) => { location.hash = hash; }", bad)
    page.reload()
    page.wait_for_selector(".viz-ready")
    assert page.evaluate(STATE) == before
    assert page.locator("#viz-order").input_value() == "listed"


def test_sections_are_found_with_and_without_choices(visit):
    page = visit("visualization.html")
    page.evaluate("() => { location.hash = '#viz-shrinkage&group=3'; }")
    place = "Math.round(document.getElementById('viz-shrinkage').getBoundingClientRect().top)"
    page.wait_for_function(f"() => Math.abs({place}) < 120")
    assert known(page) == {**ARRIVAL, "picked": "3"}
    page.evaluate("() => { location.hash = '#viz-table'; }")
    page.wait_for_function(WRITTEN, arg="#viz-table&group=3")
    assert known(page)["picked"] == "3"
    page.go_back()
    page.wait_for_function("() => location.hash.startsWith('#viz-shrinkage')")
    assert known(page)["picked"] == "3"


def test_an_address_leaves_out_what_is_as_on_arrival(visit):
    page = visit("visualization.html")
    page.locator("#viz-search").fill("Class 3")
    page.wait_for_function(WRITTEN, arg="#group=3")
    page.keyboard.press("Escape")
    page.wait_for_function(WRITTEN, arg="")
    assert not page.url.endswith("#")


def test_a_name_in_any_script_is_linked_to(show, altered):
    name = "7 é&=#%"
    page = show(altered(lambda table: table.replace({"class": {"7": name}})))
    page.locator("#viz-search").fill(f"Class {name}")
    page.wait_for_function("() => location.hash.length > 1")
    page.reload()
    page.wait_for_selector(".viz-ready")
    assert page.evaluate(STATE)["picked"] == name


def test_an_address_changes_once_for_many_steps_of_a_slider(visit):
    page = visit("visualization.html")
    page.evaluate("""() => {
      window.written = 0;
      const replace = history.replaceState.bind(history);
      history.replaceState = (...all) => { window.written += 1; replace(...all); };
    }""")
    page.get_by_role("slider", name="Ratio of variances").focus()
    for _ in range(30):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(WRITTEN, arg="#ratio=570")
    assert page.evaluate("written") <= 3
