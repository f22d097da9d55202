"""Models compared from Python: lme4's numbers, and what may not be compared or tested."""

import json
from pathlib import Path

import pandas as pd
import pytest
from html_tables import Reader

from analysis import compare, fit
from analysis.errors import NotComparableError, UnequalRowsError

ORACLE = Path(__file__).resolve().parents[1] / "oracle"
LADDER = json.loads((ORACLE / "references.json").read_text(encoding="utf-8"))["datasets"]


@pytest.fixture(scope="module")
def rows():
    return pd.read_csv(ORACLE / "data" / "formulas.csv")


@pytest.mark.parametrize("case", ["text_groups", "many_groups", "bad_scales", "unbalanced"])
def test_lme4(case):
    anova = pd.DataFrame(LADDER[case]["anova"]).set_index("model").astype(float)
    table = pd.read_csv(ORACLE / "data" / f"{case}.csv")
    formulas = {name: LADDER[case]["models"][name]["formula"] for name in anova.index}
    frame = compare(*(fit(text, table, name=name) for name, text in formulas.items())).frame()
    assert list(frame.index) == list(formulas)
    for column in ("npar", "AIC", "BIC", "logLik", "deviance", "Chisq", "Df"):
        ours = frame[column].astype(float)
        assert ours.to_numpy() == pytest.approx(anova[column].to_numpy(), abs=2e-7, nan_ok=True)
    assert frame["p"].to_numpy() == pytest.approx(anova["p"].to_numpy(), rel=1e-6, nan_ok=True)


def test_the_report_has_the_same_numbers(results, root):
    pupils = pd.read_csv(root / "data" / "popularity.csv").query("`class` <= 15")
    # By REML, which their comparison does not use.
    fits = results.compared
    found = compare(*(fit(each.spec.formula, pupils, name=name) for name, each in fits.items()))
    assert found.rows == results.comparison
    frame = found.frame()
    assert list(frame.index) == ["m1", "m2", "m3"]
    assert list(frame) == [
        "npar", "AIC", "BIC", "logLik", "deviance", "Chisq", "Df", "p", "p_boundary",
    ]  # fmt: skip
    for row, (_, shown) in zip(results.comparison, frame.iterrows(), strict=True):
        numbers = (row.npar, row.aic, row.bic, row.log_likelihood, row.deviance)
        assert tuple(shown.iloc[:5]) == numbers
        for ours, theirs in zip(
            shown.iloc[5:], (row.chisq, row.df, row.p, row.p_boundary), strict=True
        ):
            assert pd.isna(ours) if theirs is None else ours == theirs


def test_display(rows):
    formulas = ["y ~ x + (1 | g)", "y ~ x + (1 + x | g)"]
    found = compare(*(fit(text, rows) for text in formulas))
    assert repr(found) == "<Comparison of M1, M2; M2 has the lowest AIC>"
    reader = Reader(found._repr_html_())
    assert [row[0] for row in reader.texts[:3]] == ["Model", "M1", "M2"]
    notes = [row[0] for row in reader.texts[3:]]
    assert notes[:2] == ["M1: y ~ x + (1 | g)", "M2: y ~ x + (1 + x | g)"]
    assert notes[2].endswith("tested against the one above it, if that is a special case of it.")
    head, *lines = str(found).splitlines()[1:4]
    assert head.split() == reader.texts[0]
    for line, cells in zip(lines, reader.texts[1:3], strict=True):
        raised = line.replace("\xa0×\xa0", "*")
        assert len(raised.split()) == len([cell for cell in cells if cell])
    assert str(found).splitlines()[4:6] == notes[:2]
    assert "10⁻" in str(found)


def test_names(rows):
    texts = ["y ~ 1 + (1 | g)", "y ~ x + (1 | g)", "y ~ x + w + (1 | g)"]
    models = [fit(text, rows, name=name) for text, name in zip(texts, "aba", strict=True)]
    assert list(compare(*models).formulas.items()) == list(
        zip(["a1", "b", "a3"], texts, strict=True)
    )
    # The models keep theirs.
    assert [model.name for model in models] == ["a", "b", "a"]


def test_only_what_is_certainly_nested_is_tested(rows):
    def tested(*texts):
        return [row.p is not None for row in compare(*(fit(text, rows) for text in texts)).rows]

    assert tested("y ~ x + (1 | g)", "y ~ x + z + (1 | g)", "y ~ z + w + (1 | g)") == [0, 1, 0]
    assert tested("y ~ x + (1 + x | g)", "y ~ x + z + (1 | g)") == [0, 0]
    assert tested("y ~ x + (1 + x || g)", "y ~ x + (1 + x | g)") == [0, 1]
    assert tested("y ~ x + (1 + x | g)", "y ~ x + (1 + x || g)") == [0, 0]
    assert tested("y ~ x + diet + (1 | g)", "y ~ C(diet, 'none') + x + z + (1 | g)") == [0, 0]
    assert tested("y ~ dose + (1 | g)", "y ~ C(dose) + (1 | g)") == [0, 0]
    assert tested("y ~ x + (1 | g)") == [0]


def test_refusals(rows):
    model = fit("y ~ x + (1 | g)", rows, name="first")
    larger = "y ~ x + w + (1 | g)"
    gaps = rows.assign(w=rows["w"].where(rows.index > 3))
    with pytest.raises(
        UnequalRowsError, match=f"first uses {len(rows)} rows and M {len(rows) - 4}"
    ):
        compare(model, fit(larger, gaps))
    with pytest.raises(NotComparableError, match="their outcomes or groups differ"):
        compare(model, fit("z ~ x + w + (1 | g)", rows))
    with pytest.raises(NotComparableError, match="their tables differ in column 'y'"):
        compare(model, fit(larger, rows.assign(y=2 * rows["y"])))
    line = "cannot compare first with M: their tables differ in column 'x'; fit both to the same"
    with pytest.raises(NotComparableError, match=line):
        compare(model, fit(larger, rows.assign(x=rows["x"] ** 2)))
    with pytest.raises(NotComparableError, match="what is of type DataFrame; give models that fit"):
        compare(model, rows)
    with pytest.raises(NotComparableError, match="cannot compare 0 fits"):
        compare()


def test_what_differs_beside_the_models_does_not_matter(rows):
    model = fit("y ~ x + (1 | g)", rows)
    other = fit("y ~ x + w + (1 | g)", rows.assign(z=0, more="text").iloc[:, ::-1])
    assert compare(model, other).rows[1].p is not None
