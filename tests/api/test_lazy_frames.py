"""Frames whose rows an engine holds: refused in a line that says what to do."""

import dask.dataframe as dd
import duckdb
import pandas as pd
import polars as pl
import pytest

from analysis import fit
from analysis.errors import DataError

ROWS = pd.DataFrame({"y": [1.0, 2, 4, 4, 6, 8, 3, 3, 5], "g": list("aaabbbccc")})


def of_duckdb():
    return duckdb.connect().from_df(ROWS)


def of_polars():
    return pl.LazyFrame({name: ROWS[name].to_list() for name in ROWS})


def of_dask():
    return dd.from_pandas(ROWS, npartitions=2)


@pytest.mark.parametrize("lazy", [of_duckdb, of_polars, of_dask])
def test_a_frame_whose_rows_are_elsewhere_is_refused_with_advice(lazy):
    with pytest.raises(DataError) as refusal:
        fit("y ~ 1 + (1 | g)", lazy())
    assert str(refusal.value).startswith("the data frame: a ")
    assert "has its rows elsewhere; collect it into a data frame" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_same_rows_collected_are_fitted():
    collected = of_polars().collect()
    assert fit("y ~ 1 + (1 | g)", collected).fixed_effects["Intercept"] == pytest.approx(4.0)
