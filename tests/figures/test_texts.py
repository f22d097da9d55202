"""What the figures say, and that it fits."""

import itertools
import re

import pytest
from artists import extents_of, names_of
from matplotlib.transforms import Bbox

from analysis.figures import lettering
from analysis.figures.figures import figures, svg
from analysis.figures.lettering import cut, distinct, fit, width
from analysis.prose.alt_texts import alt_texts
from analysis.results.panels import FIGURES
from analysis.writing.words import NO_MODEL


def test_labels_and_units(drawn):
    for figure in drawn.values():
        assert figure.axes[0].get_ylabel() == "Popularity (rating, 1–10)"
        assert not any(ax.get_ylabel() for ax in figure.axes[1:])
        assert {ax.get_xlabel() for ax in figure.axes} == {"Extraversion (10-point scale)"}
    for name in FIGURES:
        titles = [ax.get_title() for ax in drawn[name].axes]
        assert titles == ["Gender: boy", "Gender: girl"]
    [legend] = drawn["level-2"].legends
    assert [text.get_text() for text in legend.get_texts()] == [
        *("average (fixed effects)", "by teacher’s experience"),
        "class, lowest to highest mean",
    ]


def test_a_long_text_is_measured_a_few_times_and_not_for_every_break(monkeypatch):
    measured = []

    def advance(character, _):
        measured.append(character)
        return 0.5

    monkeypatch.setattr(lettering, "_advance", advance)
    text = "a b " * 1000
    assert fit(text, 200, 10, least=6).text == "\n".join([f"{'a b ' * 16}a…"] * 2)
    assert cut("ab cd ef", 30, 10) == "ab cd…"
    assert cut("ab cd ef", 30, 10, middle=True) == "ab…ef"
    assert len(measured) < 50 * len(text)


def test_a_panel_says_whose_line_it_lacks(drawn, results, all_classes):
    for name in FIGURES:
        boys, girls = drawn[name].axes
        assert "no line" not in " ".join(text.get_text() for text in boys.texts)
        assert "no line for class 14" in [text.get_text() for text in girls.texts]
        assert "at 8; no line for class 14." in alt_texts(results)[name]
    lacking = all_classes.sample.table.groupby("class")["sex"].max().eq(0).sum()
    [_, girls] = figures(all_classes)["level-2"].axes
    assert f"no line for {lacking} of 100" in [text.get_text() for text in girls.texts]


def test_no_text_leaves_the_figure_and_no_texts_overlap(all_drawn, all_narrow):
    for figure in (*all_drawn.values(), *all_narrow.values()):
        boxes = {}
        for text, box in extents_of(figure).items():
            assert box.x0 >= 0, text
            assert box.x1 <= figure.bbox.x1, text
            assert box.y0 >= 0, text
            assert box.y1 <= figure.bbox.y1, text
            # The extent has room for ascenders and descenders, which digits do not have.
            lines = text.get_text().count("\n") + 1
            rim = 0.2 * (box.width if text.get_rotation() else box.height) / lines
            across, up = (rim, 0) if text.get_rotation() else (0, rim)
            boxes[text] = Bbox.from_extents(
                box.x0 + across, box.y0 + up, box.x1 - across, box.y1 - up
            )
        for (one, box), (other, another) in itertools.combinations(boxes.items(), 2):
            assert not box.overlaps(another), f"{one} and {other}"


def test_panels_keep_most_of_the_figure(all_drawn, all_narrow):
    for figure in all_drawn.values():
        for ax in figure.axes:
            assert len(figure.axes) * ax.get_position().width > 0.5
            assert ax.get_position().height > 0.5
    for figure in all_narrow.values():
        for ax in figure.axes:
            assert ax.get_position().width > 0.5


def test_titles_are_no_wider_than_their_panels(all_drawn):
    for figure in all_drawn.values():
        extents = extents_of(figure)
        for ax in figure.axes:
            if ax.get_title():
                assert extents[ax.title].width <= ax.bbox.width


def test_widths_are_those_of_the_drawn_texts(all_drawn):
    """Sums of advances against what is drawn, kerning and bearings apart."""
    for figure in all_drawn.values():
        for text, box in extents_of(figure).items():
            if text.get_rotation() == 0:
                drawn = box.width * 72 / text.figure.dpi
                measured = width(text.get_text(), text.get_fontsize())
                assert drawn == pytest.approx(measured, rel=0.03, abs=2), text


def test_shortened_names_stay_distinct(long_names):
    for figure in figures(long_names).values():
        for ax in figure.axes:
            names = [name for name in names_of(ax) if name[:3] in {"Gym", "Int"}]
            assert len(names) == 12
            assert len([name for name in names if "…" in name]) >= 5
            assert len(set(names)) == len(names)
    assert distinct(["a" * 40, "a" * 41, "b"], 36, 9) == {
        "a" * 40: "aaaaa… 1",
        "a" * 41: "aaaaa… 2",
        "b": "b",
    }


def test_labels_stand_in_the_middle_of_their_panel(drawn, all_narrow):
    for figure in (*drawn.values(), *all_narrow.values()):
        extents = extents_of(figure)
        for ax in figure.axes:
            x, y = extents[ax.xaxis.label], extents.get(ax.yaxis.label)
            assert (x.x0 + x.x1) / 2 == pytest.approx((ax.bbox.x0 + ax.bbox.x1) / 2, abs=1)
            if y is not None:
                assert (y.y0 + y.y1) / 2 == pytest.approx((ax.bbox.y0 + ax.bbox.y1) / 2, abs=1)


def test_labels_say_the_power_that_an_axis_counts_in(long_names, tiny_units):
    label = figures(long_names)["level-2"].axes[0].get_ylabel()
    assert label.startswith("Reading score in the national assessment\n(×\xa010³ points")
    figure = figures(tiny_units)["level-2"]
    assert figure.axes[0].get_ylabel() == "popular (×\xa010⁻⁶ points)"
    drawn = {text.get_text() for text in extents_of(figure)}
    assert drawn >= {"2", "4", "6"}
    for ax in figure.axes:
        assert all(re.fullmatch(r"201\d\.\d", text.get_text()) for text in ax.get_xticklabels())


def shown_ticks(ax):
    """Return the horizontal axis's labels within its limits."""
    low, high = ax.get_xlim()
    labels = zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
    return [text.get_text() for at, text in labels if low <= at <= high]


def test_whole_numbers_have_whole_ticks(drawn, treatment):
    for figure in drawn.values():
        assert all(shown_ticks(ax) == list("23456789") for ax in figure.axes)
    assert shown_ticks(figures(treatment)["pooling"].axes[0]) == ["0", "1"]


def test_levels_have_three_digits_and_a_true_minus(long_names):
    names = list(names_of(figures(long_names)["level-2"].axes[0]))
    assert [name for name in names if "0.90" in name or "1.81" in name] == [
        "−0.90 percent…",
        "1.81 percent o…",
    ]


def test_a_study_without_level_2_predictors_says_so(tiny):
    figure = figures(tiny)["level-2"]
    assert not figure.axes
    assert [text.get_text() for text in figure.texts] == [NO_MODEL]
    assert alt_texts(tiny)["level-2"] == NO_MODEL
    assert svg(figure)
