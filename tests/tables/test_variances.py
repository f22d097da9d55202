"""The table of the variances, and digits that it shares with that of the weights."""

import pytest
from html_tables import Reader, number, study

from analysis.tables import TABLES
from analysis.writing.notation import component


def test_variances_are_the_fits(results):
    rows = Reader(TABLES["variances"](results)).texts
    m2 = results.models["m2"]["REML"]
    by_name = {row[0]: row for row in rows}
    assert rows[0] == ["Random effect", "Quantity", "Null", "M1", "M2", "M3"]
    assert by_name["Class, slope of extraversion"][4] == f"{m2.random_covariance[1, 1]:.4f}"
    assert by_name["Class, slope of extraversion"][2:4] == ["–", "–"]
    assert by_name["Class, correlation of intercept and slope"][1:4] == ["–", "–", "−0.933"]
    height = results.summary.models["m2"].at_mean
    at_mean = by_name["Class, height at the mean extraversion"]
    assert at_mean[2:5] == ["–", "–", f"{height.variances['Intercept']:.4f}"]
    assert by_name["Class, correlation of height and slope"][1:4] == ["–", "–", "−0.724"]
    assert by_name["Intraclass correlation"][1:] == ["0.267", "–", "–", "–"]
    assert by_name["Residual intraclass correlation"][1:] == ["–", "0.491", "0.573", "0.432"]
    # performance 0.10.2 has these of lme4's fits.
    assert by_name["R², fixed effects"][1:] == ["0.000", "0.372", "0.355", "0.464"]
    assert by_name["R², with random effects"][1:] == ["0.267", "0.680", "0.724", "0.695"]
    assert by_name["Groups"][1:] == ["15"] * 4


def test_small_components_keep_three_digits():
    """Four decimals would leave 0.00523 two digits."""
    assert component(0.00523) == "0.00523"
    assert component(0.48371) == "0.4837"


def test_says_where_the_null_model_uses_more_rows(gaps, results):
    *_, remark = Reader(TABLES["variances"](gaps)).texts
    null = gaps.models["null"]["REML"].n_observations
    assert null > gaps.summary.n_modelled
    assert remark[0].startswith(
        f"The null model uses {null} rows, the other models {gaps.summary.n_modelled}:"
    )
    assert "null model uses" not in TABLES["variances"](results)


def test_singular_fits_are_said_to_be(root, tmp_path):
    table = root / "tests" / "oracle" / "data" / "intercept_variance_zero.csv"
    singular = study(
        tmp_path,
        f"[data]\ntable='{table}'\ngroup='g'\n[model]\noutcome='y'\nslope='x'\n",
    )
    rows = {row[0]: row[1:] for row in Reader(TABLES["variances"](singular)).texts}
    expected = ["yes" if fits["REML"].singular else "no" for fits in singular.models.values()]
    assert "yes" in expected
    assert rows["Singular fit"] == expected


@pytest.mark.parametrize("points", [1e-6, 1e-3, 1e6])
def test_variances_and_weights_keep_their_digits_in_every_unit(units, points):
    m2 = units[points].models["m2"]["REML"]
    rows = {tuple(row[:2]): row[2:] for row in Reader(TABLES["variances"](units[points])).texts}
    for name, value in (
        ("Residual", m2.residual_variance),
        ("Class, slope of extraversion", m2.random_covariance[1, 1]),
    ):
        text = rows[name, "variance"][2]
        assert number(text) == pytest.approx(value, rel=0.005)
        assert len(text) < 16
    _, *weights, note = Reader(TABLES["weights"](units[points])).texts
    m1 = units[points].models["m1"]["REML"]
    for row in weights:
        assert row[-1] == row[-2]
        group = row[0].partition("\xa0")[0]
        predicted = m1.fixed_effects["Intercept"] + m1.group_effects[group]["Intercept"]
        assert number(row[-1]) == pytest.approx(predicted, rel=0.02)
        assert 0.9 < float(row[3]) < 1
    assert "0.0000," not in note[0]
