"""What is drawn in a panel, by the labels of its artists."""

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.text import Text


def lines_of(ax):
    """Return the groups' lines."""
    [lines] = [c for c in ax.collections if c.get_label() == "lines"]
    return lines


def references_of(ax):
    """Return the lines that belong to no group, by their labels."""
    return {line.get_label(): line for line in ax.lines}


def points_of(ax, label):
    """Return the places of points: "points" are the table's, "single" are groups without a line."""
    [points] = [c for c in ax.collections if c.get_label() == label]
    return _places(points)


def dots_of(ax):
    """Return the colour and the places of the points of each group."""
    [dots] = [c for c in ax.collections if c.get_label() == "points"]
    colours = dots.get_edgecolors()
    return [
        (colour, path.vertices[::2]) for colour, path in zip(colours, dots.get_paths(), strict=True)
    ]


def places_of(ax):
    """Return where everything is drawn, lines by their ends, in units of the data."""
    places = [_places(found) for found in ax.collections if found.get_label() != "leaders"]
    return np.concatenate([*places, *(np.column_stack(line.get_data()) for line in ax.lines)])


def _places(found):
    if isinstance(found, LineCollection):
        return np.concatenate(found.get_segments())
    if found.get_label() == "points" and len(found.get_offsets()) == 1:
        return np.concatenate([path.vertices[::2] for path in found.get_paths()])
    return np.asarray(found.get_offsets())


def names_of(ax):
    """Return the names beside a panel with the ends of the hairlines that lead to them."""
    leaders = [c for c in ax.collections if c.get_label() == "leaders"]
    texts = [text for text in ax.texts if text.get_transform() == ax.transAxes]
    segments = [segment for each in leaders for segment in each.get_segments()]
    return {text.get_text(): (segment, text) for text, segment in zip(texts, segments, strict=True)}


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
