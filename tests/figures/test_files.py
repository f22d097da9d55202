"""The figures' files: SVG, the same bytes for the same figure."""

import re

import matplotlib as mpl

from analysis.figures.figures import svg


@pytest.mark.parametrize("name", FIGURES)
def test_svg_is_the_same_bytes_whatever_the_users_settings(name, results):
    first = svg(FIGURES[name](results))
    with mpl.rc_context({"font.size": 30, "svg.fonttype": "none", "svg.hashsalt": "other"}):
        second = svg(FIGURES[name](results))
    assert first == second


def test_svg_holds_no_date_no_font_and_its_size(drawn):
    for figure in drawn.values():
        text = svg(figure).decode()
        assert "<text" not in text
        assert "<dc:date>" not in text
        assert mpl.__version__ not in text
        assert re.search(r'viewBox="0 0 [\d.]+ [\d.]+"', text)
        assert len(text) < 150_000
