"""The command line: build the artifacts, print results as JSON, fetch the original data."""

from __future__ import annotations

try:
    import argparse
    import gc
    import io
    import os
    import sys
    from contextlib import suppress
    from pathlib import Path
    from typing import TYPE_CHECKING, NoReturn

    from analysis.artifacts import Project, encode, fingerprint, up_to_date, write
    from analysis.draughtsman import Draughtsman
    from analysis.errors import AnalysisError, ArtifactError, NotComparableError
    from analysis.study import Study, read_study
except KeyboardInterrupt:
    # In the tenth of a second before there is a main() to say so.
    raise SystemExit(130) from None

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.results import Results

STUDY_VARIABLE = "MULTILEVEL_REPORT_STUDY"
"""Environment variable with the study file of the report, in place of data/popularity.toml."""

REFUSED = 2
"""Exit status of a refusal: bad input, or a fit that cannot be certified."""

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


# The class, and _say below, are in report/render.py too: the renderer imports nothing of the
# analysis.
class _Parser(argparse.ArgumentParser):
    """A parser whose refusals are one line, like all others."""

    def error(self, message: str) -> NoReturn:
        self.exit(REFUSED, f"error: {message}; see {self.prog} --help\n")


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
                build(options.study)
    except AnalysisError as error:
        _tell(f"error: {' '.join(str(error).split())}")
        return REFUSED
    except KeyboardInterrupt:
        _tell("interrupted; the artifacts are left as they were")
        return INTERRUPTED
    except BrokenPipeError:
        pass  # The reader of a pipe has enough.
    return 0


def build(study: Path | None = None) -> bool:
    """
    Build the artifacts of a study, unless they are up to date.

    Parameters
    ----------
    study : Path, optional
        By default the one that `STUDY_VARIABLE` names, or the project's own.

    Returns
    -------
    bool
        Whether there was anything to do.

    Raises
    ------
    AnalysisError
        If the input is refused; the artifacts are left as they were then.
    """
    project = Project.find()
    path = study or Path(os.environ.get(STUDY_VARIABLE) or project.study)
    read = read_study(path)
    inputs = [path, *([read.table] if read.table else []), *project.sources()]
    state = fingerprint(inputs, extra=[sys.version])
    where = _as_seen_from_here(project.artifacts)
    if up_to_date(project, state):
        _say(f"{where} is up to date with {path.name}\n")
        return False
    with Draughtsman() as draughtsman:
        results = _analysed(read, compared=True)
        files, variables = _artifacts(results, draughtsman)
    write(project, files, variables, state)
    _say(f"{where}: {len(files)} files from {path.name}\n")
    return True


def _as_seen_from_here(path: Path) -> str:
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive of Windows
        return os.fspath(path)


def _artifacts(
    results: Results, draughtsman: Draughtsman
) -> tuple[dict[str, bytes], dict[str, object]]:
    draughtsman.order(results)
    from analysis import tables, visualization
    from analysis.alt_texts import alt_texts
    from analysis.results import as_dict
    from analysis.values import values

    variables = {**values(results), "alt": alt_texts(results)}
    files = {
        "results.json": encode(as_dict(results)),
        "tables/regression.tex": tables.regression_latex(results).encode(),
        **{f"tables/{name}.html": table(results).encode() for name, table in tables.TABLES.items()},
    }
    drawn = draughtsman.collect(results)
    files |= {f"figures/{name}.svg": svg for name, svg in drawn.items()}
    return {**files, **visualization.files(results, drawn)}, variables


def _analysed(study: Study, *, compared: bool = False) -> Results:
    # Everything below brings pandas and statsmodels along, which an up-to-date build does not need.
    from analysis.results import analyse

    results = analyse(study)
    if compared and results.comparison is None:
        raise NotComparableError(results.not_comparable)
    for note in results.notes:
        _tell(f"note: {note}")
    return results


def _fit(study: Path, *, json: bool) -> None:
    from analysis.results import as_dict, as_text

    results = _analysed(read_study(study))
    if json:
        # JSON is UTF-8 with single line ends, wherever it goes (RFC 8259, section 8.1).
        _say(encode(as_dict(results)).decode(), encoding="utf-8", newline="\n")
    else:
        _say(as_text(results))


def _fetch() -> None:
    from analysis.popular2 import fetch_popular2

    _say(f"{fetch_popular2()}\n")


def _say(text: str, *, encoding: str | None = None, newline: str | None = None) -> None:
    """Write on standard output, whatever its encoding, or refuse if it cannot be written."""
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


def _refuse_output(reason: str | None) -> NoReturn:
    msg = f"standard output: cannot be written ({reason}); send it elsewhere"
    raise ArtifactError(msg) from None


def _tell(line: str) -> None:
    """Write a line on standard error, if there is one."""
    # Without this question print() would write it on standard output.
    if sys.stderr is not None:
        with suppress(OSError):
            print(line, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m analysis", description=__doc__)
    commands = parser.add_subparsers(dest="command", parser_class=_Parser)
    building = commands.add_parser("build", help="build the artifacts of a study (the default)")
    building.add_argument("study", nargs="?", type=Path, metavar="STUDY.toml")
    fitting = commands.add_parser("fit", help="print the results of a study")
    fitting.add_argument("study", type=Path, metavar="STUDY.toml")
    fitting.add_argument("--json", action="store_true", help="as results.json")
    commands.add_parser("fetch", help="download popular2.sav and check its hash")
    parser.set_defaults(study=None)
    return parser


if __name__ == "__main__":
    # Matrices of a few columns: OpenBLAS takes longer to share them out among threads than to
    # multiply them (on two busy cores the fits took 1.5 s instead of 0.2 s). It reads this when
    # NumPy is imported, which is later.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # A build makes its objects and ends; looking for garbage is a tenth of its time.
    gc.disable()
    sys.exit(main())
