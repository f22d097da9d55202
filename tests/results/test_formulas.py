"""Studies by formula: the same as by roles where they say the same, and what roles cannot say."""

import dataclasses
import json
import pickle

import numpy as np
import pytest
from results.formula_studies import of, rows

from analysis.page.page import files
from analysis.prose.alt_texts import alt_texts
from analysis.prose.text import as_text
from analysis.prose.values import values
from analysis.results.ladder import Role
from analysis.results.record import as_dict
from analysis.results.results import analyse
from analysis.study.studyfile import read_study
from analysis.tables import TABLES, regression_latex

# A line is the same whether by coefficients or by the model's matrix.
SAME = 1e-9

LADDER = {
    "null": "y ~ 1 + (1 | g)",
    "m1": "y ~ x + z + (1 | g)",
    "m2": "y ~ x + z + (1 + x | g)",
    "m3": "y ~ x + z + w + (1 + x | g)",
    "m4": "y ~ x + z + w + x:w + (1 + x | g)",
}
ROLES = """
title = "Small"
[data]
table = "t.csv"
group = "g"
[model]
outcome = "y"
slope = "x"
covariates = ["z"]
group_covariates = ["w"]
cross_level = true
"""


def by_roles(folder, text=ROLES):
    rows().to_csv(folder / "t.csv", index=False)
    (folder / "roles.toml").write_text(text, encoding="utf-8")
    return analyse(read_study(folder / "roles.toml"))


@pytest.fixture(scope="module")
def every(tmp_path_factory):
    return of(
        tmp_path_factory.mktemp("every"),
        {
            **LADDER,
            "category": "y ~ x * diet + C(dose, 2) + (1 + x | g)",
            "uncorrelated": "y ~ x + w + town + (1 + x || g)",
            "within": "y ~ within(x) * w + group_mean(x) + (1 + within(x) | g)",
            "curve": "y ~ x + I(x**2) + (0 + x | g)",
            "centred": "y ~ center(x) * w + (1 + center(x) + z | g)",
            "alone": "y ~ z + (1 + x | g)",
        },
    )


def test_the_short_form_says_the_same(tmp_path):
    formulas, roles = of(tmp_path, LADDER), by_roles(tmp_path)
    one, other = as_dict(formulas), as_dict(roles)
    for name in LADDER:
        one["models"][name].pop("formula"), other["models"][name].pop("formula")
    assert json.dumps(one) == json.dumps(other)
    assert [rung.role for rung in formulas.ladder.rungs] == list(Role)
    assert [rung.role for rung in roles.ladder.rungs] == list(Role)
    assert formulas.panels == roles.panels
    assert formulas.summary == roles.summary


def test_roles_of_models_that_the_short_form_has_not(every):
    others = {"category", "uncorrelated", "within", "curve", "centred", "alone"}
    assert {name for name in every.models if every.ladder.role(name) is None} == others


def test_a_restricted_model_has_no_role(tmp_path):
    found = of(tmp_path, {"a": "y ~ x + w + (1 + x || g)", "b": "y ~ x + (0 + x | g)"})
    assert [rung.role for rung in found.ladder.rungs] == [None, None]
    assert found.summary.models["a"].components.correlations == {"x": None}
    assert found.summary.models["b"].at_mean is None


def test_columns_are_sorted_by_the_table(every):
    study = every.study
    assert (study.slope, study.covariates) == ("x", ("z",))
    assert (study.group_covariates, study.categories) == (("w",), ("diet", "dose", "town"))


def test_few_whole_numbers_are_noted(tmp_path):
    notes = of(tmp_path, {"m": "y ~ x + dose + (1 | g)"}).notes
    said = [note for note in notes if "dose" in note]
    assert said == [
        "t.csv: column 'dose' is used as a number and has 3 values; write C(dose) if they are names"
    ]
    assert not [n for n in of(tmp_path, {"m": "y ~ x + C(dose) + (1 | g)"}).notes if "dose" in n]


@pytest.mark.parametrize(("column", "n"), [("h", 5), ("b", 2)])
def test_scales_and_columns_of_two_values_are_not_noted(column, n, tmp_path):
    table = rows().assign(b=lambda rows: rows["h"] % 2)
    assert table[column].nunique() == n
    assert of(tmp_path, {"m": f"y ~ x + {column} + (1 | g)"}, table).notes == ()


