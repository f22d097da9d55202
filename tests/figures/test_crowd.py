"""Figures of thousands of groups: some lines, a density, and what both are."""

import itertools
import re

import numpy as np
import pytest
from artists import extents_of, lines_of

from analysis.figures.figures import colours, figures, svg
from analysis.figures.gallery import gallery
from analysis.figures.marks import draw_density, line_opacity
from analysis.figures.style import NARROW
from analysis.prose.alt_texts import alt_texts
from analysis.results.room import FIGURES
from analysis.writing.drawn import n_of, steps_drawn

SVG_BYTES = 250_000


@pytest.fixture(scope="module")
def wide(crowd):
    return figures(crowd)


@pytest.fixture(scope="module")
def beside(crowd):
    return gallery(crowd, colours(crowd))


def test_the_lines_are_those_of_the_groups_drawn(crowd, wide):
    for name, figure in wide.items():
        for ax, panel in zip(figure.axes, crowd.panels[name], strict=True):
            assert set(panel.lines) <= set(crowd.drawn.groups)
            assert panel.n_groups == FIGURES.some
            assert len(lines_of(ax).get_segments()) + sum(
                line.is_point for line in panel.lines.values()
            ) == len(panel.lines)


def test_rows_are_a_density_of_few_shapes(crowd, wide):
    for figure in wide.values():
        for ax in figure.axes:
            labels = [each.get_label() for each in ax.collections]
            assert "points" not in labels
            assert labels.count("density") == 1
    figure = wide["pooling"]
    [ax] = figure.axes
    [found] = [each for each in ax.collections if each.get_label() == "density"]
    shades = found.get_facecolors()[:, 3]
    assert len(set(shades)) == len(shades) > 3
    assert found.get_facecolors()[:, :3] == pytest.approx(0x76 / 0xFF)
    (x1, x2), (y1, y2) = ax.get_xlim(), ax.get_ylim()
    places = np.concatenate([path.vertices for path in found.get_paths()])
    assert places[:, 0].min() >= x1
    assert places[:, 0].max() <= x2
    assert places[:, 1].min() >= y1
    assert places[:, 1].max() <= y2


def test_the_densest_cell_is_the_darkest(crowd, wide):
    from analysis.results.density import density_of

    found = density_of(crowd, crowd.of_pooling)
    most = max(found.cells, key=lambda cell: cell.n)
    [ax] = wide["pooling"].axes
    before = len(ax.collections)
    draw_density(ax, found)
    shapes = ax.collections[-1]
    middle = ((most.x1 + most.x2) / 2, (most.y1 + most.y2) / 2)
    holds = [path.contains_point(middle) for path in shapes.get_paths()]
    shades = shapes.get_facecolors()[:, 3]
    assert shades[holds.index(True)] == shades.max()
    shapes.remove()
    assert len(ax.collections) == before


def test_the_figures_say_what_is_drawn(crowd, wide, beside):
    parts = crowd.drawn.parts
    for figure in (*wide.values(), beside["shrinkage"]):
        said = " ".join(text.get_text().replace("\n", " ") for text in figure.texts)
        assert "60 of 2,000 classes: " in said
        assert f"{parts['largest']} largest" in said
        assert f"{parts['chance']} at random" in said
    for figure in wide.values():
        said = " ".join(text.get_text().replace("\n", " ") for text in figure.texts)
        assert f"density of all {len(crowd.pooled_rows):,} pupils" in said
    assert beside["group-effects"].axes[0].get_ylabel() == "2,000 classes by height, every 10th"
    labels = [ax.get_ylabel() for ax in beside["quantiles"].axes]
    assert "2000 classes, every 10th" in labels
    for name, text in alt_texts(crowd).items():
        if name in {*wide, "shrinkage"}:
            assert "60 of 2,000 classes" in text
        if name in wide:
            assert f"density of all {len(crowd.rows):,} pupils" in text
            assert " points" not in text
        if name in {"group-effects", "quantiles"}:
            assert "every 10th" in text


def test_the_arrows_are_those_of_the_groups_drawn(crowd, beside):
    [ax] = beside["shrinkage"].axes
    moves = crowd.shrinkage.moves
    drawn = [group for group in crowd.drawn.groups if group in moves]
    segments = lines_of(ax).get_segments()
    assert len(segments) == len(drawn)
    own = moves[drawn[0]].own
    assert segments[0][0] == pytest.approx([own.height, own.slope])


def test_few_groups_say_nothing_of_it(drawn, results):
    for figure in drawn.values():
        assert not figure.texts
    assert not any(" of 15 classes:" in text for text in alt_texts(results).values())


def test_files_are_small(crowd, wide, beside):
    for figure in (*wide.values(), *beside.values()):
        assert len(svg(figure)) < SVG_BYTES


def test_no_text_lies_on_another(crowd, wide):
    for figure in (*wide.values(), *figures(crowd, NARROW).values()):
        boxes = list(extents_of(figure).items())
        for (text, box), (other, another) in itertools.combinations(boxes, 2):
            both = {text.get_text(), other.get_text()}
            if any(re.match(r"\d+ of ", each) for each in both):
                assert not box.overlaps(another), both


def test_lines_are_the_fainter_the_more_there_are():
    assert [line_opacity(n) for n in (1, 20, 60, 100)] == [1, 1, 0.75, 0.75]
    assert 0.5 < line_opacity(200) < line_opacity(150) < 0.75


def test_words_of_a_part():
    assert [steps_drawn(100, 100 * k - 1) for k in (2, 3, 4)] == [
        *(", every 2nd", ", every 3rd", ", every 4th")
    ]
    assert steps_drawn(10, 111) == ", every 12th"
    assert steps_drawn(10, 210) == ", every 21st"
    assert n_of(1, 1200, "classes") == "1 of 1,200 classes"
