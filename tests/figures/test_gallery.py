"""The figures beside the numbered four: their artists, their texts, and which a study has."""

import itertools
import re

import numpy as np
import pytest
from artists import extents_of
from figures.conftest import MODEL, study
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.container import ErrorbarContainer
from matplotlib.transforms import Bbox

from analysis.figures.figures import colours, svg
from analysis.figures.gallery import gallery
from analysis.figures.style import NARROW
from analysis.prose.gallery import gallery_texts

NAMES = ("shrinkage", "group-effects", "prediction", "residuals", "quantiles", "simple-slopes")


@pytest.fixture(scope="session")
def crossed(root, tmp_path_factory):
    """All classes with the cross-level model, where every figure is there."""
    return study(
        tmp_path_factory.mktemp("crossed"),
        root / "data" / "popularity.csv",
        MODEL + "\ncross_level=true",
        "[words]\nunit='pupil'\npoint='point'\n[units]\ntexp='years'",
    )


@pytest.fixture(scope="session")
def shown(crossed):
    return gallery(crossed, colours(crossed))


@pytest.fixture(scope="session")
def of_the_report(results):
    return gallery(results, colours(results))


def found(ax, label):
    """Return the artist with a label."""
    [artist] = [a for a in (*ax.collections, *ax.lines) if a.get_label() == label]
    return artist


def luminance(colour):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot((0.2126, 0.7152, 0.0722), linear))


def test_a_study_has_the_figures_that_it_has_what_they_show_for(shown, of_the_report, tiny):
    assert tuple(shown) == NAMES
    # The report has its product one step further than its own models.
    assert tuple(of_the_report) == NAMES
    assert tuple(gallery(tiny, colours(tiny))) == tuple(gallery_texts(tiny))


def test_every_line_moves_from_its_own_place_to_the_models(of_the_report, results):
    ax = of_the_report["shrinkage"].axes[0]
    fit, centre, shades = results.models["m2"]["REML"], results.lines.centre, colours(results)
    sex = results.rows.groupby("class")["sex"].mean()
    own, pooled = (np.asarray(found(ax, label).get_offsets()) for label in ("own", "pooled"))
    for i, (group, line) in enumerate(results.none.items()):
        b, effects = fit.fixed_effects, fit.group_effects[group]
        slope = b["extrav"] + effects["extrav"]
        height = b["Intercept"] + effects["Intercept"] + slope * centre + b["sex"] * sex[group]
        assert own[i] == pytest.approx([line.intercept + line.slope * centre, line.slope])
        assert pooled[i] == pytest.approx([height, slope])
        segment = found(ax, "lines").get_segments()[i]
        np.testing.assert_allclose(segment, [own[i], pooled[i]])
        assert found(ax, "pooled").get_facecolors()[i] == pytest.approx(to_rgba(shades[group]))
        assert found(ax, "own").get_edgecolors()[i] == pytest.approx(to_rgba(shades[group]))
    assert found(ax, "own").get_facecolors().tolist() == [[1, 1, 1, 1]]
    average = fit.fixed_effects
    height = average["Intercept"] + average["extrav"] * centre
    height += average["sex"] * results.rows["sex"].mean()
    np.testing.assert_allclose(
        np.ravel(found(ax, "average").get_data()), [height, average["extrav"]]
    )


def test_group_effects_stand_in_the_order_of_heights_with_their_intervals(of_the_report, results):
    heights, slopes = of_the_report["group-effects"].axes
    fit, centre = results.models["m2"]["REML"], results.lines.centre
    weights = {"height": np.array([1, centre]), "slope": np.array([0, 1])}
    order = [text.get_text() for text in heights.get_yticklabels()]
    for ax, weight in zip((heights, slopes), weights.values(), strict=True):
        offsets = np.asarray(found(ax, "effects").get_offsets())
        faces = found(ax, "effects").get_facecolors()
        segments = found(ax, "intervals").get_segments()
        for (x, y), face, segment in zip(offsets, faces, segments, strict=True):
            group = order[int(y)]
            effect = weight @ list(fit.group_effects[group].values())
            reach = 1.959964 * np.sqrt(weight @ fit.group_effect_covariances[group] @ weight)
            assert x == pytest.approx(effect)
            np.testing.assert_allclose(segment, [[x - reach, y], [x + reach, y]], atol=1e-5)
            assert (face[:3].min() == 1) == (abs(effect) < reach)
    rising = np.asarray(found(heights, "effects").get_offsets())
    assert (np.diff(rising[np.argsort(rising[:, 1]), 0]) > 0).all()
    assert slopes.get_ylim() == heights.get_ylim()


