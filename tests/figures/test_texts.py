"""What the figures say, and that it fits."""

import itertools
import re

import matplotlib as mpl
import pytest
from artists import references_of
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from analysis.figures.figures import colours, svg
from analysis.figures.lettering import distinct, width
from analysis.prose.alt_texts import NO_THIRD_MODEL, alt_texts
from analysis.results.panels import MODELS


def test_labels_and_units(drawn):
    for figure in drawn.values():
        assert figure.axes[0].get_ylabel() == "Popularity (rating, 1–10)"
        assert "Extraversion (10-point scale)" in [text.get_text() for text in figure.texts]
    for name in MODELS:
        titles = [ax.get_title() for ax in drawn[name].axes]
        assert titles == ["Gender: boy", "Gender: girl"]
    [legend] = drawn["experience"].legends
    assert [text.get_text() for text in legend.get_texts()] == [
        *("average (fixed effects)", "by teacher’s experience", "each class"),
    ]


def test_a_panel_says_whose_line_it_lacks(drawn, results, all_classes):
    for name in MODELS:
        boys, girls = drawn[name].axes
        assert "no line" not in " ".join(text.get_text() for text in boys.texts)
        assert "no line for class 14" in [text.get_text() for text in girls.texts]
        assert "at 8; no line for class 14." in alt_texts(results)[name]
    lacking = all_classes.sample.table.groupby("class")["sex"].max().eq(0).sum()
    [_, girls] = FIGURES["experience"](all_classes).axes
    assert f"no line for {lacking} of 100" in [text.get_text() for text in girls.texts]


def test_the_key_lists_every_class_by_its_mean(drawn, results):
    for figure in drawn.values():
        key = [text for text in figure.texts if text.get_text() in results.sample.groups]
        key.sort(key=lambda text: text.get_position()[1])
        assert [text.get_text() for text in key] == list(colours(results))


def extents_of(figure):
    """Measure every text by drawing it, without hinting, which the SVG does not have either."""
    with mpl.rc_context({"text.hinting": "none"}):
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
        texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
        boxes = {text: text.get_window_extent(renderer) for text in texts}
    beyond = {
        tick.label1
        for ax in figure.axes
        for axis in (ax.xaxis, ax.yaxis)
        for tick in axis.get_major_ticks()
        if not axis.get_view_interval()[0] <= tick.get_loc() <= axis.get_view_interval()[1]
    }
    return {text: box for text, box in boxes.items() if text not in beyond}


@pytest.mark.parametrize("which", STUDIES)
@pytest.mark.parametrize("name", FIGURES)
def test_no_text_leaves_the_figure_and_no_texts_overlap(name, which, request):
    figure = FIGURES[name](request.getfixturevalue(which))
    extents = extents_of(figure)
    boxes = {}
    for text, box in extents.items():
        assert box.x0 >= 0, text
        assert box.x1 <= figure.bbox.x1, text
        assert box.y0 >= 0, text
        assert box.y1 <= figure.bbox.y1, text
        # The extent has room for ascenders and descenders, which digits do not have.
        rim = 0.15 * box.height / (text.get_text().count("\n") + 1)
        boxes[text] = Bbox.from_extents(box.x0, box.y0 + rim, box.x1, box.y1 - rim)
    for (one, box), (other, another) in itertools.combinations(boxes.items(), 2):
        assert not box.overlaps(another), f"{one} and {other}"


@pytest.mark.parametrize("which", STUDIES)
@pytest.mark.parametrize("name", FIGURES)
def test_widths_are_those_of_the_drawn_texts(name, which, request):
    """Sums of advances against what is drawn, kerning and bearings apart."""
    for text, box in extents_of(FIGURES[name](request.getfixturevalue(which))).items():
        if text.get_rotation() == 0:
            drawn = box.width * 72 / text.figure.dpi
            measured = width(text.get_text(), text.get_fontsize())
            assert drawn == pytest.approx(measured, rel=0.03, abs=2), text


def test_shortened_names_stay_distinct(long_names):
    for draw in FIGURES.values():
        figure = draw(long_names)
        key = [text.get_text() for text in figure.texts if "…" in text.get_text()]
        assert len(set(key)) == len(key) >= 5
        assert "Gymnasium Nord" in [text.get_text() for text in figure.texts]
    assert distinct(["a" * 40, "a" * 41, "b"], 46, 9) == {
        "a" * 40: "aaaaa… 1",
        "a" * 41: "aaaaa… 2",
        "b": "b",
    }


def test_labels_say_the_power_that_an_axis_counts_in(long_names, tiny_units):
    ax, *_ = FIGURES["experience"](long_names).axes
    assert ax.get_ylabel().startswith("Reading score in the national assessment\n(×\xa010³ points")
    figure = FIGURES["experience"](tiny_units)
    assert figure.axes[0].get_ylabel() == "popular (×\xa010⁻⁶ points)"
    drawn = {text.get_text() for text in extents_of(figure)}
    assert drawn >= {"2", "4", "6"}
    for ax in figure.axes:
        assert all(re.fullmatch(r"201\d\.\d", text.get_text()) for text in ax.get_xticklabels())


def test_levels_have_three_digits_and_a_true_minus(long_names):
    low, high = (list(references_of(FIGURES["experience"](long_names).axes[0]))[i] for i in (1, 2))
    assert (low, high) == (
        "−0.90 percent of those who answered",
        "1.81 percent of those who answered",
    )


def test_a_study_without_level_2_predictors_says_so(tiny):
    figure = FIGURES["experience"](tiny)
    assert not figure.axes
    assert [text.get_text() for text in figure.texts] == [NO_THIRD_MODEL]
    assert alt_texts(tiny)["experience"] == NO_THIRD_MODEL
    assert svg(figure)
