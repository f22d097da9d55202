"""Every build checks the claims; one that does not hold leaves everything as it was."""

import json
import shutil

import pytest
from ratings import everything, run, small_artifacts

from analysis import build as building

TRUE, FALSE = "[So.]{.claim holds='data.n == 72'}", "[No.]{.claim holds='data.n > 99'}"


@pytest.fixture
def document(project, monkeypatch):
    """Return a document of a project whose figures need not be drawn."""
    monkeypatch.setattr(building, "_artifacts", small_artifacts)
    monkeypatch.delenv(building.DRAFT_VARIABLE, raising=False)
    path = project / "report" / "index.qmd"
    path.write_text(f"{TRUE}\n", encoding="utf-8")
    return path


def claims_of(document):
    return json.loads((document.parent / "_artifacts" / "claims.json").read_text("utf-8"))["claims"]


def test_a_claim_that_does_not_hold_stops_the_build(project, document, capsys):
    document.write_text(f"{TRUE}\n\n{FALSE}\n\n{FALSE}\n", encoding="utf-8")
    before = everything(project)
    status, out, err = run(capsys)
    assert (status, out) == (2, "")
    line = (
        "error: report/index.qmd:{}: “No.” does not hold: data.n > 99; found data.n = 72; rewrite "
        "it, or see it marked with --draft\n"
    )
    assert err == line.format(3) + line.format(5)
    assert everything(project) == before


def test_a_changed_claim_is_checked_without_a_new_fit(project, document, capsys, monkeypatch):
    assert run(capsys)[0] == 0
    assert claims_of(document) == {"data.n == 72": True}
    monkeypatch.setattr(building, "analysed", None)
    document.write_text(f"Words.\n\n{TRUE}\n", encoding="utf-8")
    before = everything(project)
    assert "_artifacts is up to date with popularity.toml" in run(capsys)[1]
    assert everything(project) == before
    document.write_text("[So.]{.claim holds='data.n < 73'}", encoding="utf-8")
    assert run(capsys) == (
        0,
        "the claims are checked anew, the rest is up to date with popularity.toml\n",
        "",
    )
    assert claims_of(document) == {"data.n < 73": True}
    assert "_artifacts is up to date" in run(capsys)[1]
    document.write_text(FALSE, encoding="utf-8")
    before = everything(project)
    status, _, err = run(capsys)
    assert (status, err.count("\n")) == (2, 1)
    assert everything(project) == before


def test_a_draft_is_built_all_the_same(document, capsys, monkeypatch):
    document.write_text(FALSE, encoding="utf-8")
    assert run(capsys, "build", "--draft")[0] == 0
    assert claims_of(document) == {"data.n > 99": "data.n = 72"}
    assert run(capsys, "--draft")[0] == 0
    assert run(capsys)[0] == 2
    for value, status in {"1": 0, "0": 2, "": 2}.items():
        monkeypatch.setenv(building.DRAFT_VARIABLE, value)
        assert run(capsys)[0] == status


def test_a_draft_of_other_data_is_no_excuse_for_a_mistake(document, capsys):
    document.write_text("\n[No.]{.claim holds='data.m > 99'}", encoding="utf-8")
    status, _, err = run(capsys, "build", "--draft")
    assert (status, err) == (
        2,
        "error: report/index.qmd:2: “No.”: there is no value data.m; is it data.n?\n",
    )


def test_all_documents_but_drafts_are_read(document, capsys):
    for name in ("other.qmd", "_part.qmd", ".hidden.qmd"):
        document.with_name(name).write_text(FALSE, encoding="utf-8")
    status, _, err = run(capsys)
    assert (status, err.count("\n")) == (2, 1)
    assert "report/other.qmd:1: “No.”" in err


def test_a_document_that_cannot_be_read_is_refused(project, document, capsys):
    document.write_bytes(b"\xef\xbb\xbf" + TRUE.encode())
    assert run(capsys)[0] == 0
    document.write_bytes(b"a\xff")
    before = everything(project)
    assert run(capsys) == (
        2, "", "error: report/index.qmd: not UTF-8 at byte 1; save it as UTF-8\n",
    )  # fmt: skip
    assert everything(project) == before
    document.unlink()
    document.mkdir()
    assert run(capsys)[2] == "error: report/index.qmd: it is a folder; check the file\n"


def test_the_reports_own_documents_are_checked_on_other_classes(root, project, document, capsys):
    for name in ("popularity.toml", "popularity.csv"):
        shutil.copy(root / "data" / name, project / "data" / name)
    shutil.copy(root / "report" / "index.qmd", document)
    assert run(capsys)[0] == 0
    study = project / "data" / "popularity.toml"
    study.write_text(study.read_text("utf-8").replace('"1-15"', '"86-100"'), encoding="utf-8")
    before = everything(project)
    status, out, err = run(capsys)
    assert (status, out) == (2, "")
    assert err.count("\n") == 12
    assert "“The evidence for an effect of the experience is moderate, not overwhelming.”" in err
    assert everything(project) == before


def test_claims_about_other_columns_are_left_alone_and_said(project, document, capsys):
    """The documents are about the project's own study; another table has no m3 and no sex."""
    document.write_text(f"{FALSE}\n[She.]{{.claim holds='m1.fixed.sex > 0'}}\n", encoding="utf-8")
    own = (project / "data" / "popularity.toml").read_text(encoding="utf-8")
    other = own.replace('covariates = ["sex"]', "covariates = []")
    assert other != own
    (project / "data" / "other.toml").write_text(other, encoding="utf-8")
    status, out, err = run(capsys, "build", "data/other.toml")
    assert (status, "files from other.toml" in out) == (0, True)
    note = (
        "note: the documents speak of the columns of popularity.toml: their 2 claims are not "
        "checked on other.toml; python -m analysis new writes documents for a study\n"
    )
    assert note in err
    assert claims_of(document) == {}
    assert run(capsys)[0] == 2


def test_gaps_are_counted_and_shown_in_drafts_alone(document, capsys):
    document.write_text("[Why?]{.gap}\n\n::: {.gap}\nWhere from?\n:::\n", encoding="utf-8")
    (document.parent / "other.qmd").write_text("[Who?]{.gap}", encoding="utf-8")
    status, _, err = run(capsys)
    assert (status, err) == (
        0,
        "note: gaps for the author to fill are left out: 2 in report/index.qmd, 1 in "
        "report/other.qmd; --draft shows them\n",
    )
    whole = document.parent / "_artifacts" / "claims.json"
    assert json.loads(whole.read_text("utf-8")) == {"draft": False, "claims": {}}
    assert run(capsys, "build", "--draft")[2] == ""
    assert json.loads(whole.read_text("utf-8")) == {"draft": True, "claims": {}}


def test_claims_of_a_documents_parts_are_checked_and_placed_there(document, capsys):
    document.write_text("Begin\n\n{{< include _part.qmd >}}\n", encoding="utf-8")
    part = document.with_name("_part.qmd")
    part.write_text('\n[No.]{.claim holds="data.n > 99"}\n', encoding="utf-8")
    status, _, err = run(capsys)
    assert status == 2
    assert err.startswith("error: report/_part.qmd:2: “No.” does not hold: data.n > 99")
    part.unlink()
    assert run(capsys)[2] == (
        "error: report/index.qmd:3: include _part.qmd: there is no such file\n"
    )
