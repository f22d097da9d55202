"""The names beside lines: whose they are, and that nothing runs through them."""

import math

import numpy as np
import pytest
from artists import extents_of, lines_of, references_of
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from analysis.figures.figures import NAMES, colours, figures
from analysis.figures.names import Frame, _cross, place_labels
from analysis.results.panels import Panel, Reference, Segment


@pytest.mark.parametrize("name", NAMES)
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


def test_no_line_runs_through_the_name_of_a_group(all_drawn, any_study):
    """By matplotlib's own paths, from what is drawn; a name over a line has a white rim instead."""
    for figure in all_drawn.values():
        extents = extents_of(figure)
        for ax in figure.axes:
            ends = [*lines_of(ax).get_segments()]
            ends += [np.column_stack(line.get_data()) for line in references_of(ax).values()]
            paths = [Path(ax.transData.transform(end)) for end in ends]
            for text in ax.texts:
                box = extents[text]
                # Without the room for ascenders and descenders, which digits do not have.
                rim = 0.2 * box.height
                box = Bbox.from_extents(box.x0, box.y0 + rim, box.x1, box.y1 - rim)
                crossed = any(path.intersects_bbox(box, filled=False) for path in paths)
                if text.get_text() in any_study.sample.groups:
                    assert not crossed, text
                elif crossed:
                    assert text.get_path_effects(), text


@pytest.mark.parametrize(
    ("line", "crosses"),
    [
        ((0, 5, 20, 5), True),
        ((5, 0, 5, 20), True),
        ((0, 0, 10, 10), True),
        ((4, 4, 5, 5), True),  # inside
        ((0, 12, 12, 0), True),
        ((0, 9, 20, 9), False),  # above
        ((0, 1, 20, 1), False),
        ((0, 0, 2, 20), False),  # left of it, steeply
        ((9.5, 0, 9.5, 20), False),
        ((0, 5, 2.5, 5), False),  # ends before it
        ((9.5, 5, 30, 5), False),
        ((0, 8, 8, 16), False),  # past its corner
        ((0, 7.5, 20, 7.5), True),  # its stroke alone
    ],
)
def test_lines_cross_a_box_or_not(line, crosses):
    assert _cross((4, 3, 8, 7), line) is crosses
    left, bottom, right, top = line
    assert _cross((4, 3, 8, 7), (right, top, left, bottom)) is crosses


FRAME = Frame(size=(200.0, 100.0), x=(0.0, 20.0), y=(0.0, 10.0))


def panel(average, *, levels=(), **lines):
    """Return a panel with lines by their left and right heights, from 5 to 15."""

    def segment(heights):
        return Segment(x=(5.0, 15.0), y=heights)

    return Panel(
        lines={name: segment(heights) for name, heights in lines.items()},
        references=(
            Reference(segment=segment(average)),
            *(Reference(segment=segment(y), value=float(y[0])) for y in levels),
        ),
        absent=(),
    )


def named(chosen, frame=FRAME):
    """Return the labels by their texts."""
    names = {name: name for name in chosen.lines}
    levels = {
        level.value: (f"{level.segment.y} years", f"{level.segment.y}") for level in chosen.levels
    }
    labels = place_labels(chosen, names, levels, frame, 8.0)
    return {label.text: label for label in labels}


def test_the_outermost_line_is_named_first_and_alone_where_there_is_room_for_one():
    """The right ends are as near as names may not be; the left ones, too."""
    found = named(panel((5.0, 5.0), near=(5.9, 5.9), far=(6.6, 6.6)))
    assert list(found) == ["far", "near"]
    assert named(panel((5.0, 5.0), near=(6.2, 6.2), far=(6.6, 6.6))) == {}


def test_a_name_stands_right_of_its_line_if_it_can():
    found = named(panel((5.0, 5.0), a=(8.0, 8.0)))
    assert (found["a"].at, found["a"].ha) == ((15.0, 8.0), "left")
    assert found["a"].offset[0] > 0
    # Another line runs through the place on the right.
    steep = panel((5.0, 5.0), a=(8.0, 8.0))
    other = Segment(x=(15.4, 15.8), y=(6.0, 10.0))
    found = named(Panel(lines={**steep.lines, "b": other}, references=steep.references, absent=()))
    assert (found["a"].at, found["a"].ha) == ((5.0, 8.0), "right")
    assert found["a"].offset[0] < 0


def test_a_name_stays_inside_its_panel():
    narrow = Frame(size=(110.0, 100.0), x=(4.5, 15.5), y=(0.0, 10.0))
    found = named(panel((5.0, 5.0), **{"a name of twelve": (8.0, 8.0)}), narrow)
    assert found == {}


def test_names_do_not_overlap_and_are_not_taken_for_those_of_others():
    lines = {f"g{i}": (1.0 + i, 1.0 + 0.65 * i) for i in range(8)}
    found = named(panel((0.2, 0.2), **lines))
    assert len(found) >= 4
    ends = [end for heights in lines.values() for end in ((5.0, heights[0]), (15.0, heights[1]))]
    for label in found.values():
        x, y = FRAME.points(*label.at)
        distances = sorted(math.dist((x, y), FRAME.points(*end)) for end in ends)
        assert distances[0] == 0
        assert distances[1] > 6


@pytest.mark.parametrize("rise", [0.1, 1.0, -0.1, -1.0])
def test_the_levels_are_named_outside_of_their_lines(rise):
    """At the end from which the line leaves, where both ends have room, too."""
    chosen = panel((4.0, 4.0 + rise), levels=((2.5, 2.5 + rise), (6.0, 6.0 + rise)))
    low, high = (label for text, label in named(chosen).items() if text.startswith("("))
    assert (low.at, low.va) == (min(((5.0, 2.5), (15.0, 2.5 + rise)), key=lambda at: at[1]), "top")
    assert high.at == max(((5.0, 6.0), (15.0, 6.0 + rise)), key=lambda at: at[1])
    assert high.va == "bottom"
    assert low.offset[1] < 0 < high.offset[1]
    assert not low.crosses
    assert not high.crosses


def test_a_level_without_room_is_named_over_lines_with_a_white_rim():
    lines = {f"g{i}": (0.3 * i, 0.3 * i) for i in range(30)}
    chosen = panel((4.0, 5.0), levels=((2.0, 3.0), (6.0, 7.0)), **lines)
    levels = [label for label in named(chosen).values() if label.text.startswith("(")]
    assert [label.crosses for label in levels] == [True, True]


def test_a_wide_level_does_without_its_unit_where_that_finds_room():
    narrow = Frame(size=(70.0, 100.0), x=(0.0, 20.0), y=(0.0, 10.0))
    chosen = panel((4.0, 5.0), levels=((2.0, 3.0), (6.0, 7.0)))
    assert list(named(chosen, narrow)) == ["(2.0, 3.0)", "(6.0, 7.0)"]


def test_long_names_are_shortened_beside_lines(long_names):
    begin = {name[:3] for name in long_names.sample.groups}
    found = {}
    for figure in figures(long_names).values():
        for text, box in extents_of(figure).items():
            if text in [text for ax in figure.axes for text in ax.texts]:
                found[text.get_text()] = box.width * 72 / figure.dpi
    names = {text: width for text, width in found.items() if text[:3] in begin}
    assert any("…" in name for name in names)
    assert all(width < 60 for width in names.values())
