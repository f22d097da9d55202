"""Formulas that no model can be fitted by: one line, what, where, what to do."""

import pytest
from results.formula_studies import of, rows, write

from analysis.__main__ import main
from analysis.errors import AnalysisError

BAD = {
    # The text.
    "no tilde": ("y + x + (1 | g)", "write one outcome, ~, and the predictors"),
    "two tildes": ("y ~ x ~ z + (1 | g)", "write one outcome, ~, and the predictors"),
    "empty": ("", "write one outcome, ~"),
    "no outcome": ("~ x + (1 | g)", "write one outcome"),
    "outcome computed": ("log(y) ~ x + (1 | g)", "the outcome is 'log(y)'; write the name"),
    "no predictors": ("y ~ ", "a term is missing beside a + or the ~; write 1"),
    "no random part": ("y ~ x", "no random part; add (1 | g)"),
    "two plus signs": ("y ~ x + + (1 | g)", "a term is missing beside a +"),
    "bracket open": ("y ~ x + (1 + x | g", "a bracket, a quote or a back-tick is not closed"),
    "bracket too many": ("y ~ x) + (1 | g)", "a ) too many"),
    "quote open": ("y ~ C(diet, 'fish) + (1 | g)", "is not closed"),
    "unknown operator": ("y ~ x & z + (1 | g)", "'x & z' cannot be read: Unknown operator '&'"),
    "operator misplaced": ("y ~ x * + (1 | g)", "'x *' cannot be read"),
    "no intercept": ("y ~ 0 + x + (1 | g)", "it has no intercept; models here have one"),
    "a power without an end": ("y ~ (x + z)**99999999 + (1 | g)", "more than 10,000 terms; write"),
    "a power of a power": ("y ~ x**9**9999999 + (1 | g)", "multiplies out to more than 10,000"),
    "powers of powers": ("y ~ (((x + z)^3)^9)^9 + (1 | g)", "multiplies out to more than 10,000"),
    "many products": (f"y ~ {'*'.join('abcdefhijklmno')} + (1 | g)", "more than 10,000 terms"),
    "many factors": (
        f"y ~ {':'.join(['x'] * 1500)} + (1 | g)",
        "has too many factors, or brackets",
    ),
    "a power of a number": ("y ~ I(x + 9**9**9) + (1 | g)", "has the power of a number; write"),
    "intercept taken out": ("y ~ x - 1 + (1 | g)", "it has no intercept"),
    # The random part.
    "no brackets": ("y ~ x + 1 | g", "is no random part; write (1 + x | g), with its brackets"),
    "in a product": ("y ~ x:(1 | g)", "is no random part"),
    "nothing varies": ("y ~ x + ( | g)", "write what varies, | or ||, and one column of groups"),
    "no group": ("y ~ x + (1 | )", "write what varies, | or ||, and one column of groups"),
    "two factors": ("y ~ x + (1 | g) + (1 | h)", "it groups by g and by h; this project fits two"),
    "nested": ("y ~ x + (1 | g/h)", "it groups by 'g/h'; this project fits two levels"),
    "crossed": ("y ~ x + (1 | g:h)", "one grouping factor: name one column after the bar"),
    "correlated in part": (
        "y ~ x + (1 + x | g) + (0 + z | g)",
        "(1 + x | …) beside another random part; write one part",
    ),
    "intercept twice": ("y ~ x + (1 | g) + (1 | g)", "two random parts share a term"),
    "varies in nothing": ("y ~ x + (0 | g)", "nothing varies over 'g'; give a random effect"),
    "uncorrelated category": ("y ~ x + (1 + diet || g)", "a category has several random effects"),
    # Functions.
    "unknown function": ("y ~ spline(x) + (1 | g)", "spline() is unknown; a formula may call C, I"),
    "code": ("y ~ I(__import__('os').name) + (1 | g)", "more than a formula may compute"),
    "attribute": ("y ~ I(x.real) + (1 | g)", "is more than a formula may compute"),
    "index": ("y ~ I(x[0]) + (1 | g)", "is more than a formula may compute"),
    "text": ("y ~ I(x + 'a') + (1 | g)", "computes with 'a'; use columns and numbers"),
    "function of names": ("y ~ x:I(diet * 2) + (1 | g)", "I(diet * 2) needs numbers; 'diet' has"),
    "further arguments": ("y ~ scale(x, 3) + (1 | g)", "has other arguments than scale(x)"),
    "reference is a column": ("y ~ C(diet, fish) + (1 | g)", "or as a text in quotes"),
    "unknown reference": ("y ~ C(diet, 'fsh') + (1 | g)", "the levels are fish, meat, none"),
    "a level a row": ("y ~ C(x) + (1 | g)", "levels in 108 rows; a category needs more rows"),
    "more effects than rows": (
        "y ~ C(k) * C(h) * diet * town + (1 | g)",
        "fixed effects; use more",
    ),
    "mean of names": ("y ~ center(diet) + (1 | g)", "center(diet) needs numbers"),
    "logarithm of what is negative": ("y ~ log(z) + (1 | g)", "log(z) is not finite in"),
    # Columns.
    "unknown column": ("y ~ xx + (1 | g)", "no column 'xx', which study.toml names; did you mean"),
    "unknown group": ("y ~ x + (1 | gg)", "no column 'gg', which study.toml names; did you mean"),
    "unknown outcome": ("yy ~ x + (1 | g)", "no column 'yy'"),
    "outcome as predictor": ("y ~ y + (1 | g)", "'y' is the outcome and a predictor"),
    "group as predictor": ("y ~ g + (1 | g)", "'g' is the group and a predictor"),
    "outcome is names": ("diet ~ x + (1 | g)", "column 'diet' holds"),
    "collinear": ("y ~ x + I(2 * x) + (1 | g)", "is a linear combination of 'x'"),
    "collinear slopes": ("y ~ 1 + (1 + x + I(2 * x) | g)", "is a linear combination of 'x'"),
    "collinear beside a slope": ("y ~ z + I(2 * z) + (1 + x | g)", "is a linear combination of"),
    "constant": ("y ~ x + I(0 * z) + (1 | g)", "'I(0 * z)' is constant"),
    "too many slopes": (
        "y ~ x + (1 + x + z + I(x**2) + I(z**2) + I(x**3) + I(z**3) + w + I(x*w) | g)",
        "residual variance is not identifiable",
    ),
}


