"""The checks of the largest model, against whole matrices of its rows and its own estimates."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from analysis.inference.residuals import Rows
from analysis.results.checks import checks
from analysis.results.quantiles import middle, places_of
from analysis.results.results import analyse
from analysis.study.studyfile import parse_study, read_study

FORMULA = '[models]\nm1 = "popular ~ extrav * texp + sex + (1 + extrav || class)"'


def as_matrices(fit, table):
    """Return y, X, Z of all groups side by side, and V in units of the residual variance."""
    ones = np.ones(len(table))
    x = np.column_stack((ones, *(table[name] for name in fit.spec.fixed)))
    of_row = np.column_stack((ones, *(table[name] for name in fit.spec.slopes)))
    member = (table[fit.spec.group].to_numpy()[:, None] == np.array(fit.groups)).astype(float)
    z = np.concatenate([member * column[:, None] for column in of_row.T], axis=1)
    psi = np.kron(fit.random_covariance, np.eye(fit.n_groups)) / fit.residual_variance
    return table[fit.spec.outcome].to_numpy(), x, z, psi, np.eye(len(table)) + z @ psi @ z.T


@pytest.fixture(scope="module")
def by_formula(root):
    text = (root / "data" / "popularity.toml").read_text(encoding="utf-8")
    text = text[: text.index("[model]")] + FORMULA
    return analyse(parse_study(root / "data" / "popularity.toml", text))


@pytest.fixture(scope="module", params=["results", "by_formula"])
def either(request):
    results = request.getfixturevalue(request.param)
    name = results.ladder.compared[-1]
    matrix = results.ladder.rung(name).matrix
    table = results.rows if matrix is None else matrix.table
    return results, results.models[name]["REML"], table, checks(results.lines)


def test_residuals_are_what_the_predictions_leave(either):
    _, fit, table, found = either
    y, x, z, _, _ = as_matrices(fit, table)
    fixed = [fit.fixed_effects[name] for name in fit.spec.fixed_names]
    predicted = x @ fixed + z @ fit.conditional_means.T.reshape(-1)
    order = np.argsort([fit.groups.index(g) for g in table[fit.spec.group]], kind="stable")
    np.testing.assert_allclose(found.fitted, predicted[order], atol=1e-6)
    np.testing.assert_allclose(found.residuals, (y - predicted)[order], atol=1e-6)
    assert found.deviation == fit.residual_variance**0.5
    assert (found.n, len(found.residuals)) == (len(table), len(table))


def test_they_are_divided_by_their_own_deviations(either):
    """By P as a matrix of all rows: residuals have its diagonal, effects that of Psi Z'PZ Psi."""
    results, fit, table, found = either
    y, x, z, psi, v = as_matrices(fit, table)
    inverse = np.linalg.inv(v)
    p = inverse - inverse @ x @ np.linalg.solve(x.T @ inverse @ x, x.T @ inverse)
    sigma = fit.residual_variance**0.5
    residuals = p @ y
    np.testing.assert_allclose(
        found.of_residuals.found[[0, -1]],
        np.sort(residuals / np.sqrt(p.diagonal()) / sigma)[[0, -1]],
        atol=1e-6,
    )
    effects = psi @ z.T @ p @ y
    covariance = psi @ z.T @ p @ z @ psi
    n = fit.n_groups
    for term, weights in results.lines.random_terms(fit.name, fit.groups).items():
        all_weights = np.concatenate([np.diag(column) for column in weights.T], axis=1)
        deviations = np.sqrt((all_weights @ covariance @ all_weights.T).diagonal())
        if term not in found.of_groups:
            assert deviations.max() == 0
            continue
        expected = np.sort(all_weights @ effects / deviations / sigma)
        np.testing.assert_allclose(found.of_groups[term].found, expected, atol=1e-5)
        np.testing.assert_allclose(
            found.of_groups[term].normal, norm.ppf((np.arange(n) + 0.5) / n), atol=1e-12
        )
    for each in found.spread:
        own = (table[fit.spec.group] == each.group).to_numpy()
        expected = np.sqrt((residuals[own] ** 2).sum() / p.diagonal()[own].sum())
        assert each.deviation == pytest.approx(expected, abs=1e-6)
        assert each.n == own.sum()


@pytest.fixture(scope="module")
def rows(results):
    fit, table = results.models["m3"]["REML"], results.rows
    ones = np.ones(len(table))
    x = np.column_stack((ones, *(table[name] for name in fit.spec.fixed)))
    z = np.column_stack((ones, table["extrav"]))
    sizes = table.groupby("class", sort=False).size().to_numpy()
    return Rows(fit, x, z, sizes, results.lines.random_terms("m3", fit.groups))


def test_what_is_simulated_is_standard_normal_by_itself(rows):
    """Means and variances over many draws; 5 standard errors of 4,000 draws are 0.08."""
    parts = list(rows.simulated(4000, seed=7))
    for pick in (
        lambda part: part.residuals,
        lambda part: part.effects["height"],
        lambda part: part.effects["slope"],
    ):
        drawn = np.hstack([pick(part) for part in parts])
        assert drawn.shape[1] == 4000
        assert np.abs(drawn.mean(axis=1)).max() < 0.08
        assert np.abs(drawn.std(axis=1) - 1).max() < 0.08
    spread = np.hstack([part.spread for part in parts])
    assert np.abs((spread**2).mean(axis=1) - 1).max() < 0.08


