"""The site that Quarto makes takes the old one's place whole, by the function for all swaps."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from noxfiles import load_noxfile


class Failed(Exception):
    """What a session ends with."""


class Session:
    """A session whose Quarto writes a page, or fails at it."""

    bin = "bin"

    def __init__(self, *, fails=False):
        self.fails = fails

    def run(self, program, verb, option, folder, **_):
        assert (program, verb, option) == ("quarto", "render", "--output-dir")
        Path(folder).mkdir(exist_ok=True)
        if self.fails:
            raise Failed
        (Path(folder) / "index.html").write_text("new")

    def error(self, message):
        raise Failed(message)


@pytest.fixture
def noxfile(root, tmp_path, monkeypatch):
    """Return the noxfile in a folder with a site, without nox, which the tests do without."""
    module = load_noxfile(root, monkeypatch, Session)
    monkeypatch.chdir(tmp_path)
    Path("_site").mkdir()
    Path("_site/index.html").write_text("old")
    return module


def pages():
    return {path.as_posix(): path.read_text() for path in Path().rglob("*.html")}


def test_a_new_site_of_quartos_takes_the_old_ones_place(noxfile):
    noxfile.render_with_quarto(Session(), "quarto", Path("_site"))
    assert pages() == {"_site/index.html": "new"}
    assert [path.name for path in Path().iterdir()] == ["_site"]


def test_quarto_is_told_the_whole_name_of_python(noxfile, tmp_path, monkeypatch):
    """On Windows it has a suffix, without which Quarto looks for another Python."""
    program = str(tmp_path / "bin" / "python.exe")
    found = {("python", "bin"): program}
    monkeypatch.setattr(noxfile.shutil, "which", lambda what, path: found[what, path])
    told = []

    class Told(Session):
        def run(self, *command, env=None, **options):
            told.append(env)
            super().run(*command, **options)

    noxfile.render_with_quarto(Told(), "quarto", Path("_site"))
    assert told == [{"QUARTO_PYTHON": program}]


def test_a_render_that_fails_leaves_the_old_site(noxfile):
    with pytest.raises(Failed):
        noxfile.render_with_quarto(Session(fails=True), "quarto", Path("_site"))
    assert pages() == {"_site/index.html": "old"}


@pytest.mark.parametrize("failure", [OSError(13, "Permission denied"), KeyboardInterrupt()])
def test_a_swap_that_fails_leaves_the_old_site(noxfile, monkeypatch, failure):
    """It was removed first, and a failing rename then left none."""
    rename = Path.rename

    def failing(path, target):
        if path.name == "_site.new":
            raise failure
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises((Failed, KeyboardInterrupt)) as refusal:
        noxfile.render_with_quarto(Session(), "quarto", Path("_site"))
    assert pages() == {"_site/index.html": "old", "_site.new/index.html": "new"}
    if refusal.type is Failed:
        assert str(refusal.value).startswith("_site: cannot be written (Permission denied)")


@pytest.mark.parametrize(
    ("posargs", "env"),
    [
        ([], {}),
        (["a.toml"], {"MULTILEVEL_REPORT_STUDY": "a.toml"}),
        (["data/b.toml"], {"MULTILEVEL_REPORT_STUDY": "data/b.toml"}),
        (["--draft"], {"MULTILEVEL_REPORT_DRAFT": "1"}),
        (
            ["--draft", "a.toml"],
            {"MULTILEVEL_REPORT_STUDY": "a.toml", "MULTILEVEL_REPORT_DRAFT": "1"},
        ),
        (["sleep"], {"QUARTO_PROFILE": "sleep"}),
        (
            ["data/sleep.toml", "--draft"],
            {"QUARTO_PROFILE": "sleep", "MULTILEVEL_REPORT_DRAFT": "1"},
        ),
    ],
)
def test_the_report_is_of_the_study_named_and_a_draft_if_asked(noxfile, monkeypatch, posargs, env):
    """A study with documents of its own is Quarto's profile; another takes the report's."""
    for name in ("data/sleep.toml", "data/b.toml", "report/sleep/index.qmd"):
        Path(name).parent.mkdir(exist_ok=True, parents=True)
        Path(name).touch()
    monkeypatch.delenv("QUARTO_PROFILE", raising=False)
    for name in ("install", "find_quarto", "install_quarto"):
        monkeypatch.setattr(noxfile, name, lambda *_: None)
    said = []
    session = SimpleNamespace(posargs=posargs, env={}, run=lambda *_: None, log=said.append)
    noxfile.report(session)
    assert session.env == env
    own = "QUARTO_PROFILE" in env
    page = Path("_site-sleep/report/sleep") if own else Path("_site/report")
    assert f"open {page / 'index.html'} and {page / 'index.pdf'}" in said[0]


def test_the_noxfile_needs_nothing_but_nox(root):
    """Nox runs in an environment of its own, without the libraries of the project."""
    code = (
        f"import sys; sys.path.insert(0, {str(root)!r}); import analysis.output.replacement; "
        "print({name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names)"
    )
    command = [sys.executable, "-IS", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ast.literal_eval(done.stdout) <= {"analysis", "__main__"}


def test_nothing_else_swaps_files_or_folders(root):
    swap = re.compile(r"\brmtree\(|shutil\.move\(|os\.(rename|replace)\(|\.rename\((?!\w+=)")
    folders = (root / "analysis", root / "report")
    for path in (root / "noxfile.py", *(path for f in folders for path in f.rglob("*.py"))):
        if path.name != "replacement.py":
            source = path.read_text(encoding="utf-8")
            assert not swap.search(source), f"{path.relative_to(root)} swaps files by itself"


def test_a_submission_is_refused_before_anything_is_built(noxfile, root):
    """Or else packed where it was built, whose releases are written down in it."""
    told = []

    def error(message):
        raise Failed(message)

    session = SimpleNamespace(posargs=["one"], error=error, notify=lambda *to: told.append(to))
    shutil.copy(root / "_quarto.yml", "_quarto.yml")
    with pytest.raises(Failed, match=r"^_quarto\.yml:2: author is still 'A\. Student'; .*:3: sub"):
        noxfile.submission(session)
    assert told == []
    Path("_quarto.yml").write_text("author: B. One\nprofile: {default: popularity}\n")
    noxfile.submission(session)
    assert told == [("report", ["one", "--submission"])]


@pytest.mark.parametrize(
    ("session", "posargs", "variable", "message"),
    [
        ("report", ["--draft", "--submission"], "", "leave out --draft"),
        ("submission", ["one", "--draft"], "0", "leave out --draft"),
        ("submission", [], "1", "unset MULTILEVEL_REPORT_DRAFT"),
        ("report", ["--submission"], "1", "unset MULTILEVEL_REPORT_DRAFT"),
    ],
)
def test_a_draft_is_nothing_to_hand_in(noxfile, monkeypatch, session, posargs, variable, message):
    monkeypatch.setenv("MULTILEVEL_REPORT_DRAFT", variable)
    monkeypatch.setattr(noxfile, "install", lambda *_: pytest.fail("it has begun"))
    told = []
    given = SimpleNamespace(posargs=posargs, error=Session().error, notify=told.append)
    with pytest.raises(Failed, match=rf"^a draft is nothing to hand in: {message}$"):
        getattr(noxfile, session)(given)
    assert told == []


@pytest.mark.parametrize("posargs", [[], ["--submission"]])
def test_the_report_is_packed_last_if_it_is_handed_in(noxfile, monkeypatch, posargs):
    for name in ("install", "find_quarto", "install_quarto"):
        monkeypatch.setattr(noxfile, name, lambda *_: None)
    ran = []
    session = SimpleNamespace(
        posargs=posargs, env={}, run=lambda *command: ran.append(command[1:]), log=ran.append
    )
    noxfile.report(session)
    packing = ("report/submission.py",)
    assert (ran[-1] == packing) == bool(posargs)
    assert ran.count(packing) == len(posargs)
