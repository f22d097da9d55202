"""The process that draws: the same figures, its errors here, and none left behind."""

import dataclasses
import os
import shutil
import signal
import subprocess
import sys

import pytest
from ratings import everything, run

from analysis.figures.figures import draw_all, draw_gallery
from analysis.figures.process import drawing_process, order, orders
from analysis.results import drawn, room
from analysis.results import results as of_results

# Says the other process's id and waits; its standard output is the other one's, too.
WAITING = """
import os, threading
from analysis.figures.process import drawing_process
with drawing_process() as process:
    print(process.submit(os.getpid).result(), flush=True)
    {then}
"""
WAIT = "threading.Event().wait()"

BUILD = """
import sys
from pathlib import Path
from analysis.build import build
assert build(Path("data/popularity.toml"))
assert "matplotlib" not in sys.modules, "drawn in the wrong process"
"""

posix = pytest.mark.skipif(
    os.name != "posix",
    reason="masks of signals, and signals to groups, are of POSIX alone",
)


def start(root, then):
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", WAITING.format(then=then)],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_draws_the_same_figures_in_another_process(results):
    with drawing_process() as process:
        assert process.submit(os.getpid).result() != os.getpid()
        assert order(process, results).result() == draw_all(results)
        assert order(process, results, gallery=True).result() == draw_gallery(results)


def test_what_many_groups_need_is_sent_once(results, monkeypatch):
    for module in (room, drawn, of_results):
        monkeypatch.setattr(module, "FIGURES", room.Room(most=3, some=3))
    many = dataclasses.replace(results)
    _ = many.drawn, many.panels
    sent = []
    with drawing_process() as process:
        submit = process.submit

        def watched(draw, pickled, **of):
            sent.append(pickled)
            return submit(draw, pickled, **of)

        monkeypatch.setattr(process, "submit", watched)
        first, second = orders(process, many)
        assert first.result() == draw_all(many)
        assert set(second.result().files) == set(draw_gallery(results).files)
    assert sent[0] is sent[1]
    assert b"prediction" in sent[0]


def test_few_groups_are_drawn_while_more_is_computed(results):
    few = dataclasses.replace(results)
    with drawing_process() as process:
        first, second = orders(process, few)
        assert first.result() == draw_all(results)
        assert second.result() == draw_gallery(results)


def test_an_error_of_drawing_is_raised_where_the_figures_are_asked_for():
    with drawing_process() as process:
        drawing = order(process, "no results")
        with pytest.raises(AttributeError, match="'str' object has no attribute"):
            drawing.result()


@posix
@pytest.mark.parametrize("during", ["result", "before"])
def test_a_build_whose_drawing_process_is_killed_is_one_line(project, capsys, monkeypatch, during):
    def killed(process, _):
        dies = process.submit(os.kill, process.submit(os.getpid).result(), signal.SIGKILL)
        if during == "before":
            assert dies.exception()
            process.submit(os.getpid)
        return [dies]

    monkeypatch.setattr("analysis.figures.process.orders", killed)
    before = everything(project)
    status, out, err = run(capsys)
    assert (status, out) == (2, "")
    assert err == (
        "error: the process that draws the figures was killed, most likely for want of memory; "
        "close other programs, and build again\n"
    )
    assert everything(project) == before


def test_the_build_itself_does_not_import_matplotlib(root, tmp_path):
    """Importing it here as well would take the time that the other process saves."""
    for name in ("data", "report"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("_artifacts*"))
    shutil.copy(root / "_quarto.yml", tmp_path)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", BUILD],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@posix
def test_an_interrupt_is_for_the_first_process_alone():
    """From its start on, when Python itself would still complain of one."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    with drawing_process() as process:
        assert process.submit(signal.getsignal, signal.SIGINT).result() == signal.SIG_IGN
        assert (
            signal.SIGINT in process.submit(signal.pthread_sigmask, signal.SIG_BLOCK, []).result()
        )
        assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before
    assert signal.SIGINT not in before


@posix
@pytest.mark.parametrize(
    ("then", "sent", "complaints"),
    [
        ("raise RuntimeError", None, 1),
        (WAIT, signal.SIGINT, 1),
        (WAIT, signal.SIGTERM, 0),
        (WAIT, getattr(signal, "SIGKILL", None), 0),
    ],
    ids=["error", "interrupt", "terminated", "killed"],
)
def test_no_process_is_left_behind(root, then, sent, complaints):
    """An interrupt goes to both, as from a terminal; other signals to the first process alone."""
    first = start(root, then)
    assert int(first.stdout.readline()) != first.pid
    if sent == signal.SIGINT:
        os.killpg(first.pid, sent)
    elif sent is not None:
        first.send_signal(sent)
    # The pipes are closed only once the other process is gone as well.
    _, said = first.communicate(timeout=120)
    assert first.returncode != 0
    assert said.count("Traceback") == complaints, said


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
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
