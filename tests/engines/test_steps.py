"""What long work says at a terminal, and that it says nothing elsewhere."""

import os
import struct
import subprocess
import sys

import pytest
from engines.on_engines import ROLES, pupils, put

from analysis.engines import steps
from analysis.engines.steps import Steps

needs_pty = pytest.mark.skipif(
    os.name == "nt", reason="Python opens no terminal of its own on Windows (os.openpty)"
)


class Terminal:
    def __init__(self, *, isatty):
        self.written, self.tty = "", isatty

    def write(self, text):
        self.written += text

    def flush(self):
        pass

    def isatty(self):
        return self.tty


def said(monkeypatch, *, isatty, seconds=0.0):
    """Return what a step says that lasts until something was said, or a little."""
    terminal = Terminal(isatty=isatty)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(steps, "LONG_SECONDS", seconds)
    monkeypatch.setattr(steps, "_REFRESH_SECONDS", 0.001)
    found = Steps()
    with found.step("a is added"):
        pass
    with found.step("b is added"):
        for _ in range(10_000):
            if "b is added" in terminal.written or seconds:
                break
            steps.Event().wait(0.001 if isatty else 0.00001)
    return terminal.written


def test_a_long_step_is_said_with_its_number(monkeypatch):
    assert "step 2: b is added" in said(monkeypatch, isatty=True)


def test_nothing_is_left_of_it(monkeypatch):
    assert said(monkeypatch, isatty=True).endswith("\r")


def test_a_short_step_says_nothing(monkeypatch):
    assert said(monkeypatch, isatty=True, seconds=1e6) == ""


def test_a_file_is_told_nothing(monkeypatch):
    assert said(monkeypatch, isatty=False) == ""


@needs_pty
def test_a_fit_says_its_passes_and_fits_at_a_terminal_and_never_among_its_results(root, tmp_path):
    put(pupils(), tmp_path / "pupils.parquet")
    text = ROLES.format(suffix=".parquet", engine="duckdb", data="", model="")
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    code = (
        "import sys; from analysis import __main__ as command; from analysis.engines import steps\n"
        "steps.LONG_SECONDS = -1\n"
        "sys.exit(command.main(['fit', 'study.toml', '--json']))"
    )
    import fcntl
    import termios

    outer, inner = os.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=inner,
    )
    out, _ = process.communicate()
    os.set_blocking(outer, False)
    shown = os.read(outer, 1_000_000).decode()
    os.close(inner)
    os.close(outer)
    assert process.returncode == 0
    assert "step 1: duckdb reads pupils.parquet" in shown
    assert "m3 is fitted" in shown
    assert b"step" not in out
