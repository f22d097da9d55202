"""The build: whole or not at all, only when something has changed, everywhere the same bytes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ratings import STUDY, column, everything, pupils, put, run, small_artifacts

from analysis import build as building
from analysis.output import project as places


def test_refuses_a_report_whose_models_cannot_be_compared(project, capsys):
    put(column("texp", None, rows=range(9)), project / "data" / "pupils.csv")
    before = everything(project)
    status, _, err = run(capsys)
    assert status == 2
    assert err.count("\n") == 1
    assert err.startswith("error: cannot test m2 against m3")
    assert "72 rows" in err
    assert "63" in err
    assert everything(project) == before

    status, out, err = run(capsys, "fit", "data/popularity.toml", "--json")
    assert status == 0
    assert json.loads(out)["comparison"] is None
    assert "note: cannot test m2 against m3" in err
    assert "column 'texp' lacks 9 values" in err


def test_refuses_a_target_that_cannot_be_written(project, capsys, monkeypatch):
    monkeypatch.setattr(building, "_artifacts", small_artifacts)
    shutil.rmtree(project / "report")
    (project / "report").write_text("a file where a folder should be")
    before = everything(project)
    status, out, err = run(capsys)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "report: cannot be written" in err
    assert "check the folder's permissions" in err
    assert everything(project) == before


@pytest.mark.parametrize(
    "interruption", [KeyboardInterrupt, OSError(28, "No space left on device")]
)
def test_an_interrupted_build_leaves_the_last_good_artifacts(
    project, capsys, monkeypatch, interruption
):
    monkeypatch.setattr(building, "_artifacts", small_artifacts)
    before = everything(project)
    whole = Path.write_bytes

    def interrupted(path, data):
        whole(path, data[: len(data) // 2])
        raise interruption

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", interrupted)
        status, _, err = run(capsys)
    assert status == (130 if interruption is KeyboardInterrupt else 2)
    assert err.count("\n") == 1
    assert everything(project) == before


def test_builds_again_only_when_something_has_changed(project, capsys, monkeypatch):
    monkeypatch.setattr(building, "_artifacts", small_artifacts)
    study, table = project / "data" / "popularity.toml", project / "data" / "pupils.csv"

    def builds():
        status, out, err = run(capsys)
        assert (status, err) == (0, "")
        return "up to date" not in out

    assert builds()
    assert not builds()
    study.write_text(STUDY + "sex = 'Gender'\n", encoding="utf-8")
    assert builds()
    put(pupils().iloc[:-1], table)
    assert builds()
    code = project / "elsewhere" / "analysis"
    code.mkdir(parents=True)
    with monkeypatch.context() as patched:
        patched.setattr(places, "CODE", code)
        assert builds()
        (code / "pooling.py").write_text("# another rule")
        assert builds()
    assert builds()
    (project / "requirements").mkdir()
    (project / "requirements" / "report.txt").write_text("numpy==3")
    assert builds()
    (project / "report" / "_artifacts" / "results.json").unlink()
    assert builds()
    assert not builds()


def test_the_study_of_the_report_can_be_named_by_the_environment(project, capsys, monkeypatch):
    monkeypatch.setattr(building, "_artifacts", small_artifacts)
    (project / "data" / "popularity.toml").rename(project / "data" / "other.toml")
    monkeypatch.setenv(building.STUDY_VARIABLE, "data/other.toml")
    status, out, _ = run(capsys)
    assert (status, out) == (0, f"{Path('report', '_artifacts')}: 10 files from other.toml\n")


def test_another_path_to_the_same_study_changes_nothing(project, capsys, monkeypatch):
    """Quarto's build and one with the study named made each other's artifacts out of date."""
    monkeypatch.setattr(building, "_artifacts", small_artifacts)
    assert "10 files" in run(capsys)[1]
    assert "up to date" in run(capsys, "build", "data/popularity.toml")[1]
    assert "up to date" in run(capsys)[1]


def test_the_artifacts_may_be_on_another_drive(project, capsys, monkeypatch):
    def relpath(_path):
        msg = "path is on mount 'D:', start on mount 'C:'"
        raise ValueError(msg)

    monkeypatch.setattr(building, "_artifacts", small_artifacts)
    monkeypatch.setattr(building.os.path, "relpath", relpath)
    status, out, err = run(capsys)
    assert (status, err) == (0, "")
    assert out.startswith(f"{project / 'report' / '_artifacts'}: 10 files")


def test_refuses_to_build_outside_a_project(project, capsys, monkeypatch):
    installed = project / "packages" / "analysis"
    monkeypatch.setattr(places, "CODE", installed)
    (project / "_quarto.yml").unlink()
    before = everything(project)
    status, out, err = run(capsys)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: {project.resolve()}: no _quarto.yml here or above")
    assert everything(project) == before


def built(root, folder, study, *arguments, seed):
    """Build artifacts in a process of its own; return its outcome and what it made."""
    shutil.copytree(root / "data", folder / "data")
    (folder / "_quarto.yml").write_text("profile:\n  default: popularity\n", encoding="utf-8")
    for name, text in study.items():
        (folder / "data" / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "analysis", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    return done, everything(folder)


def test_a_build_makes_the_same_bytes_in_every_folder(root, tmp_path):
    done, made = built(root, tmp_path / "here", {}, seed="1")
    assert (done.returncode, done.stderr) == (0, "")
    assert {"figures", "tables", "visualization"} <= {
        Path(name).parts[2] for name in made if name.startswith("report/_artifacts/")
    }
    _, again = built(root, tmp_path / "there", {}, seed="2")
    assert [name for name in made if made[name] != again[name]] == []
    assert list(made) == list(again)
    for data in made.values():
        assert str(tmp_path).encode() not in (data or b"")


OTHER = (
    STUDY.replace("pupils.csv", "popularity.csv")
    .replace('"all"', "{random = 4, seed = 3}")
    .replace('group_covariates = ["texp"]', "")
)


def test_a_report_of_other_data_can_be_built(root, tmp_path):
    study = {"other.toml": OTHER}
    done, made = built(root, tmp_path / "other", study, "build", "data/other.toml", seed="1")
    assert done.returncode == 0, done.stderr
    assert made["report/_artifacts/results.json"].count(b'"formula"') == 3


def test_a_study_without_lines_has_tables_and_no_figures(project, capsys):
    path = project / "data" / "popularity.toml"
    path.write_text(
        '[data]\ntable = "pupils.csv"\n[models]\nmeans = "popular ~ texp + (1 | class)"\n',
        encoding="utf-8",
    )
    status, out, err = run(capsys)
    assert status == 0
    assert out.endswith(" files from popularity.toml\n")
    assert "no figures and no interactive page: the study has no level 1 number" in err
    written = {path.name for path in (project / "report" / "_artifacts").rglob("*.*")}
    assert "regression.html" in written
    assert not [name for name in written if name.endswith((".svg", ".js"))]
