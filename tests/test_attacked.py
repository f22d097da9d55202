"""Builds that are killed, run at once, or may not read or write: the last good one stays."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ratings import STUDY, everything, run
from what_is_here import knows_processes

from analysis import __main__ as cli

needs_unix = pytest.mark.skipif(os.name == "nt", reason="Windows has neither signals nor modes")

# Root may read and write all; without its capabilities, which only Linux takes from it, it is its
# files' owner as others are.
_AS_OWNER = """
import ctypes, os, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(28, 1, 0, 0, 0)  # PR_SET_SECUREBITS, SECBIT_NOROOT
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def started(project, root, *arguments, prefix=("-m", "analysis")):
    return subprocess.Popen(
        [sys.executable, *prefix, *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def pipe(place):
    os.mkfifo(place)


def whole(folder):
    """Check artifacts against their manifest; return what they were made from."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    listed = {name.partition("_artifacts/")[2] for name in manifest["files"]}
    assert found == {*listed, "manifest.json"}
    return manifest["fingerprint"]


@needs_unix
def test_builds_killed_at_any_moment_leave_the_last_good_one(project, root):
    moments, before = random.Random(11), everything(project / "report" / "_artifacts")
    for _ in range(4):
        process = started(project, root)
        time.sleep(moments.uniform(0.2, 2.5))
        process.kill()
        process.communicate()
        if everything(project / "report" / "_artifacts") != before:
            whole(project / "report" / "_artifacts")
    process = started(project, root)
    assert process.communicate()[1] == ""
    whole(project / "report" / "_artifacts")
    assert [path.name for path in (project / "report").iterdir()] == ["_artifacts"]


def test_builds_at_once_of_one_study_and_of_another(project, root):
    """Both have documents of their own, and lend their variables to Quarto."""
    (project / "data" / "other.toml").write_text(STUDY.replace("Ratings", "Others"), "utf-8")
    (project / "report" / "other").mkdir()
    (project / "report" / "other" / "index.qmd").write_text("---\ntitle: x\n---\n")
    processes = [started(project, root, "build", name) for name in ("popularity", "other") * 2]
    for process in processes:
        assert process.communicate()[1] == ""
        assert process.returncode == 0
    own, other = (project / "report" / name / "_artifacts" for name in ("", "other"))
    assert whole(own) != whole(other)
    variables = (project / "_variables.yml").read_bytes()
    assert variables in {(each / "variables.json").read_bytes() for each in (own, other)}
    left = {path.name for path in project.rglob("*") if path.name.startswith(".")}
    assert left == set()


@needs_unix
@pytest.mark.parametrize(
    ("place", "mode", "says"),
    [
        ("report", 0o555, "_artifacts: cannot be written (Permission denied)"),
        ("data/pupils.csv", 0o000, "pupils.csv: cannot be read: Permission denied; check its name"),
        ("data/popularity.toml", 0o000, "cannot read the study file: Permission denied"),
    ],
)
def test_what_may_not_be_read_or_written_is_refused(project, root, place, mode, says):
    before = everything(project / "report")
    (project / place).chmod(mode)
    try:
        process = started(project, root, "-m", "analysis", prefix=("-c", _AS_OWNER))
        out, err = process.communicate()
    finally:
        (project / place).chmod(0o755)
    assert (process.returncode, out, err.count("\n")) == (2, "", 1)
    assert says in err
    assert everything(project / "report") == before


@needs_unix
@pytest.mark.parametrize(
    ("make", "says"),
    [
        (pipe, "it is a pipe or a device; check its name"),
        (lambda place: place.symlink_to("/dev/zero"), "it is a pipe or a device; check its name"),
        (lambda place: place.symlink_to(place.name), "levels of symbolic links; check its name"),
    ],
    ids=["pipe", "device", "loop"],
)
@pytest.mark.parametrize("command", [["build"], ["fit", "popularity"]])
def test_a_table_without_an_end_is_not_waited_for(project, capsys, make, says, command):
    table = project / "data" / "pupils.csv"
    table.unlink()
    make(table)
    status, out, err = run(capsys, *command)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert f"{table.name}: cannot be read" in err
    assert says in err


@needs_unix
@pytest.mark.parametrize("study", ["data/pipe.toml", "/dev/ptmx", "/dev/zero"])
def test_a_study_without_an_end_is_not_waited_for(project, capsys, study):
    os.mkfifo(project / "data" / "pipe.toml")
    status, _, err = run(capsys, "fit", study)
    assert (status, err.count("\n")) == (2, 1)
    assert "it is a pipe or a device; give the path of a TOML file" in err


@needs_unix
def test_a_document_without_an_end_is_not_waited_for(project, capsys):
    os.mkfifo(project / "report" / "pipe.qmd")
    status, _, err = run(capsys)
    assert (status, err) == (
        2,
        "error: report/pipe.qmd: it is a pipe or a device; check the file\n",
    )


@needs_unix
@pytest.mark.parametrize("name", ["manifest.json", "results.json"])
def test_an_artifact_without_an_end_is_made_anew(project, capsys, name):
    assert run(capsys)[0] == 0
    artifact = project / "report" / "_artifacts" / name
    artifact.unlink()
    os.mkfifo(artifact)
    status, out, _ = run(capsys)
    assert (status, "is up to date" in out) == (0, False)
    assert artifact.is_file()


@pytest.mark.parametrize("command", [["build"], ["fit", "popularity"]])
def test_a_disk_that_fails_is_one_line(project, capsys, monkeypatch, command):
    original = Path.open

    def fail(self, *arguments, **options):
        if self.name == "pupils.csv":
            raise OSError(5, "Input/output error")
        return original(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", fail)
    status, out, err = run(capsys, *command)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "pupils.csv: cannot be read: Input/output error; check its name" in err


@knows_processes
def test_what_killed_builds_left_goes_though_nothing_has_changed(project, capsys):
    assert run(capsys, "build")[0] == 0
    left = [
        project / "report" / name for name in ("._artifacts.old", "._artifacts.by4194999-abcdefgh")
    ]
    for folder in left:
        folder.mkdir()
        (folder / "results.json").write_text("{}")
    status, out, _ = run(capsys, "build")
    assert (status, "is up to date" in out) == (0, True)
    assert [path.name for path in (project / "report").iterdir()] == ["_artifacts"]


@needs_unix
def test_what_other_killed_commands_left_goes_with_the_next_build(project, capsys):
    assert run(capsys, "build")[0] == 0
    left = [
        project / "data" / ".thesis.toml.by4194999-abcdefgh",
        project / "report" / ".thesis.by4194999-abcdefgh",
        project / ".b-one-x.zip.by4194999-abcdefgh",
    ]
    kept = [project / "data" / f".x.toml.by{os.getpid()}-abcdefgh", project / "data" / ".by1-mine"]
    for folder in (*left, *kept):
        folder.mkdir()
        (folder / "half").write_text("x")
    assert run(capsys, "build")[0] == 0
    assert not any(folder.exists() for folder in left)
    assert all((folder / "half").exists() for folder in kept)


@pytest.mark.parametrize(
    ("failure", "says"),
    [
        (MemoryError(), "this takes more memory than there is; use fewer rows"),
        (OSError(5, "Input/output error", "x.csv"), "x.csv: Input/output error; check the file"),
        (ImportError("cannot be mapped"), "cannot be mapped; install the project anew"),
    ],
)
def test_what_nobody_foresaw_is_one_line(project, capsys, monkeypatch, failure, says):
    def build(*_, **__):
        raise failure

    monkeypatch.setattr(cli, "build", build)
    status, out, err = run(capsys)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: {says}")


@pytest.mark.parametrize("variable", ["QUARTO_PROFILE", "MULTILEVEL_REPORT_STUDY"])
def test_a_study_with_a_name_too_long_is_one_line_or_none(project, capsys, monkeypatch, variable):
    monkeypatch.setattr("analysis.results.results.analyse", lambda _: pytest.fail("it is no study"))
    monkeypatch.setenv(variable, "x" * 300)
    (project / "data" / "popularity.toml").unlink()
    status, out, err = run(capsys)
    assert (status, out, err.count("\n")) == (2, "", 1)
