"""The command line: build the artifacts, print results as JSON, fetch the original data."""

from __future__ import annotations

try:
    import argparse
    import gc
    import os
    import sys
    from pathlib import Path
    from typing import TYPE_CHECKING

    from analysis.build import build, printed
    from analysis.errors import AnalysisError
    from analysis.output.terminal import INTERRUPTED, REFUSED, Parser, say, tell
    from analysis.study.study import read_study
except KeyboardInterrupt:
    # In the tenth of a second before there is a main() to say so.
    raise SystemExit(130) from None

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMAND = "multilevel-report"
"""The command that an installation brings along."""


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        Exit status: 0, 2 after a refusal, or 130 after an interrupt.
    """
    options = _parser().parse_args(arguments)
    try:
        match options.command:
            case "fetch":
                _fetch()
            case "fit":
                _fit(options.study, json=options.json)
            case _:
                build(options.study, draft=options.draft)
    except AnalysisError as error:
        for line in error.lines:
            tell(f"error: {line}")
        return REFUSED
    except KeyboardInterrupt:
        tell("interrupted; the artifacts are left as they were")
        return INTERRUPTED
    except BrokenPipeError:
        pass  # The reader of a pipe has enough.
    return 0


def _fit(study: Path, *, json: bool) -> None:
    text = printed(read_study(study), json=json)
    if json:
        # JSON is UTF-8 with single line ends, wherever it goes (RFC 8259, section 8.1).
        say(text, encoding="utf-8", newline="\n")
    else:
        say(text)


def _fetch() -> None:
    from analysis.study.popular2 import fetch_popular2

    say(f"{fetch_popular2()}\n")


def _parser() -> argparse.ArgumentParser:
    called = Path(sys.argv[0]).stem
    prog = COMMAND if called == COMMAND else "python -m analysis"
    parser = Parser(prog=prog, description=__doc__)
    commands = parser.add_subparsers(dest="command", parser_class=Parser)
    building = commands.add_parser("build", help="build the artifacts of a study (the default)")
    building.add_argument("study", nargs="?", type=Path, metavar="STUDY.toml")
    for either in (parser, building):  # the build is what is done where no command is named
        either.add_argument(
            "--draft",
            action="store_true",
            default=argparse.SUPPRESS,
            help="mark claims that do not hold, instead of stopping",
        )
    fitting = commands.add_parser("fit", help="print the results of a study")
    fitting.add_argument("study", type=Path, metavar="STUDY.toml")
    fitting.add_argument("--json", action="store_true", help="as results.json")
    commands.add_parser("fetch", help="download popular2.sav and check its hash")
    parser.set_defaults(study=None, draft=False)
    return parser


def run() -> int:
    """Run the command line in a process of its own; return the exit status."""
    # Matrices of a few columns: OpenBLAS takes longer to share them out among threads than to
    # multiply them (on two busy cores the fits took 1.5 s instead of 0.2 s). It reads this when
    # NumPy is imported, which is later.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # A build makes its objects and ends; looking for garbage is a tenth of its time.
    gc.disable()
    return main()


if __name__ == "__main__":
    sys.exit(run())
