"""The role of a model by formula, and the report of a ladder whose models have categories."""

import json

import numpy as np
import pytest
from results.category_studies import LADDER, by_formulas, by_roles, table

from analysis.figures.figures import figures
from analysis.page.page import files
from analysis.prose.alt_texts import alt_texts
from analysis.prose.values import values
from analysis.results.ladder import Role
from analysis.results.named import named
from analysis.results.record import as_dict
from analysis.tables import TABLES

SAME = 1e-9

INTERCEPTS, SLOPES, LEVEL_2, CROSS = list(Role)[1:]
OF_A_FORMULA = {
    "y ~ 1 + (1 | g)": Role.NULL,
    "y ~ x + (1 | g)": INTERCEPTS,
    "y ~ x + diet + (1 | g)": INTERCEPTS,
    "y ~ x * diet + C(dose, 2) + z + (1 | g)": INTERCEPTS,
    "y ~ x + I(x**2) + z:sex + (1 | g)": INTERCEPTS,
    "y ~ within(x) + (1 | g)": INTERCEPTS,
    "y ~ `two words` + center(x) + (1 | g)": INTERCEPTS,
    "y ~ x + diet + (1 + x | g)": SLOPES,
    "y ~ x * sex * z + (1 + x | g)": SLOPES,
    "y ~ scale(x) + diet + (1 + scale(x) | g)": SLOPES,
    "y ~ within(x) + (1 + within(x) | g)": SLOPES,
    "y ~ x + diet + w + (1 + x | g)": LEVEL_2,
    "y ~ x + region + (1 + x | g)": LEVEL_2,
    "y ~ x + C(rank) + (1 + x | g)": LEVEL_2,
    "y ~ x + group_mean(x) + (1 + x | g)": LEVEL_2,
    "y ~ x + log(w + 5) + town:region + z:town + (1 + x | g)": LEVEL_2,
    "y ~ x * w + (1 + x | g)": CROSS,
    "y ~ x * region + diet + (1 + x | g)": CROSS,
    "y ~ within(x) * group_mean(x) + (1 + within(x) | g)": CROSS,
    "y ~ x + w + x:region + (1 + x | g)": CROSS,
    # Of other models there are no words.
    "y ~ x + w + (1 | g)": None,
    "y ~ x + region + (1 | g)": None,
    "y ~ x + group_mean(x) + (1 | g)": None,
    "y ~ x + z:w + (1 | g)": None,
    "y ~ x + I(z * w) + (1 | g)": None,
    "y ~ x:diet + z + (1 | g)": None,
    "y ~ I(x**2) + (1 | g)": None,
    "y ~ exp(x) + (1 | g)": None,
    "y ~ z + (1 + x | g)": None,
    "y ~ x + z + (1 + x + z | g)": None,
    "y ~ x + diet + (1 + diet | g)": None,
    "y ~ x + z + (1 + z | g)": None,
    "y ~ x + x:w + (1 + x | g)": None,
    "y ~ x * w + x * region + (1 + x | g)": None,
    "y ~ x + diet + (1 + x || g)": None,
    "y ~ x + diet + (0 + x | g)": None,
}


@pytest.mark.parametrize(("formula", "role"), OF_A_FORMULA.items())
def test_a_role_is_told_by_what_the_model_is(tmp_path, formula, role):
    ranks = {"north": 1, "south": 2, "west": 3}
    frame = table().assign(rank=lambda rows: rows["region"].map(ranks))
    # The study's slope is x, whatever the order of the columns in the formula.
    models = {"other": "y ~ x + (1 + x | g)", "m": formula}
    if role is SLOPES:
        models["other"] = "y ~ z + x + (1 + x || g)"
    found = by_formulas(tmp_path, models, frame, '[model]\nslope = "x"')
    assert found.ladder.role("m") is role


def test_the_first_model_of_a_kind_has_the_role(tmp_path):
    models = {"a": "y ~ x + (1 | g)", "b": "y ~ x + diet + (1 | g)", "c": LADDER["m2"]}
    found = by_formulas(tmp_path, models)
    assert [rung.role for rung in found.ladder.rungs] == [INTERCEPTS, None, SLOPES]


def test_a_study_of_categories_alone_has_roles(tmp_path):
    models = {"a": "y ~ diet + (1 | g)", "b": "y ~ diet + region + (1 | g)"}
    found = by_formulas(tmp_path, models)
    assert found.study.slope is None
    assert [rung.role for rung in found.ladder.rungs] == [INTERCEPTS, LEVEL_2]
    assert TABLES["weights"](found)
    assert found.panels == {}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return by_formulas(tmp_path_factory.mktemp("formulas"), LADDER)


def test_a_ladder_with_categories_has_every_role_and_figure(found):
    assert [rung.role for rung in found.ladder.rungs] == list(Role)
    assert list(found.panels) == ["pooling", "random-intercepts", "random-slopes", "level-2"]
    assert found.notes == ()
    for figure in figures(found).values():
        [ax] = figure.axes
        assert len(ax.lines) >= 1


