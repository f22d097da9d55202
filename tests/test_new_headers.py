"""A new study of a table whose headers and labels no file of TOML has as they are."""

import pyreadstat
import pytest
from ratings import pupils, run
from tables_on_disk import put

from analysis.study.studyfile import read_study


def test_names_of_any_letters_are_quoted(project, capsys):
    frame = pupils().rename(
        columns={"extrav": 'größe "in" cm', "popular": "Zeit (s)", "sex": "a b"}
    )
    frame.to_csv(project / "data" / "t.csv", index=False)
    status, out, err = run(capsys, "new", "t", "--table", str(project / "data" / "t.csv"))
    assert status == 0, err
    assert "data/t.csv" not in out
    study = read_study(project / "data" / "t.toml")
    assert (study.outcome, study.slope, study.covariates) == (
        "Zeit (s)", 'größe "in" cm', ("a b",),
    )  # fmt: skip
    assert "{{< var label.größe_in_cm >}}" in (project / "report/t/index.qmd").read_text("utf-8")
    assert run(capsys, "build", "t")[0] == 0


@pytest.mark.parametrize("kind", [".csv", ".xlsx"])
def test_what_stands_in_a_header_is_no_line_of_the_study_file(project, capsys, kind):
    """Excel's headers often have line ends, and DEL may stand in no comment of TOML."""
    broken, deleted = 'remarks\n(free text)\ntitle = "Taken"\n', "a\x7fb"
    frame = pupils().assign(**{broken: [f"r{i}" for i in range(72)], deleted: "same"})
    path = put(frame, project / f"rated{kind}")
    status, _, err = run(capsys, "new", "rated", "--table", str(path))
    assert status == 0, err
    text = (project / "data" / "rated.toml").read_text("utf-8")
    assert r'# Not used: "remarks\n(free text)\ntitle = \"Taken\"' in text
    assert r'"a\u007fb".' in text
    assert read_study(project / "data" / "rated.toml").title == "Rated"


def test_a_label_of_two_lines_is_one(project, capsys):
    path = project / "rated.sav"
    labels = {"popular": "popularity,\n as rated", "extrav": " \n"}
    pyreadstat.write_sav(pupils(), str(path), column_labels=labels)
    status, _, err = run(capsys, "new", "rated", "--table", str(path))
    assert status == 0, err
    found = read_study(project / "data" / "rated.toml").labels
    assert (found["popular"], found["extrav"]) == ("popularity, as rated", "extrav")
