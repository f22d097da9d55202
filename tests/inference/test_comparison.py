"""The likelihood-ratio table: lme4's numbers, and every refusal of lme4 and MixedModels.jl."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from scipy.stats import chi2

from analysis.errors import NotComparableError, UnequalRowsError
from analysis.inference.comparison import boundary_p_value, compare
from analysis.mixed.estimate import fit
from analysis.mixed.model import ModelSpec

ROOT = Path(__file__).resolve().parents[2]
ORACLE = ROOT / "tests" / "oracle"
LME4 = json.loads((ORACLE / "lme4.json").read_text(encoding="utf-8"))["datasets"]
REFERENCES = json.loads((ORACLE / "references.json").read_text(encoding="utf-8"))["datasets"]
ANOVAS = [case for case, data in REFERENCES.items() if data["anova"]]

# Exact optimisers agree to 1e-7 on a deviance; a difference of two may be off by twice that.
DEVIANCE = 2e-7
# The tail of chi-square(1) at a difference of nearly 0 has a vertical slope.
P_VALUE = 1e-3


def spec(name="m", *, fixed=("extrav", "sex"), slopes=(), **changes):
    columns = {"outcome": "popular", "group": "class"} | changes
    return ModelSpec(name=name, fixed=fixed, slopes=slopes, **columns)


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(ROOT / "data" / "popularity.csv").query("`class` <= 15")


@pytest.fixture(scope="module")
def ml(results):
    return {name: fits["ML"] for name, fits in results.models.items()}


def check(rows, expected):
    columns = {
        "npar": "npar", "AIC": "aic", "BIC": "bic", "logLik": "log_likelihood",
        "deviance": "deviance", "Chisq": "chisq", "Df": "df", "p": "p",
    }  # fmt: skip
    assert [row.model for row in rows] == expected["model"]
    for theirs, ours in columns.items():
        for row, value in zip(rows, expected[theirs], strict=True):
            if value is None:
                assert getattr(row, ours) is None
            elif theirs == "p":
                relative = 1e-6 if row.chisq > 0.01 else P_VALUE
                assert row.p == pytest.approx(value, rel=relative, abs=1e-300)
            else:
                assert getattr(row, ours) == pytest.approx(value, abs=DEVIANCE)


def test_lme4_anova_of_the_report(results):
    check(results.comparison, LME4["popular2_1_15"]["anova"])


def test_lme4_anova_of_all_classes():
    table = pd.read_csv(ROOT / "data" / "popularity.csv")
    wide = ("extrav", "sex", "texp")
    specs = [spec("m1"), spec("m2", slopes=("extrav",)), spec("m3", fixed=wide, slopes=("extrav",))]
    check(compare([fit(s, table, "ML") for s in specs]), LME4["popular2_all"]["anova"])


@pytest.mark.parametrize("case", ANOVAS)
def test_lme4_anova_of_the_references(case):
    data = REFERENCES[case]
    path = ROOT / "data" / "popularity.csv"
    table = pd.read_csv(path if data["data"] == "popular2" else ORACLE / data["data"])
    if "groups" in data:
        table = table[table["class"].isin(data["groups"])]
    expected = data["anova"]
    # anova() needs the same rows: the references dropped those that any model lacks.
    used = {name for model in expected["model"] for name in data["models"][model]["fixed"]}
    table = table.dropna(subset=[data["outcome"], *used])
    fits = [
        fit(
            spec(
                model,
                fixed=tuple(data["models"][model]["fixed"]),
                slopes=tuple(data["models"][model]["random"]),
                outcome=data["outcome"],
                group=data["group"],
            ),
            table,
            "ML",
        )
        for model in expected["model"]
    ]
    check(compare(fits), expected)


def test_boundary_p_value(results):
    """Half of chi-square(1) and half of chi-square(2), where one slope variance is added."""
    m2, m3 = results.comparison[1:]
    mixture = (chi2.sf(m2.chisq, 1) + chi2.sf(m2.chisq, 2)) / 2
    assert m2.p_boundary == pytest.approx(mixture, rel=1e-12)
    assert m2.p_boundary < m2.p
    assert m3.p_boundary is None
    assert boundary_p_value(0.0, 1) == pytest.approx(1.0)


def test_the_first_row_has_no_test(results):
    first = results.comparison[0]
    assert (first.chisq, first.df, first.p, first.p_boundary) == (None,) * 4


def test_equal_fits_have_chisq_of_zero():
    """A variance of 0 in the larger model: chisq 0, not -1e-12, and p 1."""
    table = pd.read_csv(ORACLE / REFERENCES["slope_variance_zero"]["data"])
    columns = {"fixed": ("x",), "outcome": "y", "group": "g"}
    reduced, full = spec("m1", **columns), spec("m2", slopes=("x",), **columns)
    row = compare([fit(reduced, table, "ML"), fit(full, table, "ML")])[1]
    assert 0.0 <= row.chisq < DEVIANCE
    assert row.p == pytest.approx(1.0, abs=P_VALUE)


def refused(fits, pattern, kind=NotComparableError):
    with pytest.raises(NotComparableError, match=pattern) as error:
        compare(fits)
    assert type(error.value) is kind
    assert "\n" not in str(error.value)


def test_refuses_nothing_to_compare():
    refused([], "cannot compare 0 fits; give at least one")


def test_one_fit_has_a_row_without_a_test(ml):
    (row,) = compare([ml["m1"]])
    assert (row.model, row.deviance, row.aic) == ("m1", ml["m1"].criterion, ml["m1"].aic)
    assert (row.chisq, row.df, row.p, row.p_boundary) == (None, None, None, None)


def test_refuses_reml_fits_with_different_fixed_effects(results):
    fits = [results.models[name]["REML"] for name in ("m2", "m3")]
    refused(fits, "both are REML fits and their fixed effects differ; compare the ML fits")


def test_compares_reml_fits_with_equal_fixed_effects(results):
    fits = [results.models[name]["REML"] for name in ("m1", "m2")]
    row = compare(fits)[1]
    assert row.chisq == pytest.approx(fits[0].criterion - fits[1].criterion)


def test_refuses_different_methods(results):
    fits = [results.models["m1"]["ML"], results.models["m2"]["REML"]]
    refused(fits, "one is a ML fit, the other REML; use ML for both")


def test_refuses_different_outcomes(ml, table):
    table = table.assign(other=table["popular"] ** 2)
    other = fit(spec(slopes=("extrav",), outcome="other"), table, "ML")
    refused([ml["m1"], other], "their outcomes or groups differ")


def test_refuses_different_groups(ml, table):
    regrouped = table.assign(half=table["pupil"] % 5)
    other = fit(spec(slopes=("extrav",), group="half"), regrouped, "ML")
    refused([ml["m1"], other], "their outcomes or groups differ")


def test_refuses_different_rows(table):
    """Missing values are dropped by model, so that the models are of different pupils."""
    sparse = table.astype({"texp": float})
    sparse.loc[sparse.index[:7], "texp"] = float("nan")
    full = fit(spec("full", fixed=("extrav", "sex", "texp")), sparse, "ML")
    refused(
        [fit(spec("reduced"), sparse, "ML"), full],
        "reduced uses 307 rows and full 300",
        UnequalRowsError,
    )


def test_refuses_other_rows_of_the_same_number(table):
    reduced = fit(spec(), table.iloc[:-1], "ML")
    full = fit(spec(slopes=("extrav",)), table.iloc[1:], "ML")
    refused([reduced, full], "306 rows", UnequalRowsError)
    full = fit(spec(slopes=("extrav",)), table.drop(index=table.index[5]), "ML")
    refused([reduced, full], "306 rows", UnequalRowsError)


def test_refuses_other_values_in_the_same_rows(ml, table):
    shifted = table.reset_index(drop=True).assign(popular=lambda t: t["popular"] + 1)
    full = fit(spec(slopes=("extrav",)), shifted.astype({"class": str}), "ML")
    refused([ml["m1"], full], "their tables differ in column 'popular'")


def test_refuses_the_same_rows_in_other_groups(table):
    fits = [fit(spec(), table, "ML")]
    swapped = table["class"].to_numpy(copy=True)
    swapped[[5, 30]] = swapped[[30, 5]]  # neither is its class's first row
    for classes in (
        swapped,
        table["class"] + 1,
        table["class"].sample(frac=1, random_state=1).to_numpy(),
    ):
        full = fit(spec(slopes=("extrav",)), table.assign(**{"class": classes}), "ML")
        refused([*fits, full], "their tables differ in column 'class'")


@pytest.mark.parametrize(
    "labels",
    [range(307), range(5, 312), [*range(9), *range(20, 318)], [f"r{i}" for i in range(307)]],
)
def test_rows_are_known_by_their_labels(table, labels):
    labelled = table.set_axis(pd.Index(labels))
    reduced = fit(spec(), labelled, "ML")
    # The same labels, neither as a range nor the same object.
    same = labelled.set_axis(pd.Index([*labels]))
    assert compare([reduced, fit(spec(slopes=("extrav",)), same, "ML")])[1].df == 2
    other = labelled.rename(index={labels[7]: "another" if labels[0] == "r0" else 999})
    refused([reduced, fit(spec(slopes=("extrav",)), other, "ML")], "rows", UnequalRowsError)


def test_refuses_models_that_are_not_nested(ml, table):
    wide = fit(spec("wide", fixed=("extrav", "texp"), slopes=("extrav",)), table, "ML")
    narrow = fit(spec("narrow"), table, "ML")
    refused([narrow, wide], "no special case of")
    other = fit(spec("other", slopes=("sex",)), table, "ML")
    steep = fit(spec("steep", fixed=("extrav", "sex", "texp"), slopes=("extrav",)), table, "ML")
    refused([other, steep], "no special case of")


def test_refuses_the_wrong_order_and_equal_models(ml):
    refused([ml["m2"], ml["m1"]], "no special case of")
    refused([ml["m1"], ml["m1"]], "no special case of")


def test_refuses_a_larger_model_that_fits_worse(ml):
    worse = replace(ml["m2"], criterion=ml["m1"].criterion + 0.01)
    refused([ml["m1"], worse], "the larger model fits worse .* not at its optimum")
