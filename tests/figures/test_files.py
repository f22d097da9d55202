"""The figures' files: SVG, the same bytes for the same figure."""

import re

import matplotlib as mpl

from analysis.figures.figures import NAMES, draw_all, svg


def test_svg_is_the_same_bytes_whatever_the_users_settings(results):
    first = draw_all(results)
    assert list(first.files) == [*NAMES, *(f"narrow/{name}" for name in NAMES)]
    with mpl.rc_context({"font.size": 30, "svg.fonttype": "none", "svg.hashsalt": "other"}):
        second = draw_all(results)
    assert first == second


def test_svg_holds_no_date_no_font_and_its_size(drawn):
    for figure in drawn.values():
        text = svg(figure).decode()
        assert "<text" not in text
        assert "<dc:date>" not in text
        assert mpl.__version__ not in text
        assert re.search(r'viewBox="0 0 [\d.]+ [\d.]+"', text)
        assert len(text) < 150_000