def test_each_group_is_drawn_at_its_own_region_and_at_the_shares_of_diets(found):
    fit = found.models["m3"]["REML"]
    fixed, frame = fit.fixed_effects, table()
    share = frame["diet"].value_counts(normalize=True)
    level_2 = frame.groupby("g")[["region", "w"]].first()
    [panel] = found.panels["level-2"]
    for group, segment in panel.lines.items():
        effects, own = fit.group_effects[group], level_2.loc[group]
        x = frame.loc[frame["g"] == group, "x"].agg(["min", "max"])
        at_0 = fixed["Intercept"] + effects["Intercept"] + fixed["w"] * own["w"]
        at_0 += sum(share[d] * fixed[f"diet[{d}]"] for d in ("fish", "meat"))
        at_0 += fixed.get(f"region[{own['region']}]", 0.0)
        slope = fixed["x"] + effects["x"]
        np.testing.assert_allclose(segment.x, x)
        np.testing.assert_allclose(segment.y, at_0 + slope * x, atol=SAME)
        assert panel.slopes[group] == pytest.approx(slope, abs=SAME)


def test_lines_of_levels_are_of_the_number_that_the_model_has(found):
    [panel] = found.panels["level-2"]
    w, fixed = table().groupby("g")["w"].first(), found.models["m3"]["REML"].fixed_effects
    assert panel.level_2 == "w"
    assert {level.value for level in panel.levels} == {w.min(), w.max()}
    assert panel.distance == pytest.approx(abs(fixed["w"]) * np.ptp(w), abs=SAME)
    level_2 = found.summary.level_2
    assert (level_2.column, level_2.model) == ("w", "m3")
    assert level_2.effect.estimate == pytest.approx(fixed["w"], abs=SAME)
    assert level_2.effect.error == pytest.approx(
        found.models["m3"]["REML"].standard_errors["w"], abs=SAME
    )


def test_the_second_number_has_the_lines_where_the_model_has_it_alone(tmp_path):
    frame = table().assign(v=lambda rows: rows["g"].str[1:].astype(int) ** 2.0)
    models = {
        "m3": "y ~ x + v + region + (1 + x | g)",
        "other": "y ~ x + w + v + (1 + x | g)",
    }
    found = by_formulas(tmp_path, {"first": "y ~ w + x + (1 | g)", **models}, frame)
    assert found.study.group_covariates == ("w", "v")
    assert found.panels["level-2"][0].level_2 == found.summary.level_2.column == "v"
    assert "for the lowest and the highest v" in alt_texts(found)["level-2"]
    [label] = [
        text.get_text()
        for text in figures(found)["level-2"].legends[0].get_texts()
        if text.get_text().startswith("by ")
    ]
    assert label == "by v"
    data = files(found)["visualization/data.js"].decode()
    assert '"title":"v"' in data


def test_the_weights_are_those_of_dummies(found):
    fit, frame = found.models["m1"]["REML"], table()
    weights = found.summary.weights
    for example in weights.examples:
        rows = frame[frame["g"] == example.group]
        less = fit.fixed_effects["x"] * rows["x"].mean() + sum(
            fit.fixed_effects[f"diet[{d}]"] * (rows["diet"] == d).mean() for d in ("fish", "meat")
        )
        assert example.own == pytest.approx(rows["y"].mean() - less, abs=SAME)
        assert example.both == pytest.approx(example.predicted, abs=1e-6)
    assert "of the mean x and diet." in TABLES["weights"](found)


def test_the_page_has_the_words_of_the_roles(found):
    text = files(found)["visualization/page.html"].decode()
    fixed = found.models["m3"]["REML"].fixed_effects
    for words in (
        "Random intercepts (model 1)",
        "the groups share one slope",
        "Random slopes (model 2)",
        "With region and w (model 3)",
        "joins in: region and w.",
        "Cross-level interaction (model 4)",
        "Coefficient of diet: fish",
        "Coefficient of diet: meat",
        f"<dt>Coefficient of region: west</dt><dd>{fixed['region[west]']:.3f}</dd>",
        f"<dt>Coefficient of w</dt><dd>{fixed['w']:.3f}</dd>",
        "And the model also holds diet (and, in model 3, the region and w)",
        "Model 3 explains part of the differences between groups.",
    ):
        assert words in text.replace("−", "-"), words
    assert "Coefficient of region: north" not in text
    assert "Coefficient of diet: none" not in text


def test_variables_and_claims_know_them(found):
    written, full = values(found), named(found)
    assert written["m3"]["fixed"].keys() == {
        *("Intercept", "x", "diet_fish", "diet_meat", "region_south", "region_west", "w")
    }
    assert full["m3"]["correlation_with"].keys() == {"w"}
    assert "compared" in written["pooling"]["complete"]
    assert as_dict(found)["icc"]["residual"] is not None


PRODUCT = {"m1": "y ~ x * diet + (1 | g)", "m2": "y ~ x * diet + (1 + x | g)"}


