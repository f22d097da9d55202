"""A study with missing values: the page says what it counts, and agrees with the figures."""

import pytest
from page.reading import page_text, read_data

from analysis.page.page import files


@pytest.fixture(scope="module")
def gaps(altered):
    """Return the results of a table that lacks the sex of every third pupil."""

    def change(table):
        table["sex"] = table["sex"].where(table.index % 3 != 0).astype("Int64")
        return table

    return altered(change)


def test_weights_follow_from_the_pupils_that_model_1_knows(gaps):
    pages = files(gaps)
    data, fit = read_data(pages), gaps.models["m1"]["REML"]
    known = gaps.sample.table.dropna().groupby("class").size()
    between = fit.random_covariance[0, 0]
    groups = data["datasets"]["groups"]
    for row, drawn, line in zip(data["table"], groups, data["datasets"]["lines"], strict=False):
        n = known[row["class"]]
        assert row["n"] == drawn["n"] == gaps.sample.sizes[row["class"]] > n
        assert row["n_models"] == drawn["weighed"] == line["weighed"] == n
        assert row["weight"] == pytest.approx(n * between / (n * between + fit.residual_variance))
    assert data["median"] == sorted(known)[len(known) // 2]
    missing = sum(gaps.sample.sizes.values()) - fit.n_observations
    assert f"they leave out {missing}, of whom a predictor is not known." in page_text(pages)


def test_where_nothing_is_missing_nothing_is_said_of_it(pages, data):
    assert "n_models" not in data["table"][0]
    assert "that the models know" not in page_text(pages)
