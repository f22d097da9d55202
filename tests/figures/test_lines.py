"""The lines and points of the figures, against the models by another way."""

import re

import numpy as np
import pytest
from artists import lines_of, places_of, points_of, references_of

from analysis.figures.figures import figures, svg
from analysis.figures.layout import HEIGHT
from analysis.figures.marks import spread
from analysis.results.choices import panel_column
from analysis.results.panels import FIGURES


def fitted_values(fit, rows):
    """Return the fixed part plus the group effects, row by row: X beta + Z b."""
    fixed = sum(fit.fixed_effects[name] * rows[name] for name in fit.spec.fixed)
    effects = [fit.group_effects[group] for group in rows[fit.spec.group]]
    of_groups = [effect["Intercept"] for effect in effects]
    for name in fit.spec.slopes:
        slopes = np.array([effect[name] for effect in effects])
        of_groups = of_groups + slopes * rows[name]
    return fit.fixed_effects["Intercept"] + fixed + of_groups


@pytest.mark.parametrize(("name", "role"), FIGURES.items())
def test_lines_end_at_the_models_predictions(drawn, results, name, role):
    """Each end belongs to a real pupil, whose fitted value the model gives by another way."""
    table = results.rows.assign(fitted=fitted_values(results.fit(role), results.rows))
    assert len(drawn[name].axes) == 2
    for ax, sex in zip(drawn[name].axes, (0, 1), strict=True):
        groups = [rows for _, rows in table[table["sex"] == sex].groupby("class", sort=False)]
        segments = lines_of(ax).get_segments()
        assert len(segments) == len(groups) == (15, 14)[sex]
        for segment, rows in zip(segments, groups, strict=True):
            ends = rows.sort_values("extrav").iloc[[0, -1]]
            np.testing.assert_allclose(segment, ends[["extrav", "fitted"]], atol=1e-9)


def test_pooling_draws_least_squares_and_every_pupil(drawn, results):
    [ax] = drawn["pooling"].axes
    table = results.sample.table
    segments = lines_of(ax).get_segments()
    assert len(segments) == results.sample.n_groups
    for segment, group in zip(segments, results.none, strict=True):
        rows = table[table["class"] == group]
        slope, intercept = np.polyfit(rows["extrav"], rows["popular"], 1)
        x = np.array([rows["extrav"].min(), rows["extrav"].max()])
        np.testing.assert_allclose(segment, np.column_stack([x, intercept + slope * x]), atol=1e-8)
    slope, intercept = np.polyfit(table["extrav"], table["popular"], 1)
    x, y = references_of(ax)["average"].get_data()
    np.testing.assert_allclose(x, [table["extrav"].min(), table["extrav"].max()])
    np.testing.assert_allclose(y, intercept + slope * np.array(x), atol=1e-8)
    in_order = table.sort_values(
        "class", key=lambda c: c.map(list(c.unique()).index), kind="stable"
    )
    places = points_of(ax, "points")
    np.testing.assert_array_equal(places[:, 1], in_order["popular"])
    assert np.abs(places[:, 0] - in_order["extrav"]).max() <= 0.3


def test_a_pupil_has_the_same_place_in_every_figure(drawn, results):
    """The panels of a model share the points of the one about pooling between them."""
    [ax] = drawn["pooling"].axes
    everywhere = {tuple(place) for place in points_of(ax, "points").tolist()}
    assert len(everywhere) == len(results.rows)
    for name in FIGURES:
        panels = [points_of(ax, "points").tolist() for ax in drawn[name].axes]
        assert [len(places) for places in panels] == [169, 138]
        assert {tuple(place) for places in panels for place in places} == everywhere


def test_average_lines_follow_the_fixed_effects(drawn, results):
    m3 = results.models["m3"]["REML"].fixed_effects
    by_class = results.sample.table.groupby("class")["texp"].first()
    for ax, sex in zip(drawn["level-2"].axes, (0, 1), strict=True):
        levels = {"average": by_class.mean(), "level 2": 2, "level 24": 24}
        assert list(references_of(ax)) == list(levels)
        for label, texp in levels.items():
            x, y = (np.array(values) for values in references_of(ax)[label].get_data())
            expected = m3["Intercept"] + m3["sex"] * sex + m3["texp"] * texp + m3["extrav"] * x
            np.testing.assert_allclose(y, expected, atol=1e-9)
    for name in ("random-intercepts", "random-slopes"):
        assert all(list(references_of(ax)) == ["average"] for ax in drawn[name].axes)