def test_simulations_are_the_same_in_chunks_and_by_seed(rows, results):
    first, again = (next(rows.simulated(5, seed=1)).residuals for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, next(rows.simulated(5, seed=2)).residuals)
    one, other = checks(results.lines), checks(results.lines)
    np.testing.assert_array_equal(one.of_residuals.low, other.of_residuals.low)


def test_fixed_effects_are_estimated_anew(rows, results):
    """What they add to an outcome leaves no trace."""
    table = results.rows
    y = table["popular"].to_numpy()[:, None]
    moved = y + 3 - 2 * table[["extrav"]].to_numpy() + 0.5 * table[["texp"]].to_numpy()
    for one, other in zip(rows.residuals(y), rows.residuals(moved), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-9)


def test_envelopes_hold_what_the_model_draws(results):
    """Of outcomes drawn from the fit, 95% lie within them at each place, but for chance."""
    found = checks(results.lines)
    for quantiles in (found.of_residuals, *found.of_groups.values()):
        assert (quantiles.low < quantiles.high).all()
        assert (np.diff(quantiles.low) >= 0).all()
        assert abs(float(np.mean((quantiles.low + quantiles.high) / 2))) < 0.2
    assert all(0 < each.low < found.deviation < each.high for each in found.spread)
    assert set(found.of_groups) == {"height", "slope"}


def test_a_group_of_another_spread_and_a_skewed_outcome_are_seen(tmp_path):
    random = np.random.default_rng(4)
    g = np.repeat(np.arange(20), 15)
    x = random.normal(size=300)
    noise = random.normal(size=300) * np.where(g == 3, 4.0, 1.0)
    y = x + random.normal(size=20)[g] + x * random.normal(size=20)[g] / 2 + noise
    skewed = x + random.normal(size=20)[g] + random.exponential(size=300)
    table = pd.DataFrame({"g": g, "x": x, "y": y, "s": skewed})
    table[10:].to_csv(tmp_path / "t.csv", index=False)

    def of(outcome):
        path = tmp_path / "study.toml"
        text = f"[data]\ntable='t.csv'\ngroup='g'\n[model]\noutcome='{outcome}'\nslope='x'"
        path.write_text(text, encoding="utf-8")
        return checks(analyse(read_study(path)).lines)

    spread = of("y")
    assert "3" in {each.group for each in spread.spread if not each.usual}
    assert 1 <= spread.n_unusual <= 20
    assert spread.n_unusual == sum(not each.usual for each in spread.spread)
    small, *others = spread.spread
    assert (small.n, {each.n for each in others}) == (5, {15})
    assert small.high - small.low > 1.3 * max(each.high - each.low for each in others)
    quantiles = of("s").of_residuals
    assert quantiles.n_outside > 0.2 * quantiles.n / 2
    # An exponential has nothing far below its mean.
    assert (quantiles.found > quantiles.high)[:5].all()


def test_a_term_without_variance_has_no_quantiles(tmp_path):
    random = np.random.default_rng(1)
    x = random.normal(size=200)
    table = pd.DataFrame({"g": np.repeat(np.arange(10), 20), "x": x})
    # Means of the groups that differ by less than chance makes them.
    noise = random.normal(size=200)
    table["y"] = x + noise - pd.Series(noise).groupby(table["g"]).transform("mean")
    table.to_csv(tmp_path / "t.csv", index=False)
    path = tmp_path / "study.toml"
    text = "[data]\ntable='t.csv'\ngroup='g'\n[models]\nm1='y ~ x + (1 | g)'"
    path.write_text(text, encoding="utf-8")
    results = analyse(read_study(path))
    assert results.models["m1"]["REML"].rank == 0
    found = checks(results.lines)
    assert found.of_groups == {}
    assert len(found.spread) == 10


def test_of_very_many_values_those_at_even_steps_are_shown():
    places = places_of(100_000)
    assert (places[0], places[-1]) == (0, 99_999)
    assert len(places) <= 150
    normal = norm.ppf((places + 0.5) / 100_000)
    assert np.diff(normal)[2:-2].max() < 0.1
    np.testing.assert_array_equal(places_of(30), np.arange(30))


def test_the_middle_is_between_simulated_values():
    low, high = middle(np.arange(1.0, 200.0)[None, ::-1])
    assert (low[0], high[0]) == (5, 195)
    low, high = middle(np.arange(1.0, 40.0)[None])
    assert (low[0], high[0]) == (1, 39)


def test_trend_is_the_mean_of_like_rows(results):
    found = checks(results.lines)
    assert len(found.trend) == 12
    order = np.argsort(found.fitted, kind="stable")
    parts = np.array_split(order, 12)
    expected = [(found.fitted[part].mean(), found.residuals[part].mean()) for part in parts]
    np.testing.assert_allclose(found.trend, expected)


def test_rows_that_are_invented_are_said_to_be(results, by_formula, tmp_path, root):
    assert checks(results.lines).synthetic
    assert checks(by_formula.lines).synthetic
    sleep = analyse(read_study(root / "data" / "sleep.toml"))
    assert not checks(sleep.lines).synthetic
