"""A new study: its file, and documents with what every report needs, for the author to fill."""

from __future__ import annotations

import json
import re
from dataclasses import replace as with_changes
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.build import analysed
from analysis.errors import DataError, StudyError
from analysis.output.project import Project
from analysis.output.replacement import replace
from analysis.output.terminal import ask, tell
from analysis.results.capabilities import no_checks
from analysis.results.ladder import Role
from analysis.study.proposal import Proposal, propose, read_whole
from analysis.study.studyfile import parse_study, read_study
from analysis.writing.words import heading, model_title, variable_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from jinja2 import Environment

    from analysis.results.results import Results

_SKELETON = Path(__file__).parent / "skeleton"

_NAME = re.compile(r"[a-z][a-z0-9_-]*")

_SAYS = {
    Role.NULL: "No predictors: it splits the variance into that within and that between groups.",
    Role.INTERCEPTS: "{{< var words.Groups >}} differ in their intercepts; all else is the same "
    "everywhere.",
    Role.SLOPES: "The slope differs between {{< var words.groups >}} as well.",
    Role.LEVEL_2: "Predictors of level 2 are added.",
    Role.CROSS_LEVEL: "The slope may also depend on a predictor of level 2.",
}

_QUESTIONS = {
    "group": "Column of the groups",
    "outcome": "Column of the outcome, a number",
    "slope": "Predictor whose slope varies over the groups (- for none)",
    "covariates": "Further predictors of level 1, with commas between (- for none)",
    "group_covariates": "Predictors of level 2, likewise",
}


def new(
    name: str, table: Path | None, given: Mapping[str, str], *, asked: bool = False
) -> list[Path]:
    """
    Write the file of a study and its documents, or the documents of a study that there is.

    Parameters
    ----------
    name : str
        Of the study: its file, its folder of documents and its profile are called by it.
    table : Path or None
        The table's file, which is copied beside the study file unless it lies there; None where
        the study file exists.
    given : Mapping of str to str
        Columns by role, as `propose` takes them.
    asked : bool
        Ask for the other roles at the terminal, with a proposal for each.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    AnalysisError
        If the name cannot be used, something of that name exists, or the table cannot be analysed;
        nothing is written then.
    """
    project = Project.find()
    own = with_changes(project, name=name)
    _refuse_taken(own, table, given)
    files: dict[Path, bytes | Mapping[str, bytes]] = {}
    if table is None:
        results = analysed(read_study(own.study), compared=True)
    else:
        whole = read_whole(table)
        known = _asked(whole.columns, given, str(table)) if asked else given
        proposal = propose(whole.columns, known, str(table))
        place = own.study.parent / table.name
        if table.resolve() != place.resolve():
            _refuse_existing(place)
            files[place] = table.read_bytes()
        text = _study_file(name, table.name, proposal, whole.labels)
        study = with_changes(parse_study(own.study, text), table=table)
        results = analysed(study, compared=True)
        files[own.study] = text.encode()
        roles = ", ".join(f"{role} = {text}" for role, text in proposal.written.items() if text)
        tell(f"note: {roles}; change it in {own.study.relative_to(own.root)}")
    documents = _documents(name, results)
    files[own.folder] = {document: text.encode() for document, text in documents.items()}
    files[_profile(own)] = _filled("profile.yml.j2", **_facts(name, results)).encode()
    replace(files)
    written = [*files, *(own.folder / document for document in documents)]
    tell(f"note: nox -s report -- {name} --draft builds it, and shows what is to be written")
    return [path for path in written if path != own.folder]


def _asked(table: pd.DataFrame, given: Mapping[str, str], where: str) -> Mapping[str, str]:
    """Ask for the roles that are not given; each answer bears on the proposals that follow."""
    known = dict(given)
    for role, question in _QUESTIONS.items():
        while role not in known:
            proposed = propose(table, known, where).written[role]
            answer = ask(question, proposed or "-")
            chosen = {**known, role: "" if answer == "-" else answer}
            try:
                propose(table, chosen, where)
            except DataError as error:
                tell(f"error: {error}")
            else:
                known = chosen
    return known


