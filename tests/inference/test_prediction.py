"""Pooling put to the test, against the same by explicit rows, and what must hold of any study."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.linear_model import OLS

from analysis.inference import pooled_lines
from analysis.inference import prediction as engine
from analysis.inference.prediction import first_split, pooling_scores
from analysis.inference.scores import METHODS, Score
from analysis.mixed.estimate import ModelSpec, fit
from analysis.mixed.likelihood import ProfiledDeviance
from analysis.mixed.optimum import optimise
from analysis.results.capabilities import no_prediction
from analysis.results.prediction import KNOWN, prediction
from analysis.results.results import analyse
from analysis.study.studyfile import read_study

SPEC = ModelSpec(name="partial", outcome="y", fixed=("x",), slopes=("x",), group="g")

PUBLISHED = {3: (1.13, 1.31, 1.00), 12: (1.10, 0.96, 0.90)}
"""Of popular2's first fifteen classes, from a trial with splits of its own, to two digits."""


def scores(table, **settings):
    settings = {"known": KNOWN, "n_splits": 8, "seed": 3} | settings
    codes, _ = pd.factorize(table["g"])
    return pooling_scores(table["x"].to_numpy(float), table["y"].to_numpy(float), codes, **settings)


@pytest.fixture(scope="module")
def pupils(results):
    columns = {"class": "g", "extrav": "x", "popular": "y"}
    return results.sample.table.rename(columns=columns)[["g", "x", "y"]].reset_index(drop=True)


@pytest.fixture(scope="module")
def groups_of_2_to_30():
    random = np.random.default_rng(5)
    sizes = [2, 3, 4, 5, 8, 9, 12, 13, 30, 30]
    g = np.repeat([f"g{i}" for i in range(len(sizes))], sizes)
    x = random.integers(1, 5, len(g)).astype(float)
    effects = dict(zip(dict.fromkeys(g), random.normal(size=(len(sizes), 2)), strict=True))
    y = [effects[a][0] + (1 + 0.5 * effects[a][1]) * b for a, b in zip(g, x, strict=True)]
    y = y + random.normal(size=len(g))
    # Rows of a group need not lie together.
    table = pd.DataFrame({"g": g, "x": x, "y": y})
    return table.iloc[random.permutation(len(g))].reset_index(drop=True)


def by_rows(table, known):
    """Return the three errors of one split by least squares and the project's estimator."""
    given, asked = table.loc[known], table.drop(index=known)
    partial = fit(SPEC, given)
    line = OLS(given["y"], np.column_stack((np.ones(len(given)), given["x"]))).fit().params
    predicted = {name: [] for name in METHODS}
    for g, x in zip(asked["g"], asked["x"], strict=True):
        own = given[given["g"] == g]
        design = np.column_stack((np.ones(len(own)), own["x"]))
        if own["x"].nunique() < 2:
            mine = [own["y"].mean(), 0.0]
        else:
            mine = OLS(own["y"], design).fit().params
        effect, fixed = partial.group_effects[g], partial.fixed_effects
        predicted["complete"].append(line.iloc[0] + line.iloc[1] * x)
        predicted["none"].append(np.asarray(mine)[0] + np.asarray(mine)[1] * x)
        predicted["partial"].append(
            fixed["Intercept"] + effect["Intercept"] + (fixed["x"] + effect["x"]) * x
        )
    return [np.sqrt(np.mean((asked["y"] - predicted[name]) ** 2)) for name in METHODS]


@pytest.fixture
def splits(monkeypatch):
    """Record which rows are known in each split, as positions after the sort by group."""
    found, seen, split = [], set(), engine._split

    def recorded(rows, k, shuffled):
        parts = split(rows, k, shuffled)
        starts = np.concatenate(([0], np.cumsum(rows.sizes)))
        known = [shuffled[start : start + k] for start in starts[:-1]]
        known = [part[part < end] for part, end in zip(known, starts[1:], strict=True)]
        if (k, id(shuffled)) not in seen:
            seen.add((k, id(shuffled)))
            found.append((k, np.concatenate(known)))
        return parts

    monkeypatch.setattr(engine, "_split", recorded)
    return found


