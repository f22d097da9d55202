"""The groups' colours, in lines, points and key, and those of the other lines."""

import numpy as np
import pytest
from artists import key_of, lines_of, points_of, references_of
from matplotlib.colors import same_color, to_rgb

from analysis.figures.figures import colours, figures
from analysis.figures.style import MOST_NAMED


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
    """Lightness rises with the mean, and stays at a contrast of 3 to 1 with white."""

    def luminance(colour):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
        return float(np.dot((0.2126, 0.7152, 0.0722), linear))

    found = [luminance(to_rgb(shade)) for shade in colours(results).values()]
    assert found == sorted(found)
    assert all(1.05 / (each + 0.05) >= 3 for each in found)


def test_points_have_their_class_colour(drawn, results):
    shades = colours(results)
    [ax] = drawn["pooling"].axes
    found = points_of(ax, "points").get_facecolors()[:, :3]
    expected = [shades[group][:3] for group in results.sample.table["class"]]
    np.testing.assert_allclose(found, expected)


def test_a_group_without_a_line_has_its_colour(tiny):
    [ax] = figures(tiny)["pooling"].axes
    single = points_of(ax, "single")
    shades = colours(tiny)
    for (x, _), found in zip(single.get_offsets(), single.get_facecolors(), strict=True):
        np.testing.assert_allclose(found, shades["one" if x == 4 else "flat"])


def test_the_key_lists_every_class_by_its_mean_in_its_colour(drawn, results):
    for figure in drawn.values():
        (_, highest), *groups, (_, lowest) = key_of(figure)
        assert (highest, lowest) == ("highest mean", "lowest mean")
        assert [name for _, name in groups] == list(colours(results))[::-1]
        for colour, name in groups:
            assert same_color(colour, colours(results)[name])


def test_the_key_of_many_groups_is_a_strip_of_their_colours(all_classes):
    shades = [to_rgb(shade) for shade in colours(all_classes).values()][::-1]
    assert len(shades) == 100 > MOST_NAMED
    for figure in figures(all_classes).values():
        (_, highest), *rows, (_, lowest) = key_of(figure)
        assert (highest, lowest) == ("highest mean", "lowest mean")
        assert not any(name for _, name in rows)
        places = [shades.index(to_rgb(colour)) for colour, _ in rows]
        assert places == sorted(places)
        assert (places[0], places[-1]) == (0, 99)
        assert len(set(places)) > 10


@pytest.mark.parametrize("name", ["pooling", "random-slopes", "level-2"])
def test_the_legend_shows_the_lines_as_they_are_drawn(drawn, name):
    [legend] = drawn[name].legends
    average, *level, group = legend.legend_handles
    for ax in drawn[name].axes:
        main, *levels = references_of(ax).values()
        assert len(levels) == 2 * len(level)
        for sample, line in [(average, main), *((level[0], line) for line in levels)]:
            assert same_color(sample.get_color(), line.get_color())
            assert sample.get_linewidth() == line.get_linewidth()
            assert sample.get_linestyle() == line.get_linestyle()
        assert set(lines_of(ax).get_linewidths()) == {group.get_linewidth()}


def test_the_legend_has_a_colour_that_groups_have(drawn, all_classes):
    """The sample of a group's line lies between neighbouring colours of a study with many."""
    many = np.array([to_rgb(shade) for shade in colours(all_classes).values()])
    step = np.abs(np.diff(many, axis=0)).max()
    for figure in drawn.values():
        sample = to_rgb(figure.legends[0].legend_handles[-1].get_color())
        assert np.abs(many - sample).max(axis=1).min() <= step


def test_the_average_line_is_told_from_every_group(drawn, results):
    """It is grey, which no group is, and the widest line."""
    for figure in drawn.values():
        for ax in figure.axes:
            average = references_of(ax)["average"]
            red, green, blue = to_rgb(average.get_color())
            assert red == green == blue < 0.1
            assert average.get_linewidth() > 1.5 * lines_of(ax).get_linewidths().max()
    assert all(max(shade[:3]) - min(shade[:3]) > 0.3 for shade in colours(results).values())
