"""The table of the variables."""

import pandas as pd
import pytest
from html_tables import Reader

from analysis.results.described import described
from analysis.tables import TABLES
from analysis.tables.variables import _description


def test_variables_describe_level_2_once_a_group(results):
    rows = {row[1]: row for row in Reader(TABLES["variables"](results)).texts[1:-1]}
    assert list(rows) == ["popular", "extrav", "sex", "texp"]
    table = results.sample.table
    by_class = table.groupby("class")["texp"].first()
    assert rows["texp"][2:] == [
        *("2", "years", "15", f"{by_class.min():.0f}–{by_class.max():.0f}"),
        *(f"{by_class.mean():.2f}", f"{by_class.std():.2f}"),
    ]
    assert rows["sex"][0] == "Gender"
    assert rows["sex"][3:] == ["0 = boy, 1 = girl", "307", "0–1", "0.45", "0.50"]


@pytest.mark.parametrize(
    ("values", "printed"),
    [
        ([-1.9e-9, 5.6e-9], ["2", "−1.9 × 10⁻⁹ to 5.6 × 10⁻⁹", "1.8 × 10⁻⁹", "5.3 × 10⁻⁹"]),
        ([6.1e10, 9.4e10], ["2", "6.1 × 10¹⁰ to 9.4 × 10¹⁰", "7.8 × 10¹⁰", "2.3 × 10¹⁰"]),
        ([0.0, 1.0], ["2", "0–1", "0.50", "0.71"]),
        ([2.0, 24.0], ["2", "2–24", "13.00", "15.56"]),
    ],
)
def test_columns_are_described_in_any_unit(values, printed):
    found = [text.replace("\xa0", " ") for text in _description(described(1, pd.Series(values)))]
    assert found == printed