@pytest.mark.parametrize("which", ["pupils", "groups_of_2_to_30"])
def test_errors_are_those_of_explicit_rows(which, request, splits):
    table = request.getfixturevalue(which)
    found = scores(table, n_splits=2)
    by_group = np.argsort(pd.factorize(table["g"])[0], kind="stable")
    for score in found:
        known = [by_group[positions] for k, positions in splits if k == score.known]
        expected = [by_rows(table, rows) for rows in known]
        np.testing.assert_allclose(score.by_split, expected, rtol=1e-5)


def test_each_group_keeps_as_many_rows_as_it_has_or_may(groups_of_2_to_30, splits):
    table = groups_of_2_to_30
    found = {score.known: score for score in scores(table, n_splits=3)}
    sizes = table.groupby("g", sort=False).size().to_numpy()
    codes = np.repeat(np.arange(len(sizes)), sizes)
    for k, known in splits:
        assert len(set(known.tolist())) == len(known)
        np.testing.assert_array_equal(np.bincount(codes[known]), np.minimum(sizes, k))
        assert found[k].n_held_out == len(table) - len(known)
    by_size = [{k: set(known.tolist()) for k, known in splits[i::3]} for i in range(3)]
    for split in by_size:
        assert split[3] < split[5] < split[8] < split[12]
    assert by_size[0][3] != by_size[1][3]


def test_each_split_is_at_its_optimum(pupils, monkeypatch):
    """In every split of the report's own test, singular fits among them."""
    fits, together = [], pooled_lines.optima

    def recorded(sums, method, start):
        fits.append((sums, together(sums, method, start)))
        return fits[-1][1]

    monkeypatch.setattr(pooled_lines, "optima", recorded)
    scores(pupils, n_splits=20, seed=1)
    ((sums, found),) = fits
    singly = [optimise(ProfiledDeviance(sums.single(lane), "REML")) for lane in range(80)]
    criteria = [each.profile.criterion for each in singly]
    np.testing.assert_allclose(found.criterion, criteria, rtol=0, atol=1e-7)
    assert 10 < sum(each.rank < 2 for each in singly) < 80


def test_seeds_are_kept(pupils):
    first, again, other = (scores(pupils, seed=seed) for seed in (1, 1, 2))
    for one, two, three in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(one.by_split, two.by_split)
        assert not np.array_equal(one.by_split, three.by_split)


def test_units_do_not_matter(pupils):
    moved = pupils.assign(x=2000 + pupils["x"] / 50, y=1e-6 * pupils["y"] - 3)
    for one, other in zip(scores(moved), scores(pupils), strict=True):
        np.testing.assert_allclose(1e6 * one.by_split, other.by_split, rtol=1e-5)


def test_means_and_errors_of_the_splits():
    score = Score(known=3, n_held_out=9, by_split=np.array([[2.0, 3.0, 1.0], [4.0, 3.0, 2.0]]))
    assert score.rmse == {"complete": 3.0, "none": 3.0, "partial": 1.5}
    assert score.error == pytest.approx({"complete": 1.0, "none": 0.0, "partial": 0.5})
    # The differences are 1 and 2, and 2 and 1.
    assert score.gain("complete") == (1.5, pytest.approx(0.5))
    assert score.gain("none") == (1.5, pytest.approx(0.5))
    assert score.n_splits == 2


def test_the_least_errors_are_those_not_worse_by_two_monte_carlo_errors():
    def least(*by_split):
        return Score(known=3, n_held_out=9, by_split=np.array(by_split)).least

    # Of the differences 0.4 and 0.2 the mean is 0.3 and the error 0.1.
    assert least([1.4, 2.0, 1.0], [1.2, 2.1, 1.0]) == ("partial",)
    # Of 0.5 and 0.1 the mean is 0.3 and the error 0.2.
    assert least([1.5, 2.0, 1.0], [1.1, 2.1, 1.0]) == ("partial", "complete")
    assert least([1.0, 1.5, 2.0], [1.0, 1.1, 2.1]) == ("complete", "none")
    # Errors that move together are told apart, however much they move.
    assert least([1.4, 9.0, 1.0], [5.2, 9.0, 5.0]) == ("partial",)