def test_lines_run_along_what_varies(tmp_path):
    assert of(tmp_path, {"m": "y ~ z + x + (1 + x | g)"}).study.slope == "x"
    assert of(tmp_path, {"m": "y ~ z + x + (1 | g)"}).study.slope == "z"


def test_the_slope_of_a_group_depends_on_its_level_2_value(every):
    fit = every.models["m4"]["REML"]
    fixed, lines = fit.fixed_effects, every.lines
    own = rows().groupby("g")["w"].first()
    for group in ("g00", "g07"):
        effects = fit.group_effects[group]
        slope = fixed["x"] + fixed["x:w"] * own[group] + effects["x"]
        assert lines.at("m4", group).slope == pytest.approx(slope, abs=SAME)
    average = fixed["x"] + fixed["x:w"] * own.mean()
    assert lines.at("m4", None).slope == pytest.approx(average, abs=SAME)
    assert every.summary.lines["m4"].slope.estimate == pytest.approx(average, abs=SAME)
    weights = np.array([float(n == "x") + own.mean() * (n == "x:w") for n in fixed])
    error = np.sqrt(weights @ fit.covariance @ weights)
    assert every.summary.lines["m4"].slope.error == pytest.approx(error, rel=1e-6)


def test_a_centred_predictor_has_the_lines_of_the_raw_one(every, tmp_path):
    again = of(
        tmp_path,
        {
            "raw": "y ~ x * w + z + (1 + x | g)",
            "centred": "y ~ center(x) * w + z + (1 + center(x) | g)",
        },
    )
    for group in (None, "g03", "g11"):
        raw, centred = (again.lines.at(name, group) for name in again.models)
        assert centred.intercept == pytest.approx(raw.intercept, abs=1e-6)
        assert centred.slope == pytest.approx(raw.slope, abs=1e-6)
    raw, centred = (
        [effect for effect in again.summary.effects if effect.model == name]
        for name in again.models
    )
    assert {effect.term for effect in raw} == {"height", "slope"}
    for one, other in zip(raw, centred, strict=True):
        assert other.group == one.group
        assert other.effect == pytest.approx(one.effect, abs=1e-5)
        assert other.interval == pytest.approx(one.interval, abs=1e-5)


def test_a_line_within_groups_goes_through_the_mean_of_its_group(every):
    fit = every.models["within"]["REML"]
    fixed, effects = fit.fixed_effects, fit.group_effects["g05"]
    table = rows().groupby("g")
    mean, w = table["x"].mean()["g05"], table["w"].first()["g05"]
    at_mean = fixed["Intercept"] + fixed["w"] * w + fixed["group_mean(x)"] * mean
    line = every.lines.at("within", "g05")
    assert line.at(mean) == pytest.approx(at_mean + effects["Intercept"], abs=SAME)
    slope = fixed["within(x)"] + fixed["within(x):w"] * w + effects["within(x)"]
    assert line.slope == pytest.approx(slope, abs=SAME)


def test_the_average_group_has_the_mean_of_the_groups_means(every):
    fixed, lines = every.models["within"]["REML"].fixed_effects, every.lines
    table = rows().groupby("g")
    mean, w = table["x"].mean().mean(), table["w"].first().mean()
    at_mean = fixed["Intercept"] + fixed["w"] * w + fixed["group_mean(x)"] * mean
    assert lines.at("within", None).at(mean) == pytest.approx(at_mean, abs=SAME)


def test_the_height_of_a_group_where_deviations_are_from_its_own_mean(every):
    fit, means = every.models["within"]["REML"], rows().groupby("g")["x"].mean()
    heights = {
        effect.group: effect.effect
        for effect in every.summary.effects
        if (effect.model, effect.term) == ("within", "height")
    }
    for group, effects in fit.group_effects.items():
        height = effects["Intercept"] + effects["within(x)"] * (every.lines.centre - means[group])
        assert heights[group] == pytest.approx(height, abs=SAME)


