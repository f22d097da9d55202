"""Texts among the covariates of the short form: as 0 and 1 are, as in formulas, as in lme4."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from artists import lines_of, references_of
from page.reading import page_text, read_data
from results.category_studies import (
    LADDER,
    SHORT,
    by_formulas,
    by_roles,
    coded,
    study_by_roles,
    table,
)

from analysis.errors import DataError, StudyError
from analysis.figures.figures import figures
from analysis.page.page import files
from analysis.prose.alt_texts import alt_texts
from analysis.prose.values import values
from analysis.results.named import named
from analysis.results.record import as_dict
from analysis.results.results import analyse
from analysis.study.studyfile import read_study
from analysis.tables import TABLES, regression_latex

ORACLE = Path(__file__).resolve().parents[1] / "oracle"
REFERENCES = json.loads((ORACLE / "references.json").read_text(encoding="utf-8"))["datasets"]
FORMULAS = json.loads((ORACLE / "formulas.json").read_text(encoding="utf-8"))["models"]

# The references' gradients are below 1e-9; the estimates follow.
CRITERION, ESTIMATE = 1e-8, 1e-6

# Two ways to one number.
SAME = 1e-8


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return by_roles(tmp_path_factory.mktemp("short"))


def test_the_short_form_says_what_formulas_say(found, tmp_path):
    other = by_formulas(tmp_path, LADDER)
    assert json.dumps(as_dict(found)) == json.dumps(as_dict(other))
    assert found.ladder.rungs[0].role is other.ladder.rungs[0].role
    assert [rung.role for rung in found.ladder.rungs] == [rung.role for rung in other.ladder.rungs]
    assert found.panels == other.panels
    assert found.summary == other.summary
    assert alt_texts(found) == alt_texts(other)
    assert read_data(files(found)) == read_data(files(other))


def test_categories_are_columns_of_0_and_1(found, tmp_path):
    """Three regions as two columns: the same fits, lines of groups, weights and tests."""
    model = """
