"""The names beside lines."""

import pytest
from artists import lines_of

from analysis.figures.figures import colours


@pytest.mark.parametrize("name", FIGURES)
def test_names_stand_at_the_end_of_their_line(name, drawn, results):
    named = 0
    for ax in drawn[name].axes:
        segments = lines_of(ax).get_segments()
        colour_of = {tuple(c): s for c, s in zip(lines_of(ax).get_colors(), segments, strict=True)}
        for text in ax.texts:
            if text.get_text() in results.sample.groups:
                named += 1
                line = colour_of[tuple(colours(results)[text.get_text()])]
                assert list(text.xy) in line.tolist()
    assert named >= 4