def test_categories_are_held_at_their_shares(every):
    fixed = every.models["category"]["REML"].fixed_effects
    share = rows()["diet"].value_counts(normalize=True)
    slope = fixed["x"] + sum(fixed[f"x:diet[{d}]"] * share[d] for d in ("meat", "none"))
    assert every.lines.at("category", None).slope == pytest.approx(slope, abs=SAME)


def test_a_category_of_level_2_is_the_groups_own(every):
    fit = every.models["uncorrelated"]["REML"]
    fixed, lines = fit.fixed_effects, every.lines
    own = rows().groupby("g")[["w"]].first()["w"]
    for group, town in (("g00", 1), ("g01", 0)):
        effects = fit.group_effects[group]
        at_0 = fixed["Intercept"] + fixed["w"] * own[group] + fixed["town[small]"] * town
        line = lines.at("uncorrelated", group)
        assert line.intercept == pytest.approx(at_0 + effects["Intercept"], abs=SAME)


def test_a_model_without_straight_lines_is_in_no_figure(every):
    assert "curve" not in every.lines.fits
    assert "curve is in no figure: its predictions are no straight lines on x" in every.notes
    assert "curve" in every.models
    assert "curve" in every.compared


def test_a_slope_that_varies_without_a_fixed_effect(every):
    assert every.summary.lines["alone"].slope is None
    assert every.summary.lines["alone"].slope_deviation > 0
    assert every.lines.at("alone", None).slope == 0
    random = every.summary.models["alone"].random["x"]
    assert random.two_above == pytest.approx(2 * random.deviation)


def test_neighbours_that_are_not_nested_have_no_test(every):
    tested = {row.model: row.chisq is not None for row in every.comparison}
    assert tested["m2"]
    assert tested["m3"]
    assert tested["m4"]
    assert not tested["category"]
    assert not tested["within"]
    assert not tested["curve"]


def test_uncorrelated_effects_are_nested_in_correlated_ones(tmp_path):
    found = of(
        tmp_path,
        {"apart": "y ~ x + (1 + x || g)", "together": "y ~ x + (1 + x | g)"},
    )
    row = found.comparison[1]
    assert (row.df, row.p_boundary) == (1, None)
    assert row.chisq >= 0
    further = of(
        tmp_path,
        {"two": "y ~ x + z + (1 + x || g)", "three": "y ~ x + z + (1 + x + z | g)"},
    )
    assert (further.comparison[1].df, further.comparison[1].p_boundary) == (4, None)
    turned = of(
        tmp_path,
        {"one": "y ~ x + (1 + x | g)", "other": "y ~ x + z + w + (1 + x + z || g)"},
    )
    assert turned.comparison[1].chisq is None


def shown(results):
    """Return everything that a build shows, but the figures."""
    yield as_text(results)
    yield json.dumps(as_dict(results))
    yield json.dumps(values(results))
    yield regression_latex(results)
    for table in TABLES.values():
        if (html := table(results)) is not None:
            yield html
    if results.has_lines:
        yield json.dumps(alt_texts(results))
        yield from (content.decode() for content in files(results).values())


def test_everything_that_shows_them(every):
    for text in shown(every):
        assert "nan" not in text.split()
    names = [name for name, table in TABLES.items() if table(every) is not None]
    assert names == [
        *("variables", "weights", "comparison", "regression", "variances"),
        *("effects", "simulated", "intervals", "influence", "further"),
    ]
    html = TABLES["regression"](every)
    assert "x:diet[meat]" in html
    assert "group_mean(x)" in html
    html = TABLES["variances"](every)
    assert "slope of within(x)" in html
    assert "slope of z" in html


def test_categories_are_described(every):
    found = every.summary.categories
    assert {name: (each.level, each.n) for name, each in found.items()} == {
        "diet": (1, 108),
        "dose": (1, 108),
        "town": (2, 12),
    }
    assert found["dose"].names == ("1", "2", "3")
    assert "fish, meat, none" in TABLES["variables"](every)


def test_results_reach_the_process_that_draws(every):
    again = pickle.loads(pickle.dumps(every))
    assert again.lines.at("m4", "g03") == every.lines.at("m4", "g03")