def test_many_groups_have_no_names(shown):
    heights, _ = shown["group-effects"].axes
    assert not heights.get_yticklabels()
    assert heights.get_ylabel() == "100 classes by height"
    assert len(found(heights, "effects").get_offsets()) == 100
    assert shown["quantiles"].axes[-1].get_ylabel() == "100 classes"


def test_errors_of_prediction_have_their_monte_carlo_errors(of_the_report, results):
    [ax] = of_the_report["prediction"].axes
    bars = {bar.get_label(): bar for bar in ax.containers if isinstance(bar, ErrorbarContainer)}
    scores = results.prediction.scores
    assert list(bars) == ["complete", "none", "partial"]
    for method, (line, _, [ends]) in bars.items():
        x, y = line.get_data()
        assert list(x) == [3, 5, 8, 12] == list(ax.get_xticks())
        assert list(y) == [score.rmse[method] for score in scores]
        reach = [1.96 * score.error[method] for score in scores]
        for segment, value, more in zip(ends.get_segments(), y, reach, strict=True):
            np.testing.assert_allclose(segment[:, 1], [value - more, value + more])
    [legend] = of_the_report["prediction"].legends
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts == ["complete pooling", "no pooling", "partial pooling"]
    # Told apart without colour.
    lines = [bar.lines[0] for bar in bars.values()]
    assert len({line.get_marker() for line in lines}) == 3
    for sample, line in zip(legend.legend_handles, lines, strict=True):
        assert sample.get_marker() == line.get_marker()
        assert sample.get_color() == line.get_color()


def test_residuals_and_quantiles_are_those_of_the_checks(of_the_report, results):
    checks = results.checks
    left, right = of_the_report["residuals"].axes
    offsets = np.asarray(found(left, "points").get_offsets())
    np.testing.assert_array_equal(offsets, np.column_stack((checks.fitted, checks.residuals)))
    panels = [(right, checks.of_residuals)]
    *of_groups, last = of_the_report["quantiles"].axes
    panels += zip(of_groups, checks.of_groups.values(), strict=True)
    for ax, quantiles in panels:
        np.testing.assert_array_equal(
            found(ax, "found").get_data(), (quantiles.normal, quantiles.found)
        )
        outline = found(ax, "envelope").get_paths()[0].vertices[:, 1]
        assert outline.min() == pytest.approx(quantiles.low.min())
        assert outline.max() == pytest.approx(quantiles.high.max())
        line = np.transpose(found(ax, "expected").get_data())
        assert all(x == y for x, y in line)
    deviations, places = found(last, "spread").get_data()
    assert list(deviations) == [each.deviation for each in checks.spread]
    names = [text.get_text() for text in last.get_yticklabels()]
    assert [names[place] for place in places] == [each.group for each in checks.spread]
    assert found(last, "bars").get_segments()[0][:, 0] == pytest.approx(
        [checks.spread[0].low, checks.spread[0].high]
    )


def test_what_rests_on_invented_rows_says_so_and_the_rest_does_not(of_the_report, shown, results):
    titles = [ax.get_title() for ax in of_the_report["residuals"].axes]
    assert titles == ["Synthetic pupils: no evidence"] * 2
    assert [ax.get_title() for ax in shown["residuals"].axes] == ["", ""]
    texts = gallery_texts(results)
    assert "synthetic" in texts["residuals"]
    assert "synthetic" not in texts["quantiles"]
    titles = [ax.get_title() for ax in of_the_report["quantiles"].axes]
    assert titles == ["Height", "Slope", "Within classes"]


def test_slopes_have_a_band_that_is_dark_where_it_excludes_0(shown, crossed, tmp_path):
    [ax] = shown["simple-slopes"].axes
    fit = crossed.models["m4"]["REML"].fixed_effects
    x, y = found(ax, "slope").get_data()
    np.testing.assert_allclose(y, fit["extrav"] + fit["extrav:texp"] * np.asarray(x))
    assert (x[0], x[-1]) == (2, 25)
    assert not [line for line in ax.lines if line.get_label() == "bound"]
    texts = [text.get_text() for text in shown["simple-slopes"].legends[0].get_texts()]
    assert texts == ["slope", "95% interval without 0"]
    # Classes whose slope falls through 0.
    table = crossed.sample.table.astype({"class": int})
    table["popular"] -= 0.04 * table["extrav"] * (table["texp"] - 5)
    through = study(tmp_path, table, MODEL + "\ncross_level=true")
    slopes = through.simple_slopes
    figure = gallery(through, colours(through))["simple-slopes"]
    [ax] = figure.axes
    bounds = [b for b in slopes.bounds if b is not None]
    drawn = [line.get_xdata()[0] for line in ax.lines if line.get_label() == "bound"]
    assert drawn == bounds
    assert len(bounds) == 2
    dark = [c.get_paths()[0].vertices[:, 0] for c in ax.collections if c.get_label() == "clear"]
    ends = [end for each in dark for end in (each.min(), each.max())]
    assert ends == pytest.approx([2, bounds[0], bounds[1], 25])
    [pale] = [c for c in ax.collections if c.get_label() == "band"]
    [first, _] = [c for c in ax.collections if c.get_label() == "clear"]
    shades = [luminance(c.get_facecolor()[0][:3]) for c in (pale, first)]
    assert (shades[0] + 0.05) / (shades[1] + 0.05) > 1.8
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts == ["slope", "95% interval without 0", "95% interval with 0"]


