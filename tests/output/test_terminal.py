"""What is said on the terminal is one line, whatever names are in it."""

import io

import pytest

from analysis.errors import listed
from analysis.output.terminal import Parser, ask, tell


def test_names_command_no_terminal(capsys):
    tell("error: no column 'a\x1b[2J\nb\u2028c\N{RIGHT-TO-LEFT OVERRIDE}d\x9be'; rename it")
    said = capsys.readouterr().err
    assert said == r"error: no column 'a\x1b[2J\nb\u2028c\u202ed\x9be'; rename it" + "\n"


def test_a_question_commands_no_terminal(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert ask("Column", "a\x1b[2J\n") == "a\x1b[2J\n"
    assert capsys.readouterr().err == r"Column [a\x1b[2J\n]: "


def test_a_line_ends_with_its_advice_however_long_it_is(capsys):
    tell(f"error: no column {'x' * 100_000}; rename it")
    said = capsys.readouterr().err
    assert len(said) <= 2001
    assert said.startswith("error: no column xxx")
    assert said.endswith("xxx; rename it\n")


def test_long_names_are_cut_in_lists():
    assert listed(["a", "b" * 4000]) == f"a, {'b' * 47}…{'b' * 32}"


def test_an_argument_commands_no_terminal(capsys):
    with pytest.raises(SystemExit) as stop:
        Parser(prog="report").parse_args(["--\x1b[2J\n"])
    assert stop.value.code == 2
    assert capsys.readouterr().err == (
        r"error: unrecognized arguments: --\x1b[2J\n; see report --help" + "\n"
    )
