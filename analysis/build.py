"""What a study yields, in order: its results, and the artifacts that show them."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import ArtifactError, ClaimsError, NotComparableError, regular
from analysis.output.artifacts import (
    amend,
    encode,
    fingerprint,
    lend_to_quarto,
    up_to_date,
    write,
)
from analysis.output.characters import without_font
from analysis.output.commit import commit_of
from analysis.output.documents import with_parts
from analysis.output.project import Project
from analysis.output.replacement import replace, settle, sweep
from analysis.output.terminal import say, tell, visible
from analysis.prose.claims import Claim, check, count_gaps, find_claims
from analysis.results.provenance import packages
from analysis.study.parts import engine_of, tables_of
from analysis.study.references import references_file
from analysis.study.study import Study
from analysis.study.studyfile import read_study

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future

    from analysis.figures.drawn import Drawn
    from analysis.results.results import Results

STUDY_VARIABLE = "MULTILEVEL_REPORT_STUDY"
"""Environment variable with the study file of the report, in place of data/popularity.toml."""

DRAFT_VARIABLE = "MULTILEVEL_REPORT_DRAFT"
"""Environment variable that lets claims pass that do not hold; the documents mark them then."""

CLAIMS = "claims.json"
"""The artifact that tells the documents which of their claims hold."""

COMMIT = "readings/commit.md"
"""The artifact that names the commit, which may be another where nothing else is."""


def build(study: Path | None = None, *, draft: bool = False) -> bool:
    """
    Build the artifacts of a study, unless they are up to date, and check what documents claim.

    Parameters
    ----------
    study : Path, optional
        Its file, or its name in data/; by default the one that `STUDY_VARIABLE` names, or else
        that of the documents that `QUARTO_PROFILE` names, or the project's own.
    draft : bool
        Let claims pass that do not hold, as `DRAFT_VARIABLE` does.

    Returns
    -------
    bool
        Whether there was anything to do.

    Raises
    ------
    AnalysisError
        If the input is refused, or a claim does not hold; the artifacts are left as they were then.
    """
    draft = draft or os.environ.get(DRAFT_VARIABLE, "0") not in {"", "0"}
    project, path = _asked(study)
    read = read_study(path)
    tables = tables_of(read)
    inputs = [path, *tables, references_file(path), *project.sources()]
    releases = [f"{name} {release}" for name, release in packages(engine_of(read)).items()]
    state = fingerprint(inputs, extra=[sys.version, *releases])
    settle(project.artifacts, project.quarto_variables)
    for folder in ("data", "report"):  # in which new studies are made
        sweep(project.root / folder)
    where = _as_seen_from_here(project.artifacts)
    claims = _claims(project, read, draft=draft)
    if up_to_date(project, state):
        # The claims are checked in every build: documents are no inputs of the other artifacts.
        named = json.loads(project.values.read_bytes()) if claims else {}
        changed = amend(project, CLAIMS, _verdicts(claims, named, draft=draft))
        changed = lend_to_quarto(project) or changed
        news = "the claims are checked anew, the rest" if changed else where
        changed = amend(project, COMMIT, _commit(project)) or changed
        say(visible(f"{news} is up to date with {path.name}") + "\n")
        return changed
    from analysis.figures.process import drawing_process, orders

    with drawing_process() as process:
        results = analysed(read, compared=True)
        # It is refused early where a package is missing.
        beside = _beside(results)
        drawn = []
        if results.has_lines:
            drawn = orders(process, results)
        # While the figures are drawn: what a claim can name takes as long to compute.
        named = _named(results)
        verdicts = _verdicts(claims, named, draft=draft)
        files, variables, lacking = _artifacts(results, drawn)
        shown, said = _reproduction(project, results)
    variables |= said
    files |= {**shown, **beside, project.values.name: encode(named), CLAIMS: verdicts}
    files[COMMIT] = _commit(project)
    if lacking:
        tell(f"note: {without_font(lacking, 'figures')}")
        # They are never up to date: the next build may find a font.
        state = ""
    write(project, files, variables, state)
    say(visible(f"{where}: {len(files)} files from {path.name}") + "\n")
    return True


def study_file(argument: Path) -> Path:
    """Return the study file that is meant by its path or, in a project, by its name alone."""
    try:
        return Project.find().study_file(argument)
    except ArtifactError:
        return argument


def _asked(study: Path | None) -> tuple[Project, Path]:
    """Return the project with the documents that are to be served, and the study file."""
    project = Project.find()
    if study is not None:
        path = project.study_file(study)
        return project.of(path), path
    project = project.of_profile()
    given = os.environ.get(STUDY_VARIABLE)
    return project, project.study_file(given) if given else project.study


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


def printed(
    study: Study, *, json: bool, inference: bool = False, groups: Path | None = None
) -> str:
    """
    Analyse a study and return its results for a reader of the command line.

    Parameters
    ----------
    study : Study
    json : bool
        In the form of results.json, instead of as text.
    inference : bool
        With tests, intervals and what else is known of the parameters.
    groups : Path, optional
        Folder for what JSON has no room for where groups are many.

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
    from analysis.results.record_of_groups import MOST_IN_JSON

    results = analysed(study)
    files = _beside(results) if groups else {}
    if groups and files:
        if not groups.is_dir():
            msg = f"{groups}: no such folder for the effects of groups; make it first"
            raise ArtifactError(msg)
        replace({groups / name: content for name, content in files.items()})
    if json:
        if results.sample.n_groups > MOST_IN_JSON and not groups:
            tell(
                f"note: {results.sample.n_groups:,} groups are too many for JSON; --groups FOLDER "
                "writes their effects and lines as Parquet"
            )
        return encode(as_dict(results, inference=inference, beside=bool(groups))).decode()
    return as_text(results, inference=inference)


