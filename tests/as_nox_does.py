"""Run what a session of the noxfile runs, without nox: as_nox_does.py SESSION [ARGUMENTS]."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from noxfiles import load_noxfile


class Session:
    """A session that runs programs in the environment of the tests."""

    bin = str(Path(sys.executable).parent)

    def __init__(self, name, posargs):
        self.name, self.posargs, self.env = name, posargs, {}

    def run(self, program, *arguments, env=None, silent=False, **_):
        words = [sys.executable if program == "python" else program, *arguments]
        variables = {**os.environ, **self.env, **(env or {})}
        done = subprocess.run(words, env=variables, capture_output=silent, text=True, check=True)
        return done.stdout if silent else True

    def install(self, *_, **__):
        """All is there."""

    def notify(self, name, posargs):
        start(name, posargs)

    def log(self, line):
        sys.stderr.write(f"{line}\n")

    def error(self, line):
        sys.exit(line)


def start(name, posargs):
    with pytest.MonkeyPatch.context() as patch:
        getattr(load_noxfile(Path.cwd(), patch, Session), name)(Session(name, posargs))


if __name__ == "__main__":
    start(sys.argv[1], sys.argv[2:])
