"""Models one step further: lme4's numbers, and what is left out."""

import dataclasses

import pytest
from ratings import STUDY, pupils

from analysis.results.further import CONTEXTUAL, CROSS_LEVEL, FIXED_SLOPE
from analysis.results.results import analyse
from analysis.study.studyfile import parse_study, read_study


def test_the_numbers_are_lme4s(results):
    """Fits of lme4 1.1-31 by ML at tight optima, on the classes of the report."""
    found = results.further
    assert found.base == "m3"
    assert [row.model for row in found.rows] == [
        "cross_level", "m3", "fixed_slope", "contextual", "m2", "m1",
    ]  # fmt: skip
    bic = {row.model: row.bic for row in found.rows}
    assert bic["fixed_slope"] == pytest.approx(728.19, abs=0.006)
    tests = {name: model.test for name, model in found.models.items()}
    assert tests[CROSS_LEVEL].chisq == pytest.approx(13.37, abs=0.006)
    assert tests[CROSS_LEVEL].p == pytest.approx(0.00026, abs=6e-6)
    assert tests[FIXED_SLOPE].chisq == pytest.approx(4.16, abs=0.006)
    assert tests[FIXED_SLOPE].p == pytest.approx(0.125, abs=6e-4)
    assert tests[FIXED_SLOPE].p_boundary == pytest.approx(0.083, abs=6e-4)
    assert (found.best_aic, found.best_bic) == ("cross_level", "cross_level")
    assert found.models[CROSS_LEVEL].fits["REML"].singular
    (low, few), (high, many) = found.level_2
    assert (low, high) == (2.0, 9.0)
    assert (10 * few.estimate, 10 * many.estimate) == pytest.approx((1.65, -0.17), abs=0.006)


@pytest.mark.parametrize(("groups", "chisq"), [("86-100", 8.8), ("all", 65.2)])
def test_the_product_is_found_in_other_classes_too(root, groups, chisq):
    path = root / "data" / "popularity.toml"
    text = path.read_text("utf-8").replace('"1-15"', f'"{groups}"')
    found = analyse(parse_study(path, text)).further
    assert found.models[CROSS_LEVEL].test.chisq == pytest.approx(chisq, abs=0.06)
    assert found.best_bic == CROSS_LEVEL


def test_a_combination_of_effects_has_the_error_of_both(results):
    found = results.further
    fit = found.models[CROSS_LEVEL].fits["REML"]
    names = list(fit.fixed_effects)
    at = [names.index("texp"), names.index("extrav:texp")]
    c = fit.covariance
    for value, effect in found.level_2:
        variance = c[at[0], at[0]] + value**2 * c[at[1], at[1]] + 2 * value * c[at[0], at[1]]
        assert effect.error == pytest.approx(variance**0.5)


@pytest.fixture
def analysed(tmp_path):
    def of(change, frame=None):
        (pupils() if frame is None else frame).to_csv(tmp_path / "pupils.csv", index=False)
        (tmp_path / "study.toml").write_text(change(STUDY), encoding="utf-8")
        return analyse(read_study(tmp_path / "study.toml")).further

    return of


def test_a_model_that_the_study_has_is_not_fitted_again(analysed):
    """Without level 2 predictors the model without random slope is model 1."""
    found = analysed(lambda text: text.replace('group_covariates = ["texp"]', ""))
    assert (found.base, list(found.models)) == ("m2", [CONTEXTUAL])
    assert found.level_2 == ()


def test_a_study_without_random_slopes_goes_no_step_further(analysed):
    assert analysed(lambda text: text.replace('slope = "extrav"', "")) is None


def test_rows_that_cannot_be_compared_go_no_step_further(analysed):
    frame = pupils()
    frame.loc[:8, "texp"] = float("nan")
    assert analysed(lambda text: text, frame) is None


def test_a_predictor_whose_mean_is_the_same_everywhere_has_no_model_of_its_means(analysed):
    frame = pupils()
    frame["extrav"] = [*range(1, 10)] * 8
    assert CONTEXTUAL not in analysed(lambda text: text, frame).models


def test_names_may_hold_what_formulas_are_made_of(analysed):
    name = "a ~ b | c + (d)"
    frame = pupils().rename(columns={"extrav": name})
    found = analysed(lambda text: text.replace('"extrav"', f'"{name}"'), frame)
    assert list(found.models) == [FIXED_SLOPE, CROSS_LEVEL, CONTEXTUAL]
    assert found.models[CROSS_LEVEL].columns == (name, "texp")


def test_it_is_frozen(results):
    with pytest.raises(dataclasses.FrozenInstanceError):
        results.further.base = "m1"


def test_a_model_with_the_mean_has_no_other_one_of_it(analysed):
    formulas = '\n[models]\nm2 = "popular ~ extrav + group_mean(extrav) + (1 + extrav | class)"\n'

    def change(text):
        return text[: text.index("[model]")].replace('group = "class"\n', "") + formulas

    found = analysed(change)
    assert found.base == "m2"
    assert list(found.models) == [FIXED_SLOPE]
