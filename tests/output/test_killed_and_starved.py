"""Processes that replace files and folders, killed at any moment, two at once, and starved."""

import os
import random
import subprocess
import sys
import time

import pytest
from what_is_here import knows_processes

from analysis.output.memory import short_of_memory
from analysis.output.replacement import replace, settle

needs_limits = pytest.mark.skipif(os.name == "nt", reason="Windows has no ulimit")

# Replaces a folder and a file by the same number again and again, until it is killed.
_FOREVER = """
import sys
from pathlib import Path
from analysis.output.replacement import replace

root, name, times = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for n in range(times):
    text = f"{name} {n}".encode() * 1000
    replace({root / "folder": {"a": text, "b/c": text}, root / "file": text})
    if n == 0:
        print(name, flush=True)
"""

_LIMITED = """
import resource, sys
from pathlib import Path
from analysis.errors import ArtifactError
from analysis.output.replacement import replace

resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
root = Path(sys.argv[1])
try:
    replace({root / "folder": {"a": b"new", "b/c": b"new" * 1000}, root / "file": b"new"})
except ArtifactError as error:
    print(error)
"""


@pytest.fixture
def place(tmp_path):
    replace({tmp_path / "folder": {"a": b"old", "b/c": b"old"}, tmp_path / "file": b"old"})
    return tmp_path


def writer(root, place, name, times):
    return subprocess.Popen(
        [sys.executable, "-c", _FOREVER, str(place), name, str(times)],
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def contents(place):
    """Return what is in the folder and in the file; it is whole."""
    settle(place / "folder", place / "file")
    assert sorted(path.name for path in place.iterdir()) == ["file", "folder"]
    inside = {path.read_bytes() for path in (place / "folder").rglob("*") if path.is_file()}
    assert len(inside) == 1
    assert len(list((place / "folder").rglob("*"))) == 3
    return inside.pop(), (place / "file").read_bytes()


@knows_processes
def test_killed_at_any_moment_it_leaves_something_whole_and_nothing_else(root, place):
    moments = random.Random(30)
    for _ in range(30):
        process = writer(root, place, "one", 1_000_000)
        assert process.stdout.readline() == "one\n"
        time.sleep(moments.uniform(0, 0.02))
        process.kill()
        process.communicate()
        for text in contents(place):
            assert text == text[: len(text) // 1000] * 1000


def test_two_at_once_neither_fails_nor_mixes(root, place):
    processes = [writer(root, place, name, 150) for name in ("one", "two")]
    for process in processes:
        assert process.communicate() == (process.args[4] + "\n", "")
        assert process.returncode == 0
    folder, file = contents(place)
    assert folder == file


@needs_limits
def test_a_limit_of_files_leaves_all_as_it_was(root, place):
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(place)],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == (
        f"{place / 'folder' / 'b' / 'c'}: cannot be written (File too large); what was there is "
        "left as it was: check the folder's permissions and free space\n"
    )
    assert contents(place) == (b"old", b"old")


def limited(project, root, limit, command):
    """Run a command with a limit of the shell's `ulimit`; return its one line."""
    done = subprocess.run(
        f"ulimit {limit}; exec '{sys.executable}' -B {command.format(root)}",
        shell=True,
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    return done.stderr


@needs_limits
@pytest.mark.parametrize("command", ["-m analysis", "'{}/analysis/prerender.py'"])
def test_a_build_with_a_limit_of_files_is_refused_in_one_line(project, root, command):
    said = limited(project, root, "-f 1", command)
    assert "cannot be written (File too large)" in said
    assert (project / "report/_artifacts/results.json").read_bytes() == b"{}"
    assert [path.name for path in (project / "report").iterdir()] == ["_artifacts"]


@pytest.mark.skipif(
    sys.platform != "linux",
    reason="RLIMIT_AS and RLIMIT_DATA hold on Linux alone",
)
@pytest.mark.parametrize(
    ("limit", "says"),
    [
        # With so little OpenBLAS tries for ever, and with more it ends the process by itself.
        ("-v 150000", "154 MB of address space are allowed here, and the libraries take 1,611; "),
        ("-v 600000", "614 MB of address space are allowed here"),
        ("-d 80000", "82 MB of memory for data are allowed here, and the libraries take 537; "),
    ],
)
@pytest.mark.parametrize(
    "command",
    [
        *("-m analysis", "-m analysis fit data/popularity.toml"),
        *("'{}/analysis/prerender.py'", "'{}/report/render.py'"),
    ],
)
def test_too_little_memory_for_the_libraries_is_one_line(project, root, command, limit, says):
    said = limited(project, root, limit, command)
    assert said.startswith(f"error: {says}")
    assert f"raise the limit (ulimit {limit[:2]})" in said
    assert (project / "report/_artifacts/results.json").read_bytes() == b"{}"


@needs_limits
@pytest.mark.parametrize(("name", "least"), [("RLIMIT_AS", 3 * 2**29), ("RLIMIT_DATA", 2**29)])
def test_what_the_libraries_take_is_enough(monkeypatch, name, least):
    import resource

    limits = {}
    monkeypatch.setattr(
        resource, "getrlimit", lambda which: (limits.get(which, resource.RLIM_INFINITY), 0)
    )
    assert short_of_memory() == ""
    for allowed, refused in ((least, False), (least - 1, True)):
        limits[getattr(resource, name)] = allowed
        assert bool(short_of_memory()) == refused
