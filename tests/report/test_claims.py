"""The claims of the report, on its own classes and on others: true throughout, or named."""

import copy
import shutil
from dataclasses import replace
from statistics import correlation

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from analysis import fit
from analysis.errors import ClaimsError
from analysis.mixed.combinations import random_covariance_at
from analysis.prose.claims import check, find_claims
from analysis.prose.conditions import evaluate
from analysis.prose.values import values
from analysis.results.named import named
from analysis.results.results import analyse
from analysis.results.summary import summarise
from analysis.study.studyfile import read_study
from analysis.writing.numbers import number

OTHERS = {
    "86-100": [
        "the same questions, the same models, the same numbers",
        "The predictors explain much within the classes",
        "And it does: at the mean extraversion the standard deviation",
        "In model 2 the classes with high and flat lines",
        "About the experience the two tests are far apart",
        "The evidence for an effect of the experience is moderate",
        "It lowers the deviance of model 3 by another",
        "The second is not answered by one number",
        "Every number of the original's two tables is reproduced",
        "Its numbers are those of classes 1 to 15",
        "model 3 looks worse there",
        "By BIC it is not model 3 that wins but",
    ],
    "21-40": [
        "the same questions, the same models, the same numbers",
        "The main reason is that it mixes the slope",
        "The predictors explain much within the classes",
        "In model 2 the classes with high and flat lines",
        "It lowers the deviance of model 3 by another",
        "Every number of the original's two tables is reproduced",
        "Its numbers are those of classes 1 to 15",
        "By BIC it is not model 3 that wins but",
    ],
    "all": [
        "the same questions, the same models, the same numbers",
        "though {data.groups} means determine it poorly",
        "The predictors explain much within the classes",
        "In model 2 the classes with high and flat lines",
        "About the experience the two tests are far apart",
        "With so few classes this test",
        "The evidence for an effect of the experience is moderate",
        "It lowers the deviance of model 3 by another",
        "Every number of the original's two tables is reproduced",
        "Its numbers are those of classes 1 to 15",
        "model 3 looks worse there",
        "By BIC it is not model 3 that wins but",
        "The printed $p$ of {comparison.m2.p_printed} is conservative",
    ],
}
"""What to rewrite where the report is built on other classes of its file."""


@pytest.fixture(scope="module")
def claims(root):
    text = (root / "report" / "index.qmd").read_text(encoding="utf-8")
    return find_claims("report/index.qmd", text)


@pytest.fixture(scope="module")
def samples(root, results, tmp_path_factory):
    """Return the results of the report's own classes and of the others."""
    folder = tmp_path_factory.mktemp("samples")
    (folder / "popularity.csv").write_bytes((root / "data" / "popularity.csv").read_bytes())
    study = (root / "data" / "popularity.toml").read_text(encoding="utf-8")
    found = {"1-15": results}
    for groups in OTHERS:
        path = folder / f"{groups}.toml"
        path.write_text(study.replace('"1-15"', f'"{groups}"'), encoding="utf-8")
        found[groups] = analyse(read_study(path))
    return found


def test_all_claims_hold_on_the_reports_own_classes(claims, samples):
    assert len(claims) > 20
    assert set(check(claims, named(samples["1-15"])).values()) == {True}


def test_all_claims_hold_on_the_original_data(root, claims, original, tmp_path):
    study = (root / "data" / "popularity.toml").read_text(encoding="utf-8")
    path = tmp_path / "original.toml"
    path.write_text(study.replace('table = "popularity.csv"', 'dataset = "popular2"'))
    assert set(check(claims, named(analyse(read_study(path)))).values()) == {True}


@pytest.mark.parametrize("groups", OTHERS)
def test_what_is_false_of_other_classes_is_named(root, claims, samples, groups):
    with pytest.raises(ClaimsError) as refusal:
        check(claims, named(samples[groups]))
    source = (root / "report" / "index.qmd").read_text(encoding="utf-8").splitlines()
    assert len(refusal.value.lines) == len(OTHERS[groups])
    for line, start in zip(refusal.value.lines, OTHERS[groups], strict=True):
        place, _, said = line.partition(": “")
        assert said.startswith(start), line
        assert "; found " in said
        bare = source[int(place.removeprefix("report/index.qmd:")) - 1].replace("{{< var ", "{")
        assert start[:40] in bare.replace(" >}}", "}")


def crossed(results):
    """Whether the cross-level interaction takes the place of the random slope."""
    table = results.sample.table
    random = "(1 + extrav | class)"
    more = fit(f"popular ~ extrav + sex + texp + extrav:texp + {random}", table)
    others = [more.estimates("ML"), *(fits["ML"] for fits in results.models.values())]
    first = all(
        min(others, key=lambda each: getattr(each, name)) is others[0] for name in ("aic", "bic")
    )
    drop = results.models["m3"]["ML"].criterion - others[0].criterion
    sd = [each.random_covariance[1, 1] ** 0.5 for each in (results.models["m3"]["REML"], more)]
    return chi2.sf(drop, 1) < 0.001 and first and sd[1] < 0.05 * sd[0]


