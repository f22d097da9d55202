"""How numbers are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.writing.notation import Notation, points
from analysis.writing.numbers import decimals_of_column, number, p_value, percent


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(0.5177, 2, "0.52"), (-0.0049, 2, "0.00"), (-1.5, 0, "−2"), (720.3867, 3, "720.387")],
)
def test_number(value, digits, text):
    assert number(value, digits) == text


@pytest.mark.parametrize(
    ("p", "text"), [(0.0179, "= 0.018"), (0.00051, "< 0.001"), (1.0, "= 1.000"), (0.001, "= 0.001")]
)
def test_p_value_with_its_relation(p, text):
    assert p_value(p) == text


@pytest.mark.parametrize(
    ("p", "decimals", "text"),
    [
        (0.0179260, 4, "0.0179"),
        (0.0179260, 7, "0.0179260"),
        (0.0001, 4, "0.0001"),
        (0.00009, 4, "9.00 × 10⁻⁵"),
        (1.524e-26, 4, "1.52 × 10⁻²⁶"),
        (1.524e-26, 7, "1.52 × 10⁻²⁶"),
        (0.0, 7, "< 10⁻³⁰⁰"),
    ],
)
def test_p_value_with_decimals(p, decimals, text):
    assert p_value(p, decimals).replace("\xa0", " ") == text


@given(st.floats(min_value=0, max_value=1), st.sampled_from([None, 4, 7]))
def test_no_p_value_is_printed_as_zero(p, decimals):
    """It stood as "printed p of 0.0000" beside 1.52 × 10⁻²⁶."""
    assert p_value(p, decimals).lstrip("= ").strip("0.")


def test_percent():
    assert [percent(share) for share in (0.0, 0.4909, 1.0)] == ["0%", "49%", "100%"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.749, "0.75 points"),
        (-1.04, "−1 points"),
        (1.04, "one point"),
        (1.26, "1.5 points"),
        (9.76, "10 points"),
        (9.74, "9.5 points"),
        (10.4, "10 points"),
        (12.6, "13 points"),
    ],
)
def test_points_are_halves_below_ten_and_whole_from_there(value, text):
    assert points(value, Notation(decimals=2), "point", "points") == text


def test_points_with_a_power_of_ten_are_not_rounded():
    assert (
        points(2e-6, Notation(decimals=2, power=-6), "point", "points")
        == "2.00\xa0×\xa010⁻⁶ points"
    )


@pytest.mark.parametrize(
    ("values", "decimals"),
    [([8.043012, 4.141001], 6), ([74.8], 5), ([0.0, 0.0], 6), ([], 6), ([0.04], 6), ([5e7], 0)],
)
def test_a_column_of_chisq_has_rs_decimals(values, decimals):
    assert decimals_of_column(values) == decimals


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), st.integers(0, 6))
def test_nothing_is_minus_zero(value, decimals):
    text = number(value, decimals)
    assert "-" not in text
    assert float(text.replace("−", "-")) != 0 or not text.startswith("−")
