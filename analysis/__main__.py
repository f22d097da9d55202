"""The command line: build the artifacts, print results as JSON, fetch the original data."""

from __future__ import annotations

import sys

try:
    import argparse
    import gc
    import os
    from pathlib import Path
    from typing import TYPE_CHECKING

    from analysis.build import build, printed, study_file
    from analysis.errors import AnalysisError
    from analysis.output.memory import short_of_memory
    from analysis.output.terminal import (
        INTERRUPTED,
        REFUSED,
        Parser,
        at_terminal,
        problem,
        say,
        tell,
        visible,
    )
    from analysis.study.studyfile import read_study
except KeyboardInterrupt:
    # In the tenth of a second before there is a main() to say so.
    sys.stderr.write("interrupted\n")
    raise SystemExit(130) from None

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMAND = "multilevel-report"
"""The command that an installation brings along."""


ROLES = {
    "group": "column of the groups",
    "outcome": "column of the outcome",
    "slope": "predictor whose slope varies over the groups; empty for none",
    "covariates": "further predictors of level 1, with commas between; empty for none",
    "group_covariates": "predictors of level 2, likewise",
}
"""What `new` is told of a table's columns; it proposes the rest."""

STUDY = "a study file, or the name of one in data/"


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
    if short := short_of_memory():
        tell(f"error: {short}")
        return REFUSED
    try:
        match options.command:
            case "fetch":
                _fetch()
            case "new":
                _new(options)
            case "fit":
                _fit(options)
            case _:
                build(options.study, draft=options.draft)
    except AnalysisError as error:
        for line in error.lines:
            tell(f"error: {line}")
        return REFUSED
    except ModuleNotFoundError as error:
        tell(
            f"error: {sys.executable} has no {error.name}; use the environment in which the "
            "project is installed, such as .nox/report"
        )
        return REFUSED
    except ImportError as error:  # where memory is short, a library cannot be loaded
        tell(f"error: {error}; install the project anew, or give it more memory")
        return REFUSED
    except MemoryError:
        tell("error: this takes more memory than there is; use fewer rows, or fewer groups")
        return REFUSED
    except KeyboardInterrupt:
        tell("interrupted; the artifacts are left as they were")
        return INTERRUPTED
    except BrokenPipeError:
        pass  # The reader of a pipe has enough.
    except OSError as error:
        tell(f"error: {problem(error)}; check the file and its folder")
        return REFUSED
    return 0


def _fit(options: argparse.Namespace) -> None:
    study = read_study(study_file(options.study))
    text = printed(study, json=options.json, inference=options.inference, groups=options.groups)
    if options.json:
        # JSON is UTF-8 with single line ends, wherever it goes (RFC 8259, section 8.1).
        say(text, encoding="utf-8", newline="\n")
    else:
        say(text)


def _new(options: argparse.Namespace) -> None:
    from analysis.new import new

    given = {role: text for role in ROLES if (text := getattr(options, role)) is not None}
    written = new(options.name, options.table, given, asked=at_terminal())
    say("".join(f"{visible(os.path.relpath(path))}\n" for path in written))


def _fetch() -> None:
    from analysis.study.popular2 import fetch_popular2

    say(f"{visible(str(fetch_popular2()))}\n")


def _parser() -> argparse.ArgumentParser:
    called = Path(sys.argv[0]).stem
    prog = COMMAND if called == COMMAND else "python -m analysis"
    parser = Parser(prog=prog, description=__doc__)
    commands = parser.add_subparsers(dest="command", parser_class=Parser)
    building = commands.add_parser("build", help="build the artifacts of a study (the default)")
    building.add_argument("study", nargs="?", type=Path, metavar="STUDY.toml", help=STUDY)
    for either in (parser, building):  # the build is what is done where no command is named
        either.add_argument(
            "--draft",
            action="store_true",
            default=argparse.SUPPRESS,
            help="mark claims that do not hold, instead of stopping",
        )
    fitting = commands.add_parser("fit", help="print the results of a study")
    fitting.add_argument("study", type=Path, metavar="STUDY.toml", help=STUDY)
    fitting.add_argument("--json", action="store_true", help="as results.json")
    fitting.add_argument(
        "--inference", action="store_true", help="with tests, intervals, influence and prediction"
    )
    fitting.add_argument(
        "--groups",
        type=Path,
        metavar="FOLDER",
        help="of more than 10,000 groups, write effects and lines there as Parquet",
    )
    starting = commands.add_parser("new", help="write the file of a study and its documents")
    starting.add_argument("name", metavar="NAME", help="of the study, in small letters")
    starting.add_argument("--table", type=Path, metavar="FILE", help="its table, in any format")
    for role, text in ROLES.items():
        starting.add_argument(f"--{role.replace('_', '-')}", metavar="COLUMN", help=text)
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