def slope_differs(results):
    """Whether the effect of the experience depends on the pupil, and is there for some."""
    table = results.sample.table
    more = fit("popular ~ extrav + sex + texp + extrav:texp + (1 + extrav | class)", table)
    drop = results.models["m3"]["ML"].criterion - more.estimates("ML").criterion
    reml, least = more.estimates("REML"), table["extrav"].min()
    weights = np.array([0, 0, 0, 1, least])
    effect = weights @ list(reml.fixed_effects.values())
    error = (weights @ reml.covariance @ weights) ** 0.5
    return chi2.sf(drop, 1) < 0.001 and effect > 1.96 * error


def pooling_pays(results):
    (complete, none, partial), *_, most = (
        score.by_split.mean(axis=0) for score in results.prediction.scores
    )
    first = none > complete > partial and most[0] > most[1] > most[2]
    return first and all(
        means.argmin() == 2
        for means in (score.by_split.mean(axis=0) for score in results.prediction.scores)
    )


def in_other_words(results):
    """Return what the report claims, from the fits themselves."""
    null, m1, m2, m3 = (results.models[name]["REML"] for name in ("null", "m1", "m2", "m3"))
    rows = {row.model: row for row in results.comparison}
    table = results.sample.table
    mean = table["extrav"].mean()
    centred = {fit.name: random_covariance_at(fit, {"extrav": mean}) for fit in (m2, m3)}
    sd = {name: covariance[0, 0] ** 0.5 for name, covariance in centred.items()}
    r = {
        name: matrix[0, 1] / (matrix[0, 0] * matrix[1, 1]) ** 0.5
        for name, matrix in centred.items()
    }
    experience = table.groupby("class")["texp"].first()[list(m2.group_effects)].tolist()
    slopes = [effect["extrav"] for effect in m2.group_effects.values()]
    heights = [
        effect["Intercept"] + mean * effect["extrav"] for effect in m2.group_effects.values()
    ]
    few = len(results.none) < 30
    first = results.sample.groups == tuple(map(str, range(1, 16)))
    within, overall = m1.fixed_effects["extrav"], results.complete.slope
    return {
        "the same questions": first,
        "Pupils of one class tend": null.icc > 0.05 and m1.icc > 0.05,
        "The main reason is": results.between.slope < overall
        and float(number(overall)) < float(number(within)),
        "though {data.groups} means": few,
        "The predictors explain": float(number(m1.random_covariance[0, 0]))
        > float(number(null.random_covariance[0, 0]))
        and results.between.slope < within
        and m1.residual_variance < null.residual_variance,
        "Intercept and slope are strongly": m2.random_correlation[0, 1] < -0.8,
        "Part of this comes": table["extrav"].min() > 0 and m2.random_correlation[0, 1] < r["m2"],
        "And it does": number(sd["m3"]) < number(sd["m2"])
        and number(m2.residual_variance**0.5) == number(m3.residual_variance**0.5),
        "In model 2 the classes": r["m2"] < -0.5
        and correlation(experience, heights) > 0.5
        and correlation(experience, slopes) < -0.5
        and abs(r["m3"]) < 0.05,
        "All three predictors": all(m3.fixed_effects[x] > 0 for x in ("extrav", "sex", "texp")),
        "About the experience": 0.001 < rows["m3"].p > 5 * m3.p_values["texp"],
        "The likelihood-ratio test lets": sd["m2"] > sd["m3"],
        "The evidence": 0.01 < rows["m3"].p < 0.05,
        "It lowers the deviance": crossed(results),
        "The second is not": slope_differs(results),
        "The line of a class by itself": pooling_pays(results),
        "The first question": m3.fixed_effects["extrav"] > 1.96 * m3.standard_errors["extrav"]
        and all(
            m3.fixed_effects["extrav"] + effect["extrav"] > 0
            for effect in m3.group_effects.values()
        ),
        "Girls are coded": m3.fixed_effects["sex"] > 0,
        "Its numbers": first,
        "model 3 looks worse": m3.aic > m2.aic and rows["m3"].aic < rows["m2"].aic,
        "By BIC": first and min(rows.values(), key=lambda row: row.bic).model == "m1",
        "The printed": rows["m2"].p_boundary < rows["m2"].p and few,
        "Either way": max(rows["m2"].p, rows["m2"].p_boundary) < 0.05,
    }


@pytest.mark.parametrize("groups", ["1-15", *OTHERS])
def test_a_claim_holds_where_it_is_true(claims, samples, groups):
    by_name = named(samples[groups])
    for start, true in in_other_words(samples[groups]).items():
        (claim,) = (claim for claim in claims if claim.sentence.startswith(start))
        assert evaluate(claim.condition, by_name).holds == true, (claim, groups)


