"""What sentences decide: kinds of fixed effects, order of models, and what is doubtful."""

from dataclasses import replace

import pytest
from results.formula_studies import of, rows

from analysis.results.doubts import Plenty
from analysis.results.predictors import Kind
from analysis.results.preferences import HARDLY_APART, Strength

TERMS = {
    "x * w": {"x": ("unit", ["w"]), "w": ("unit", ["x"]), "x:w": ("product", [])},
    "x * town": {
        "x": ("unit", ["town"]),
        "town[small]": ("contrast", ["x"]),
        "x:town[small]": ("product", []),
    },
    # Without an effect of its own a category has no reference in the products.
    "x + x:town": {"x": ("coefficient", []), "x:town[small]": ("coefficient", [])},
    "town * diet": {
        "town[small]": ("contrast", ["diet"]),
        "diet[meat]": ("contrast", ["town"]),
        "diet[none]": ("contrast", ["town"]),
        "town[small]:diet[meat]": ("coefficient", []),
        "town[small]:diet[none]": ("coefficient", []),
    },
    "x + I(x**2)": {"x": ("coefficient", []), "I(x ** 2)": ("coefficient", [])},
    "log(dose) + scale(z)": {"log(dose)": ("unit", []), "scale(z)": ("unit", [])},
    "within(x) + group_mean(x)": {"within(x)": ("unit", []), "group_mean(x)": ("unit", [])},
    "log(z + 9)": {"log(z + 9)": ("coefficient", [])},
    "C(dose, 2)": {"dose[1]": ("contrast", []), "dose[3]": ("contrast", [])},
    "x * z * w": {
        "x": ("unit", ["z", "w"]),
        "z": ("unit", ["x", "w"]),
        "w": ("unit", ["x", "z"]),
        "x:z": ("product", ["w"]),
        "x:w": ("product", ["z"]),
        "z:w": ("product", ["x"]),
        "x:z:w": ("coefficient", []),
    },
}


@pytest.mark.parametrize("terms", TERMS)
def test_an_effect_is_what_a_sentence_can_say(tmp_path, terms):
    found = of(tmp_path, {"m1": f"y ~ {terms} + (1 | g)"}).verdicts.fixed
    said = {
        each.term: (str(each.kind), sorted(factor.columns[0] for factor in each.held))
        for each in found
    }
    assert said == {term: (kind, sorted(held)) for term, (kind, held) in TERMS[terms].items()}


def test_names_may_look_like_products_and_levels(tmp_path):
    table = rows().rename(columns={"x": "a:b", "w": "w[1]", "z": "log(z)", "town": "where: now"})
    found = of(
        tmp_path,
        {"m1": "y ~ `a:b` * `w[1]` + `log(z)` + `where: now` + (1 + `a:b` | g)"},
        table,
    ).verdicts.fixed
    assert {each.term: each.kind for each in found} == {
        "a:b": Kind.UNIT,
        "w[1]": Kind.UNIT,
        "log(z)": Kind.UNIT,
        "where: now[small]": Kind.CONTRAST,
        "a:b:w[1]": Kind.PRODUCT,
    }


def test_what_rests_on_the_number_of_groups(tmp_path):
    formula = "y ~ x * w + z + town + diet + group_mean(z) + (1 + x | g)"
    found = of(tmp_path, {"m1": formula}).verdicts.fixed
    assert [each.term for each in found if each.on_groups] == [
        "x", "w", "town[small]", "group_mean(z)", "x:w",
    ]  # fmt: skip


def test_a_difference_between_two_values_is_theirs(tmp_path):
    table = rows().assign(h=lambda rows: 10 + 4 * (rows["k"] % 2))
    results = of(tmp_path, {"m1": "y ~ h + x + (1 | g)"}, table)
    first, _ = results.verdicts.fixed
    assert first.factors[0].values == (10.0, 14.0)
    assert first.effect.estimate == 4 * results.models["m1"]["REML"].fixed_effects["h"]


def test_the_largest_model_is_the_last_of_the_most_parameters(tmp_path):
    formulas = {"a": "y ~ x + (1 | g)", "b": "y ~ z + (1 | g)", "c": "y ~ 1 + (1 | g)"}
    assert of(tmp_path, formulas).verdicts.largest == "b"


def test_models_closer_than_two_are_rivals(results):
    first, second, third = results.comparison
    for more, expected in ((HARDLY_APART - 0.01, ("m2",)), (HARDLY_APART, ())):
        found = replace(
            results,
            comparison=(replace(first, aic=100.0), replace(second, aic=100.0 + more), third),
        ).verdicts.preferences["aic"]
        assert (found.model, found.rivals) == ("m1", expected)
        assert list(found.behind) == ["m2", "m3"]


@pytest.mark.parametrize("p", [0.001, 0.01, 0.05, 0.1])
def test_evidence_is_weaker_from_each_bound_on(p):
    assert Strength.of(p - 1e-9) is not Strength.of(p)


def test_doubts_of_the_report(results, gaps):
    assert results.verdicts.doubts.plenty is Plenty.FEW
    assert results.verdicts.doubts.n_left_out == 0
    assert (gaps.verdicts.doubts.n_left_out, gaps.verdicts.doubts.n_of_groups) == (55, 307)
    # Each model of it uses other rows than the null model, which needs the outcome alone.
    assert gaps.verdicts.on_other_rows == (("null", "m1"),)
    assert [change.full for change in gaps.verdicts.changes] == ["m2", "m3"]
