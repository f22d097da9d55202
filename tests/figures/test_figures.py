"""The figures by what is drawn: lines, names, limits and colours, and the bytes of the files."""

import itertools
import re

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from analysis.figures.figures import FIGURES, colours, svg
from analysis.figures.lettering import distinct, width
from analysis.figures.marks import spread
from analysis.prose.alt_texts import NO_THIRD_MODEL, alt_texts
from analysis.results.choices import panel_column
from analysis.results.panels import MODELS
from analysis.results.results import analyse
from analysis.study.study import read_study


def study(folder, table, model, labels=""):
    """Analyse a table with columns y, x and g, and those that the model names."""
    (folder / "study.toml").write_text(
        f"[data]\ntable='{table}'\n{model}\n{labels}", encoding="utf-8"
    )
    return analyse(read_study(folder / "study.toml"))


@pytest.fixture(scope="module")
def drawn(results):
    return {name: draw(results) for name, draw in FIGURES.items()}


@pytest.fixture(scope="module")
def all_classes(root, tmp_path_factory):
    return study(
        tmp_path_factory.mktemp("all"),
        root / "data" / "popularity.csv",
        "group='class'\n[model]\noutcome='popular'\nslope='extrav'\ncovariates=['sex']\n"
        "group_covariates=['texp']",
        "[labels]\nclass='School $1$ and $2 ^'",
    )


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Two groups of the same kind, one of one pupil, and one whose predictor does not vary."""
    folder = tmp_path_factory.mktemp("tiny")
    rows = [(1.0 + 0.5 * x + g + (x * 7 % 3) / 5, x, f"g{g}") for g in (1, 2) for x in range(8)]
    rows += [(3.0, 4, "one"), (2.0, 5, "flat"), (2.5, 5, "flat")]
    lines = ["y,x,g", *(",".join(map(str, row)) for row in rows)]
    (folder / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    return study(folder, "t.csv", "group='g'\n[model]\noutcome='y'\nslope='x'")


@pytest.fixture(scope="module")
def three_covariates(root, tmp_path_factory):
    """Two covariates with two values each, so that neither can have the panels."""
    import pandas as pd

    folder = tmp_path_factory.mktemp("three")
    table = pd.read_csv(root / "data" / "popularity.csv").query("`class` <= 12")
    table["even"] = table["pupil"] % 2
    table.to_csv(folder / "t.csv", index=False)
    return study(
        folder,
        "t.csv",
        "group='class'\n[model]\noutcome='popular'\nslope='extrav'\ncovariates=['sex', 'even']\n"
        "group_covariates=['texp']",
    )


@pytest.fixture(scope="module")
def long_names(root, tmp_path_factory):
    """Schools with long names that begin alike, long labels and units, and an odd unit."""
    import pandas as pd

    folder = tmp_path_factory.mktemp("long")
    table = pd.read_csv(root / "data" / "popularity.csv").query("`class` <= 12")
    kinds = ("Gymnasium", "Integrierte Gesamtschule am")
    places = ("Nord", "Süd", "Altstadt", "Neustadt", "Ring", "Tor")
    names = [f"{kind} {place}" for kind in kinds for place in places]
    table["school"] = [names[each - 1] for each in table["class"]]
    table["score"] = table["popular"] * 31234.5
    table["share"] = table["texp"] / 7 - 1.61787
    table.to_csv(folder / "t.csv", index=False)
    return study(
        folder,
        "t.csv",
        "group='school'\n[model]\noutcome='score'\nslope='extrav'\ncovariates=['sex']\n"
        "group_covariates=['share']",
        """
        [labels]
        school = "Neighbourhood or integrated comprehensive school"
        extrav = "Extraversion as rated by two teachers and by the school psychologist"
        sex = "Gender as recorded in the register"
        share = "Share of parents with a degree or a school certificate"
        score = "Reading score in the national assessment"
        [units]
        extrav = "10-point scale from introverted to extraverted"
        sex = "0 = boy or not recorded, 1 = girl or not recorded"
        share = "percent of those who answered"
        score = "points of the 2021 standardised scale"
        """,
    )


@pytest.fixture(scope="module")
def tiny_units(root, tmp_path_factory):
    """An outcome in millionths and a predictor far from 0, on a path through 20 classes."""
    import pandas as pd

    folder = tmp_path_factory.mktemp("units")
    table = pd.read_csv(root / "data" / "popularity.csv").query("`class` <= 20")
    table["popular"] *= 1e-6
    table["extrav"] = 2010 + table["extrav"] / 10
    table.to_csv(folder / "t.csv", index=False)
    return study(
        folder,
        "t.csv",
        "group='class'\n[model]\noutcome='popular'\nslope='extrav'\ncovariates=['sex']\n"
        "group_covariates=['texp']",
        "[units]\npopular='points'\ntexp='years'",
    )


def lines_of(ax):
    [lines] = [c for c in ax.collections if c.get_label() == "lines"]
    return lines


def references_of(ax):
    return {line.get_label(): line for line in ax.lines}


@pytest.mark.parametrize(("name", "model"), MODELS.items())
def test_lines_end_at_the_models_predictions(drawn, results, name, model):
    """Each end belongs to a real pupil, whose fitted value the model gives by another way."""
    fit = results.models[model]["REML"]
    table = fit.table.assign(fitted=fit.fitted_values)
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
    [points] = [c for c in ax.collections if c.get_label() == "points"]
    offsets = np.asarray(points.get_offsets())
    np.testing.assert_array_equal(offsets[:, 1], table["popular"])
    assert np.abs(offsets[:, 0] - table["extrav"]).max() <= 0.3


def test_average_lines_follow_the_fixed_effects(drawn, results):
    m3 = results.models["m3"]["REML"].fixed_effects
    by_class = results.sample.table.groupby("class")["texp"].first()
    for ax, sex in zip(drawn["experience"].axes, (0, 1), strict=True):
        levels = {"average": by_class.mean(), "2 years": 2, "24 years": 24}
        assert list(references_of(ax)) == list(levels)
        for label, texp in levels.items():
            x, y = (np.array(values) for values in references_of(ax)[label].get_data())
            expected = m3["Intercept"] + m3["sex"] * sex + m3["texp"] * texp + m3["extrav"] * x
            np.testing.assert_allclose(y, expected, atol=1e-9)
    for name in ("random-intercepts", "random-slopes"):
        assert all(list(references_of(ax)) == ["average"] for ax in drawn[name].axes)


def test_one_scale_holds_everything(drawn):
    axes = [ax for figure in drawn.values() for ax in figure.axes]
    assert len(axes) == 7
    assert len({(ax.get_xlim(), ax.get_ylim()) for ax in axes}) == 1
    assert len({round(ax.get_position().height, 9) for ax in axes}) == 1
    (left, right), (low, high) = axes[0].get_xlim(), axes[0].get_ylim()
    for ax in axes:
        for collection in ax.collections:
            ends = (
                np.concatenate(collection.get_segments())
                if isinstance(collection, LineCollection)
                else np.asarray(collection.get_offsets())
            )
            assert left < ends[:, 0].min() <= ends[:, 0].max() < right
            assert low < ends[:, 1].min() <= ends[:, 1].max() < high


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


def test_labels_and_units(drawn):
    for figure in drawn.values():
        assert figure.axes[0].get_ylabel() == "Popularity (rating, 1–10)"
        assert "Extraversion (10-point scale)" in [text.get_text() for text in figure.texts]
    for name in MODELS:
        titles = [ax.get_title() for ax in drawn[name].axes]
        assert titles == ["Gender: boy", "Gender: girl"]
    [legend] = drawn["experience"].legends
    assert [text.get_text() for text in legend.get_texts()] == [
        *("average (fixed effects)", "by teacher’s experience", "each class"),
    ]


def test_a_panel_says_whose_line_it_lacks(drawn, results, all_classes):
    for name in MODELS:
        boys, girls = drawn[name].axes
        assert "no line" not in " ".join(text.get_text() for text in boys.texts)
        assert "no line for class 14" in [text.get_text() for text in girls.texts]
        assert "at 8; no line for class 14." in alt_texts(results)[name]
    lacking = all_classes.sample.table.groupby("class")["sex"].max().eq(0).sum()
    [_, girls] = FIGURES["experience"](all_classes).axes
    assert f"no line for {lacking} of 100" in [text.get_text() for text in girls.texts]


def test_the_key_lists_every_class_by_its_mean(drawn, results):
    for figure in drawn.values():
        key = [text for text in figure.texts if text.get_text() in results.sample.groups]
        key.sort(key=lambda text: text.get_position()[1])
        assert [text.get_text() for text in key] == list(colours(results))


STUDIES = ("results", "all_classes", "tiny", "three_covariates", "long_names", "tiny_units")


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


@pytest.mark.parametrize("which", STUDIES)
@pytest.mark.parametrize("name", FIGURES)
def test_no_text_leaves_the_figure_and_no_texts_overlap(name, which, request):
    figure = FIGURES[name](request.getfixturevalue(which))
    extents = extents_of(figure)
    boxes = {}
    for text, box in extents.items():
        assert box.x0 >= 0, text
        assert box.x1 <= figure.bbox.x1, text
        assert box.y0 >= 0, text
        assert box.y1 <= figure.bbox.y1, text
        # The extent has room for ascenders and descenders, which digits do not have.
        rim = 0.15 * box.height / (text.get_text().count("\n") + 1)
        boxes[text] = Bbox.from_extents(box.x0, box.y0 + rim, box.x1, box.y1 - rim)
    for (one, box), (other, another) in itertools.combinations(boxes.items(), 2):
        assert not box.overlaps(another), f"{one} and {other}"


@pytest.mark.parametrize("which", STUDIES)
@pytest.mark.parametrize("name", FIGURES)
def test_widths_are_those_of_the_drawn_texts(name, which, request):
    """Sums of advances against what is drawn, kerning and bearings apart."""
    for text, box in extents_of(FIGURES[name](request.getfixturevalue(which))).items():
        if text.get_rotation() == 0:
            drawn = box.width * 72 / text.figure.dpi
            measured = width(text.get_text(), text.get_fontsize())
            assert drawn == pytest.approx(measured, rel=0.03, abs=2), text


def test_shortened_names_stay_distinct(long_names):
    for draw in FIGURES.values():
        figure = draw(long_names)
        key = [text.get_text() for text in figure.texts if "…" in text.get_text()]
        assert len(set(key)) == len(key) >= 5
        assert "Gymnasium Nord" in [text.get_text() for text in figure.texts]
    assert distinct(["a" * 40, "a" * 41, "b"], 46, 9) == {
        "a" * 40: "aaaaa… 1",
        "a" * 41: "aaaaa… 2",
        "b": "b",
    }


def test_labels_say_the_power_that_an_axis_counts_in(long_names, tiny_units):
    ax, *_ = FIGURES["experience"](long_names).axes
    assert ax.get_ylabel().startswith("Reading score in the national assessment\n(×\xa010³ points")
    figure = FIGURES["experience"](tiny_units)
    assert figure.axes[0].get_ylabel() == "popular (×\xa010⁻⁶ points)"
    drawn = {text.get_text() for text in extents_of(figure)}
    assert drawn >= {"2", "4", "6"}
    for ax in figure.axes:
        assert all(re.fullmatch(r"201\d\.\d", text.get_text()) for text in ax.get_xticklabels())


def test_levels_have_three_digits_and_a_true_minus(long_names):
    low, high = (list(references_of(FIGURES["experience"](long_names).axes[0]))[i] for i in (1, 2))
    assert (low, high) == (
        "−0.90 percent of those who answered",
        "1.81 percent of those who answered",
    )


def test_alt_texts_keep_their_digits_in_every_unit(tiny_units):
    texts = alt_texts(tiny_units)
    assert not re.search(r"\D0\.0+\D", " ".join(texts.values()))
    assert "from popular 3.8\xa0×\xa010⁻⁶ at extrav 2010.2 to" in texts["pooling"]


@pytest.mark.parametrize("name", FIGURES)
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


@pytest.mark.parametrize("name", FIGURES)
def test_svg_is_the_same_bytes_whatever_the_users_settings(name, results):
    first = svg(FIGURES[name](results))
    with mpl.rc_context({"font.size": 30, "svg.fonttype": "none", "svg.hashsalt": "other"}):
        second = svg(FIGURES[name](results))
    assert first == second


def test_svg_holds_no_date_no_font_and_its_size(drawn):
    for figure in drawn.values():
        text = svg(figure).decode()
        assert "<text" not in text
        assert "<dc:date>" not in text
        assert mpl.__version__ not in text
        assert re.search(r'viewBox="0 0 [\d.]+ [\d.]+"', text)
        assert len(text) < 150_000


def test_a_hundred_classes(all_classes):
    for name, draw in FIGURES.items():
        figure = draw(all_classes)
        drawn = [len(lines_of(ax).get_segments()) for ax in figure.axes]
        assert all(90 < n <= 100 for n in drawn), name
        svg(figure)
    assert figure.axes[0].get_title() == "sex: 0"


def test_groups_without_a_line_are_points(tiny):
    [ax] = FIGURES["pooling"](tiny).axes
    assert len(lines_of(ax).get_segments()) == 2
    [single] = [c for c in ax.collections if c.get_label() == "single"]
    assert sorted(np.asarray(single.get_offsets()).tolist()) == [[4, 3], [5, 2.25]]
    svg(ax.figure)


def test_a_study_without_level_2_predictors_says_so(tiny):
    figure = FIGURES["experience"](tiny)
    assert not figure.axes
    assert [text.get_text() for text in figure.texts] == [NO_THIRD_MODEL]
    assert alt_texts(tiny)["experience"] == NO_THIRD_MODEL
    assert svg(figure)


def test_several_binary_covariates_are_held_at_their_means(three_covariates):
    assert panel_column(three_covariates) is None
    [ax] = FIGURES["random-intercepts"](three_covariates).axes
    fit = three_covariates.models["m1"]["REML"]
    b, rows = fit.fixed_effects, fit.table
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


def test_alt_texts_say_the_numbers(results):
    texts = alt_texts(results)
    assert list(texts) == list(FIGURES)
    assert "307 points" in texts["pooling"]
    slopes = {group: line.slope for group, line in results.none.items()}
    steepest = max(slopes, key=slopes.__getitem__)
    assert f"{slopes[steepest]:.2f} (class {steepest})" in texts["pooling"]
    m1, m3 = (results.models[name]["REML"] for name in ("m1", "m3"))
    assert f"with a slope of {m1.fixed_effects['extrav']:.2f};" in texts["random-intercepts"]
    apart = 22 * m3.fixed_effects["texp"]
    assert f"{apart:.2f} apart: 2 years below, 24 years above" in texts["experience"]
    assert not any("nan" in text or "\n" in text for text in texts.values())
