"""The tasks of the project; plain ``nox`` checks everything and builds the report."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import nox

# Nox runs in an environment of its own, which has none of the project's libraries: nothing but the
# standard library is behind these two.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from analysis.errors import ArtifactError
from analysis.output.placeholders import placeholders
from analysis.output.project import PROFILE_VARIABLE, Project
from analysis.output.replacement import swap

nox.needs_version = ">=2026.4.10"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "types", "tests", "report"]

EVERYTHING = ["pyproject.toml", "--all-extras"]
PROJECT = [*EVERYTHING, "--constraint", "requirements/report.txt"]
LOCKS = {
    "report": EVERYTHING,
    "tests": [*PROJECT, "--group", "tests"],
    "types": [*PROJECT, "--group", "types"],
    "bench": [*PROJECT, "--group", "bench"],
    "lint": ["--group", "lint"],
    "ci": ["--group", "ci"],
}
"""What each file of requirements/ is compiled from; a session installs the file of its name."""

SCHEMAS = {
    "vendor.github-workflows": [".github/workflows/checks.yml"],
    "vendor.dependabot": [".github/dependabot.yml"],
    "vendor.citation-file-format": ["CITATION.cff"],
}
"""What is checked against a schema that comes with the checker, so that no network is needed."""

QUARTO = Path(__file__).with_name(".ci").joinpath("quarto.sha256").read_text("utf-8").split("-")[1]
"""The release of Quarto that is installed where none is found, and that publishes the site."""

STUDY = "MULTILEVEL_REPORT_STUDY"
DRAFT = "MULTILEVEL_REPORT_DRAFT"

OPTIONS = {"--draft", "--submission"}
"""What may stand beside the study that a report is asked for."""


@nox.session
def report(session: nox.Session) -> None:
    """Build the site, with Quarto where there is one: nox -s report [-- STUDY] [--draft]."""
    if "--submission" in session.posargs:
        refuse_draft(session)
    install(session)
    project, study = asked(session)
    if project.name:
        session.env[PROFILE_VARIABLE] = project.name
    elif study:
        session.env[STUDY] = str(study)
    if "--draft" in session.posargs:
        session.env[DRAFT] = "1"
    quarto = find_quarto(session) or install_quarto(session)
    session.run("python", "-m", "analysis")
    site = project.site.relative_to(project.root)
    if quarto:
        render_with_quarto(session, quarto, site)
    else:
        session.run("python", "report/render.py")
    renderer = "Quarto" if quarto else "the built-in renderer"
    page = site / project.folder.relative_to(project.root) / "index.html"
    session.log(f"Made by {renderer}; open {page} and {page.with_suffix('.pdf')}")
    if "--submission" in session.posargs:
        session.run("python", "report/submission.py")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests: nox -s tests [-- PYTEST ARGUMENTS]."""
    install(session)
    # A file's tests stay together, for they share what they had computed.
    together = ("--numprocesses=auto", "--dist=loadfile")
    session.run("python", "-m", "pytest", *together, *session.posargs)


@nox.session
def site(session: nox.Session) -> None:
    """Check the site that was built, by whichever renderer: nox -s site [-- STUDY]."""
    install(session, "tests")
    project, _ = asked(session)
    if not project.site.is_dir():
        session.error(f"there is no {project.site.name}; build it with nox -s report")
    session.env["MULTILEVEL_REPORT_SITE"] = str(project.site)
    tests = ("tests/report/test_site.py", "tests/report/test_site_in_browser.py")
    session.run("python", "-m", "pytest", *tests)


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style of the code, its format, and the workflows: nox -s lint [-- --fix]."""
    install(session)
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", *([] if "--fix" in session.posargs else ["--check"]))
    session.run("zizmor", "--offline", "--quiet", "--persona=pedantic", ".github")
    for schema, files in SCHEMAS.items():
        session.run("check-jsonschema", "--builtin-schema", schema, *files, silent=True)


@nox.session
def types(session: nox.Session) -> None:
    """Check the types."""
    install(session)
    session.run("mypy")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure build, estimator, fit --json, size and page: nox -s bench [-- build scale full]."""
    install(session)
    scripts = {path.stem: path for path in sorted(Path("bench").glob("*.py"))}
    del scripts["big_table"]  # which scale has write its tables
    asked = [name for name in session.posargs if name in scripts] or list(scripts)
    for name in asked:
        more = [each for each in session.posargs if each not in scripts] if name == "scale" else []
        session.run("python", str(scripts[name]), *more)