slope = "x"
covariates = ["diet_fish", "diet_meat"]
group_covariates = ["region_south", "region_west", "w"]
"""
    other = by_roles(tmp_path, model, coded(table()))
    for name in ("null", "m1", "m2", "m3"):
        for method in ("REML", "ML"):
            ours, theirs = found.models[name][method], other.models[name][method]
            assert ours.criterion == pytest.approx(theirs.criterion, abs=SAME)
            names = [effect.replace("[", "_").rstrip("]") for effect in ours.fixed_effects]
            assert names == list(theirs.fixed_effects)
            for key in ("fixed_effects", "standard_errors"):
                expected = list(getattr(theirs, key).values())
                assert list(getattr(ours, key).values()) == pytest.approx(expected, abs=1e-6)
        if name == "null":
            continue
        for group in (None, *found.lines.groups):
            ours, theirs = found.lines.at(name, group), other.lines.at(name, group)
            # A group stands at its own mix; the average one at shares of all, and groups are equal.
            assert ours.intercept == pytest.approx(theirs.intercept, abs=1e-6)
            assert ours.slope == pytest.approx(theirs.slope, abs=1e-6)
    ours, theirs = found.summary.weights, other.summary.weights
    assert ours.by_group == pytest.approx(theirs.by_group, abs=1e-6)
    assert [each.own for each in ours.examples] == pytest.approx(
        [each.own for each in theirs.examples], abs=1e-6
    )
    assert [row.p for row in found.comparison[1:3]] == pytest.approx(
        [row.p for row in other.comparison[1:]], rel=1e-6
    )


TWO = 'slope = "x"\ncovariates = [SEX]\ngroup_covariates = ["w"]'
WORDS = '[words]\nplurals = {girl = "girls", boy = "boys"}'


@pytest.fixture(scope="module", params=["none", "some"])
def pair(request, tmp_path_factory):
    """Return a study with a text of two levels, and the same with 0 and 1."""
    frame = table()
    if request.param == "some":
        frame.loc[[3, 40], "sex"] = None
        frame.loc[frame["g"] == "g04", "sex"] = "boy"
    numbers = frame.assign(sex=frame["sex"].map({"boy": 0.0, "girl": 1.0}))
    model = TWO.replace("SEX", '"sex"')
    one = by_roles(tmp_path_factory.mktemp("texts"), model, frame, WORDS)
    unit = '[units]\nsex = "0 = boy, 1 = girl"\n'
    return one, by_roles(tmp_path_factory.mktemp("numbers"), model, numbers, unit + WORDS)


def test_a_text_of_two_levels_has_panels_as_0_and_1_have(pair):
    texts, numbers = pair
    assert alt_texts(texts) == alt_texts(numbers)
    assert [panel.value for panel in texts.panels["level-2"]] == ["boy", "girl"]
    for name, figure in figures(texts).items():
        other = figures(numbers)[name]
        titles = [ax.get_title() for ax in figure.axes]
        assert titles == [ax.get_title() for ax in other.axes]
        for ours, theirs in zip(figure.axes, other.axes, strict=True):
            np.testing.assert_allclose(
                np.concatenate(lines_of(ours).get_segments()),
                np.concatenate(lines_of(theirs).get_segments()),
                atol=1e-6,
            )
            for label, line in references_of(ours).items():
                expected = references_of(theirs)[label].get_data()
                np.testing.assert_allclose(line.get_data(), expected, atol=1e-6)


def test_its_page_has_the_same_choices(pair):
    texts, numbers = map(files, pair)
    text, other = (
        page_text(pages)
        .replace("sex[girl]", "sex")
        .replace("sex: girl</dt>", "sex</dt>")
        .replace('value="=boy"', 'value="0"')
        .replace('value="=girl"', 'value="1"')
        for pages in (texts, numbers)
    )
    assert text == other
    ours, theirs = read_data(texts), read_data(numbers)
    for one, two in zip(
        ours["datasets"]["observations"], theirs["datasets"]["observations"], strict=True
    ):
        known = {"0": "=boy", "1": "=girl"}
        assert one["choice"] == known.get(two["choice"], one["choice"])
        assert one["open"] == two["open"]
    for one, two in zip(ours["datasets"]["lines"], theirs["datasets"]["lines"], strict=True):
        assert one["y2"]["m3"]["=girl"] == pytest.approx(two["y2"]["m3"]["1"], abs=1e-6)


def test_tables_show_levels(found):
    html = TABLES["regression"](found)
    rows = ["x", "diet[fish]", "diet[meat]", "region[south]", "region[west]", "w"]
    rows += ["x:region[south]", "x:region[west]", "Constant"]
    places = [html.index(f">{row}<") for row in rows]
    assert places == sorted(places)
    assert "diet[none]" not in html
    assert "diet[fish]" in regression_latex(found)
    assert "fish, meat, none" in TABLES["variables"](found)
    assert "north, south, west" in TABLES["variables"](found)
    assert found.summary.categories["region"].level == 2
    assert found.summary.categories["region"].n == 12


def test_labels_name_columns_and_their_levels(tmp_path):
    more = '[labels]\nx = "age"\nregion = "part of town"\n[words]\nregression = "labels"'
    found = by_roles(tmp_path, more=more)
    html = TABLES["regression"](found)
    for row in ("age", "part of town: west", "age × part of town: west", "diet: fish", "Constant"):
        assert f">{row}<" in html
    assert "region[" not in html
    assert "Own estimate: mean y less what the fixed effects make of the mean age and diet." in (
        TABLES["weights"](found)
    )


def test_variables_call_levels(found):
    written, full = values(found), named(found)
    assert written["m4"]["fixed"]["x_region_west"]
    assert (
        full["m1"]["fixed"]["diet[fish]"] == found.models["m1"]["REML"].fixed_effects["diet[fish]"]
    )


def test_the_first_level_is_the_reference(tmp_path):
    found = by_roles(tmp_path, SHORT.replace('references = {diet = "none"}', ""))
    assert list(found.models["m1"]["REML"].fixed_effects)[2:] == ["diet[meat]", "diet[none]"]
    assert found.models["m1"]["REML"].spec.formula == "y ~ x + diet + (1 | g)"


def test_panels_may_be_without_the_reference(tmp_path):
    usual = by_roles(tmp_path, TWO.replace("SEX", '"sex"'))
    turned = by_roles(tmp_path, TWO.replace("SEX", '"sex"') + '\nreferences = {sex = "girl"}')
    assert "sex[boy]" in turned.models["m1"]["REML"].fixed_effects
    for name, panels in usual.panels.items():
        for ours, theirs in zip(turned.panels[name], panels, strict=True):
            assert ours.value == theirs.value
            for group, segment in ours.lines.items():
                assert segment.y == pytest.approx(theirs.lines[group].y, abs=1e-6)
    assert files(turned)


def test_numbers_with_a_reference_are_names(tmp_path):
    found = by_roles(tmp_path, 'slope = "x"\ncovariates = ["dose"]\nreferences = {dose = 2}')
    fit = found.models["m2"]["REML"]
    assert list(fit.fixed_effects)[2:] == ["dose[1]", "dose[3]"]
    assert fit.spec.formula == "y ~ x + C(dose, 2) + (1 + x | g)"
    assert found.notes == ()


def test_covariates_stay_in_their_order(tmp_path):
    found = by_roles(tmp_path, 'slope = "x"\ncovariates = ["diet", "z", "sex"]')
    assert found.models["m1"]["REML"].spec.formula == "y ~ x + diet + z + sex + (1 | g)"


def test_names_with_blanks_and_quotes(tmp_path):
    frame = table().rename(columns={"diet": "usual diet"})
    frame["usual diet"] = frame["usual diet"].replace("none", "none: 'fasting' [a]")
    model = 'slope = "x"\ncovariates = ["usual diet"]'
    found = by_roles(tmp_path, model, frame, '[words]\nregression = "labels"')
    assert "usual diet[none: 'fasting' [a]]" in found.models["m1"]["REML"].fixed_effects
    assert "usual diet: meat" in TABLES["regression"](found)
    assert files(found)
    assert alt_texts(found)


def test_a_level_called_all_is_no_choice_of_all(tmp_path):
    frame = table().assign(sex=lambda rows: rows["sex"].replace("boy", "all"))
    found = by_roles(tmp_path, 'slope = "x"\ncovariates = ["sex"]', frame)
    assert list(found.lines.choices) == ["all", "=all", "=girl"]
    share = found.lines.at("m1", None)
    assert found.lines.at("m1", None, "=all").intercept != share.intercept


def test_models_that_lack_values_say_so_of_categories_too(tmp_path):
    frame = table()
    frame.loc[:4, "diet"] = None
    found = by_roles(tmp_path, 'slope = "x"\ncovariates = ["diet"]', frame)
    assert "t.csv: column 'diet' lacks 5 values; models with it drop those rows" in found.notes
    assert found.models["m1"]["REML"].n_observations == len(frame) - 5
    whole = by_roles(tmp_path, 'slope = "x"\ncovariates = ["diet"]', frame, '[labels]\nx = "age"')
    assert whole.summary.n_modelled == len(frame) - 5


@pytest.mark.parametrize(
    ("rows", "note"),
    [
        (
            "available",
            "lacks 41 values (read as missing: 'None' in 41; if such a word is a name, write "
            'names = ["None"] under [data]); models with it drop',
        ),
        (
            "complete",
            "lacks values (read as missing: 'None' in 41; if such a word is a name, write "
            'names = ["None"] under [data])',
        ),
    ],
)
def test_a_level_that_is_read_as_missing_is_told(tmp_path, rows, note):
    frame = table()
    assert (frame["diet"] == "none").sum() == 41
    frame["diet"] = frame["diet"].replace("none", "None")
    study = study_by_roles(tmp_path, 'slope = "x"\ncovariates = ["diet"]', frame)
    text = study.path.read_text(encoding="utf-8")
    study.path.write_text(text.replace("[data]", f'[data]\nrows = "{rows}"'), encoding="utf-8")
    notes = analyse(read_study(study.path)).notes
    assert [each for each in notes if f"t.csv: column 'diet' {note}" in each]


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ('references = {z = "a"}\nslope = "x"', "references names 'z', which is in neither list"),
        ('references = {diet = true}\ncovariates = ["diet"]', "write the first level of a cat"),
        ('references = "none"\ncovariates = ["diet"]', "write the first level of a category"),
        ('covariates = ["diet"]\nslope = "diet"', "column 'diet' has two roles"),
    ],
)
def test_studies_that_are_refused(tmp_path, model, says):
    with pytest.raises(StudyError, match=says):
        study_by_roles(tmp_path, model)


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ('slope = "diet"', r"'diet' holds .*must hold numbers: code its texts.*covariates, where"),
        (
            'slope = "x"\ncovariates = ["diet"]\nreferences = {diet = "soup"}',
            r"C\(\) has the reference 'soup'; the levels are fish, meat, none",
        ),
        ('slope = "x"\ngroup_covariates = ["diet"]', "'diet' is a level 2 predictor but varies"),
        ('slope = "x"\ncovariates = ["name"]', "column 'name' has 108 levels in 108 rows"),
        ('slope = "x"\ncovariates = ["one"]', "column 'one' is constant in the study's groups"),
        ('slope = "x"\ncovariates = ["mixed"]', "'mixed' holds 'many' in data row 1; it must"),
    ],
)
def test_tables_that_are_refused(tmp_path, model, says):
    frame = table()
    frame = frame.assign(
        name=[f"n{row}" for row in range(len(frame))],
        one="same",
        mixed=["many", *map(str, range(1, len(frame)))],
    )
    with pytest.raises(DataError, match=says):
        by_roles(tmp_path, model, frame)


def test_a_study_may_be_read_again(found):
    again = analyse(found.study)
    assert again.study == found.study
    assert json.dumps(as_dict(again)) == json.dumps(as_dict(found))


def test_an_outcome_of_texts_is_refused(tmp_path):
    study = study_by_roles(tmp_path, 'slope = "x"')
    text = study.path.read_text(encoding="utf-8").replace('outcome = "y"', 'outcome = "diet"')
    study.path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"'diet' holds .*; it must hold numbers") as refusal:
        analyse(read_study(study.path))
    assert "covariates" not in str(refusal.value)


# lme4's values for a table that a user brought, with letters beyond ASCII among its texts.
BROUGHT = {
    ("m1", "REML"): (
        *(308.78143008, [10.376182, 1.2041246, -0.2019918], [0.9408, 0.0983977, 0.21864]),
    ),
    ("m1", "ML"): (305.20212665, [10.37656, 1.204023, -0.20110153], [0.92089, 0.0972055, 0.215986]),
    ("m2", "REML"): (
        *(308.29377326, [10.365056, 1.2036464, -0.16966378], [0.85491, 0.101206, 0.218011]),
    ),
    ("m2", "ML"): (
        *(304.69070066, [10.364846, 1.2036047, -0.16854929], [0.840215, 0.0998737, 0.215363]),
    ),
}
"""Criterion, fixed effects and their standard errors."""


@pytest.mark.parametrize(("model", "method"), BROUGHT)
def test_lme4_on_a_table_with_texts(tmp_path, model, method):
    path = tmp_path / "study.toml"
    source = (ORACLE / "data" / "text_covariate.csv").as_posix()
    path.write_text(
        f'[data]\ntable = "{source}"\ngroup = "klasse"\n'
        '[model]\noutcome = "punkte"\nslope = "alter"\ncovariates = ["geschlecht"]\n',
        encoding="utf-8",
    )
    fit = analyse(read_study(path)).models[model][method]
    criterion, fixed, errors = BROUGHT[model, method]
    assert list(fit.fixed_effects) == ["Intercept", "alter", "geschlecht[Mädchen]"]
    assert fit.criterion == pytest.approx(criterion, abs=1e-7)
    assert list(fit.fixed_effects.values()) == pytest.approx(fixed, rel=1e-5)
    assert list(fit.standard_errors.values()) == pytest.approx(errors, rel=1e-4)


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("place", [1, 2, 3])
def test_lme4_where_texts_stand_for_0_and_1(tmp_path, place, method):
    frame = pd.read_csv(ORACLE / "data" / "unbalanced.csv", dtype={"g": str})
    frame["sex"] = frame["sex"].map({0: "boy", 1: "girl"})
    model = 'slope = "x"\ncovariates = ["sex"]\ngroup_covariates = ["w"]'
    fit = by_roles(tmp_path, model, frame).models[f"m{place}"][method]
    reference = REFERENCES["unbalanced"]["models"]
    reference = (list(reference.values()) if isinstance(reference, dict) else reference)[place]
    assert fit.spec.formula.replace("~ ", "~ 1 + ") == reference["formula"]
    _agree(fit, reference[method])


def test_lme4_on_a_cross_level_product_beside_a_category(tmp_path):
    """y ~ x * w + diet + (1 + x | g), which the short form writes with the product last."""
    frame = pd.read_csv(ORACLE / "data" / "formulas.csv", dtype={"g": str})
    model = 'slope = "x"\ncovariates = ["diet"]\ngroup_covariates = ["w"]\ncross_level = true'
    fit = by_roles(tmp_path, model, frame).models["m4"]["REML"]
    reference = FORMULAS["interaction"]["REML"]
    assert fit.criterion == pytest.approx(reference["criterion"], abs=CRITERION)
    ours = sorted(fit.fixed_effects.values())
    assert ours == pytest.approx(sorted(reference["fixef"].values()), abs=1e-5)


def _agree(fit, reference):
    assert fit.criterion == pytest.approx(reference["criterion"], abs=CRITERION)
    for mine, theirs, error in zip(
        fit.fixed_effects.values(),
        reference["fixef"].values(),
        reference["se"].values(),
        strict=True,
    ):
        assert mine == pytest.approx(theirs, abs=ESTIMATE * error)


def test_a_study_of_numbers_waits_for_no_library_of_formulas(root):
    code = (
        "import sys; from analysis.results.ladder import study_ladder; "
        "from analysis.study.sample import load; from analysis.study.studyfile import read_study; "
        "study_ladder(load(read_study('data/popularity.toml'))); print('formulaic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