def test_the_slope_of_a_product_is_that_of_the_average_line(tmp_path):
    found = by_formulas(tmp_path, PRODUCT)
    fixed = found.models["m1"]["REML"].fixed_effects
    share = table()["diet"].value_counts(normalize=True)
    slope = fixed["x"] + sum(share[d] * fixed[f"x:diet[{d}]"] for d in ("meat", "none"))
    [panel] = found.panels["random-intercepts"]
    assert panel.slope == pytest.approx(slope, abs=SAME)
    assert (
        f"All lines are parallel, with a slope of {slope:.2f};"
        in (alt_texts(found)["random-intercepts"])
    )
    text = files(found)["visualization/page.html"].decode()
    assert f"<dt>Shared slope</dt><dd>{slope:.3f}</dd>" in text
    words = values(found)["pooling"]["complete"]["compared"]
    assert words == ("less" if found.complete.slope < slope else "more")


def test_a_product_with_what_the_panels_are_for_has_a_slope_for_each(tmp_path):
    models = {"m1": "y ~ x * sex + (1 | g)", "m2": "y ~ x * sex + (1 + x | g)"}
    found = by_formulas(tmp_path, models)
    fixed = found.models["m1"]["REML"].fixed_effects
    slopes = [fixed["x"], fixed["x"] + fixed["x:sex[girl]"]]
    panels = found.panels["random-intercepts"]
    assert [panel.value for panel in panels] == ["boy", "girl"]
    assert [panel.slope for panel in panels] == pytest.approx(slopes, abs=SAME)
    words = "with a slope of {:.2f} (sex: boy), {:.2f} (sex: girl);".format(*slopes)
    assert (
        f"The lines of each panel are parallel, {words}" in (alt_texts(found)["random-intercepts"])
    )
    every = [s for panel in found.panels["random-slopes"] for s in panel.slopes.values()]
    lowest = f"{min(every):.2f}".replace("-", "−")
    assert f"from {lowest} (" in alt_texts(found)["random-slopes"]
    assert f"to {max(every):.2f} (" in alt_texts(found)["random-slopes"]


def test_a_model_with_a_role_and_no_straight_lines_says_so(tmp_path):
    models = {"m1": "y ~ x + I(x**2) + diet + (1 | g)", "m2": LADDER["m2"]}
    found = by_formulas(tmp_path, models)
    assert found.ladder.role("m1") is INTERCEPTS
    reason = "its predictions are no straight lines on x"
    assert f"m1 is in no figure: {reason}" in found.notes
    assert alt_texts(found)["random-intercepts"] == f"No lines of m1: {reason}."
    figure = figures(found)["random-intercepts"]
    assert figure.axes == []
    assert figure.texts[0].get_text() == f"No lines of m1: {reason}."
    # Its weights are in the table; the page pulls lines by them, which it has not.
    assert TABLES["weights"](found)
    text = files(found)["visualization/page.html"].decode()
    assert "viz-dial" not in text.split("<section")[2]
    assert ">Weight<" not in text
    assert "compared" not in values(found)["pooling"]["complete"]


@pytest.mark.parametrize(
    ("term", "reason"),
    [
        ("region", "it has no level 2 number"),
        ("group_mean(x)", "it has no level 2 number"),
        ("w + I(w**2)", "its predictions are no straight lines on w"),
    ],
)
def test_level_2_without_a_number_has_a_figure_and_no_slider(tmp_path, term, reason):
    found = by_formulas(tmp_path, {"m2": LADDER["m2"], "m3": f"y ~ x + {term} + (1 + x | g)"})
    assert found.ladder.role("m3") is LEVEL_2
    assert f"m3 has no lines for values of level 2: {reason}" in found.notes
    assert found.summary.level_2 is None
    [panel] = found.panels["level-2"]
    assert panel.level_2 is None
    assert len(panel.references) == 1
    assert "Dashed" not in alt_texts(found)["level-2"]
    text = files(found)["visualization/page.html"].decode()
    label = {"region": "region", "group_mean(x)": "means of groups"}.get(term, "w")
    assert f"With {label} (model 3)" in text
    assert "viz-level-2-head" not in text
    json.loads(json.dumps(as_dict(found)))


def test_a_scaled_level_2_number_grows_in_its_own_unit(tmp_path):
    found = by_formulas(tmp_path, {"m3": "y ~ x + diet + scale(w) + (1 + x | g)"})
    fixed, w = found.models["m3"]["REML"].fixed_effects, table()["w"]
    assert found.summary.level_2.effect.estimate == pytest.approx(
        fixed["scale(w)"] / w.std(), rel=1e-9
    )


def test_models_without_lines_have_no_associations(tmp_path):
    found = by_formulas(tmp_path, {"m2": LADDER["m3"], "bent": "y ~ x + I(x**2) + (1 + x | g)"})
    assert "correlation_with" in named(found)["m2"]
    assert "correlation_with" not in named(found)["bent"]


def test_the_short_form_has_the_roles_of_its_lists(tmp_path):
    """A category that happens to be constant within groups is where the study lists it."""
    found = by_roles(tmp_path, 'slope = "x"\ncovariates = ["town", "diet"]')
    assert [rung.role for rung in found.ladder.rungs] == list(Role)[:3]
    assert found.study.group_categories == ("town",)
