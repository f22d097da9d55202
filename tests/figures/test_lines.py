"""The lines and points of the figures, against the models by another way."""

import numpy as np
import pytest
from artists import lines_of, places_of, points_of, references_of

from analysis.figures.figures import figures, svg
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
    offsets = np.asarray(points_of(ax, "points").get_offsets())
    np.testing.assert_array_equal(offsets[:, 1], table["popular"])
    assert np.abs(offsets[:, 0] - table["extrav"]).max() <= 0.3


def test_average_lines_follow_the_fixed_effects(drawn, results):
    m3 = results.models["m3"]["REML"].fixed_effects
    by_class = results.sample.table.groupby("class")["texp"].first()
    for ax, sex in zip(drawn["level-2"].axes, (0, 1), strict=True):
        levels = {"average": by_class.mean(), "2 years": 2, "24 years": 24}
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
        assert all(artist.get_clip_on() for artist in (*ax.collections, *ax.lines))


def test_panels_are_as_large_in_all_figures_of_a_study(drawn):
    axes = [ax for figure in drawn.values() for ax in figure.axes]
    assert len(axes) == 7
    assert len({round(ax.get_position().height, 9) for ax in axes}) == 1
    assert len({round(ax.get_position().width, 9) for ax in axes[1:]}) == 1


@pytest.mark.parametrize("which", ["treatment", "three_values"])
def test_points_of_few_values_are_spread_within_the_axes(which, request):
    chosen = request.getfixturevalue(which)
    x = chosen.sample.table[chosen.study.slope].dropna().to_numpy()
    [ax] = figures(chosen)["pooling"].axes
    offsets = np.asarray(points_of(ax, "points").get_offsets())
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
    assert sorted(np.asarray(single.get_offsets()).tolist()) == [[4, 3], [5, 2.25]]
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