def test_one_scale_holds_everything(all_drawn):
    """No artist leaves its panel, though none would be drawn outside of it."""
    axes = [ax for figure in all_drawn.values() for ax in figure.axes]
    assert len({(ax.get_xlim(), ax.get_ylim()) for ax in axes}) == 1
    (left, right), (low, high) = axes[0].get_xlim(), axes[0].get_ylim()
    for ax in axes:
        x, y = places_of(ax)[np.isfinite(places_of(ax)).all(axis=1)].T
        assert left < x.min() <= x.max() < right
        assert low < y.min() <= y.max() < high
        clipped = [artist for artist in (*ax.collections, *ax.lines) if artist.get_clip_on()]
        free = {artist.get_label() for artist in (*ax.collections, *ax.lines)} - {
            artist.get_label() for artist in clipped
        }
        assert free <= {"leaders"}


def test_panels_are_as_large_within_a_figure_and_as_high_in_all(drawn, all_narrow):
    for figure in (*drawn.values(), *all_narrow.values()):
        sizes = [(ax.bbox.width, ax.bbox.height / figure.dpi * 72) for ax in figure.axes]
        assert all(size == pytest.approx(sizes[0]) for size in sizes)
        assert all(height == pytest.approx(HEIGHT) for _, height in sizes)


def test_a_figure_is_as_wide_as_the_text_of_the_pdf_and_a_narrow_one_as_a_phones(
    drawn, all_narrow, root
):
    style = (root / "report" / "look" / "style.typ").read_text(encoding="utf-8")
    [margin] = re.findall(r"margin: \(x: (\d+)mm", style)
    text = (210 - 2 * int(margin)) / 25.4
    assert all(figure.get_figwidth() == pytest.approx(text) for figure in drawn.values())
    # 320 px of 360 are left beside the margins of the page.
    assert all(figure.get_figwidth() * 96 == 320 for figure in all_narrow.values())


@pytest.mark.parametrize("which", ["treatment", "three_values"])
def test_points_of_few_values_are_spread_within_the_axes(which, request):
    chosen = request.getfixturevalue(which)
    rows = chosen.pooled_rows
    groups = [group.index for _, group in rows.groupby("class", sort=False)]
    x = rows.loc[np.concatenate(groups), chosen.study.slope].to_numpy()
    [ax] = figures(chosen)["pooling"].axes
    offsets = points_of(ax, "points")
    step = np.diff(np.unique(x)).min()
    assert 0.25 * step < np.abs(offsets[:, 0] - x).max() <= 0.3 * step
    assert offsets[:, 0].min() < x.min() < x.max() < offsets[:, 0].max()


def test_a_hundred_classes(all_classes):
    for name, figure in figures(all_classes).items():
        counts = [len(lines_of(ax).get_segments()) for ax in figure.axes]
        assert all(90 < n <= 100 for n in counts), name
        assert {width for ax in figure.axes for width in lines_of(ax).get_linewidths()} == {0.8}
        svg(figure)
    assert figure.axes[0].get_title() == "sex: 0"


def test_groups_without_a_line_are_points(tiny):
    [ax] = figures(tiny)["pooling"].axes
    assert len(lines_of(ax).get_segments()) == 2
    single = points_of(ax, "single")
    assert sorted(single.tolist()) == [[4, 3], [5, 2.25]]
    svg(ax.figure)


def test_several_binary_covariates_are_held_at_their_means(three_covariates):
    assert panel_column(three_covariates) is None
    [ax] = figures(three_covariates)["random-intercepts"].axes
    fit = three_covariates.models["m1"]["REML"]
    b, rows = fit.fixed_effects, three_covariates.rows
    x, y = (np.array(values) for values in references_of(ax)["average"].get_data())
    held = b["sex"] * rows["sex"].mean() + b["even"] * rows["even"].mean()
    np.testing.assert_allclose(y, b["Intercept"] + b["extrav"] * x + held, atol=1e-9)


def test_points_are_spread_only_where_they_pile_up():
    whole = np.repeat([1.0, 2.0, 4.0], 20)
    moved = spread(whole)
    assert np.abs(moved - whole).max() <= 0.3
    assert len(np.unique(moved)) == len(whole)
    np.testing.assert_array_equal(spread(whole), moved)
    smooth = np.linspace(0, 1, 60)
    np.testing.assert_array_equal(spread(smooth), smooth)