def _verdicts(claims: list[Claim], named: Mapping[str, object], *, draft: bool) -> bytes:
    return encode({"draft": draft, "claims": check(claims, named, draft=draft)})


def _claims(project: Project, study: Study, *, draft: bool) -> list[Claim]:
    """Return the claims of the documents, if these are about the study; say what they lack."""
    texts = _documents(project)
    claims = [claim for name, text in texts.items() for claim in find_claims(name, text)]
    gaps = {name: n for name, text in texts.items() if (n := count_gaps(text))}
    if gaps and not draft:
        listed = ", ".join(f"{n} in {name}" for name, n in gaps.items())
        tell(f"note: gaps for the author to fill are left out: {listed}; --draft shows them")
    own = read_study(project.study) if claims and project.study.is_file() else study
    if own.columns == study.columns:
        return claims
    tell(
        f"note: the documents speak of the columns of {own.path.name}: their {len(claims)} claims "
        f"are not checked on {study.path.name}; python -m analysis new writes documents for a study"
    )
    return []


def _documents(project: Project) -> dict[str, str]:
    """Return the text of the documents and of the parts that these include, by name."""

    def read(path: Path) -> str:
        name = path.relative_to(project.root).as_posix()
        try:
            return regular(path).read_text("utf-8-sig")
        except UnicodeDecodeError as error:
            line = f"{name}: not UTF-8 at byte {error.start}; save it as UTF-8"
            raise ClaimsError([line]) from error
        except OSError as error:
            raise ClaimsError([f"{name}: {error.strerror}; check the file"]) from error

    lines = [line for path in project.documents for line in with_parts(path, project.root, read)]
    paths = dict.fromkeys([*project.documents, *(line.path for line in lines)])
    return {path.relative_to(project.root).as_posix(): read(path) for path in paths}


def _beside(results: Results) -> dict[str, bytes]:
    """Return the files that results.json points to, where groups are many."""
    from analysis.output.parquet import parquet
    from analysis.results.record_of_groups import beside

    return {name: parquet(name, columns) for name, columns in beside(results).items()}


def _named(results: Results) -> dict[str, Any]:
    from analysis.results.named import named

    return named(results)


def _commit(project: Project) -> bytes:
    from analysis.prose.reproduction import commit

    found = commit_of(project.root)
    text = commit(found.name, changed=found.changed) if found else commit("", changed=False)
    return text.encode()


def _reproduction(project: Project, results: Results) -> tuple[dict[str, bytes], dict[str, object]]:
    """Return what the page on reproduction shows but the commit, and what the prose says of it."""
    import analysis
    from analysis.prose import reproduction
    from analysis.results.agreement import agreement
    from analysis.results.provenance import provenance
    from analysis.study.references import read_references
    from analysis.tables.agreement import agreement as table_of_agreement
    from analysis.tables.releases import releases

    study = results.study.path
    made = provenance(analysis.__version__, project.lock, results.sample.engine)
    found = agreement(results, read_references(study))
    texts = {
        "tables/agreement.html": table_of_agreement(results, found),
        "tables/releases.html": releases(made),
        "readings/agreement.md": reproduction.agreement(found, study.stem),
        "readings/lock.md": reproduction.lock(made),
        project.releases.name: encode({each.name: each.version for each in made.releases}).decode(),
    }
    said: dict[str, object] = {"agreement": {"brief": reproduction.in_brief(found)}}
    return {name: text.encode() for name, text in texts.items()}, said


def _as_seen_from_here(path: Path) -> str:
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive of Windows
        return os.fspath(path)


def _artifacts(
    results: Results, figures: Sequence[Future[Drawn]]
) -> tuple[dict[str, bytes], dict[str, object], str]:
    """Return files, variables, and the characters that no font of the figures has."""
    from analysis.page.page import files as page_files
    from analysis.prose.alt_texts import alt_texts
    from analysis.prose.readings import readings
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
    files |= {f"readings/{name}.md": text.encode() for name, text in readings(results).items()}
    if not figures:
        return files, variables, ""
    found = [future.result() for future in figures]
    drawn = {name: svg for each in found for name, svg in each.files.items()}
    lacking = found[0].lacking
    files |= {f"figures/{name}.svg": svg for name, svg in drawn.items()}
    return {**files, **page_files(results, drawn)}, variables, lacking