@nox.session
def oracle(session: nox.Session) -> None:
    """Make the reference values anew with R and lme4, on the original data."""
    if not shutil.which("Rscript"):
        session.skip("there is no Rscript; install R with lme4 and jsonlite")
    install(session, "report")
    data = str(session.run("python", "-m", "analysis", "fetch", silent=True)).split("\n")[-2]
    session.run("Rscript", "tests/oracle/make_references.R", data, external=True)
    session.run("Rscript", "tests/oracle/make_formula_references.R", external=True)
    for study in ("popularity", "sleep"):
        session.run("python", "data/lme4.py", study)


@nox.session(venv_backend="none")
def submission(session: nox.Session) -> None:
    """Build the report and pack it to hand in, as one zip: nox -s submission [-- STUDY]."""
    refuse_draft(session)
    if kept := placeholders(asked(session)[0]):
        session.error(kept)
    # It is packed in the environment that it was made with, whose releases are written down.
    session.notify("report", [*session.posargs, "--submission"])


@nox.session(requires=["report"])
def picture(session: nox.Session) -> None:
    """Make the README's picture anew."""
    install(session, "tests")
    session.run("python", "docs/picture.py")


@nox.session
def api(session: nox.Session) -> None:
    """Write the page on the package anew, from the docstrings."""
    install(session, "report")
    session.run("python", "-m", "docs.api")


@nox.session(venv_backend="uv")
def lock(session: nox.Session) -> None:
    """Pin the dependencies of all sessions anew: nox -s lock [-- --upgrade]."""
    command = ["uv", "pip", "compile", "--quiet", "--universal"]
    command += ["--python-version", "3.11", "--fork-strategy", "fewest", "--generate-hashes"]
    command += ["--custom-compile-command", "nox -s lock", *session.posargs]
    for name, sources in LOCKS.items():
        session.run(*command, *sources, "--output-file", f"requirements/{name}.txt")


def install(session: nox.Session, lock: str = "") -> None:
    """Install what a lock pins, by default the session's own; the project runs from its folder."""
    session.install("--require-hashes", "-r", f"requirements/{lock or session.name}.txt")


def refuse_draft(session: nox.Session) -> None:
    """End the session if what is to be handed in would be a draft."""
    if "--draft" in session.posargs:
        session.error("a draft is nothing to hand in: leave out --draft")
    if os.environ.get(DRAFT, "0") not in {"", "0"}:
        session.error(f"a draft is nothing to hand in: unset {DRAFT}")


def asked(session: nox.Session) -> tuple[Project, Path | None]:
    """Return the project with the documents of the study that is asked for, and its file."""
    project = Project(Path.cwd())
    studies = [argument for argument in session.posargs if argument not in OPTIONS]
    if not studies:
        return project.of_profile(), None
    study = project.study_file(studies[0])
    return project.of(study), study


def find_quarto(session: nox.Session) -> str | None:
    """Return the Quarto of the session, or else of the machine, if it is 1.7 or newer."""
    quarto = shutil.which("quarto", path=os.pathsep.join((session.bin, os.environ["PATH"])))
    if quarto is None:
        return None
    options = {"external": True, "silent": True, "log": False, "success_codes": range(256)}
    release = re.match(r"(\d+)\.(\d+)", str(session.run(quarto, "--version", **options)))
    return quarto if release and tuple(map(int, release.groups())) >= (1, 7) else None


def install_quarto(session: nox.Session) -> str | None:
    """Install Quarto from the package index, which is tried once in an environment's life."""
    marker = Path(session.virtualenv.location, "quarto-was-tried")
    if not marker.exists():
        marker.touch()
        # The package is a script that downloads Quarto; what it depends on is for notebooks.
        options = {"silent": True, "log": False, "success_codes": range(256)}
        session.install("--no-deps", f"quarto-cli=={QUARTO}", **options)
        if not find_quarto(session):
            session.log("Quarto cannot be installed here; the built-in renderer takes its place")
    return find_quarto(session)


def render_with_quarto(session: nox.Session, quarto: str, site: Path) -> None:
    """Render beside the site, which Quarto would empty first, then let the new one take over."""
    new = Path(f"{site}.new")
    # By its whole name, python.exe on Windows, or Quarto does not find it.
    python = shutil.which("python", path=session.bin) or "python"
    command = (quarto, "render", "--output-dir", str(new))
    session.run(*command, external=True, env={"QUARTO_PYTHON": python})
    try:
        swap({new: site})
    except ArtifactError as error:
        session.error(str(error))
