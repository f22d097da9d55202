"""Contrast in headless Chromium, from computed styles (WCAG 2.2, 1.4.3 and 1.4.11)."""

import pytest

TEXT, GRAPHICS = 4.5, 3.0

# Relative luminance, and what a colour that lets through makes of its ground.
COLOURS = """
  const channels = (text) => {
    const [r, g, b, alpha = 1] = text.match(/[\\d.]+/g).map(Number);
    return { rgb: [r, g, b], alpha };
  };
  const over = (top, alpha, ground) => ground.map((c, i) => alpha * top[i] + (1 - alpha) * c);
  const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((c) => linear(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const groundOf = (item) => {
    for (let at = item; at; at = at.parentElement) {
      const { rgb, alpha } = channels(getComputedStyle(at).backgroundColor);
      if (alpha === 1) return rgb;
    }
    return [255, 255, 255];
  };
  const seen = (colour, opacity, item) => {
    const [{ rgb, alpha }, ground] = [channels(colour), groundOf(item)];
    return ratio(over(rgb, alpha * opacity, ground), ground);
  };
"""

# By chart and layer the least contrast of a mark, in its line or its fill. Bands are left out,
# whose line is in their middle, and grids.
MARKS = (
    "() => {"
    + COLOURS
    + """
  const found = {};
  for (const mark of document.querySelectorAll(".viz-canvas [class^=mark-] > :not(g)")) {
    if (mark.closest(".role-axis-grid, .mark-area")) continue;
    const box = mark.closest(".viz-canvas");
    let opacity = 1;
    for (let at = mark; at !== box; at = at.parentElement) {
      opacity *= Number(getComputedStyle(at).opacity);
    }
    if (!opacity) continue;
    const style = getComputedStyle(mark);
    const parts = [[style.fill, style.fillOpacity], [style.stroke, style.strokeOpacity]]
      .filter(([colour, own]) => colour !== "none" && Number(own))
      .map(([colour, own]) => seen(colour, own * opacity, box));
    if (!parts.length) continue;
    const text = mark.tagName === "text" ? " text" : "";
    const key = `${box.dataset.chart} ${mark.parentElement.getAttribute("class")}${text}`;
    found[key] = Math.min(found[key] ?? 21, Math.max(0, ...parts));
  }
  return found;
}"""
)

CONTROLS = (
    "() => {"
    + COLOURS
    + """
  const parts = [
    ["#viz-search", "color", "::placeholder"],
    ["#viz-search", "borderTopColor"],
    [".viz-pick button", "borderTopColor"],
    ["#viz-csv", "borderTopColor"],
    [".viz-panel", "borderTopColor"],
    [".viz-switch input:checked + span", "borderTopColor"],
    [".viz-number", "borderTopColor"],
    [".viz-sort", "color", "::after"],
  ];
  return Object.fromEntries(parts.map(([selector, property, pseudo]) => {
    const item = document.querySelector(selector);
    const style = getComputedStyle(item, pseudo);
    const outside = property === "borderTopColor" ? item.parentElement : item;
    return [`${selector} ${pseudo ?? property}`, seen(style[property], style.opacity, outside)];
  }));
}"""
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_and_controls_stand_out_from_their_ground(visit, scheme):
    page = visit(color_scheme=scheme)
    found = page.evaluate(CONTROLS)
    for step in ("Complete pooling", "No pooling", "Random slopes"):
        page.get_by_role("tab", name=step).click()
        found |= {f"{step}: {name}": least for name, least in page.evaluate(MARKS).items()}
    assert len(found) > 100
    for name, least in found.items():
        wanted = TEXT if name.endswith((" text", "::placeholder")) else GRAPHICS
        assert least >= wanted, name


KEYS = """() => Object.fromEntries([...document.querySelectorAll(".viz-key")].map((key) => {
  const style = getComputedStyle(key, "::before");
  const drawn = style.content === '""'
    ? ["borderTopColor", "borderTopStyle", "backgroundColor"]
    : ["color", "content"];
  return [key.textContent.trim(), drawn.map((name) => style[name])];
}))"""


@pytest.mark.parametrize("switched", ["", "light"])
def test_keys_keep_their_marks_in_forced_colours(visit, switched):
    page = visit(color_scheme="dark")
    page.get_by_role("tab", name="Random slopes").click()
    expected = page.evaluate(KEYS)
    assert len({tuple(drawn) for drawn in expected.values()}) == 12
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", switched)
    page.emulate_media(forced_colors="active")
    assert page.evaluate(KEYS) == expected


def test_what_is_picked_stands_out_in_forced_colours(visit):
    page = visit(forced_colors="active")
    page.locator("#viz-search").fill("Class 14")
    ground = "(item) => getComputedStyle(item).backgroundColor"
    rows = [page.locator(f"tr[data-group='{group}'] td").first for group in ("13", "14")]
    assert rows[0].evaluate(ground) != rows[1].evaluate(ground)
    outline = "(item) => getComputedStyle(item).outlineStyle"
    panels = [page.locator(f".viz-panel[data-group='{group}']") for group in ("13", "14")]
    assert [panel.evaluate(outline) for panel in panels] == ["none", "solid"]
