"""The groups' colours, in lines, points and key, and those of the other lines."""

import numpy as np
from artists import lines_of
from matplotlib.colors import to_rgb

from analysis.figures.figures import colours


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
