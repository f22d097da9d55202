"""The terminal: what the project says there, and how it refuses."""

from __future__ import annotations

import argparse
import io
import os
import sys
from contextlib import suppress
from typing import NoReturn

from analysis.errors import ArtifactError

REFUSED = 2
"""Exit status of a refusal: bad input, or a fit that cannot be certified."""

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


class Parser(argparse.ArgumentParser):
    """A parser whose refusals are one line, like all others."""

    def error(self, message: str) -> NoReturn:
        """Refuse a command line."""
        self.exit(REFUSED, f"error: {message}; see {self.prog} --help\n")


def say(text: str, *, encoding: str | None = None, newline: str | None = None) -> None:
    """
    Write on standard output, whatever its encoding.

    Parameters
    ----------
    text : str
    encoding, newline : str, optional
        In place of the terminal's own.

    Raises
    ------
    ArtifactError
        If it cannot be written.
    BrokenPipeError
        If the reader of a pipe has enough.
    """
    if sys.stdout is None:
        _refuse_output("it is closed")
    try:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding=encoding, newline=newline, errors="backslashreplace")
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # What is left of the text has nowhere to go when Python flushes it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        _refuse_output(error.strerror)


def tell(line: str) -> None:
    """Write a line on standard error, if there is one."""
    # Without this question print() would write it on standard output.
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(f"{line}\n")


def at_terminal() -> bool:
    """Tell whether somebody is there to answer."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def ask(question: str, default: str) -> str:
    """
    Ask for a line of text.

    Parameters
    ----------
    question : str
    default : str
        What no answer stands for.
    """
    # On standard error, as all that is not the command's product.
    sys.stderr.write(f"{question} [{default}]: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() or default


def _refuse_output(reason: str | None) -> NoReturn:
    msg = f"standard output: cannot be written ({reason}); send it elsewhere"
    raise ArtifactError(msg) from None