@pytest.fixture(scope="session")
def any_gallery(any_study):
    return gallery(any_study, colours(any_study))


@pytest.fixture(scope="session")
def narrow_gallery(any_study):
    return gallery(any_study, colours(any_study), NARROW)


def test_no_text_leaves_a_figure_and_no_texts_overlap(any_gallery, narrow_gallery, shown):
    for name, figure in (*any_gallery.items(), *narrow_gallery.items(), *shown.items()):
        boxes = {}
        for text, box in extents_of(figure).items():
            assert box.x0 >= 0, (name, text)
            assert box.x1 <= figure.bbox.x1, (name, text)
            assert box.y0 >= 0, (name, text)
            assert box.y1 <= figure.bbox.y1, (name, text)
            lines = text.get_text().count("\n") + 1
            rim = 0.15 * (box.width if text.get_rotation() else box.height) / lines
            boxes[text] = Bbox.from_extents(box.x0, box.y0 + rim, box.x1, box.y1 - rim)
        for (one, box), (other, another) in itertools.combinations(boxes.items(), 2):
            assert not box.overlaps(another), f"{name}: {one} and {other}"


def test_everything_lies_within_its_panel(any_gallery, shown):
    for name, figure in (*any_gallery.items(), *shown.items()):
        for ax in figure.axes:
            (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
            for collection in ax.collections:
                box = collection.get_datalim(ax.transData)
                assert left <= box.x0 <= box.x1 <= right, (name, collection)
                assert low <= box.y0 <= box.y1 <= high, (name, collection)
            assert ax.get_position().height > 0.45, name


def test_a_narrow_figure_has_the_same_panels_below_each_other(any_gallery, narrow_gallery):
    for name, wide in any_gallery.items():
        narrow = narrow_gallery[name]
        assert narrow.get_figwidth() * 72 == NARROW.width
        assert len(narrow.axes) == len(wide.axes)
        tops = [ax.get_position().y1 for ax in narrow.axes]
        assert tops == sorted(tops, reverse=True)
        assert len({round(ax.get_position().x0, 9) for ax in narrow.axes}) == 1
        for one, other in zip(narrow.axes, wide.axes, strict=True):
            assert one.get_xlim() == other.get_xlim()
            assert len(one.collections) == len(other.collections)


def test_text_alternatives_name_every_figure_and_have_no_gaps(any_study, any_gallery):
    texts = gallery_texts(any_study)
    assert list(texts) == list(any_gallery)
    for text in texts.values():
        assert not re.search(r"nan|None|–\W|\n|  ", text), text


def test_text_alternatives_say_the_numbers(crossed, results):
    texts = gallery_texts(results)
    score = results.prediction.scores[0]
    numbers = ", ".join(f"{value:.2f}" for value in score.rmse.values())
    assert f"{numbers} with 3 pupils known" in texts["prediction"]
    assert "over 40 random splits" in texts["prediction"]
    own = [line.slope for line in results.none.values()]
    assert f"go from {min(own):.2f} to {max(own):.2f}" in texts["shrinkage"]
    assert "class 9 moves most, from 0.82 to 0.53" in texts["shrinkage"]
    assert "To the slope class 10 adds −0.20 and class 14 0.30" in texts["group-effects"]
    assert "307 residuals of model m3" in texts["residuals"]
    assert "of 15 lie outside" in texts["quantiles"]
    texts = gallery_texts(crossed)
    assert "0.75 (95% interval 0.68 to 0.82) at 2 years" in texts["simple-slopes"]
    assert "The interval excludes 0 from 2 years to 25 years." in texts["simple-slopes"]


def test_files_are_the_same_bytes_and_small(results, of_the_report):
    again = gallery(results, colours(results))
    for name, figure in of_the_report.items():
        assert svg(figure) == svg(again[name])
        assert len(svg(figure)) < 130_000, name
        assert b"<text" not in svg(figure)