SMALL = {
    "null alone": {"m": "y ~ 1 + (1 | g)"},
    "means of groups": {"m": "y ~ w + town + (1 | g)"},
    "categories": {"m": "y ~ diet + (1 | g)", "more": "y ~ diet * C(dose) + (1 | g)"},
    "a curve": {"m": "y ~ x + I(x**2) + (1 | g)"},
}


@pytest.mark.parametrize("name", SMALL)
def test_studies_without_lines(name, tmp_path):
    found = of(tmp_path, SMALL[name])
    assert not found.has_lines
    assert found.panels == {}
    assert [note for note in found.notes if note.startswith("no figures and no interactive page:")]
    assert all(shown(found))


@pytest.mark.parametrize(
    ("left_out", "names"),
    [
        (("slope", "cross"), ["null", "m1", "m3"]),
        (("slope", "cross", "covariates"), ["null", "m3"]),
        (("slope", "cross", "covariates", "group_cov"), ["null"]),
        (("cross", "group_cov"), ["null", "m1", "m2"]),
    ],
)
def test_short_forms_that_lack_something(left_out, names, tmp_path):
    text = "\n".join(line for line in ROLES.splitlines() if not line.startswith(left_out))
    found = by_roles(tmp_path, text)
    assert list(found.models) == names
    assert found.has_lines == ("slope" not in left_out)
    assert all(shown(found))


def test_names_with_blanks(tmp_path):
    found = of(tmp_path, {"m": "y ~ `two words` * x + (1 + `two words` | g)"})
    assert list(found.models["m"]["REML"].fixed_effects)[1:] == ["two words", "x", "two words:x"]
    assert found.study.slope == "two words"
    assert all(shown(found))


@pytest.mark.parametrize("unit", [1e-7, 1e7])
def test_lines_in_any_unit(unit, tmp_path):
    found = of(
        tmp_path,
        {"m": "y ~ scale(x) * w + (1 + scale(x) | g)", "raw": "y ~ x * w + (1 + x | g)"},
        rows().assign(x=lambda rows: rows["x"] * unit),
    )
    scaled, raw = (found.summary.lines[name] for name in ("m", "raw"))
    assert scaled.slope.estimate == pytest.approx(raw.slope.estimate, rel=1e-5)
    assert scaled.slope_deviation == pytest.approx(raw.slope_deviation, rel=1e-4)
    assert found.lines.at("m", "g02").slope * unit == pytest.approx(
        of(tmp_path, {"raw": "y ~ x * w + (1 + x | g)"}).lines.at("raw", "g02").slope, rel=1e-4
    )


def test_the_study_may_name_its_slope(tmp_path):
    table = rows()
    table.to_csv(tmp_path / "t.csv", index=False)
    found = of(tmp_path, 'm = "y ~ x + z + (1 + x | g)"\n[model]\nslope = "z"')
    assert (found.study.slope, found.study.covariates) == ("z", ("x",))
    assert found.ladder.role("m") is None


def test_missing_values_are_left_out_before_means_are_taken(tmp_path):
    table = rows()
    table.loc[:20, "z"] = None
    found = of(tmp_path, {"m": "y ~ center(x) + z + (1 | g)"}, table)
    fit = found.models["m"]["REML"]
    used = table.dropna()
    assert fit.n_observations == len(used)
    made = found.ladder.rung("m").matrix.table
    assert made["center(x)"].to_numpy() == pytest.approx(used["x"] - used["x"].mean())


def test_the_order_of_columns_in_the_table_changes_nothing(tmp_path):
    models = {"m": "y ~ x * diet + (1 + x | g)"}
    one = as_dict(of(tmp_path, models))["models"]
    other = as_dict(of(tmp_path, models, rows()[rows().columns[::-1]]))["models"]
    assert one == other
    assert dataclasses.is_dataclass(of(tmp_path, models).ladder.rung("m").matrix)


def test_a_group_without_rows_in_a_model_stands_at_the_average(tmp_path):
    table = rows()
    table.loc[table["g"] == "g03", "z"] = None
    formula = "y ~ within(x) + group_mean(x) + z + (1 + within(x) | g)"
    lines = of(tmp_path, {"m": formula, "other": "y ~ x + (1 + x | g)"}, table).lines
    assert lines.at("m", "g03") == lines.at("m", None)
    assert lines.at("m", "g02") != lines.at("m", None)
