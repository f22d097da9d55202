"""The process that draws: the same figures, and none left behind."""

import os
import signal
import subprocess
import sys

import pytest

from analysis.figures.figures import draw_all
from analysis.figures.process import Draughtsman

PROCESS = """
import os, sys
from pathlib import Path
from analysis.figures.process import Draughtsman
with Draughtsman() as draughtsman:
    other = draughtsman._process
    from analysis.results.results import analyse
    from analysis.study.study import read_study
    results = analyse(read_study(Path("data/popularity.toml")))
    {before}
    draughtsman.order(results)
    figures = draughtsman.collect(results)
    assert ("matplotlib" in sys.modules) is {here}, "drawn in the wrong process"
try:
    os.kill(other, 0)
except ProcessLookupError:
    sys.stdout.buffer.write(b"".join(figures.values()))
"""

SIGKILL = int(getattr(signal, "SIGKILL", 9))  # Windows has none, and skips what needs it
KILL = f"os.kill(other, {SIGKILL}); os.waitid(os.P_PID, other, os.WEXITED | os.WNOWAIT)"

on_linux = pytest.mark.skipif(
    sys.platform != "linux" or os.cpu_count() == 1,
    reason="a second process draws on Linux with two processors; elsewhere this one does",
)


@on_linux
@pytest.mark.parametrize(
    ("before", "here"),
    [("", False), (KILL, True)],
    ids=["another process", "another process that was killed"],
)
def test_draws_the_same_figures(results, root, before, here):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROCESS.format(before=before, here=here)],
        cwd=root,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"".join(draw_all(results).values())


def test_draws_here_once_numpy_has_threads(results):
    with Draughtsman() as draughtsman:
        assert draughtsman._process is None
        draughtsman.order(results)
        assert draughtsman.collect(results) == draw_all(results)


@on_linux
def test_a_refusal_leaves_no_process_behind(root, tmp_path):
    study = tmp_path / "study.toml"
    text = (root / "data" / "popularity.toml").read_text(encoding="utf-8")
    study.write_text(text.replace("popularity.csv", "none.csv"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "build", str(study)],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    # The pipes of the output are closed only once the other process is gone as well.
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
