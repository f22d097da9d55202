"""The table of the weights."""

import pytest
from html_tables import Reader, study

from analysis.tables import TABLES


def test_weighted_average_is_the_models_intercept(results):
    m1 = results.models["m1"]["REML"]
    _, *rows, _note = Reader(TABLES["weights"](results)).texts
    assert [row[:2] for row in rows] == [
        ["14\N{NO-BREAK SPACE}(smallest)", "17"],
        ["13\N{NO-BREAK SPACE}(median)", "20"],
        ["10\N{NO-BREAK SPACE}(largest)", "24"],
    ]
    for row, group in zip(rows, ("14", "13", "10"), strict=True):
        own, weight, average, other, both, predicted = map(float, row[2:])
        assert weight * own + other * average == pytest.approx(both, abs=2e-4)
        lme4 = m1.fixed_effects["Intercept"] + m1.group_effects[group]["Intercept"]
        assert row[-2] == row[-1] == f"{lme4:.4f}"
        assert min(own, average) <= predicted <= max(own, average)


def test_groups_of_equal_size_are_represented_by_the_furthest_from_the_average(root, tmp_path):
    lines = ["y,x,g"]
    lines += [f"{(i * 7) % 5 + i / 9},{i % 4},{g}" for g in "cab" for i in range(6)]
    (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    even = study(tmp_path, '[data]\ntable="t.csv"\ngroup="g"\n[model]\noutcome="y"\nslope="x"\n')
    fit = even.models["m1"]["REML"]
    furthest = max(even.sample.groups, key=lambda group: abs(fit.group_effects[group]["Intercept"]))
    (example,) = even.summary.weights.examples
    assert (example.group, example.which) == (furthest, ("smallest", "median", "largest"))
    assert len(Reader(TABLES["weights"](even)).texts) == 3