def _refuse_taken(project: Project, table: Path | None, given: Mapping[str, str]) -> None:
    name = project.name
    if not _NAME.fullmatch(name):
        msg = (
            f"a study cannot be called {name!r}; write small letters, digits, hyphens and "
            "underscores, a letter first"
        )
        raise StudyError(msg)
    if table is None and not project.study.is_file():
        msg = f"there is no {project.study} yet; name a table by --table"
        raise StudyError(msg)
    if table is None and given:
        msg = f"--{min(given)} says what a table's columns are; name the table by --table"
        raise StudyError(msg.replace("_", "-"))
    for path in (*([project.study] if table else []), project.folder, _profile(project)):
        _refuse_existing(path)


def _refuse_existing(path: Path) -> None:
    if path.exists():
        msg = f"{path}: is there already, and is left as it is; choose another name, or move it"
        raise StudyError(msg)


def _profile(project: Project) -> Path:
    return project.root / f"_quarto-{project.name}.yml"


def _study_file(name: str, table: str, proposal: Proposal, given_labels: Mapping[str, str]) -> str:
    used = [proposal.outcome, *([proposal.slope] if proposal.slope else [])]
    used += [*proposal.covariates, *proposal.group_covariates]
    labels = {
        column: " ".join(given_labels.get(column, "").split())
        or re.sub(r"[_.\s]+", " ", column).strip()
        for column in used
    }
    return _filled(
        "study.toml.j2",
        title=heading(re.sub(r"[_-]+", " ", name)),
        table=table,
        proposal=proposal,
        columns=used,
        labels=labels,
        group=proposal.group,
    )


def _documents(name: str, results: Results) -> dict[str, str]:
    facts = _facts(name, results)
    names = ["index", "checks", "reproduce"]
    names += ["visualization"] if results.has_lines else []
    names += ["further"] if facts["further"] else []
    return {f"{name}.qmd": _filled(f"{name}.qmd.j2", **facts) for name in names}


def _facts(name: str, results: Results) -> dict[str, Any]:
    """Return what the documents of a study depend on: which models and columns it has."""
    study, ladder = results.study, results.ladder
    slope = study.slope

    def called(columns: Any) -> list[str]:  # noqa: ANN401
        return [variable_name(column) for column in columns]

    level_1 = [*study.level_1, *study.level_1_categories]
    preferred = results.inference.models[results.verdicts.preferred]
    return {
        "name": name,
        "title": study.title,
        "study": f"data/{name}.toml",
        "lines": results.has_lines,
        "weights": results.summary.weights is not None,
        "prediction": results.prediction is not None,
        "shrinkage": results.has_lines and results.shrinkage is not None,
        "checks": results.has_lines and results.checks is not None,
        "no_checks": no_checks(results),
        "further": bool(results.further and results.further.models),
        "simple_slopes": results.has_lines and results.simple_slopes is not None,
        "effects": bool(preferred.kenward_roger),
        "simulated": bool(results.inference.simulated),
        "intervals": bool(preferred.profile),
        "influence": bool(preferred.cooks_distances),
        "outcome": variable_name(study.outcome),
        "slope": variable_name(slope) if slope else "",
        "level_1": called(level_1),
        "others": called(column for column in level_1 if column != slope),
        "level_2": called([*study.group_covariates, *study.group_categories]),
        "intercepts": ladder.name(Role.INTERCEPTS),
        "slopes": ladder.name(Role.SLOPES),
        "level_2_model": ladder.name(Role.LEVEL_2),
        "models": [
            {
                "name": rung.spec.name,
                "title": heading(model_title(rung.spec.name)),
                "says": _SAYS.get(rung.role, "") if rung.role else "",
            }
            for rung in ladder.rungs
        ],
    }


def _filled(template: str, **facts: Any) -> str:  # noqa: ANN401
    return _environment().get_template(template).render(facts)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # Quarto's own signs are those that Jinja has by default.
    environment = Environment(
        loader=FileSystemLoader(_SKELETON),
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,  # it is TOML, YAML and Markdown that is written
    )
    environment.filters["toml"] = _toml
    environment.filters["key"] = lambda name: (
        name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _toml(name)
    )
    return environment


def _toml(value: object) -> str:
    # The texts and lists of JSON are those of TOML and YAML too, but for one control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", r"\u007f")
