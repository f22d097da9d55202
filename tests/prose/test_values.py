"""The numbers of the prose, against the results they come from."""

import pytest
from wards import put_wards, wards

from analysis.prose.values import values
from analysis.results.named import named
from analysis.results.results import analyse
from analysis.study.studyfile import read_study
from analysis.writing.numbers import number, percent
from analysis.writing.words import as_markdown


@pytest.fixture(scope="module")
def written(results):
    return values(results)


def test_every_leaf_is_text(written):
    def leaves(node):
        for value in node.values():
            yield from leaves(value) if isinstance(value, dict) else [value]

    assert all(isinstance(leaf, str) and leaf for leaf in leaves(written))


def test_says_what_the_results_say(written, results):
    m1, m3 = results.models["m1"]["REML"], results.models["m3"]["REML"]
    assert written["data"]["n"] == str(results.sample.n_observations)
    assert (written["data"]["smallest"], written["data"]["largest"]) == ("17", "24")
    assert (written["data"]["n_in_file"], written["data"]["groups_in_file"]) == ("2000", "100")
    assert written["m3"]["fixed"]["sex"] == number(m3.fixed_effects["sex"])
    assert written["m3"]["about"]["sex"] == "one point"
    assert written["m3"]["ten"]["texp"] == number(10 * m3.fixed_effects["texp"], 1)
    assert written["m1"]["icc"] == percent(m1.icc)
    assert written["null"]["icc"] == "27%"
    assert written["m2"]["correlation"] == "−0.93"


@pytest.fixture(scope="module")
def odd(root, tmp_path_factory):
    """Return the values of a study in millionths, whose classes have names full of Markdown."""
    import pandas as pd

    folder = tmp_path_factory.mktemp("odd")
    table = pd.read_csv(root / "data" / "popularity.csv").query("`class` <= 15")
    marks = ("$x$", "*a*", "b_c_d", "<b>", "@w", "`code`", "1. x", "\\", "{{< var x >}}", "[a](b)")
    names = dict(enumerate((*marks, "^2^", "~s~", "#", '"--..."', "x!"), start=1))
    table["class"] = table["class"].map(names)
    table["popular"] *= 1e-6
    table.to_csv(folder / "popularity.csv", index=False)
    source = (root / "data" / "popularity.toml").read_text(encoding="utf-8")
    (folder / "odd.toml").write_text(source.replace('"1-15"', '"all"'), encoding="utf-8")
    return values(analyse(read_study(folder / "odd.toml"))), names


def test_names_are_no_markdown(odd, written):
    """Pandoc reads each name as the text that it is; numbers are not escaped."""
    import pypandoc

    found, names = odd
    usual = written["pooling"]["none"]["steepest"]["group"]
    assert usual.isdigit()
    assert found["data"]["first_group"] in map(as_markdown, names.values())
    assert found["m2"]["highest"]["extrav"]["group"] == as_markdown(names[int(usual)])
    for name in names.values():
        text = pypandoc.convert_text(f"class {as_markdown(name)}.", "plain", "markdown")
        assert text.strip() == f"class {name}."


def test_no_unit_makes_a_number_print_as_zero(odd, written):
    found, _ = odd
    for model in ("m1", "m2", "m3"):
        for name, text in found[model]["fixed"].items():
            digits, power = text.split("\xa0×\xa010")
            usual = float(written[model]["fixed"][name].replace("−", "-"))
            exponent = {"⁻⁶": -6, "⁻⁷": -7, "⁻⁸": -8}[power]
            assert float(digits) * 10 ** (exponent + 6) == pytest.approx(usual, abs=0.06)
            assert found[model]["about"][name] == f"{text} points"
        assert found[model]["sd_residual"].startswith(str(written[model]["sd_residual"])[2])
    assert found["pooling"]["none"]["steepest"]["slope"] == "1.02\xa0×\xa010⁻⁶"
    assert found["m1"]["icc"] == written["m1"]["icc"]


def test_weights_follow_the_formula(written, results):
    fit = results.models["m1"]["REML"]
    between, within = float(fit.random_covariance[0, 0]), fit.residual_variance
    for name, n in (("one", 1), ("three", 3), ("median", 20)):
        weight = (n / within) / (n / within + 1 / between)
        assert written["weights"][name] == percent(weight)


def test_comparison_names_the_best(written):
    best = written["comparison"]["best"]
    assert best == {
        "aic": "model 3",
        "bic": "model 1",
        "bic_of_groups": "model 3",
        "tests": "model 3",
        "agreement": "in agreement with",
    }
    assert written["comparison"]["m2"]["p_printed"] == "0.0179"
    assert written["comparison"]["m2"]["p_boundary"] == "0.0112"


def test_flattest_and_steepest_lines(written, results):
    slopes = {group: line.slope for group, line in results.none.items()}
    none = written["pooling"]["none"]
    assert none["steepest"]["group"] == max(slopes, key=slopes.get)
    assert none["flattest"]["slope"] == number(min(slopes.values()))
    assert (none["lowest"], none["highest"]) == (none["flattest"], none["steepest"])


@pytest.mark.parametrize(("add", "flattest"), [(0.0, "highest"), (4.5, None)])
def test_lines_that_fall_are_flat_where_they_are_highest(tmp_path, add, flattest):
    table = wards()
    table["pain"] += add * table["day"]
    path = put_wards(tmp_path)
    table.to_csv(tmp_path / "pain.csv", index=False)
    found = analyse(read_study(path))
    slopes = {group: line.slope for group, line in found.none.items()}
    assert min(slopes.values()) < 0
    none = values(found)["pooling"]["none"]
    exact = named(found)["pooling"]["none"]
    for name, group in {
        "lowest": min(slopes, key=slopes.get),
        "highest": max(slopes, key=slopes.get),
        "flattest": min(slopes, key=lambda each: abs(slopes[each])),
        "steepest": max(slopes, key=lambda each: abs(slopes[each])),
    }.items():
        assert none[name] == {"group": group, "slope": number(slopes[group])}
        assert exact[name] == {"group": group, "slope": slopes[group]}
    if flattest is None:
        # Of slopes around 0 the flattest is neither end.
        assert none["flattest"] not in (none["lowest"], none["highest"])
    else:
        assert none["flattest"] == none[flattest]


def test_centres_the_random_effects_at_the_mean_of_the_predictor(written, results):
    fit = results.models["m2"]["REML"]
    mean = results.sample.table["extrav"].mean()
    (a, c), (_, b) = fit.random_covariance
    variance, covariance = a + 2 * mean * c + mean**2 * b, c + mean * b
    assert written["m2"]["at_mean"] == {
        "sd": number(variance**0.5),
        "correlation": number(covariance / (variance * b) ** 0.5),
    }


def test_intervals_are_normal(written, results):
    fit = results.models["m3"]["REML"]
    estimate, error = fit.fixed_effects["texp"], fit.standard_errors["texp"]
    low, high = (10 * (estimate + side * 1.959964 * error) for side in (-1, 1))
    assert written["m3"]["ten_interval"]["texp"] == f"{number(low, 1)} to {number(high, 1)}"
