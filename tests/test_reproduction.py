"""What a build tells of itself: its commit, also where nothing else changed, and lme4's values."""

import re

import pytest
from ratings import everything, run

from analysis import build as building
from analysis.output.commit import Commit

COMMIT = "report/_artifacts/readings/commit.md"


@pytest.fixture
def built(project, capsys):
    status, _, err = run(capsys)
    assert status == 0, err
    return project


def test_another_commit_is_named_though_nothing_else_changed(built, capsys, monkeypatch):
    before = everything(built)
    assert b"No commit is known" in before[COMMIT]
    for changed, said in ((False, b"`c0ffee`, without a change"), (True, b"not committed")):
        found = Commit(name="c0ffee", changed=changed)
        monkeypatch.setattr(building, "commit_of", lambda _, found=found: found)
        assert "is up to date" in run(capsys)[1]
        after = everything(built)
        assert said in after[COMMIT]
        different = {name for name in after if after[name] != before.get(name)}
        assert different == {COMMIT, "report/_artifacts/manifest.json"}


def test_reference_values_are_an_input(built, capsys):
    said = built / "report" / "_artifacts" / "readings" / "agreement.md"
    assert said.read_text("utf-8").startswith("No values of lme4 are kept")
    references = built / "data" / "popularity.lme4.json"
    references.write_text('{"lme4": "1.1.31", "R": "4.2.2", "models": {}}', encoding="utf-8")
    assert "files from popularity.toml" in run(capsys)[1]
    assert "of other rows or other models" in said.read_text("utf-8")
    before = everything(built)
    references.write_text("[]", encoding="utf-8")
    status, out, err = run(capsys)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "popularity.lme4.json: no reference values" in err
    before["data/popularity.lme4.json"] = b"[]"
    assert everything(built) == before


def test_no_document_claims_a_check_by_itself(root):
    documents = [*(root / "report").rglob("*.qmd"), *(root / "analysis/skeleton").glob("*.j2")]
    assert len(documents) > 12
    for path in documents:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"checked against|agrees? with lme4", text), path
        if path.name.startswith("index.qmd"):
            assert "{{< var agreement.brief >}}" in text