def test_intervals_of_the_errors_hold_95_percent():
    score = Score(known=3, n_held_out=9, by_split=np.array([[2.0, 3.0, 1.0], [4.0, 3.0, 2.0]]))
    assert score.interval["complete"] == pytest.approx((3 - 1.96, 3 + 1.96))
    assert score.interval["none"] == (3.0, 3.0)


@pytest.mark.parametrize("which", ["pupils", "groups_of_2_to_30"])
def test_a_split_holds_the_lines_of_its_known_rows(which, request):
    """By least squares and the project's estimator on these rows alone, and the same errors."""
    table = request.getfixturevalue(which)
    codes, names = pd.factorize(table["g"])
    x, y = table["x"].to_numpy(float), table["y"].to_numpy(float)
    most = int(np.bincount(codes).max())
    split = first_split(x, y, codes, known=(*KNOWN, most), n_splits=2, seed=3)
    assert split.known == (*KNOWN, most)
    for places in pd.Series(split.order).groupby(codes):
        assert sorted(places[1]) == list(range(len(places[1])))
    for i, k in enumerate(split.known):
        given = table[split.order < k]
        partial = fit(SPEC, given)
        line = OLS(given["y"], np.column_stack((np.ones(len(given)), given["x"]))).fit().params
        for code, name in enumerate(names):
            own = given[given["g"] == name]
            mine = [own["y"].mean(), 0.0]
            if np.ptp(own["x"]):
                mine = OLS(own["y"], np.column_stack((np.ones(len(own)), own["x"]))).fit().params
            effect = partial.group_effects[name]
            both = [partial.fixed_effects[c] + effect[c] for c in ("Intercept", "x")]
            expected = [np.asarray(line), np.asarray(mine), both]
            np.testing.assert_allclose(split.lines[i, :, code], expected, rtol=2e-3, atol=1e-3)
    for score in scores(table, n_splits=2):
        lines = split.lines[split.known.index(score.known)]
        residuals = y - lines[:, codes, 0] - lines[:, codes, 1] * x
        held_out = residuals[:, split.order >= score.known]
        np.testing.assert_allclose(np.sqrt((held_out**2).mean(axis=1)), score.by_split[0])


def test_a_split_in_which_the_fewest_known_rows_predict_is_taken(pupils):
    rare = pupils.assign(x=np.where(np.arange(len(pupils)) % 60 == 0, 2.0, 1.0))
    codes, _ = pd.factorize(rare["g"])
    columns = rare["x"].to_numpy(float), rare["y"].to_numpy(float), codes
    [score] = scores(rare, n_splits=30, known=(3,))
    for seed in range(20):
        split = first_split(*columns, known=(3, 12), n_splits=30, seed=seed)
        assert rare["x"][split.order < 3].nunique() == 2
    split = first_split(*columns, known=(3,), n_splits=30, seed=3)
    residuals = (
        rare["y"].to_numpy()
        - split.lines[0, 0, codes, 0]
        - split.lines[0, 0, codes, 1] * rare["x"].to_numpy()
    )
    rmse = np.sqrt((residuals[split.order >= 3] ** 2).mean())
    assert rmse == pytest.approx(score.by_split[0, 0])
    exact = 2 * columns[0]
    assert first_split(columns[0], exact, codes, known=(3,), n_splits=3, seed=1) is None


