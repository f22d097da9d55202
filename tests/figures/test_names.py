"""The names of lines, in their column and among points: whose they are, and that they are free."""

import math

import numpy as np
import pytest
from artists import extents_of, lines_of, names_of
from scipy.optimize import minimize

from analysis.figures.column import spaced
from analysis.figures.figures import NAMES, colours, figures
from analysis.figures.names import Frame, _cross, place_labels
from analysis.results.panels import Panel, Reference, Segment


@pytest.mark.parametrize("name", NAMES)
def test_every_line_is_named_and_the_hairline_begins_at_its_end(name, drawn, results):
    shades = colours(results)
    for ax in drawn[name].axes:
        found, segments = names_of(ax), lines_of(ax).get_segments()
        (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
        for colour, line in zip(lines_of(ax).get_colors(), segments, strict=True):
            [group] = [group for group, shade in shades.items() if tuple(shade) == tuple(colour)]
            (start, _), _ = found.pop(group)
            x, y = line[-1]
            assert start == pytest.approx([(x - left) / (right - left), (y - low) / (high - low)])
        assert list(found) == (["2 years", "24 years"] if name == "level-2" else [])


def test_names_are_in_the_order_of_the_ends_and_beside_their_hairlines(all_drawn, all_narrow):
    for figure in (*all_drawn.values(), *all_narrow.values()):
        for ax in figure.axes:
            named = list(names_of(ax).values())
            ends = [segment[0][1] for segment, _ in named]
            assert ends == sorted(ends)
            heights = [segment[1][1] for segment, _ in named]
            assert heights == sorted(heights)
            for segment, text in named:
                x, y = text.get_position()
                assert y == segment[1][1]
                assert 1 < segment[1][0] < x


def test_no_hairline_leaves_its_panel_before_its_line_ends(all_drawn):
    for figure in all_drawn.values():
        for ax in figure.axes:
            for segment, _ in names_of(ax).values():
                assert 0 <= segment[0][0] <= 1 < segment[1][0]


@pytest.mark.parametrize("heights", [[0.0] * 20, [100.0] * 12, [1.0, 2.0, 50.0, 51.0, 99.0], [50]])
def test_names_are_apart_and_as_near_to_their_ends_as_that_allows(heights):
    """Against the same problem as a quadratic programme."""
    found = np.array(spaced(heights, -4, 194))
    apart = min(9.2, 198 / max(len(heights) - 1, 1))
    assert (np.diff(found) >= apart - 1e-9).all()
    assert -4 <= found[0] <= found[-1] <= 194
    best = minimize(
        lambda places: ((places - heights) ** 2).sum(),
        np.arange(len(heights)) * apart,
        method="SLSQP",
        bounds=[(-4, 194)] * len(heights),
        constraints={"type": "ineq", "fun": lambda places: np.append(np.diff(places) - apart, 0)},
    )
    np.testing.assert_allclose(found, best.x, atol=1e-3)


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


def panel(average, **lines):
    """Return a panel with lines by their left and right heights, from 5 to 15."""

    def segment(heights):
        return Segment(x=(5.0, 15.0), y=heights)

    return Panel(
        lines={name: segment(heights) for name, heights in lines.items()},
        references=(Reference(segment=segment(average)),),
        absent=(),
    )


def named(chosen, frame=FRAME):
    """Return the labels by their texts."""
    labels = place_labels(chosen, {name: name for name in chosen.lines}, frame, 8.0)
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


def test_long_names_are_shortened_beside_lines(long_names):
    for figure in figures(long_names).values():
        extents = extents_of(figure)
        for ax in figure.axes:
            names = names_of(ax)
            assert any("…" in name for name in names)
            assert all(extents[text].width * 72 / figure.dpi < 60 for _, text in names.values())
