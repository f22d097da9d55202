"""The groups' colours, in lines, points and legend, those of the other lines, and in the dark."""

import re

import numpy as np
import pytest
from artists import dots_of, lines_of, names_of, references_of
from matplotlib.colors import same_color, to_hex, to_rgb
from matplotlib.lines import Line2D

from analysis.figures.dark import in_the_dark, with_dark
from analysis.figures.figures import colours, figures, svg
from analysis.figures.style import MOST_NAMED


def luminance(colour):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot((0.2126, 0.7152, 0.0722), linear))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_a_class_keeps_its_colour(drawn, results):
    shades = colours(results)
    first, *_, last = shades
    assert (first, last) == ("14", "13")
    assert len({tuple(shade) for shade in shades.values()}) == len(shades)
    for name, figure in drawn.items():
        for ax, sex in zip(figure.axes, (0, 1), strict=False):
            table = results.sample.table
            rows = table if name == "pooling" else table[table["sex"] == sex]
            groups = rows["class"].unique()
            np.testing.assert_allclose(
                lines_of(ax).get_colors()[:, :3], [shades[group][:3] for group in groups]
            )


def test_colours_are_told_apart_without_hue(results):
    """Lightness rises with the mean, and stays at a contrast of 3 to 1 with the ground."""
    for ground, shown in (("#ffffff", to_hex), ("#12161d", lambda c: in_the_dark(to_hex(c)))):
        found = [shown(shade) for shade in colours(results).values()]
        assert len(set(found)) == len(found)
        assert [luminance(each) for each in found] == sorted(luminance(each) for each in found)
        assert all(contrast(each, ground) >= 3 for each in found)


def test_whatever_is_drawn_is_as_clear_in_the_dark(all_drawn):
    """Text, lines and marks; the grid and what chance makes are meant to be faint."""
    faint = {"#ffffff", "#e4e4e4", "#dcdcdc"}
    for figure in all_drawn.values():
        text = svg(figure).decode()
        drawn = set(re.findall(r'(?:fill|stroke):(#\w{6})[";]', text))
        assert drawn <= set(re.findall(r":(#\w{6})\"\]", text))
        for colour in drawn - faint:
            red, green, blue = to_rgb(colour)
            least = 4.5 if red == green == blue else 3
            assert contrast(in_the_dark(colour), in_the_dark("#ffffff")) >= least, colour
    assert in_the_dark("#ffffff") == "#12161d"


def test_a_colour_without_a_dark_one_is_refused():
    with pytest.raises(KeyError):
        with_dark(b'<svg><style></style><path style="fill: #abcdef"/></svg>')


def test_the_ground_in_the_dark_is_that_of_the_pages(root):
    style = (root / "report" / "look" / "theme.css").read_text(encoding="utf-8")
    [paper] = re.findall(r"--paper: light-dark\((.*?), (.*?)\);", style)
    assert paper == ("#ffffff", in_the_dark("#ffffff"))


def test_points_have_their_class_colour(drawn, results):
    shades, table = colours(results), results.sample.table
    for name, figure in drawn.items():
        for ax, sex in zip(figure.axes, (0, 1), strict=False):
            rows = table if name == "pooling" else table[table["sex"] == sex]
            groups = rows.groupby("class", sort=False)["popular"]
            for (colour, places), (group, outcomes) in zip(dots_of(ax), groups, strict=True):
                assert same_color(colour[:3], shades[group][:3])
                np.testing.assert_array_equal(places[:, 1], outcomes)


def test_points_are_faint_and_the_more_so_the_more_they_are_and_never_over_lines(
    drawn, all_classes
):
    def opacities(figures):
        [ax, *_] = figures["pooling"].axes
        [dots] = [c for c in ax.collections if c.get_label() == "points"]
        assert dots.get_zorder() < lines_of(ax).get_zorder()
        return dots.get_alpha()

    few, many = opacities(drawn), opacities(figures(all_classes))
    assert 0.35 > few > 2 * many > 0.15


def test_a_group_without_a_line_has_its_colour(tiny):
    [ax] = figures(tiny)["pooling"].axes
    [single] = [c for c in ax.collections if c.get_label() == "single"]
    shades = colours(tiny)
    for (x, _), found in zip(single.get_offsets(), single.get_facecolors(), strict=True):
        np.testing.assert_allclose(found, shades["one" if x == 4 else "flat"])


def test_every_hairline_has_the_colour_of_the_line_that_it_names(drawn, results):
    shades = colours(results)
    for figure in drawn.values():
        for ax in figure.axes:
            [leaders] = [c for c in ax.collections if c.get_label() == "leaders"]
            names = list(names_of(ax))
            for name, colour in zip(names, leaders.get_colors(), strict=True):
                assert same_color(colour, shades.get(name, "#111111")), name


@pytest.mark.parametrize("name", ["pooling", "random-slopes", "level-2"])
def test_the_legend_shows_the_lines_as_they_are_drawn(drawn, name):
    [legend] = drawn[name].legends
    average, *level, [group, *_] = samples_of(drawn[name])
    assert len(legend.get_texts()) == 2 + len(level)
    for ax in drawn[name].axes:
        main, *levels = references_of(ax).values()
        assert len(levels) == 2 * len(level)
        for sample, line in [(average, main), *((level[0], line) for line in levels)]:
            assert same_color(sample.get_color(), line.get_color())
            assert sample.get_linewidth() == line.get_linewidth()
            assert sample.get_linestyle() == line.get_linestyle()
        assert set(lines_of(ax).get_linewidths()) == {group.get_linewidth()}


def samples_of(figure):
    """Return the lines of the legend: one each, but for the groups four side by side."""
    *others, one, two, three, four = (
        line for legend in figure.legends for line in legend.findobj(Line2D)
    )
    return [*others, [one, two, three, four]]


def test_the_legend_shows_the_groups_colours_in_their_order(drawn, results, all_classes):
    for study, shown in ((results, drawn), (all_classes, figures(all_classes))):
        shades = [to_rgb(shade) for shade in colours(study).values()]
        for figure in shown.values():
            *_, parts = samples_of(figure)
            places = [shades.index(to_rgb(part.get_color())) for part in parts]
            assert places == sorted(places)
            assert (places[0], places[-1], len(set(places))) == (0, len(shades) - 1, 4)


def test_more_groups_than_can_be_named_have_no_names(all_classes):
    assert all_classes.sample.n_groups == 100 > MOST_NAMED
    for name, figure in figures(all_classes).items():
        for ax in figure.axes:
            assert len(names_of(ax)) == (2 if name == "level-2" else 0)


def test_the_average_line_is_told_from_every_group(drawn, results):
    """It is grey, which no group is, and the widest line."""
    for figure in drawn.values():
        for ax in figure.axes:
            average = references_of(ax)["average"]
            red, green, blue = to_rgb(average.get_color())
            assert red == green == blue < 0.1
            assert average.get_linewidth() > 1.5 * lines_of(ax).get_linewidths().max()
    assert all(max(shade[:3]) - min(shade[:3]) > 0.3 for shade in colours(results).values())