@pytest.mark.parametrize("defect", BAD)
def test_formulas(defect, tmp_path):
    formula, says = BAD[defect]
    with pytest.raises(AnalysisError) as refusal:
        of(tmp_path, {"odd": formula})
    said = str(refusal.value)
    assert says in said
    assert "\n" not in said
    # The file, the model or both: where to look.
    assert "study.toml" in said or "t.csv" in said or "odd" in said


SECTIONS = {
    "empty": ("", "[models] is empty; write NAME ="),
    "a list": ("m = ['y ~ x + (1 | g)']", "model m is ['y ~ x + (1 | g)']; write a formula in"),
    "a name with blanks": ("'my model' = 'y ~ x + (1 | g)'", "names a model 'my model'"),
    "a name in use": ("pooling = 'y ~ x + (1 | g)'", "names a model 'pooling'"),
    "two outcomes": (
        "a = 'y ~ x + (1 | g)'\nb = 'z ~ x + (1 | g)'",
        "models a and b have the outcomes 'y' and 'z'; a study has one",
    ),
    "two groups": (
        "a = 'y ~ x + (1 | g)'\nb = 'y ~ x + (1 | h)'",
        "models a and b have the groups 'g' and 'h'; a study has one",
    ),
    "roles as well": (
        "a = 'y ~ x + (1 | g)'\n[model]\noutcome = 'y'",
        "[model] outcome stands beside [models]; leave it out",
    ),
    "a slope of no formula": (
        "a = 'y ~ x + (1 | g)'\n[model]\nslope = 'z'",
        "[model] slope is 'z', which no formula has; they have x",
    ),
    "a slope of names": (
        "a = 'y ~ x + diet + (1 | g)'\n[model]\nslope = 'diet'",
        "column 'diet', the slope, holds names",
    ),
    "a slope of level 2": (
        "a = 'y ~ x + w + (1 | g)'\n[model]\nslope = 'w'",
        "column 'w', the slope, is constant in each g",
    ),
    "Intercept": ("a = 'y ~ Intercept + (1 | g)'", "a formula names the column 'Intercept'"),
}


@pytest.mark.parametrize("defect", SECTIONS)
def test_sections(defect, tmp_path):
    section, says = SECTIONS[defect]
    with pytest.raises(AnalysisError) as refusal:
        of(tmp_path, section)
    said = str(refusal.value).replace(", whose formulas say it", "")
    assert says in said
    assert "study.toml" in said or "t.csv" in said


def test_another_group_than_the_data_section_names(tmp_path):
    with pytest.raises(AnalysisError, match="group is 'h', and the formulas group by 'g'"):
        of(tmp_path, {"m": "y ~ x + (1 | g)"}, more='group = "h"')


def test_a_category_with_one_level(tmp_path):
    table = rows().assign(diet="fish")
    with pytest.raises(AnalysisError, match="column 'diet' has one level, fish, in the 108 rows"):
        of(tmp_path, {"m": "y ~ x + diet + (1 | g)"}, table)


def test_numbers_with_a_slip_are_no_category(tmp_path):
    table = rows().astype({"x": object})
    table.loc[3, "x"] = "1,5"
    with pytest.raises(AnalysisError, match="column 'x' holds '1,5' in data row 4"):
        of(tmp_path, {"m": "y ~ x + (1 | g)"}, table)


def test_no_row_is_left(tmp_path):
    table = rows()
    table.loc[table.index % 2 == 0, "x"] = None
    table.loc[table.index % 2 == 1, "z"] = None
    with pytest.raises(AnalysisError, match="no row has a value in each of its columns"):
        of(tmp_path, {"a": "y ~ x + (1 | g)", "b": "y ~ x + z + (1 | g)"}, table)


def test_status_of_the_command(tmp_path, capsys, monkeypatch):
    path = write(tmp_path, {"m": "y ~ x + (1 | g) + (1 | h)"})
    monkeypatch.setattr("sys.argv", ["analysis", "fit", str(path)])
    assert main() == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "model m (y ~ x + (1 | g) + (1 | h)): it groups by g and by h" in err
