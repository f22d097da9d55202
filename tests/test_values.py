"""The numbers of the prose, against the results they come from."""

import pytest

from analysis.values import number, p_value, percent, values


@pytest.fixture(scope="module")
def written(results):
    return values(results)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(0.5177, 2, "0.52"), (-0.0049, 2, "0.00"), (-1.5, 0, "−2"), (720.3867, 3, "720.387")],
)
def test_number(value, digits, text):
    assert number(value, digits) == text


@pytest.mark.parametrize(
    ("p", "text"), [(0.0179, "= 0.018"), (0.00051, "< 0.001"), (1.0, "= 1.000"), (0.001, "= 0.001")]
)
def test_p_value(p, text):
    assert p_value(p) == text


def test_percent():
    assert [percent(share) for share in (0.0, 0.4909, 1.0)] == ["0%", "49%", "100%"]


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
    assert written["m1"]["share_between"] == percent(m1.icc)
    assert written["m2"]["correlation"] == "−0.93"


def test_weights_follow_the_formula(written, results):
    fit = results.models["m1"]["REML"]
    between, within = float(fit.random_covariance[0, 0]), fit.residual_variance
    for name, n in (("one", 1), ("three", 3), ("median", 20)):
        weight = (n / within) / (n / within + 1 / between)
        assert written["weights"][name] == percent(weight)


def test_comparison_names_the_best(written):
    best = written["comparison"]["best"]
    assert best == {"aic": "model 3", "bic": "model 1"}
    assert written["comparison"]["m2"]["p_printed"] == "0.0179"
    assert written["comparison"]["m2"]["p_boundary"] == "0.0112"


def test_flattest_and_steepest_lines(written, results):
    slopes = {group: line.slope for group, line in results.none.items()}
    none = written["pooling"]["none"]
    assert none["steepest"]["group"] == max(slopes, key=slopes.get)
    assert none["flattest"]["slope"] == number(min(slopes.values()))
