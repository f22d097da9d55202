"""What a study yields, in order: its results, and the artifacts that show them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import NotComparableError
from analysis.output.artifacts import encode, fingerprint, up_to_date, write
from analysis.output.project import Project
from analysis.output.terminal import say, tell
from analysis.study.study import Study, read_study

if TYPE_CHECKING:
    from concurrent.futures import Future

    from analysis.results.results import Results

STUDY_VARIABLE = "MULTILEVEL_REPORT_STUDY"
"""Environment variable with the study file of the report, in place of data/popularity.toml."""


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
        say(f"{where} is up to date with {path.name}\n")
        return False
    from analysis.figures.process import drawing_process, order

    with drawing_process() as process:
        results = analysed(read, compared=True)
        drawn = order(process, results) if results.has_lines else None
        files, variables = _artifacts(results, drawn)
    write(project, files, variables, state)
    say(f"{where}: {len(files)} files from {path.name}\n")
    return True


def analysed(study: Study, *, compared: bool = False) -> Results:
    """
    Analyse a study and tell what a reader must know of it, a line each on standard error.

    Parameters
    ----------
    study : Study
    compared : bool
        Refuse models that may not be compared.

    Returns
    -------
    Results

    Raises
    ------
    AnalysisError
        If the input is refused.
    """
    # Everything below brings pandas and statsmodels along, which an up-to-date build does not need.
    from analysis.results.results import analyse

    results = analyse(study)
    if compared and results.comparison is None:
        raise NotComparableError(results.not_comparable)
    for note in results.notes:
        tell(f"note: {note}")
    return results


def printed(study: Study, *, json: bool) -> str:
    """
    Analyse a study and return its results for a reader of the command line.

    Parameters
    ----------
    study : Study
    json : bool
        In the form of results.json, instead of as text.

    Returns
    -------
    str

    Raises
    ------
    AnalysisError
        If the input is refused.
    """
    from analysis.prose.text import as_text
    from analysis.results.record import as_dict

    results = analysed(study)
    return encode(as_dict(results)).decode() if json else as_text(results)


def _as_seen_from_here(path: Path) -> str:
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive of Windows
        return os.fspath(path)


def _artifacts(
    results: Results, figures: Future[dict[str, bytes]] | None
) -> tuple[dict[str, bytes], dict[str, object]]:
    from analysis.page.page import files as page_files
    from analysis.prose.alt_texts import alt_texts
    from analysis.prose.values import values
    from analysis.results.record import as_dict
    from analysis.tables import TABLES
    from analysis.tables.regression import regression_latex

    variables = {**values(results), "alt": alt_texts(results)}
    files = {
        "results.json": encode(as_dict(results)),
        "tables/regression.tex": regression_latex(results).encode(),
        **{
            f"tables/{name}.html": html.encode()
            for name, table in TABLES.items()
            if (html := table(results)) is not None
        },
    }
    if figures is None:
        return files, variables
    drawn = figures.result()
    files |= {f"figures/{name}.svg": svg for name, svg in drawn.items()}
    return {**files, **page_files(results, drawn)}, variables