def test_the_report_has_the_evidence(results):
    """What the whole report says, on rows that no method has seen."""
    found = prediction(results)
    assert found.known == KNOWN
    assert found.partial_is_best
    for score in found.scores:
        assert score.n_splits == found.n_splits == 40
        for over in ("complete", "none"):
            gain, error = score.gain(over)
            assert gain > 5 * error
        assert max(score.error.values()) < 0.025
    # More known rows help whoever looks at groups: a group's own line most.
    for method in ("none", "partial"):
        rmse = [score.rmse[method] for score in found.scores]
        assert rmse == sorted(rmse, reverse=True)
    gains = {over: [score.gain(over)[0] for score in found.scores] for over in ("complete", "none")}
    assert gains["complete"] == sorted(gains["complete"])
    assert gains["none"] == sorted(gains["none"], reverse=True)
    sizes = pd.Series(results.sample.sizes)
    assert [score.n_held_out for score in found.scores] == [
        int((sizes - k).clip(lower=0).sum()) for k in KNOWN
    ]


@pytest.mark.usefixtures("original")
def test_the_twin_predicts_as_the_original_does(results, root, tmp_path):
    """Within the Monte Carlo errors of both, though no pupil is the same."""
    text = (root / "data" / "popularity.toml").read_text(encoding="utf-8")
    path = tmp_path / "study.toml"
    named = text.replace('table = "popularity.csv"', 'dataset = "popular2"')
    path.write_text(named, encoding="utf-8")
    theirs = prediction(analyse(read_study(path))).scores
    for own, other in zip(prediction(results).scores, theirs, strict=True):
        for method in METHODS:
            error = np.hypot(own.error[method], other.error[method])
            assert abs(own.rmse[method] - other.rmse[method]) < 4 * error
        if own.known in PUBLISHED:
            rounding = 0.015
            for method, value in zip(METHODS, PUBLISHED[own.known], strict=True):
                assert abs(other.rmse[method] - value) < rounding + 2 * other.error[method]


def test_groups_without_differences_are_best_pooled_completely():
    random = np.random.default_rng(2)
    x = random.normal(size=400)
    table = pd.DataFrame(
        {"g": np.repeat(np.arange(20), 20), "x": x, "y": x + random.normal(size=400)}
    )
    for score in scores(table):
        rmse = score.rmse
        assert rmse["complete"] < rmse["partial"] < rmse["none"]
        assert score.gain("complete")[0] < 0


def test_a_number_with_nothing_to_predict_is_left_out(groups_of_2_to_30):
    small = groups_of_2_to_30[groups_of_2_to_30["g"].isin(["g2", "g3", "g4"])]
    assert [score.known for score in scores(small, known=(2, 3, 5, 8))] == [3, 5]


def test_splits_that_identify_no_model_are_left_out(pupils):
    # Only one row in twenty has another predictor, so that often none of them is known.
    rare = pupils.assign(x=np.where(np.arange(len(pupils)) % 60 == 0, 2.0, 1.0))
    found = scores(rare, n_splits=30, known=(3,))
    assert 2 <= found[0].n_splits < 30
    exact = pupils.assign(y=2 * pupils["x"])
    assert scores(exact) == ()


def study(folder, table, text="slope='x'"):
    table.to_csv(folder / "t.csv", index=False)
    path = folder / "study.toml"
    path.write_text(f"[data]\ntable='t.csv'\ngroup='g'\n[model]\noutcome='y'\n{text}")
    return analyse(read_study(path))


def test_a_study_without_slope_or_with_small_groups_says_why(tmp_path, pupils):
    without = study(tmp_path, pupils, "covariates=['x']")
    assert prediction(without) is None
    assert no_prediction(without).startswith("the study has no level 1 number")
    small = pupils.groupby("g").head(3)
    small = study(tmp_path, small)
    assert prediction(small) is None
    assert no_prediction(small) == (
        "no group has more than 3 rows, of which 3 would be known and the others predicted"
    )


def test_many_rows_have_fewer_splits(tmp_path, pupils):
    many = pd.concat([pupils.assign(g=pupils["g"].astype(str) + f"-{i}") for i in range(33)])
    found = prediction(study(tmp_path, many))
    assert found.n_splits == 200_000 // len(many) == 19
    assert all(score.n_splits == 19 for score in found.scores)
