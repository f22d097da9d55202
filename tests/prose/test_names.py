"""Names of columns with blanks, dots and other marks, in all that a study yields."""

import json
import re

import pytest
from ratings import pupils, run
from tables_on_disk import put, study_of

from analysis.errors import StudyError
from analysis.prose.values import values
from analysis.results.results import analyse
from analysis.tables.regression import regression, regression_latex

NAMES = {
    "class": "Klasse (Nr. $1$)",
    "popular": r"beliebt & <b>{50%}_x^2~\y",
    "extrav": "extra . version",
    "sex": "männlich?",
    "texp": '"années", | 1e5',
}


@pytest.fixture
def study(tmp_path):
    path = put(pupils().rename(columns=NAMES), tmp_path / "table.csv")
    return study_of(path, renamed=NAMES)


def test_formulas_quote_them_as_lme4_does(study):
    spec = analyse(study).models["m3"]["REML"].spec
    assert spec.formula == (
        "`beliebt & <b>{50%}_x^2~\\y` ~ `extra . version` + `männlich?` + "
        '`"années", | 1e5` + (1 + `extra . version` | `Klasse (Nr. $1$)`)'
    )


def test_documents_call_them_by_their_letters(study):
    found = values(analyse(study))
    assert list(found["m3"]["fixed"]) == ["Intercept", "extra_version", "männlich", "années_1e5"]
    assert list(found["m2"]["sd"]) == ["Intercept", "extra_version"]
    assert found["m3"]["highest"].keys() == found["m2"]["sd"].keys()


def test_two_names_that_documents_cannot_tell_apart_are_refused(tmp_path):
    names = {"sex": "a.b", "extrav": "a b"}
    path = put(pupils().rename(columns=names), tmp_path / "table.csv")
    results = analyse(study_of(path, renamed=names))
    with pytest.raises(StudyError) as refusal:
        values(results)
    assert str(refusal.value) == (
        f"{tmp_path / 'study.toml'}: 'a b' and 'a.b' have one name in documents, a_b; give one of "
        "them another under [columns]"
    )


def test_tables_escape_them(study):
    results = analyse(study)
    latex = regression_latex(results)
    escaped = r"beliebt \& <b>\{50\%\}\_x\textasciicircum 2\textasciitilde \textbackslash y"
    assert rf"\caption{{Regression of {escaped} in models" in latex
    assert "beliebt &amp; &lt;b&gt;{50%}_x^2~" in regression(results)
    assert "<b>" not in regression(results)


def test_a_report_is_built_with_them(project, capsys):
    put(pupils().rename(columns=NAMES), project / "data" / "pupils.csv")
    study_of(project / "data" / "pupils.csv", renamed=NAMES)
    status, _, err = run(capsys, "build", "data/study.toml")
    assert (status, err) == (0, "")
    variables = json.loads((project / "_variables.yml").read_text(encoding="utf-8"))
    assert "männlich" in variables["m1"]["fixed"]
    artifacts = project / "report" / "_artifacts"
    assert "männlich?" in (artifacts / "tables" / "variables.html").read_text(encoding="utf-8")
    page = (artifacts / "visualization" / "page.html").read_text(encoding="utf-8")
    assert "Klasse (Nr. $1$)" in page
    assert "<b>{" not in page


def test_documents_show_formulas_as_code_that_may_hold_back_ticks(root):
    texts = [path.read_text(encoding="utf-8") for path in (root / "report").glob("*.qmd")]
    shown = re.findall(r"(.{3})\{\{< var \w+\.formula >\}\}(.{3})", "\n".join(texts))
    assert shown
    assert set(shown) == {("`` ", " ``")}
