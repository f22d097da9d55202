"""The terminal: what the project says there, and how it refuses."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from contextlib import suppress
from typing import NoReturn

from analysis.errors import ArtifactError, cut

REFUSED = 2
"""Exit status of a refusal: bad input, or a fit that cannot be certified."""

_LONGEST = 2000
"""Characters of a line: those of some screens, where a name is as long as a file."""

# Control characters, line ends, and what turns round the direction of all that follows.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


class Parser(argparse.ArgumentParser):
    """A parser whose refusals are one line, like all others."""

    def error(self, message: str) -> NoReturn:
        """Refuse a command line."""
        tell(f"error: {message}; see {self.prog} --help")
        self.exit(REFUSED)


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
    """Write a line on standard error, if there is one: one line, whatever names are in it."""
    # Without this question print() would write it on standard output.
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(f"{visible(cut(line, _LONGEST))}\n")


def visible(text: str) -> str:
    r"""
    Return a text with codes in the place of all that does not show, and may command a terminal.

    Examples
    --------
    >>> print(visible("a\x1b[2Jb\n\N{RIGHT-TO-LEFT OVERRIDE}班"))
    a\x1b[2Jb\n\u202e班
    """
    return _UNSEEN.sub(lambda found: repr(found[0])[1:-1], text)


def problem(error: OSError) -> str:
    """
    Say in one line what the system refused, and of which file where it tells.

    Examples
    --------
    >>> problem(OSError(28, "No space left on device", "report/index.html"))
    'report/index.html: No space left on device'
    >>> problem(OSError(28, "No space left on device"))
    'No space left on device'
    >>> problem(OSError("the reader is gone"))
    'the reader is gone'
    """
    what = error.strerror or " ".join(str(error).split()) or type(error).__name__
    return f"{error.filename}: {what}" if error.filename else what


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
    sys.stderr.write(visible(f"{question} [{default}]: "))
    sys.stderr.flush()
    return sys.stdin.readline().strip() or default


def _refuse_output(reason: str | None) -> NoReturn:
    msg = f"standard output: cannot be written ({reason}); send it elsewhere"
    raise ArtifactError(msg) from None
