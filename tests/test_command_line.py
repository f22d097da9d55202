"""The command line as a process: encodings, outputs that fail, interrupts."""

import json
import os
import shlex
import subprocess
import sys
from importlib.metadata import PackageNotFoundError

import pytest
from ratings import STUDY, column, fitted, pupils, put, run

from analysis import __main__ as cli


def process(project, root, *arguments, **environment):
    """Run Python with arguments; return the outcome in bytes."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(root), **environment},
        capture_output=True,
        check=False,
    )


def ours(project, root, *arguments, **environment):
    return process(project, root, "-m", "analysis", *arguments, **environment)


def shell(project, root, command):
    """Run a command in a shell that has ours as a function; return its outcome in bytes."""
    return subprocess.run(
        f'analysis() {{ {shlex.quote(sys.executable)} -m analysis "$@"; }}\n{command}',
        shell=True,
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_title_that_the_terminal_cannot_show_is_no_obstacle(project, root, encoding):
    (project / "data" / "Łódź.toml").write_text(STUDY.replace("Ratings", "Łódź ☃"), "utf-8")
    done = ours(project, root, "fit", "data/Łódź.toml", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    title = "Łódź ☃".encode(encoding, "backslashreplace")
    assert done.stdout.startswith(title)


def test_json_is_utf_8_wherever_it_goes(project, root, capsys):
    table = pupils().astype({"class": str}).replace({"class": {"1": "Łódź ☃"}})
    put(table, project / "data" / "pupils.csv")
    results, _ = fitted(capsys, project)
    command = ("fit", "data/popularity.toml", "--json")
    done = ours(project, root, *command, PYTHONIOENCODING="cp1252")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode("utf-8")) == results
    assert "Łódź ☃" in results["pooling"]["none"]


def test_says_what_it_built_in_any_encoding(project, root):
    """The artifacts were there, and the last line was a traceback."""
    study = project / "data" / "Łódź.toml"
    (project / "data" / "popularity.toml").rename(study)
    done = ours(project, root, "build", "data/Łódź.toml", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.rstrip().endswith(rb" files from \u0141\xf3d\u017a.toml")


needs_shell = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is a device of Linux")


@needs_shell
@pytest.mark.parametrize(
    ("command", "target", "reason"),
    [
        ("fit data/popularity.toml", "/dev/full", b"No space left on device"),
        ("fit data/popularity.toml --json", "/dev/full", b"No space left on device"),
        ("fit data/popularity.toml", "&-", b"it is closed"),
    ],
)
def test_refuses_an_output_that_cannot_be_written(project, root, command, target, reason):
    done = shell(project, root, f"analysis {command} >{target}")
    assert (done.returncode, done.stdout) == (2, b"")
    said = b"error: standard output: cannot be written (%s); send it elsewhere\n" % reason
    assert done.stderr == said


@needs_shell
def test_refuses_an_output_that_cannot_be_written_after_a_build(project, root):
    for _ in ("built", "up to date"):
        done = shell(project, root, "analysis >/dev/full")
        assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
        assert done.stderr.startswith(b"error: standard output: cannot be written (No space")
        assert b"pupils.csv" in (project / "report/_artifacts/results.json").read_bytes()


@needs_shell
def test_a_reader_who_has_enough_is_no_error(project, root):
    done = shell(project, root, "analysis fit data/popularity.toml --json | head -c 1")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"{", b"")


@needs_shell
@pytest.mark.parametrize("target", ["&-", "/dev/full"])
def test_without_standard_error_notes_do_not_get_into_the_json(project, root, target):
    put(column("popular", None), project / "data" / "pupils.csv")
    done = shell(project, root, f"analysis fit data/popularity.toml --json 2>{target}")
    assert done.returncode == 0
    assert json.loads(done.stdout)["data"]["n_observations"] == 71


@pytest.mark.parametrize(
    "command", [("-m", "analysis"), ("-m", "analysis", "build"), ("{}/analysis/prerender.py",)]
)
def test_an_interrupt_before_anything_has_begun_is_one_line(project, root, command):
    early = project / "early"
    early.mkdir()
    (early / "tomllib.py").write_text("raise KeyboardInterrupt")
    path = os.pathsep.join(map(str, (early, root)))
    arguments = (each.format(root) for each in command)
    done = process(project, root, *arguments, PYTHONPATH=path)
    assert (done.returncode, done.stdout, done.stderr.split()) == (130, b"", [b"interrupted"])


def test_an_environment_without_a_package_is_named_in_one_line(project, capsys, monkeypatch):
    def build(*_, **__):
        missing = "matplotlib"
        raise PackageNotFoundError(missing)

    monkeypatch.setattr(cli, "build", build)
    status, out, err = run(capsys)
    assert (status, out) == (2, "")
    assert err == (
        f"error: {sys.executable} has no matplotlib; use the environment in which the project is "
        "installed, such as .nox/report\n"
    )