def changed(tree, path, value):
    copied = copy.deepcopy(tree)
    *above, last = path.split(".")
    node = copied
    for key in above:
        node = node[key]
    node[last] = value(node[last])
    return copied


CHANGES = [lambda x: -x, lambda x: 100 * x, lambda x: x / 100, lambda x: x + 0.01]


def test_a_claim_fails_where_its_number_is_another(claims, samples):
    by_name = named(samples["1-15"])
    for claim in claims:
        paths = [
            each.partition(" = ")[0]
            for each in evaluate(claim.condition, by_name).found.split(", ")
        ]
        assert any(
            not evaluate(claim.condition, changed(by_name, path, change)).holds
            for path in paths
            for change in (CHANGES if "best" not in path and "_group" not in path else [str.upper])
        ), claim


WORDS = {
    *("more", "related", "range", "direction", "compared", "agreement"),
    *("called", "title", "words", "label", "heading"),
}
"""Keys whose texts are words, not numbers."""


def leaves(tree, *above):
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, *above, key)
        else:
            yield (*above, key), value


@pytest.mark.parametrize("groups", ["1-15", "all"])
def test_every_number_of_the_prose_has_its_name(samples, groups):
    by_name = named(samples[groups])
    for path, text in leaves(values(samples[groups])):
        if WORDS & set(path):
            continue
        value = by_name
        for key in path:
            value = value[key]
        if isinstance(value, dict):
            low, high = (float(part.replace("−", "-")) for part in text.split(" to "))
            assert (value["low"], value["high"]) == pytest.approx((low, high), abs=0.06)
        elif isinstance(value, str):
            assert text.replace("\\", "") in {value, f"model {value.removeprefix('m')}"}
        elif text.endswith("%"):
            assert 100 * value == pytest.approx(float(text[:-1]), abs=0.5)
        elif text.startswith("<"):
            assert value < 0.001
        elif not any(letter in text for letter in "p×"):
            assert value == pytest.approx(float(text.strip("= ").replace("−", "-")), abs=0.051)


def test_words_follow_the_numbers(samples):
    own, others, odd = (values(samples[groups]) for groups in ("1-15", "86-100", "21-40"))
    compared = [found["pooling"]["complete"]["compared"] for found in (own, others, odd)]
    assert compared == ["less", "less", "as much"]
    assert own["comparison"]["best"]["agreement"] == "in agreement with"
    assert own["m2"]["range"] == {"extrav": "narrower"}


@pytest.fixture(scope="module")
def reversed_results(root, tmp_path_factory):
    """Return the results of the report's classes with popularity turned round."""
    folder = tmp_path_factory.mktemp("reversed")
    table = pd.read_csv(root / "data" / "popularity.csv")
    table["popular"] = -table["popular"]
    table.to_csv(folder / "popularity.csv", index=False)
    shutil.copy(root / "data" / "popularity.toml", folder)
    return analyse(read_study(folder / "popularity.toml"))


def test_words_follow_the_signs(samples, reversed_results):
    own, other = values(samples["1-15"]), values(reversed_results)
    for written, words in (
        (own, ("higher", "less", "more", "positively")),
        (other, ("lower", "more", "less", "negatively")),
    ):
        complete, m3 = written["pooling"]["complete"], written["m3"]
        assert (complete["direction"], complete["compared"]) == words[:2]
        assert (m3["more"]["sex"], m3["related"]["texp"]) == words[2:]
    assert other["m3"]["size"] == own["m3"]["size"]
    assert other["pooling"]["complete"]["size"] == own["pooling"]["complete"]["size"]


def test_the_model_that_the_tests_prefer(samples):
    summary, rows = samples["1-15"].summary, samples["1-15"].comparison
    assert summary.best.tests == "m3"
    for last, p in {"m1": (0.06, 0.07), "m2": (0.04, 0.05), "m3": (0.5, 0.01)}.items():
        found = tuple(replace(row, p=value) for row, value in zip(rows, (None, *p), strict=True))
        assert summarise(replace(samples["1-15"], comparison=found).lines).best.tests == last


def test_what_is_known_of_the_groups_goes_with_their_lines(samples):
    fit = samples["1-15"].models["m2"]["REML"]
    table = samples["1-15"].sample.table
    mean = table["extrav"].mean()
    own = table.groupby("class")["texp"].first()[list(fit.group_effects)].tolist()
    slopes = [effect["extrav"] for effect in fit.group_effects.values()]
    heights = [
        effect["Intercept"] + mean * effect["extrav"] for effect in fit.group_effects.values()
    ]
    assert named(samples["1-15"])["m2"]["correlation_with"]["texp"] == pytest.approx(
        {"height": correlation(own, heights), "slope": correlation(own, slopes)}
    )
